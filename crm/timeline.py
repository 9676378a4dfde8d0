"""What was talked about and what else happened with a customer, in one line of time."""

from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING, Any, Self

from django.db.models import F, Value
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import Activity, Customer
from system.models import ActivityEntry

if TYPE_CHECKING:
    from workmate.services import Actor

ICONS = {"call": "phone", "meeting": "users", "email": "mail", "note": "sticky-note"}
COLUMNS = ("moment", "pk", "source")


class Timeline:
    """The lines of a customer that a person may see, the latest first; read by windows.

    Invoices, projects, contacts and documents of the customer tell of themselves in the activity
    feed; what is said of rows that the person does not see is not there, nor counted.
    """

    def __init__(self, customer: Customer, user: "Actor") -> None:
        self.customer = customer
        self.talks: Any = customer.activities.visible_to(user).order_by()
        # The feed's own entries about talks say less than the talks themselves.
        entries: Any = ActivityEntry.objects.timeline(customer, user)
        self.entries = entries.exclude(target_type=Activity.__name__).order_by()

    def of_kinds(self, names: Iterable[str]) -> Self:
        """The lines about rows of these entities alone."""
        found = copy(self)
        if Activity.__name__ not in names:
            found.talks = self.talks.none()
        found.entries = self.entries.of_kinds(names)
        return found

    def capped_count(self) -> tuple[int, bool]:
        """How many lines there are, counted to a limit, and whether there are more."""
        (talks, more_talks), (entries, more_entries) = (
            rows.capped_count() for rows in (self.talks, self.entries)
        )
        return talks + entries, more_talks or more_entries

    def window(self, first: int, size: int) -> list[dict[str, Any]]:
        """One page of the lines: three queries, however many there are."""
        talks = self.talks.annotate(moment=F("occurred_at"), source=Value("talk"))
        entries = self.entries.annotate(moment=F("created_at"), source=Value("entry"))
        merged = talks.values_list(*COLUMNS).union(
            entries.select_related(None).values_list(*COLUMNS), all=True
        )
        keys = list(merged.order_by("-moment", "-pk")[first : first + size])
        wanted = {
            name: [pk for _moment, pk, source in keys if source == name]
            for name in ("talk", "entry")
        }
        rows = {
            **Activity.objects.for_list().in_bulk(wanted["talk"]),
            **ActivityEntry.objects.for_list().in_bulk(wanted["entry"]),
        }
        return [self.line(rows[pk]) for _moment, pk, _source in keys if pk in rows]

    def line(self, row: Activity | ActivityEntry) -> dict[str, Any]:
        """One line, for pages and for JSON."""
        if isinstance(row, Activity):
            return talk_line(row)
        return {
            "verb": row.verb,
            "icon": row.icon,
            "tone": row.tone,
            "what": row.what,
            "url": "" if row.target_id == self.customer.pk else row.get_absolute_url(),
            "when": row.when,
            "who": row.who,
            "more": "",
            "target_type": row.target_type,
            "target_id": row.target_id,
        }


def talk_line(talk: Activity) -> dict[str, Any]:
    """An activity as a line of the timeline."""
    kind = capfirst(talk.get_type_display())
    with_whom = _("%(kind)s with %(name)s") % {"kind": kind, "name": talk.contact}
    return {
        "verb": talk.type,
        "icon": ICONS.get(talk.type, "phone"),
        "tone": "info",
        "what": with_whom if talk.contact else kind,
        "url": talk.get_absolute_url(),
        "when": talk.occurred_at,
        "who": str(talk.author or ""),
        "more": talk.summary,
        "target_type": Activity.__name__,
        "target_id": talk.pk,
    }
