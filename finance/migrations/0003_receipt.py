"""The receipt of an expense: a document, which stays as it was approved."""

import django.db.models.deletion
from django.db import migrations, models

FORWARDS = """
CREATE FUNCTION expenses_keep_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'expense % is approved and keeps its receipt', OLD.id;
END $$;

CREATE TRIGGER expenses_keep_receipt BEFORE UPDATE ON expenses
    FOR EACH ROW WHEN (
        OLD.status IN ('approved', 'reimbursed')
        AND OLD.receipt_id IS DISTINCT FROM NEW.receipt_id
    )
    EXECUTE FUNCTION expenses_keep_receipt();
"""

BACKWARDS = """
DROP TRIGGER expenses_keep_receipt ON expenses;
DROP FUNCTION expenses_keep_receipt();
"""


class Migration(migrations.Migration):
    """Adds the receipt."""

    dependencies = [("documents", "0001_initial"), ("finance", "0002_frozen")]

    operations = [
        migrations.RemoveConstraint(model_name="expense", name="expenses_approved_has_receipt"),
        migrations.AddField(
            model_name="expense",
            name="receipt",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="expenses",
                to="documents.document",
                verbose_name="receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.CheckConstraint(
                condition=~models.Q(status__in=("approved", "reimbursed"))
                | models.Q(receipt__isnull=False)
                | ~models.Q(no_receipt_reason=""),
                name="expenses_approved_has_receipt",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
