"""The PDF becomes a document of `documents`; in this step beside the file that it was."""

import django.db.models.deletion
from django.db import migrations, models

# Until the next steps are done, both may still change once finalized.
LOOSE = (
    "'status', 'notes', 'pdf_id', 'pdf_path', 'pdf_sha256', 'paid_amount', 'sent_at', 'sent_to',"
    " 'updated_at'"
)

FUNCTION = """
CREATE OR REPLACE FUNCTION invoices_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'document % is finalized and is not deleted', OLD.invoice_number;
    END IF;
    IF NEW.status = 'draft' THEN
        RAISE EXCEPTION 'document % is finalized and never a draft again', OLD.invoice_number;
    END IF;
    IF to_jsonb(OLD) - ARRAY[{LOOSE}] IS DISTINCT FROM to_jsonb(NEW) - ARRAY[{LOOSE}] THEN
        RAISE EXCEPTION 'document % is finalized and no longer changes', OLD.invoice_number;
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """Adds the document."""

    dependencies = [("documents", "0002_bound"), ("invoices", "0003_billed_expenses")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="pdf",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="documents.document",
                verbose_name="PDF",
            ),
        ),
        migrations.RunSQL(FUNCTION.replace("{LOOSE}", LOOSE), migrations.RunSQL.noop),
    ]
