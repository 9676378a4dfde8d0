"""What modules contribute to the whole: menu, entities, widgets, panels, rules, probes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workmate.starts import FirstStep, Series

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
    words). Of `few` there are never so many that choosing one needs a search.
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

    @property
    def key(self) -> str:
        """The class name, as the specification's `linked_entity_type` has it."""
        return self.model.__name__

    @property
    def places(self) -> Places:
        """Where the search looks."""
        return Places(self.search, self.numbers, self.texts)


@dataclass(frozen=True)
class Widget:
    """A box for dashboards; in slot `topbar` a control of the top bar, in `home` above the board.

    `live` names the kind of `push` after which open pages read it anew. What `starts` stands on
    the board that a person begins with. Sizes are columns (of 12) and lines: `size` when it is put
    on a board, `least` below which nothing of use is left of it.
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
    starts: bool = True


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

    As in the widget `list`. Where there are no rows, nothing is shown.
    """

    key: str
    on: str
    label: Text
    icon: str
    items: "Callable[[HttpRequest, Any], dict[str, Any]]"
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


@dataclass(frozen=True)
class ListLink:
    """A button above other modules' lists; `url` says where it leads for a model and a person."""

    key: str
    label: Text
    icon: str
    url: "Callable[[type[models.Model], Actor], str]"


@dataclass(frozen=True)
class Importer:
    """A model whose rows may come from files; `work` (`workmate/importers.py`) knows how."""

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

    Rows of one `person` and `span` stand together under `url`, with the sum of their `amount`.
    """

    person: Any
    span: str
    url: str
    day: Any
    title: str
    note: str
    amount: Any


@dataclass(frozen=True)
class Approval:
    """What waits for people's decision: `waiting` rows, with the verbs `approve` and `reject`.

    `rows` says which of them wait for this person, `shows` how one is told, `total` how amounts.
    """

    key: str
    label: Text
    model: type[models.Model]
    rows: "Callable[[Actor], Any]"
    shows: "Callable[[Any], Waiting]"
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


Shown = MenuItem | Entity | Widget | Figures | RowFigures | OpenItems | Panel | ListLink
Known = ReminderRule | NotificationKind | Command | Approval | Probe | Importer
Item = Shown | Known | Series | FirstStep
KINDS = (
    *(MenuItem, Entity, Widget, Figures, RowFigures, OpenItems, Panel, ListLink, Importer),
    *(ReminderRule, NotificationKind, Command, Approval, Probe, Series, FirstStep),
)


@dataclass
class Registry:
    """The fixed stores, filled from each module's `module.py`."""

    items: dict[type, dict[str, Any]] = field(default_factory=lambda: {kind: {} for kind in KINDS})

    def register(self, *items: Item) -> None:
        """Add contributions. Raises ImproperlyConfigured where a key is taken already."""
        for item in items:
            store = self.items[type(item)]
            if item.key in store:
                raise ImproperlyConfigured(
                    f"{type(item).__name__} {item.key!r} is registered twice"
                )
            store[item.key] = item

    def menu_items(self) -> list[MenuItem]:
        """All menu items, in the order of groups and within them."""
        places = list(GROUPS)
        found: Iterable[MenuItem] = self.items[MenuItem].values()
        return sorted(found, key=lambda item: (places.index(item.group), item.order))

    def entities(self) -> list[Entity]:
        """All entities."""
        return list(self.items[Entity].values())

    def linkable(self) -> list[Entity]:
        """The entities that a reminder or a document can be about."""
        return [entity for entity in self.entities() if entity.linkable]

    def entity(self, key: str) -> Entity | None:
        """The entity of that class name, or None."""
        found: Entity | None = self.items[Entity].get(key)
        return found

    def row(self, key: str, pk: Any, by: "Actor | None" = None) -> "models.Model | None":
        """The row of that entity with that id, if `by` sees it (None: everybody's); else None."""
        entity = self.entity(key)
        if entity is None:
            return None
        rows: Any = entity.model._default_manager.all()
        if by is not None:
            rows = rows.visible_to(by)
        found: models.Model | None = rows.filter(pk=pk).first()
        return found

    def entity_of(self, model: type[models.Model]) -> Entity | None:
        """The entity of that model, or None."""
        return self.entity(model.__name__)

    def widgets(self, slot: str) -> list[Widget]:
        """The widgets of one slot, in order."""
        return [widget for widget in self.in_order(Widget) if widget.slot == slot]

    def widget(self, key: str) -> Widget | None:
        """The widget of that key, or None."""
        found: Widget | None = self.items[Widget].get(key)
        return found

    def figures(self) -> list[Figures]:
        """All figures, in order."""
        return self.in_order(Figures)

    def commands(self) -> list[Command]:
        """All verbs of the palette, in order."""
        return self.in_order(Command)

    def approvals(self) -> list[Approval]:
        """All that may wait for somebody's decision, in order."""
        return self.in_order(Approval)

    def in_order(self, kind: type) -> list[Any]:
        """All contributions of a kind that has an `order`."""
        return sorted(self.items[kind].values(), key=lambda item: item.order)

    def panels(self, model: type[models.Model]) -> list[Panel]:
        """The panels on that model's page, in order."""
        return self._on(Panel, model)

    def row_figures(self, model: type[models.Model]) -> list[RowFigures]:
        """The figures that modules show on that model's page, in order."""
        return self._on(RowFigures, model)

    def open_items(self, model: type[models.Model]) -> list[OpenItems]:
        """What of the modules waits on that model's page, in order."""
        return self._on(OpenItems, model)

    def steps(self, model: type[models.Model]) -> list[Command]:
        """The verbs of the palette that also stand on that model's page, in order."""
        return [command for command in self._on(Command, model) if command.short]

    def _on(self, kind: type, model: type[models.Model]) -> list[Any]:
        items = self.in_order(kind)
        return [item for item in items if item.on and apps.get_model(item.on) is model]

    def probe(self, key: str) -> Probe | None:
        """The probe for that type of service, or None."""
        found: Probe | None = self.items[Probe].get(key)
        return found

    def rules(self) -> list[ReminderRule]:
        """All rules for derived reminders."""
        return list(self.items[ReminderRule].values())

    def kinds(self) -> list[NotificationKind]:
        """All kinds of notifications, in order."""
        found: Iterable[NotificationKind] = self.items[NotificationKind].values()
        return sorted(found, key=lambda kind: (kind.order, kind.key))

    def kind(self, key: str) -> NotificationKind | None:
        """The kind of notification of that key, or None."""
        found: NotificationKind | None = self.items[NotificationKind].get(key)
        return found

    def list_links(self) -> list[ListLink]:
        """What stands above lists of other modules."""
        return list(self.items[ListLink].values())

    def importers(self) -> list[Importer]:
        """The models whose rows may come from files."""
        return list(self.items[Importer].values())

    def importer(self, key: str) -> Importer | None:
        """The importer of that key, or None."""
        found: Importer | None = self.items[Importer].get(key)
        return found

    def kind_label(self, key: str) -> str:
        """What a kind of notification is called; its key where nobody registered it."""
        kind = self.kind(key)
        return str(kind.label) if kind else key


registry = Registry()
register = registry.register
