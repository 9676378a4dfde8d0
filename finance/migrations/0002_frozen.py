"""Row triggers: what was approved stays as it was approved, whoever writes to the tables."""

from django.db import migrations

# What was spent. The way on from there (status, who and when, `is_invoiced`) and notes go on.
FACTS = (
    "employee_id, project_id, category, description, supplier, guests, expense_date, amount, "
    "net_amount, tax_amount, currency, no_receipt_reason, billable"
)
OLD, NEW = (
    ", ".join(f"{row}.{name}" for name in FACTS.split(", ")) for row in ("OLD", "NEW")
)

FORWARDS = f"""
CREATE FUNCTION expenses_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'expense % was handed in and is not deleted', OLD.id;
    END IF;
    IF OLD.status = 'reimbursed' AND NEW.status <> 'reimbursed' THEN
        RAISE EXCEPTION 'expense % was reimbursed and stays so', OLD.id;
    END IF;
    IF ({OLD}) IS DISTINCT FROM ({NEW}) THEN
        RAISE EXCEPTION 'expense % is approved and no longer changes', OLD.id;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER expenses_keep_frozen BEFORE UPDATE ON expenses
    FOR EACH ROW WHEN (OLD.status IN ('approved', 'reimbursed'))
    EXECUTE FUNCTION expenses_keep_frozen();

CREATE TRIGGER expenses_keep_submitted BEFORE DELETE ON expenses
    FOR EACH ROW WHEN (OLD.status <> 'draft')
    EXECUTE FUNCTION expenses_keep_frozen();

CREATE FUNCTION expense_taxes_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed expense_taxes;
BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    IF EXISTS (
        SELECT 1 FROM expenses
        WHERE id = changed.expense_id AND status IN ('approved', 'reimbursed')
    ) THEN
        RAISE EXCEPTION 'expense % is approved and no longer changes', changed.expense_id;
    END IF;
    RETURN changed;
END $$;

CREATE TRIGGER expense_taxes_keep_frozen BEFORE INSERT OR UPDATE OR DELETE ON expense_taxes
    FOR EACH ROW EXECUTE FUNCTION expense_taxes_keep_frozen();
"""

BACKWARDS = """
DROP TRIGGER expense_taxes_keep_frozen ON expense_taxes;
DROP FUNCTION expense_taxes_keep_frozen();
DROP TRIGGER expenses_keep_submitted ON expenses;
DROP TRIGGER expenses_keep_frozen ON expenses;
DROP FUNCTION expenses_keep_frozen();
"""


class Migration(migrations.Migration):
    """Freezes approved expenses."""

    dependencies = [("finance", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
