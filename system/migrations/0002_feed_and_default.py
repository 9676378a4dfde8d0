"""What Django's models cannot say without contrib.postgres: a GIN index and an exclusion."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("system", "0001_initial")]

    operations = [
        # Finds what happened to a row and around it.
        migrations.RunSQL(
            "CREATE INDEX activity_by_subject ON activity_entries"
            " USING gin (targets jsonb_path_ops)",
            "DROP INDEX activity_by_subject",
        ),
        # Two defaults on one day are refused, even when written at the same moment.
        migrations.RunSQL(
            "ALTER TABLE tax_rates ADD CONSTRAINT tax_rates_one_default EXCLUDE USING gist"
            " (daterange(valid_from, valid_until, '[]') WITH &&) WHERE (is_default)",
            "ALTER TABLE tax_rates DROP CONSTRAINT tax_rates_one_default",
        ),
    ]
