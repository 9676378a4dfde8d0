"""The pipeline as a board: who stands in which stage, what it may bring, and what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Activity, Customer
from crm.statistics import may_see
from reminders.models import Reminder

if TYPE_CHECKING:
    from workmate.services import Actor

# So many cards a stage: the rest is one click away in the list.
SHOWN = 30
# A quote that was declined or has expired brings nothing; a draft says nothing yet.
HOPEFUL = ("finalized", "sent", "accepted")


@dataclass
class Card:
    """A customer on the board."""

    customer: Customer
    value: Decimal | None
    age: str
    next: str
    is_late: bool = False


@dataclass
class Lane:
    """A stage, with the customers that were touched last in front."""

    stage: str
    label: str
    count: int
    value: Decimal
    cards: list[Card] = field(default_factory=list)


def lanes_of(user: "Actor", search: str = "") -> list[Lane]:
    """The board as a person may see it, in six queries at most."""
    every: Any = Customer.objects.all()
    rows = every.visible_to(user).in_pipeline()
    if search:
        rows = rows.search(search)
    counts = dict(rows.order_by().values_list("pipeline_stage").annotate(Count("pk")))
    place = Window(
        RowNumber(), partition_by=F("pipeline_stage"), order_by=[F("updated_at").desc(), F("pk")]
    )
    shown = list(rows.annotate(place=place).filter(place__lte=SHOWN).order_by("place"))
    values = _values(rows, user)
    steps = _steps([customer.pk for customer in shown], user)
    lanes = {
        stage.value: Lane(stage.value, capfirst(stage.label), counts.get(stage.value, 0), Decimal())
        for stage in Customer.Stage
    }
    for stage, value in values.values():
        lanes[stage].value += value
    for customer in shown:
        _stage, value = values.get(customer.pk, ("", None))
        text, is_late = steps.get(customer.pk, ("", False))
        lane = lanes[customer.pipeline_stage]
        lane.cards.append(Card(customer, value, age_of(customer), text, is_late))
    return list(lanes.values())


def age_of(customer: Customer) -> str:
    """For how many days the customer has been here."""
    days = (timezone.localdate() - timezone.localdate(customer.created_at)).days
    if days < 1:
        return _("new today")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _values(rows: Any, user: "Actor") -> dict[UUID, tuple[str, Decimal]]:
    """Stage and gross sum of the quotes that may still bring something, of each customer."""
    if not may_see("invoices", user):
        return {}
    model: Any = Customer._meta.get_field("invoices").related_model
    quotes = model._default_manager.all().visible_to(user).quotes().filter(status__in=HOPEFUL)
    found = quotes.filter(customer__in=rows.order_by().values("pk")).order_by()
    sums = found.values_list("customer_id", "customer__pipeline_stage").annotate(Sum("total"))
    return {pk: (stage, value) for pk, stage, value in sums}


def _steps(ids: Iterable[UUID], user: "Actor") -> dict[UUID, tuple[str, bool]]:
    """What comes next with each customer, and whether it is late; else what was last.

    Three queries: reminders, what is planned, what was.
    """
    ids, now, today = list(ids), timezone.now(), timezone.localdate()
    talks: Any = Activity.objects.visible_to(user).filter(customer_id__in=ids)
    about = Q(linked_entity_type=Customer.__name__, linked_entity_id__in=ids)
    reminders = Reminder.objects.visible_to(user).unfinished().filter(about).with_due()
    columns = ("customer_id", "occurred_at", "type")
    kinds = dict(Activity.Type.choices)
    found: dict[UUID, tuple[str, bool]] = {}
    last = talks.filter(occurred_at__lte=now).order_by("customer_id", "-occurred_at")
    for pk, when, kind in last.distinct("customer_id").values_list(*columns):
        day = date_format(timezone.localtime(when), "SHORT_DATE_FORMAT")
        text = _("Last: %(what)s, %(day)s") % {"what": kinds[kind], "day": day}
        found[pk] = (text, False)
    steps: dict[UUID, tuple[Any, str]] = {}
    planned = talks.filter(occurred_at__gt=now).order_by("customer_id", "occurred_at")
    for pk, when, kind in planned.distinct("customer_id").values_list(*columns):
        steps[pk] = (timezone.localdate(when), str(kinds[kind]))
    due = reminders.order_by("linked_entity_id", "due").distinct("linked_entity_id")
    names = ("linked_entity_id", "due_date", "snoozed_until", "title")
    for pk, due_date, snoozed_until, title in due.values_list(*names):
        day = snoozed_until or due_date
        if pk not in steps or day < steps[pk][0]:
            steps[pk] = (day, title)
    for pk, (day, what) in steps.items():
        words = {"what": what, "day": date_format(day, "SHORT_DATE_FORMAT")}
        found[pk] = (_("Next: %(what)s, %(day)s") % words, day < today)
    return found
