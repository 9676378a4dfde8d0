"""What may be done with customers, contacts and activities."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Contact, Customer
from employees.models import Employee
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

SHOWN_DUPLICATES = 5


@verb(
    Customer,
    "delete",
    permission="delete_customer",
    label=_("Delete"),
    confirm=_("Its contacts and activities go with it."),
)
@services.acted
def delete_customer(customer: Customer, *, by: Actor | None) -> None:
    """Delete a customer with its contacts and activities.

    Raises Conflict where there are projects or invoices: such a customer is set inactive.
    """
    customer = services.lock(customer)
    # With the row locked nobody can add a project or an invoice any more.
    if customer.projects.exists() or customer.invoices.exists():
        raise Conflict(
            _("There are projects or invoices of this customer: set it inactive instead."),
            code="in_use",
        )
    emit("deleted", customer, by=by)
    customer.delete()


def move_customer(customer: Customer, *, by: Actor | None, stage: str, was: str = "") -> Customer:
    """Put a customer into another stage of the pipeline.

    Refuses what is no stage; raises Conflict where the customer no longer stands in `was`.
    """
    with services.acting(by):
        customer = services.lock(customer)
        if was and customer.pipeline_stage != was:
            message = _("Somebody else has moved %(name)s meanwhile: it stands in “%(stage)s”.")
            now = customer.get_pipeline_stage_display() or _("no stage")
            words = {"name": customer.name, "stage": now}
            raise Conflict(message % words, code="stale")
        if stage not in Customer.Stage.values:
            raise ValidationError({"pipeline_stage": _("There is no such stage.")})
        customer.pipeline_stage = stage
        return services.save(customer, by=by)


@verb(Contact, "create", permission="add_contact", label=_("Create"))
@services.acted
def create_contact(*, by: Actor | None, **data: Any) -> Contact:
    """Add a contact. As primary contact it takes the mark from the one that had it."""
    contact = Contact(**data)
    if contact.is_primary:
        _hold(data.get("customer"))
        _take_mark(contact, by=by)
    return services.save(contact, by=by)


@verb(Contact, "change", permission="change_contact", label=_("Save"))
@services.acted
def change_contact(contact: Contact, *, by: Actor | None, **data: Any) -> Contact:
    """Change a contact. As primary contact it takes the mark from the one that had it.

    Refuses to move it to another customer while there are activities with it.
    """
    held = _hold(contact.customer, data.get("customer"))
    contact = services.lock(contact)
    _refuse_unless(contact.customer_id in held)
    for name, value in data.items():
        setattr(contact, name, value)
    if contact.is_primary:
        _take_mark(contact, by=by)
    return services.save(contact, by=by)


@verb(Activity, "create", permission="add_activity", label=_("Create"))
@services.acted
def create_activity(*, by: Actor | None, **data: Any) -> Activity:
    """Record a call, a meeting, a mail or a note; `by` is its author.

    Refuses a contact of another customer.
    """
    _hold(data.get("customer"))
    if isinstance(by, Employee):
        data["author"] = by
    return services.save(Activity(**_afresh(data)), by=by)


@verb(Activity, "change", permission="change_activity", label=_("Save"))
@services.acted
def change_activity(activity: Activity, *, by: Actor | None, **data: Any) -> Activity:
    """Change an activity; its author stays. Refuses a contact of another customer."""
    held = _hold(activity.customer, data.get("customer"))
    activity = services.lock(activity)
    _refuse_unless(activity.customer_id in held)
    for name, value in _afresh(data).items():
        setattr(activity, name, value)
    return services.save(activity, by=by)


def duplicates_of(row: Customer | Contact, *, by: Actor) -> list[Any]:
    """What `by` sees that may be the same as a row, made or not: by name, e-mail or VAT id."""
    rows: Any = type(row)._default_manager.all()
    found: list[Any] = list(rows.visible_to(by).alike(row).for_list()[:SHOWN_DUPLICATES])
    return found


def _hold(*customers: Customer | None) -> set[UUID]:
    """Lock customers' rows: meanwhile nobody else marks, moves or names their contacts.

    Always the customers first and in the order of their keys, so that no two wait for each other;
    `no_key`, so that invoices and projects can be written at the same time.
    """
    wanted = {customer.pk for customer in customers if customer is not None}
    rows = Customer.objects.filter(pk__in=wanted).order_by("pk")
    return set(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _refuse_unless(held: bool) -> None:
    """Refuse where the row went to another customer between reading and locking it."""
    if not held:
        raise Conflict(
            _("Somebody changed this at the same moment. Please try again."), code="moved"
        )


def _take_mark(contact: Contact, *, by: Actor | None) -> None:
    """Take the mark from the customer's other contact."""
    others = Contact.objects.filter(customer=contact.customer_id).primary()
    for other in others.exclude(pk=contact.pk):
        other.is_primary = False
        # Only the mark: what else may be wrong with that row is not this person's matter.
        other.save(update_fields=["is_primary", "updated_at"])
        emit("changed", other, by=by, about=services.subjects_of(other))


def _afresh(data: dict[str, Any]) -> dict[str, Any]:
    """The data with the contact as it stands now, under the lock."""
    if (contact := data.get("contact")) is None:
        return data
    return {**data, "contact": services.lock(contact)}
