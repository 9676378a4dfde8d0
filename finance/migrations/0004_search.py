from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ('finance', '0003_receipt'),
        ('workmate', '0002_search'),
    ]

    operations = [
        search_column('expenses', Places(names=('supplier',), texts=('description',))),
    ]
