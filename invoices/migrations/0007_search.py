from importlib import import_module

from django.db import migrations

from workmate.registry import Places
from workmate.search import TEXT, search_column

pdf_stays = import_module("invoices.migrations.0006_pdf_stays")
# A trigger that runs before the row is written sees nothing yet in what the database computes.
LOOSE = f"{pdf_stays.LOOSE}, '{TEXT}'"
KEEP_FROZEN = pdf_stays.HEAD + pdf_stays.KEEP_PDF + pdf_stays.TAIL


class Migration(migrations.Migration):
    dependencies = [("invoices", "0006_pdf_stays"), ("workmate", "0002_search")]

    operations = [
        search_column("invoices", Places(names=("title",), numbers=("invoice_number",))),
        search_column("payments", Places(numbers=("reference",))),
        migrations.RunSQL(
            KEEP_FROZEN.replace("{LOOSE}", LOOSE),
            KEEP_FROZEN.replace("{LOOSE}", pdf_stays.LOOSE),
        ),
    ]
