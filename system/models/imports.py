"""Imports: a file, which of its columns is what, and what came of each of its lines."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from uuid import uuid4

import orjson
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from employees.models import Employee
from system.querysets import ImportQuerySet, ImportRowQuerySet
from workmate.importers import CREATE, SKIP, UPDATE, Cell
from workmate.models import BaseModel
from workmate.permissions import hidden_names
from workmate.registry import Importer, registry


def stored_name(instance: Any, filename: str) -> str:
    """A name of our own: nothing that somebody typed becomes part of a path."""
    key = uuid4().hex
    return f"imports/{key[:2]}/{key}.jsonl"


class Import(BaseModel):
    """A file whose lines become customers, contacts, hours or expenses; it can be taken back."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("is being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("is being imported")
        DONE = "done", _("imported")
        STOPPED = "stopped", pgettext_lazy("import", "stopped")
        UNDOING = "undoing", _("is being taken back")
        UNDONE = "undone", pgettext_lazy("import", "taken back")
        FAILED = "failed", _("failed")

    class Existing(models.TextChoices):
        SKIP = SKIP, _("leave them as they are")
        UPDATE = UPDATE, _("bring them up to date")
        CREATE = CREATE, _("create them once more")

    WORKING: ClassVar[tuple[str, ...]] = (Status.CHECKING, Status.RUNNING, Status.UNDOING)
    # Half a taking back would be neither here nor there: that one runs to its end.
    STOPPABLE: ClassVar[tuple[str, ...]] = (Status.CHECKING, Status.RUNNING)
    WRITTEN: ClassVar[tuple[str, ...]] = (Status.DONE, Status.STOPPED)
    status_looks = {
        "uploaded": ("", "draft"),
        "checking": ("info", "half"),
        "checked": ("info", "full"),
        "running": ("warn", "half"),
        "done": ("ok", "full"),
        "stopped": ("warn", "alert"),
        "undoing": ("warn", "half"),
        "undone": ("", "off"),
        "failed": ("danger", "alert"),
    }

    owner = models.ForeignKey(
        Employee,
        verbose_name=_("imported by"),
        on_delete=models.PROTECT,
        related_name="imports",
        editable=False,
    )
    # Who asked for the step that runs, and the scopes of the token by which they did.
    actor = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    scopes = models.JSONField(null=True, editable=False)
    kind = models.CharField(_("what it holds"), max_length=40, editable=False)
    file = models.FileField(
        _("file"), upload_to=stored_name, max_length=200, blank=True, editable=False
    )
    original_name = models.CharField(_("file name"), max_length=200, editable=False)
    # `{"name": heading, "examples": [first values]}`, in the file's order.
    columns = models.JSONField(_("columns"), default=list, editable=False)
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    on_existing = models.CharField(
        _("rows that are here already"), max_length=10, choices=Existing, default=Existing.SKIP
    )
    only_good = models.BooleanField(_("without the faulty lines"), default=False, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.UPLOADED, editable=False
    )
    total = models.PositiveIntegerField(pgettext_lazy("import", "lines"), default=0, editable=False)
    position = models.PositiveIntegerField(_("lines done"), default=0, editable=False)
    created_count = models.PositiveIntegerField(
        pgettext_lazy("import", "new"), default=0, editable=False
    )
    updated_count = models.PositiveIntegerField(
        pgettext_lazy("import", "updated"), default=0, editable=False
    )
    skipped_count = models.PositiveIntegerField(
        pgettext_lazy("import", "skipped"), default=0, editable=False
    )
    faulty_count = models.PositiveIntegerField(
        pgettext_lazy("import", "faulty"), default=0, editable=False
    )
    kept_count = models.PositiveIntegerField(
        pgettext_lazy("import", "kept"), default=0, editable=False
    )
    error = models.CharField(_("what stopped it"), max_length=500, blank=True, editable=False)
    # Which step it is: a worker that was slow to hear of a stop has no part in the next one.
    step = models.UUIDField(null=True, editable=False)
    # A step that begins again and again without coming further is given up.
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    worked_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        db_table = "imports"
        ordering = ["-created_at", "-id"]
        verbose_name = pgettext_lazy("noun", "import")
        verbose_name_plural = _("imports")
        permissions = [("view_all_import", _("See everybody's imports"))]
        constraints = [
            # Whoever sends many large files would keep everybody's mails waiting behind them.
            models.UniqueConstraint(
                fields=["actor"],
                condition=models.Q(status__in=("checking", "running", "undoing")),
                name="imports_one_at_a_time",
                violation_error_message=_(
                    "Another import of yours is at work: wait until it is done."
                ),
            )
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="imports_newest"),
            models.Index(fields=["owner", "-created_at"], name="imports_of_person"),
            models.Index(
                fields=["worked_at"],
                condition=models.Q(status__in=("checking", "running", "undoing")),
                name="imports_working",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_label}: {self.original_name}"

    @property
    def importer(self) -> Importer:
        """How its lines become rows. Raises LookupError where no module knows any more."""
        found = registry.importer(self.kind)
        if found is None:
            raise LookupError(self.kind)
        return found

    @property
    def kind_label(self) -> str:
        """What it holds, in words."""
        found = registry.importer(self.kind)
        return capfirst(str(found.model._meta.verbose_name_plural)) if found else self.kind

    @property
    def is_working(self) -> bool:
        """Whether a step of it runs, or waits for its turn."""
        return self.status in self.WORKING

    @property
    def is_open(self) -> bool:
        """Whether its columns can still be changed."""
        return self.status in {self.Status.UPLOADED, self.Status.CHECKED, self.Status.FAILED}

    @property
    def fitting_count(self) -> int:
        """How many lines make or change a row."""
        return self.created_count + self.updated_count

    @property
    def unmapped(self) -> list[str]:
        """Columns that are not imported."""
        return [item["name"] for item in self.columns if item["name"] not in self.mapping]

    def matched_for(self, user: Any, most: int) -> "list[tuple[ImportRow, dict[str, Any] | None]]":
        """The first `most` lines about what was here already, with what a person sees of them.

        That is what their row was before, by column; None where it is not to be seen (any more):
        of such a line only the number is to be told. Two queries.
        """
        if self.status == self.Status.FAILED:
            return []
        rows = list(self.rows.matched()[:most])
        objects: Any = self.importer.model._default_manager
        seen = objects.visible_to(user).in_bulk({row.object_id for row in rows if row.object_id})
        return [(row, row.before_for(user, seen.get(row.object_id))) for row in rows]

    def lines(self) -> Iterator[tuple[int, list[Cell]]]:
        """The file's lines: their number in it, and their cells."""
        with self.file.open("rb") as file:
            for line in file:
                yield tuple(orjson.loads(line))

    def cells_of(self, cells: list[Cell]) -> dict[str, Cell]:
        """A line's cells by target."""
        names = [item["name"] for item in self.columns]
        by_name = dict(zip(names, cells, strict=False))
        return {target: by_name.get(name) for name, target in self.mapping.items()}

    def column_of(self, target: str) -> str:
        """The heading of the column that is imported as that."""
        return next((name for name, mapped in self.mapping.items() if mapped == target), "")


