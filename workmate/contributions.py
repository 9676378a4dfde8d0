"""What a module may contribute to the whole: menu, entities, widgets, panels, rules, probes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

    from workmate.services import Actor

Text = str | Promise

GROUPS: dict[str, Text] = {
    "overview": _("Overview"),
    "customers": _("Customers & projects"),
    "money": _("Money"),
    "team": _("Team"),
    "tools": _("Tools"),
}


# Open items of every model's page that has any; so many of a kind are shown.
EVERYWHERE, OPEN_SHOWN = "*", 4


@dataclass(frozen=True)
class Places:
    """Where a model is searched. A name may belong to a related row: `customer__name`.

    `is_kept`: its table has the columns of `search_column` (`workmate/search.py`).
    """

    names: Sequence[str] = ()
    numbers: Sequence[str] = ()
    texts: Sequence[str] = ()
    is_kept: bool = True

    @property
    def own(self) -> list[str]:
        """The names that are columns of the model itself."""
        return [name for name in self.names if "__" not in name]


@dataclass(frozen=True)
class MenuItem:
    """A line in the sidebar, shown to those who hold `permission`."""

    key: str
    label: Text
    url: str
    icon: str
    group: str
    order: int = 100
    permission: str = ""
    query: str = ""
    count: "Callable[[Actor], int] | None" = None
    tone: str = ""


@dataclass(frozen=True)
class Entity:
    """A model that can be searched and (unless not so) linked from others and told of.

    Reminders and documents are about rows that are `linkable`, the activity feed tells of those
    `in_feed`. What is `known_by_name` needs no word for its kind beside its name: RE-2026-001
    says it. The search looks at names (any part), numbers (however written) and long texts (their
    words). Of `few` there are never so many that choosing one needs a search. `reads` are the
    fields, also of related rows, of which name, hint and address are made: of a row found no others
    are read. Without it, all of its own. Long texts are shown as `plain` makes them.
    """

    model: type[models.Model]
    search: tuple[str, ...] = ()
    icon: str = "file"
    in_feed: bool = True
    linkable: bool = True
    known_by_name: bool = False
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    few: bool = False
    reads: tuple[str, ...] = ()
    plain: Callable[[str], str] = str

    @property
    def key(self) -> str:
        """The class name, as the specification's `linked_entity_type` has it."""
        return self.model.__name__

    @property
    def places(self) -> Places:
        """Where the search looks."""
        return Places(self.search, self.numbers, self.texts)


# The boards that a person begins with: what is to be done, and how the company does.
DAY, FIGURES = "day", "figures"


@dataclass(frozen=True)
class Widget:
    """A box for dashboards; in slot `topbar` a control of the top bar, in `home` above the board.

    `live` names the kind of `push` after which open pages read it anew. `starts`: on which of the
    boards that a person begins with (DAY, FIGURES) it stands. Sizes are columns (of 12) and lines:
    `size` when it is put on a board, `least` below which nothing of use is left of it.
    """

    key: str
    label: Text
    template: str
    context: "Callable[[HttpRequest], dict[str, Any]]"
    slot: str = "dashboard"
    permission: str = ""
    order: int = 100
    size: tuple[int, int] = (6, 4)
    least: tuple[int, int] = (3, 3)
    live: str = ""
    starts: Sequence[str] = ()


@dataclass(frozen=True)
class Figures:
    """Figures at a glance: label, value, and the address of the list that makes each up."""

    key: str
    figures: "Callable[[HttpRequest], list[dict[str, Any]]]"
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class RowFigures:
    """Figures above another model's page: what the rows of this module come to for one object.

    As `Figures`: each with the address of the list that makes it up.
    """

    key: str
    on: str
    figures: "Callable[[HttpRequest, Any], list[dict[str, Any]]]"
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class OpenItems:
    """What of this module waits on another model's page: the next `rows`, and the way to `all`.

    As in the widget `list`. Where there are no rows, nothing is shown. With `EVERYWHERE` for `on`
    they stand on every page that has open items of another module.
    """

    key: str
    on: str
    label: Text
    icon: str
    items: "Callable[[HttpRequest, Any], dict[str, Any]]"
    permission: str = ""
    order: int = 100


