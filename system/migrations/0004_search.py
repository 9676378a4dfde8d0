from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ('system', '0003_infra_services'),
        ('workmate', '0002_search'),
    ]

    operations = [
        search_column('infra_services', Places(names=('name',))),
        search_column('company', Places(names=('name',), numbers=('iban', 'vat_id'))),
        search_column('tax_rates', Places(names=('name',))),
    ]
