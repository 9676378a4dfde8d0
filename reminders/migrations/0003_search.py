from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ('reminders', '0002_reminders_and_preferences'),
        ('workmate', '0002_search'),
    ]

    operations = [
        search_column('reminders', Places(names=('title',), texts=('description',))),
    ]
