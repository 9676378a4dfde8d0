"""Makes documents of the PDFs that there are: the files stay where they lie."""

import datetime as dt
from typing import Any

from django.core.files.storage import default_storage
from django.db import migrations, transaction
from django.utils import timezone

CHUNK = 500
MIME = "application/pdf"
# As `invoices.pdf` calls them.
TITLES = {
    "de": {
        "invoice": "Rechnung",
        "quote": "Angebot",
        "deposit": "Abschlagsrechnung",
        "credit_note": "Rechnungskorrektur",
        "cancellation": "Stornorechnung",
    },
    "en": {
        "invoice": "Invoice",
        "quote": "Quote",
        "deposit": "Deposit invoice",
        "credit_note": "Invoice correction",
        "cancellation": "Cancellation invoice",
    },
}


def make_documents(apps: Any, schema_editor: Any) -> None:
    """Chunk by chunk, each in a transaction: what was stopped in the middle goes on."""
    invoices = apps.get_model("invoices", "Invoice").objects
    documents = apps.get_model("documents", "Document").objects
    waiting = invoices.filter(pdf=None).exclude(pdf_path="").order_by("pk")
    while chunk := list(waiting[:CHUNK]):
        with transaction.atomic():
            for invoice in chunk:
                invoice.pdf = document_of(invoice, documents.model)
            documents.bulk_create([invoice.pdf for invoice in chunk])
            invoices.bulk_update(chunk, ["pdf"])


def document_of(invoice: Any, model: Any) -> Any:
    """The document of one PDF. One whose file was lost keeps its hash, and is made anew."""
    name = str(invoice.pdf_path.name)
    title = TITLES[invoice.language][invoice.document_type]
    day = timezone.localdate(invoice.finalized_at)
    is_quote = invoice.document_type == "quote"
    year = max(day, invoice.issued_date or day).year + (6 if is_quote else 8)
    return model(
        title=f"{title} {invoice.invoice_number} · {invoice.buyer.get('name', '')}"[:200],
        category=title,
        type="pdf",
        file=name,
        original_name=f"{invoice.invoice_number}.pdf".replace("/", "-"),
        mime_type=MIME,
        size_bytes=default_storage.size(name) if default_storage.exists(name) else 0,
        checksum=invoice.pdf_sha256,
        uploaded_at=invoice.finalized_at,
        linked_module="invoices",
        linked_entity_type="Invoice",
        linked_entity_id=invoice.pk,
        is_bound=True,
        retention_class="six_years" if is_quote else "eight_years",
        retention_until=dt.date(year, 12, 31),
    )


def make_files(apps: Any, schema_editor: Any) -> None:
    """The way back: the files stay, the documents go."""
    invoices = apps.get_model("invoices", "Invoice").objects
    documents = apps.get_model("documents", "Document").objects
    made = invoices.exclude(pdf=None).select_related("pdf").defer("pdf__text").order_by("pk")
    while chunk := list(made[:CHUNK]):
        gone = [invoice.pdf_id for invoice in chunk]
        with transaction.atomic():
            for invoice in chunk:
                invoice.pdf_path, invoice.pdf_sha256 = invoice.pdf.file.name, invoice.pdf.checksum
                invoice.pdf = None
            invoices.bulk_update(chunk, ["pdf", "pdf_path", "pdf_sha256"])
            documents.filter(pk__in=gone).delete()


class Migration(migrations.Migration):
    """Changes rows only."""

    atomic = False
    dependencies = [("invoices", "0004_pdf")]

    operations = [migrations.RunPython(make_documents, make_files)]