class ImportRow(BaseModel):
    """What came of one line: the row that it made or changed, or why it was not taken."""

    class Outcome(models.TextChoices):
        CREATED = "created", pgettext_lazy("import", "new")
        UPDATED = "updated", pgettext_lazy("import", "updated")
        SKIPPED = "skipped", pgettext_lazy("import", "skipped")
        FAULTY = "faulty", pgettext_lazy("import", "faulty")
        UNDONE = "undone", pgettext_lazy("import", "taken back")

    job = models.ForeignKey(
        Import, verbose_name=_("import"), on_delete=models.CASCADE, related_name="rows"
    )
    number = models.PositiveIntegerField(_("line"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    object_id = models.UUIDField(_("object"), null=True)
    label = models.CharField(_("name at the time"), max_length=200, blank=True)
    # How the row was before, and when it was as the line left it.
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    stamp = models.DateTimeField(null=True)
    # `{"column": heading, "value": text, "message": text}` each.
    errors = models.JSONField(_("errors"), default=list)
    kept = models.CharField(_("why it was kept"), max_length=300, blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        db_table = "import_rows"
        ordering = ["number"]
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of imports")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="import_rows_once"),
        ]
        indexes = [models.Index(fields=["job", "outcome", "number"], name="import_rows_by_outcome")]

    def __str__(self) -> str:
        return f"{self.number}: {self.label}"

    def before_for(self, user: Any, row: models.Model | None) -> dict[str, Any] | None:
        """What a person may see of `before`; None without the row, as it is here now."""
        if row is None:
            return None
        hidden = hidden_names(row, user)
        return {name: value for name, value in self.before.items() if name not in hidden}

    def as_it_was(self, model: type[models.Model]) -> models.Model:
        """The row as it stood before the line, with the columns in `before`; never to be saved.

        Of another row the key alone is known, so relations are left out.
        """
        row = model()
        for name, value in self.before.items():
            field: Any = model._meta.get_field(name)
            if not field.is_relation:
                setattr(row, name, field.to_python(value))
        return row

    @property
    def reasons(self) -> str:
        """What is wrong with it, in one text."""
        return " ".join(reason_of(error) for error in self.errors)


def reason_of(error: Mapping[str, str]) -> str:
    """One error of a line, with its column."""
    return f"{error['column']}: {error['message']}" if error["column"] else error["message"]
