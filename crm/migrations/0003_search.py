from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ('crm', '0002_duplicates_and_pipeline'),
        ('workmate', '0002_search'),
    ]

    operations = [
        search_column('customers', Places(names=('name', 'email', 'city'), numbers=('customer_number', 'vat_id', 'phone'))),
        search_column('contacts', Places(names=('firstname', 'lastname', 'email'), numbers=('phone', 'mobile'))),
        search_column('crm_activities', Places(texts=('description',))),
    ]
