"""How often, and when last, the text of a document was begun to be read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_bound'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='text_tries',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='document',
            name='text_tried_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
