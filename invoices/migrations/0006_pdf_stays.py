"""The PDF is a document alone, and stays the one that it is."""

from django.db import migrations

# The same names as `querysets.LOOSE`; before, the file and its hash were among them.
LOOSE = "'status', 'notes', 'pdf_id', 'paid_amount', 'sent_at', 'sent_to', 'updated_at'"
LOOSE_BEFORE = LOOSE + ", 'pdf_path', 'pdf_sha256'"

HEAD = """
CREATE OR REPLACE FUNCTION invoices_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'document % is finalized and is not deleted', OLD.invoice_number;
    END IF;
    IF NEW.status = 'draft' THEN
        RAISE EXCEPTION 'document % is finalized and never a draft again', OLD.invoice_number;
    END IF;
"""
KEEP_PDF = """
    IF OLD.pdf_id IS NOT NULL AND NEW.pdf_id IS DISTINCT FROM OLD.pdf_id THEN
        RAISE EXCEPTION 'document % is finalized and keeps its PDF', OLD.invoice_number;
    END IF;
"""
TAIL = """    IF to_jsonb(OLD) - ARRAY[{LOOSE}] IS DISTINCT FROM to_jsonb(NEW) - ARRAY[{LOOSE}] THEN
        RAISE EXCEPTION 'document % is finalized and no longer changes', OLD.invoice_number;
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """Removes the file and its hash."""

    dependencies = [("invoices", "0005_pdfs_are_documents")]

    operations = [
        migrations.RunSQL(
            HEAD + KEEP_PDF + TAIL.replace("{LOOSE}", LOOSE),
            HEAD + TAIL.replace("{LOOSE}", LOOSE_BEFORE),
        ),
        migrations.RemoveField(model_name="invoice", name="pdf_path"),
        migrations.RemoveField(model_name="invoice", name="pdf_sha256"),
    ]
