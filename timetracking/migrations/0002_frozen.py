"""A row trigger: what was approved stays as it was approved, whoever writes to the table."""

from django.db import migrations

# What was worked. Decision and billing (status, approval, `is_invoiced`) go on from there.
FACTS = (
    "employee_id, project_id, start_time, end_time, duration_minutes, billable, hourly_rate, "
    "note, task_type"
)
OLD, NEW = (
    ", ".join(f"{row}.{name}" for name in FACTS.split(", ")) for row in ("OLD", "NEW")
)

FORWARDS = f"""
CREATE FUNCTION time_entries_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'time entry % is approved and is not deleted', OLD.id;
    END IF;
    IF ({OLD}) IS DISTINCT FROM ({NEW}) THEN
        RAISE EXCEPTION 'time entry % is approved and no longer changes', OLD.id;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER time_entries_keep_frozen BEFORE UPDATE OR DELETE ON time_entries
    FOR EACH ROW WHEN (OLD.status = 'approved') EXECUTE FUNCTION time_entries_keep_frozen();
"""

BACKWARDS = """
DROP TRIGGER time_entries_keep_frozen ON time_entries;
DROP FUNCTION time_entries_keep_frozen();
"""


class Migration(migrations.Migration):
    """Freezes approved time."""

    dependencies = [("timetracking", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