def open_items(
    rows: Any,
    line: Callable[[Any], dict[str, Any]],
    *,
    url: str,
    more: str,
    value: Callable[[], str] = str,
) -> dict[str, Any]:
    """What `OpenItems` show of rows in their order: a line for each of the first, the way to all.

    `more` says so where there are more than these; `value` is what all of them come to.
    """
    first = list(rows[: OPEN_SHOWN + 1])
    return {
        "rows": [line(row) for row in first[:OPEN_SHOWN]],
        "all": first and {"url": url, "value": value()},
        "more": more if len(first) > OPEN_SHOWN else "",
    }


@dataclass(frozen=True)
class Card:
    """A box on another model's page; without a context for this row it is left out."""

    key: str
    on: str
    template: str
    context: "Callable[[HttpRequest, Any], dict[str, Any] | None]"
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class Panel:
    """A tab on another model's page that loads a list of this module, filtered by `by`."""

    key: str
    on: str
    list: str
    by: str
    label: Text
    icon: str = "list"
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class ReminderRule:
    """Reminders that follow from data: who is to be reminded of which rows, and when."""

    key: str
    model: type[models.Model]
    queryset: Callable[[], "models.QuerySet[Any]"]
    due: str
    title: Callable[[Any], str]
    to: Callable[[Any], "Actor | None"]
    # So many days before `due` the person is reminded.
    days_before: int = 0


@dataclass(frozen=True)
class NotificationKind:
    """One kind of thing of which people are told; each may switch it off for themselves."""

    key: str
    label: Text
    order: int = 100


@dataclass(frozen=True)
class Command:
    """A verb in the palette: the form at `url`, begun with `values`.

    With `on` (a model) it is offered for each row found: the label takes its `%(title)s`, the
    form its id as `query`; `fits` says for which rows it makes sense. With a `short` label it
    also stands on the row's own page.
    """

    key: str
    label: Text
    url: str
    icon: str = "plus"
    permission: str = ""
    order: int = 100
    values: tuple[tuple[str, str], ...] = ()
    on: str = ""
    query: str = ""
    short: Text = ""
    fits: Callable[[Any], bool] = lambda row: True

    def address(self, row: Any = None) -> str:
        """Where the form is, begun for that row."""
        query = {self.query: row.pk} if row is not None else dict(self.values)
        return f"{reverse(self.url)}?{urlencode(query)}" if query else reverse(self.url)


@dataclass(frozen=True)
class ListLink:
    """A button above other modules' lists; `url` says where it leads for a model and a person.

    With a `command`, which takes the rows' name as `%(names)s`, the palette offers it, too.
    """

    key: str
    label: Text
    icon: str
    url: "Callable[[type[models.Model], Actor], str]"
    command: Text = ""


@dataclass(frozen=True)
class Importer:
    """A model whose rows may come from files; `work` (`workmate/importers/`) knows how."""

    model: type[models.Model]
    work: Any
    icon: str = "upload"

    @property
    def key(self) -> str:
        """The model's name in addresses and in the API."""
        return str(self.model._meta.model_name)


@dataclass(frozen=True)
class Waiting:
    """One row that waits for a decision, as the page of approvals shows it.

    Rows of one `person` and `span` stand together, with the sum of their `amount`.
    """

    person: Any
    span: str
    day: Any
    title: str
    note: str
    amount: Any


@dataclass(frozen=True)
class Approval:
    """What waits for people's decision: `waiting` rows, with the verbs `approve` and `reject`.

    `rows` says which of them wait for this person, `shows` how one is told (of which its queryset's
    `for_approval` reads what is needed), `total` how amounts; `sheet` is where those beside a row
    stand.
    """

    key: str
    label: Text
    model: type[models.Model]
    rows: "Callable[[Actor], Any]"
    shows: "Callable[[Any], Waiting]"
    sheet: Callable[[Any], str]
    total: Callable[[Any], str]
    icon: str
    permission: str
    order: int = 100


@dataclass(frozen=True)
class Probe:
    """How one type of infrastructure service is checked."""

    key: str
    label: Text
    check: Callable[[Any], Any]


@dataclass(frozen=True)
class Series:
    """A series of numbers: its key in `NumberSequence`, and the pattern that it starts with."""

    key: str
    label: Text
    pattern: str
    order: int = 100


@dataclass(frozen=True)
class FirstStep:
    """What a new company does first: where, and whether it is done (asked until all are).

    Without `url` it is done on the page of the first steps itself.
    """

    key: str
    label: Text
    text: Text
    icon: str
    done: Callable[[], bool]
    url: str = ""
    permission: str = ""
    order: int = 100
