"""How customers and contacts come from files."""

from collections.abc import Hashable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms import ContactForm, CustomerForm
from crm.models import clean_vat_id
from workmate.importers import BaseImporter, LineWriter

SEVERAL = gettext_lazy("Several are here with this value.")


class CustomerImporter(BaseImporter):
    """Customers; one is here already when its number, VAT id or e-mail address is."""

    form_class = CustomerForm
    headings = {
        "name": ("Firma", "Firmenname", "Kunde", "Kundenname", "Company", "Customer"),
        "customer_number": ("Kundennr", "Kunden-Nr.", "Kd-Nr", "Number", "Customer no"),
        "email": ("Mail", "E-Mail-Adresse", "Email address"),
        "phone": ("Tel", "Telefonnummer", "Telephone"),
        "website": ("Web", "Internet", "Homepage", "URL"),
        "street": ("Strasse und Hausnummer", "Anschrift", "Address"),
        "zip_code": ("PLZ", "Postal code", "ZIP"),
        "city": ("Stadt", "Town"),
        "vat_id": ("USt-ID", "USt-IdNr", "Umsatzsteuer-ID", "VAT number"),
        "payment_days": ("Zahlungsziel", "Zahlungsziel in Tagen", "Payment terms"),
        "notes": ("Notiz", "Notizen", "Bemerkung", "Bemerkungen", "Notes"),
    }

    def keys(self, typed: Mapping[str, str], line: LineWriter) -> list[Hashable]:
        """Number, VAT id, e-mail address."""
        found: list[Hashable] = []
        if number := typed.get("customer_number", ""):
            found.append(("customer_number", number.upper()))
        if vat_id := typed.get("vat_id", ""):
            found.append(("vat_id", _plain_vat_id(vat_id)))
        if email := typed.get("email", ""):
            found.append(("email", email.strip().lower()))
        return found

    def row_of(self, rows: Any, typed: Mapping[str, str], line: LineWriter) -> Any:
        """The customer with that number, else VAT id, else e-mail address."""
        for name, value in self.keys(typed, line):  # type: ignore[misc]
            if row := _only(rows.filter(**{f"{name}__iexact": value}), name):
                return row
        return None


class ContactImporter(BaseImporter):
    """Contacts; one is here already when its customer has one of that e-mail address or name."""

    form_class = ContactForm
    references = {"customer": ("customer_number", "email", "name")}
    instead = {"lastname": ("full_name",)}
    headings = {
        "customer": ("Firma", "Kundennummer", "Kundennr", "Company", "Customer number"),
        "firstname": ("Rufname", "Given name"),
        "lastname": ("Familienname", "Surname"),
        "email": ("Mail", "E-Mail-Adresse", "Email address"),
        "phone": ("Tel", "Telefonnummer", "Telephone"),
        "mobile": ("Handy", "Mobiltelefon", "Mobile phone", "Cell"),
        "position": ("Funktion", "Job title"),
        "is_primary": ("Hauptkontakt", "Primary"),
        "full_name": ("Ansprechpartner", "Kontakt", "Contact"),
    }

    def further(self, user: Any) -> dict[str, forms.Field]:
        """First and last name in one column."""
        return {"full_name": forms.CharField(label=_("Name"), required=False)}

    def fill(self, typed: dict[str, str], line: LineWriter) -> dict[str, str]:
        """The last word of a name is the last name."""
        first, _blank, last = typed.pop("full_name", "").strip().rpartition(" ")
        if last and not typed.get("lastname"):
            typed["lastname"] = last
            typed.setdefault("firstname", first)
        if typed.get("is_primary") == "on":
            return typed
        # Who is no primary contact in the file does not lose a mark that they have.
        typed.pop("is_primary", None)
        return typed

    def keys(self, typed: Mapping[str, str], line: LineWriter) -> list[Hashable]:
        """The customer with the e-mail address; with the name, where there is none."""
        names, customer = self.fill(dict(typed), line), typed.get("customer", "")
        if email := names.get("email", "").strip():
            return [("email", customer, email.lower())]
        full = f"{names.get('firstname', '')} {names.get('lastname', '')}".strip()
        return [("name", customer, full.lower())] if full else []

    def row_of(self, rows: Any, typed: Mapping[str, str], line: LineWriter) -> Any:
        """The customer's contact of that e-mail address, else name."""
        names, customer = self.fill(dict(typed), line), typed.get("customer") or None
        rows = rows.filter(customer=customer).select_related("customer")
        if email := names.get("email", "").strip():
            if row := _only(rows.filter(email__iexact=email), "email"):
                return row
            rows = rows.filter(email="")
        last, first = names.get("lastname", ""), names.get("firstname", "")
        if not last:
            return None
        return _only(rows.filter(lastname__iexact=last, firstname__iexact=first), "lastname")


def _only(rows: Any, name: str) -> Any:
    """The row; None for none. Raises ValidationError where there are several."""
    found = list(rows[:2])
    if len(found) > 1:
        raise ValidationError({name: SEVERAL})
    return found[0] if found else None


def _plain_vat_id(text: str) -> str:
    """A VAT id as it is kept; the form says what is wrong with it."""
    try:
        return clean_vat_id(text)
    except ValidationError:
        return text.upper()
