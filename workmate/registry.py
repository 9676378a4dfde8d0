"""The stores of what modules contribute, filled from each module's `module.py`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from workmate.contributions import (
    DAY,
    EVERYWHERE,
    FIGURES,
    GROUPS,
    Approval,
    Card,
    Command,
    Entity,
    Figures,
    FirstStep,
    Importer,
    ListLink,
    MenuItem,
    NotificationKind,
    OpenItems,
    Panel,
    Places,
    Probe,
    ReminderRule,
    RowFigures,
    Series,
    Text,
    Waiting,
    Widget,
    open_items,
)

if TYPE_CHECKING:
    from workmate.services import Actor

__all__ = [
    "Approval",
    "Card",
    "Command",
    "DAY",
    "EVERYWHERE",
    "Entity",
    "FIGURES",
    "Figures",
    "FirstStep",
    "GROUPS",
    "Importer",
    "ListLink",
    "MenuItem",
    "NotificationKind",
    "OpenItems",
    "Panel",
    "Places",
    "Probe",
    "Registry",
    "ReminderRule",
    "RowFigures",
    "Series",
    "Text",
    "Waiting",
    "Widget",
    "open_items",
    "register",
    "registry",
]

Shown = MenuItem | Entity | Widget | Figures | RowFigures | OpenItems | Card | Panel | ListLink
Known = ReminderRule | NotificationKind | Command | Approval | Probe | Importer
Item = Shown | Known | Series | FirstStep
KINDS = (
    *(MenuItem, Entity, Widget, Figures, RowFigures, OpenItems, Card, Panel, ListLink, Importer),
    *(ReminderRule, NotificationKind, Command, Approval, Probe, Series, FirstStep),
)


class ForSome(Protocol):
    """A contribution that asks for a permission; for everybody where that is empty."""

    @property
    def permission(self) -> str:
        """Whom it is for."""


S = TypeVar("S", bound=ForSome)


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

    def held(self, items: Iterable[S], user: Any) -> list[S]:
        """Those of the contributions that are meant for this person."""
        return [item for item in items if not item.permission or user.has_perm(item.permission)]

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
        found: list[OpenItems] = self._on(OpenItems, model)
        return found if any(item.on != EVERYWHERE for item in found) else []

    def cards(self, model: type[models.Model]) -> list[Card]:
        """The boxes that modules put on that model's page, in order."""
        return self._on(Card, model)

    def steps(self, model: type[models.Model]) -> list[Command]:
        """The verbs of the palette that also stand on that model's page, in order."""
        return [command for command in self._on(Command, model) if command.short]

    def _on(self, kind: type, model: type[models.Model]) -> list[Any]:
        items = self.in_order(kind)
        return [
            item
            for item in items
            if item.on and (item.on == EVERYWHERE or apps.get_model(item.on) is model)
        ]

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
