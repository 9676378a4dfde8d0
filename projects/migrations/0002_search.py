from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ('projects', '0001_initial'),
        ('workmate', '0002_search'),
    ]

    operations = [
        search_column('projects', Places(names=('title',), numbers=('project_number',), texts=('description',))),
        search_column('project_members', Places(names=('role',))),
    ]
