"""Taking a file in, and saying which of its columns is what."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from employees.models import Employee
from system.imports.reading import Table, read_table
from system.models import Import
from system.services.imports.rules import (
    refuse_foreign,
    refuse_unless_open,
    refuse_while_working,
    refuse_without_right,
)
from workmate import services
from workmate.events import emit
from workmate.files import display_name
from workmate.permissions import perm_of
from workmate.registry import Importer, registry
from workmate.services import Actor
from workmate.verbs import verb

EXAMPLES, EXAMPLE_CHARACTERS = 3, 60


def importable(by: Actor) -> list[Importer]:
    """What a person may import: what they may create."""
    return [item for item in registry.importers() if by.has_perm(perm_of(item.model, "add"))]


@verb(Import, "create", permission="add_import", label=gettext_lazy("Upload"), icon="upload")
def create_import(
    file: Any = None,
    *,
    by: Actor | None,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    on_existing: str = "",
) -> Import:
    """Take in a CSV or XLSX file; its columns are guessed from their headings, where not said.

    Refuses what the person may not create, and all that `system.imports.reading` refuses.
    """
    if not isinstance(by, Employee):
        raise ValidationError({"kind": _("Whose import it is must be said.")})
    if registry.importer(kind) is None:
        names = ", ".join(item.key for item in registry.importers())
        raise ValidationError({"kind": _("One of: %(names)s.") % {"names": names}})
    job = Import(owner=by, kind=kind)
    refuse_without_right(job, by)
    if not file:
        raise ValidationError({"file": ValidationError(_("Choose a file."), code="required")})
    table = read_table(file)
    work = job.importer.work
    job.original_name = display_name(file.name)[-200:]
    job.columns = list(_described(table))
    job.total = len(table.lines)
    job.mapping = work.guess(table.columns, by)
    job.on_existing = on_existing or work.choices[0]
    if mapping:
        job.mapping = dict(mapping)
    _check_columns(job, by)
    with services.acting(by), _stored(job, table):
        services.save(job, by=by)
    return job


@verb(Import, "change", permission="change_import", label=gettext_lazy("Save"))
def change_import(job: Import, *, by: Actor | None, **data: Any) -> Import:
    """Say which column is what, and what to do with rows that are here; it is to be checked anew.

    Refuses what is no column or no target, a target twice, and an import that runs or has run.
    """
    with services.acting(by):
        job = services.lock(job)
        refuse_foreign(job, by)
        refuse_unless_open(job)
        refuse_without_right(job, by)
        for name in ("mapping", "on_existing"):
            if name in data:
                setattr(job, name, data[name])
        _check_columns(job, by)
        job.status, job.error = Import.Status.UPLOADED, ""
        job.rows.all().delete()
        return services.save(job, by=by)


@verb(
    Import,
    "delete",
    permission="delete_import",
    label=gettext_lazy("Delete"),
    confirm=gettext_lazy(
        "The file and the record go. What was imported stays, and can no longer be taken back."
    ),
)
def delete_import(job: Import, *, by: Actor | None) -> None:
    """Delete an import with its file; what it made stays. Refuses while a step runs."""
    with services.acting(by):
        job = services.lock(job)
        refuse_while_working(job)
        name, storage = job.file.name, job.file.storage
        emit("deleted", job, by=by)
        job.delete()
    if name:
        storage.delete(name)


def _described(table: Table) -> Iterator[dict[str, Any]]:
    """Each column with its heading and first values."""
    for place, name in enumerate(table.columns):
        values = (cells[place] for _number, cells in table.lines if place < len(cells))
        found = [str(value) for value in values if value != ""][:EXAMPLES]
        yield {"name": name, "examples": [text[:EXAMPLE_CHARACTERS] for text in found]}


@contextmanager
def _stored(job: Import, table: Table) -> Iterator[None]:
    """The lines in a file, as they were read; gone again where the row does not come about."""
    data = b"".join(orjson.dumps(line) + b"\n" for line in table.lines)
    job.file.save("lines", ContentFile(data), save=False)
    try:
        yield
    except BaseException:
        job.file.storage.delete(str(job.file.name))
        raise


def _check_columns(job: Import, by: Actor | None) -> None:
    """Refuse what is no column of the file, no target, a target twice, or no choice."""
    work, mapping = job.importer.work, job.mapping
    if not isinstance(mapping, dict) or not all(isinstance(item, str) for item in mapping.values()):
        raise ValidationError({"mapping": _("Headings with what each is: {heading: field}.")})
    job.mapping = mapping = {name: target for name, target in mapping.items() if target}
    columns = {item["name"] for item in job.columns}
    targets = {target.name: target.label for target in work.targets(by)}
    for name, target in mapping.items():
        if name not in columns:
            raise ValidationError({"mapping": _("There is no column “%(name)s”.") % {"name": name}})
        if target not in targets:
            message = _("There is no field “%(name)s”.") % {"name": target}
            raise ValidationError({"mapping": message})
    twice = {name for name in mapping.values() if list(mapping.values()).count(name) > 1}
    if twice:
        names = ", ".join(sorted(targets[name] for name in twice))
        message = _("Two columns cannot both be: %(names)s.") % {"names": names}
        raise ValidationError({"mapping": message})
    if job.on_existing not in work.choices:
        names = ", ".join(work.choices)
        raise ValidationError({"on_existing": _("One of: %(names)s.") % {"names": names}})
