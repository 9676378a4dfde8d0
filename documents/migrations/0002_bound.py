"""Documents that are part of an object, as the PDF of an invoice is."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='is_bound',
            field=models.BooleanField(default=False, editable=False, verbose_name='part of its object'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('is_bound', False), models.Q(('deleted_at', None), ('is_confidential', False), ('linked_entity_id__isnull', False), ('owner', None)), _connector='OR'), name='documents_bound_is_its_objects'),
        ),
    ]
