"""Forms for customers, contacts and activities."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Contact, Customer
from workmate.forms import BaseForm
from workmate.pickers import key_of


class CustomerForm(BaseForm):
    """A customer."""

    judges_each_field_alone = True
    parts = [
        (_("Customer"), "", ["name", "type", "status", "pipeline_stage", "customer_number"]),
        (_("Reach"), "", ["email", "phone", "website"]),
        (
            _("Address"),
            _("As it is to stand on invoices."),
            ["street", "zip_code", "city", "country"],
        ),
        (
            _("Taxes"),
            _("The VAT id is needed for reverse charge and supplies within the EU."),
            ["vat_id", "tax_id"],
        ),
        (
            _("Invoices"),
            _("What new documents start with."),
            ["invoice_email", "payment_days", "language", "buyer_reference", "leitweg_id"],
        ),
        (_("Internal notes"), "", ["notes"]),
    ]

    class Meta(BaseForm.Meta):
        model = Customer
        fields = [
            "name",
            "type",
            "status",
            "pipeline_stage",
            "customer_number",
            "email",
            "phone",
            "website",
            "street",
            "zip_code",
            "city",
            "country",
            "vat_id",
            "tax_id",
            "invoice_email",
            "payment_days",
            "language",
            "buyer_reference",
            "leitweg_id",
            "notes",
        ]


class ContactForm(BaseForm):
    """A person at a customer's; `?customer_id=` chooses the customer."""

    parts = [
        (_("Person"), "", ["customer", "firstname", "lastname", "position", "department"]),
        (_("Reach"), "", ["email", "phone", "mobile", "is_primary"]),
        (_("Notes"), "", ["notes"]),
    ]

    class Meta(BaseForm.Meta):
        model = Contact
        fields = [
            "customer",
            "firstname",
            "lastname",
            "position",
            "department",
            "email",
            "phone",
            "mobile",
            "is_primary",
            "notes",
        ]


class ActivityForm(BaseForm):
    """What happened with a customer; of whom the contacts are offered, once it is known."""

    narrowed = {"contact": "customer"}

    parts = [
        (_("With whom"), "", ["customer", "contact"]),
        (_("What happened"), "", ["type", "occurred_at", "description"]),
    ]

    class Meta(BaseForm.Meta):
        model = Activity
        fields = ["customer", "contact", "type", "occurred_at", "description"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        initial = dict(kwargs.get("initial") or {})
        contact = _row(Contact.objects.visible_to(user), initial.get("contact"))
        if contact is not None:
            initial.setdefault("customer", contact.customer_id)
        kwargs["initial"] = initial
        super().__init__(*args, user=user, **kwargs)
        self.fields["occurred_at"].required = False
        self.fields["occurred_at"].help_text = _("Empty: now.")
        self._offer_contacts()

    def _offer_contacts(self) -> None:
        """Those of the customer, and the chosen one, so that the rule itself can refuse it."""
        customer, chosen = self["customer"].value(), self["contact"].value()
        ids = Q(customer=key_of(customer)) | Q(pk=key_of(chosen))
        field: Any = self.fields["contact"]
        if key_of(customer) is not None:
            field.queryset = field.queryset.filter(ids)
        field.label_from_instance = lambda contact: contact.display_name

    def clean(self) -> dict[str, Any]:
        """Without the time where none was given: then it is now, or stays."""
        data = super().clean()
        if data.get("occurred_at") is None:
            data.pop("occurred_at", None)
        return data


def _row(rows: Any, value: Any) -> Any:
    """The row with that key; None where there is none."""
    key = key_of(value)
    return None if key is None else rows.filter(pk=key).first()
