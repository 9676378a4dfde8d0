from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ('timetracking', '0002_frozen'),
        ('workmate', '0002_search'),
    ]

    operations = [
        search_column('time_entries', Places(texts=('note',))),
    ]
