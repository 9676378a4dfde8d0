from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ('documents', '0003_tries'),
        ('workmate', '0002_search'),
    ]

    operations = [
        migrations.RemoveIndex('document', 'documents_words'),
        migrations.RemoveField('document', 'words'),
        search_column('documents', Places(names=('title', 'category', 'original_name'), texts=('title', 'category', 'text'))),
    ]
