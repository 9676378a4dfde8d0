"""Seller and buyer as a document names them, and what the law still misses in a draft."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice, InvoiceLineItem
from system.models import Company, TaxRate
from workmate.errors import lacking_in

# §33 UStDV: up to this gross amount a document needs no buyer.
SMALL_AMOUNT = Decimal("250.00")
COMPANY_FIELDS = (
    "street",
    "zip_code",
    "city",
    "country",
    "email",
    "phone",
    "website",
    "tax_number",
    "vat_id",
    "register_court",
    "register_number",
    "managing_directors",
    "bank_name",
    "iban",
    "bic",
    "invoice_footer",
    "contact_name",
)
CUSTOMER_FIELDS = (
    "customer_number",
    "name",
    "type",
    "street",
    "zip_code",
    "city",
    "country",
    "email",
    "vat_id",
    "tax_id",
)


def seller_of(company: Company, day: dt.date) -> dict[str, Any]:
    """The own legal data on a day, to be kept with the document."""
    data: dict[str, Any] = {name: getattr(company, name) for name in COMPANY_FIELDS}
    data["name"] = company.full_name
    data["small_business"] = company.is_small_business(day)
    return data


def buyer_of(invoice: Invoice) -> dict[str, Any]:
    """The customer's data, to be kept with the document."""
    customer = invoice.customer
    data: dict[str, Any] = {name: getattr(customer, name) for name in CUSTOMER_FIELDS}
    contact = customer.primary_contact
    data["contact"] = contact.full_name if contact else ""
    data["project"] = invoice.project.project_number if invoice.project else ""
    return data


def missing_for(
    invoice: Invoice, lines: list[InvoiceLineItem], company: Company
) -> dict[str, list[Any]]:
    """What a draft still lacks, by field (german-rules A01-A10); {} when it may be finalized."""
    missing: dict[str, list[Any]] = defaultdict(list)
    if not lines:
        missing["line_items"].append(_("A document needs at least one line."))
    lacking = company.missing_for_invoices()
    if lacking:
        names = ", ".join(str(name) for name in lacking)
        text = _("Your own company data lacks: %(names)s. Add it under “Company”.")
        missing["__all__"].append(lacking_in(company, "", text, names=names))
    if invoice.is_quote:
        return missing
    _missing_of_buyer(invoice, missing)
    if not invoice.service_date and not invoice.service_start:
        missing["service_date"].append(
            _("The law asks for the date or period of supply (§14(4) Nr. 6 UStG).")
        )
    if invoice.total < 0:
        missing["line_items"].append(
            _("A document over a negative amount is a credit note or a cancellation.")
        )
    _missing_for_tax(invoice, lines, company, missing)
    return missing


def _missing_of_buyer(invoice: Invoice, missing: dict[str, list[Any]]) -> None:
    customer = invoice.customer
    named = {
        "name": _("name"),
        "street": _("street"),
        "zip_code": _("postcode"),
        "city": _("city"),
    }
    lacking = [name for name in named if not getattr(customer, name)]
    if lacking and invoice.total > SMALL_AMOUNT:
        names = ", ".join(str(named[name]) for name in lacking)
        text = _("The customer's address lacks: %(names)s (§14(4) Nr. 1 UStG).")
        missing["customer"].append(lacking_in(customer, lacking[0], text, names=names))


def _missing_for_tax(
    invoice: Invoice,
    lines: list[InvoiceLineItem],
    company: Company,
    missing: dict[str, list[Any]],
) -> None:
    found = {line.tax_category for line in lines}
    small = company.is_small_business(invoice.supply_day)
    if small and found - {TaxRate.Category.EXEMPT}:
        missing["line_items"].append(
            _("As a small business (§19 UStG) you show no VAT: take “exempt” with 0 %.")
        )
    if TaxRate.Category.EXEMPT in found and not invoice.exemption_reason and not small:
        missing["exemption_reason"].append(_("Why are lines exempt from VAT? (§14(4) Nr. 8 UStG)"))
    both = {TaxRate.Category.REVERSE_CHARGE, TaxRate.Category.INTRA_COMMUNITY}
    if found & both:
        if not company.vat_id:
            text = _("Your own VAT id is missing (§14a UStG).")
            missing["__all__"].append(lacking_in(company, "vat_id", text))
        if not invoice.customer.vat_id:
            text = _("The customer's VAT id is missing (§14a UStG).")
            missing["customer"].append(lacking_in(invoice.customer, "vat_id", text))
    if TaxRate.Category.OUTSIDE in found and len(found) > 1:
        missing["line_items"].append(
            _("Lines that are not taxable here stand on a document of their own.")
        )
