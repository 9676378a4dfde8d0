import employees.models.person
import workmate.pictures
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('employees', '0002_token_rights_and_pattern_lines'),
    ]

    # The column stays what it is: from now on it names a stored file.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name='employee', name='photo_url'),
                migrations.AddField(
                    model_name='employee',
                    name='photo',
                    field=workmate.pictures.PictureField(blank=True, db_column='photo_url', help_text='PNG, JPEG or WebP, at most 5 MB; the middle of it is kept.', max_length=500, upload_to=employees.models.person.photo_name, verbose_name='photo'),
                ),
            ],
        ),
    ]
