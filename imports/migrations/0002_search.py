from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_initial"),
        ("workmate", "0002_search"),
    ]

    operations = [search_column("imports", Places(names=("original_name",)))]
