from django.db import migrations

from workmate.registry import Places
from workmate.search import search_column


class Migration(migrations.Migration):
    dependencies = [
        ('employees', '0003_photo'),
        ('workmate', '0002_search'),
    ]

    operations = [
        search_column('employees', Places(names=('first_name', 'last_name', 'email'), numbers=('employee_code', 'phone'))),
        search_column('departments', Places(names=('name',), numbers=('code',))),
        search_column('roles', Places(names=('name',))),
    ]
