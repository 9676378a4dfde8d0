"""Row triggers: what the law freezes stays frozen, whoever writes to the tables."""

from django.db import migrations

# Every column that is not named here is the document. The same names as `querysets.LOOSE`.
LOOSE = "'status', 'notes', 'pdf_path', 'pdf_sha256', 'paid_amount', 'sent_at', 'sent_to', 'updated_at'"

FORWARDS = f"""
CREATE FUNCTION invoices_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER invoices_keep_frozen BEFORE UPDATE OR DELETE ON invoices
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION invoices_keep_frozen();

CREATE FUNCTION invoice_line_items_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    -- FOR SHARE waits for who is just finalizing the document, and then sees it finalized.
    IF TG_OP <> 'INSERT' THEN
        SELECT status INTO state FROM invoices WHERE id = OLD.invoice_id FOR SHARE;
        IF state <> 'draft' THEN
            RAISE EXCEPTION 'the document is finalized and its lines no longer change';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT status INTO state FROM invoices WHERE id = NEW.invoice_id FOR SHARE;
    IF state <> 'draft' THEN
        RAISE EXCEPTION 'the document is finalized and its lines no longer change';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER invoice_line_items_keep_frozen BEFORE INSERT OR UPDATE OR DELETE
    ON invoice_line_items FOR EACH ROW EXECUTE FUNCTION invoice_line_items_keep_frozen();

CREATE FUNCTION payments_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a payment is neither changed nor deleted, but reversed';
END $$;

CREATE TRIGGER payments_keep_frozen BEFORE UPDATE OR DELETE ON payments
    FOR EACH ROW EXECUTE FUNCTION payments_keep_frozen();
"""

BACKWARDS = """
DROP TRIGGER payments_keep_frozen ON payments;
DROP FUNCTION payments_keep_frozen();
DROP TRIGGER invoice_line_items_keep_frozen ON invoice_line_items;
DROP FUNCTION invoice_line_items_keep_frozen();
DROP TRIGGER invoices_keep_frozen ON invoices;
DROP FUNCTION invoices_keep_frozen();
"""


class Migration(migrations.Migration):
    """Freezes finalized documents, their lines, and payments."""

    dependencies = [("invoices", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
