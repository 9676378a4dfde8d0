"""The work on an import: chunk by chunk, each in one transaction with how far it has come.

A worker that dies loses its chunk, and the next one goes on behind the last that was committed;
two at the same import do each chunk once, because each holds the import's row meanwhile.
"""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from system.models import Import, ImportRow
from system.services.imports.telling import tell
from system.services.imports.undo import take_back
from workmate import services
from workmate.consumers import push
from workmate.events import emit
from workmate.importers import Cell, LineError, LineWriter, text_of
from workmate.permissions import perm_of

MOST_IN_A_CHUNK, SHARES = 50, 100
MAX_TRIES = 3
SHOWN_CHARACTERS, MOST_ERRORS = 100, 20

Lines = list[tuple[int, list[Cell]]]


def work_on_import(pk: UUID | str) -> None:
    """Carry out the step of an import that was begun, from where it stands.

    Given up when it was begun three times without coming further, or the person may no more.
    """
    # What this import writes is told from what others write by the history's own column.
    with structlog.contextvars.bound_contextvars(request_id=mark_of(pk)):
        job = _claim(pk)
        if job is None:
            return
        with _speaking_to(job.actor):
            lines: Lines = [] if job.status == Import.Status.UNDOING else list(job.lines())
            writer = _writer_of(job)
            if writer is not None and job.position:
                _catch_up(job, lines, writer)
            while _chunk(job, lines, writer):
                pass


def mark_of(pk: UUID | str) -> str:
    """How the history calls the request in which an import writes."""
    return f"import-{pk}"


def _claim(pk: UUID | str) -> Import | None:
    """The import, with one try more; None where there is nothing to do, or no more."""
    rows = Import.objects.working().filter(pk=pk)
    with transaction.atomic():
        job = rows.select_for_update(no_key=True).first()
        if job is None:
            return None
        if job.tries >= MAX_TRIES:
            with _speaking_to(job.actor):
                _fail(job, _("It was begun several times, and never came to its end."))
            return None
        rows.update(tries=F("tries") + 1, worked_at=timezone.now())
    # Past the lock, which takes no row that a nullable key brings in.
    return cast(Import, Import.objects.select_related("actor__role", "owner").get(pk=pk))


@contextmanager
def _speaking_to(person: Any) -> Iterator[None]:
    """In the person's language and time zone: so they read numbers, and are told what is wrong."""
    zone = zoneinfo.ZoneInfo(person.timezone)
    with translation.override(person.language), timezone.override(zone):
        yield


def _writer_of(job: Import) -> LineWriter | None:
    """Who writes the lines; None where nothing is written by lines."""
    if job.status == Import.Status.UNDOING:
        return None
    by: Any = job.actor
    # By a token that may less than its owner, no more is imported than by hand.
    by.limit_to(job.scopes)
    return LineWriter(job.importer.work, by=by, existing=job.on_existing)


def _chunk(begun: Import, lines: Lines, writer: LineWriter | None) -> bool:
    """Do the next lines of the step that was begun; whether there is more to do."""
    with transaction.atomic():
        rows: Any = Import.objects.working().filter(pk=begun.pk, step=begun.step)
        job = rows.select_for_update(no_key=True).first()
        if job is None:
            return False
        job.actor.limit_to(job.scopes)
        is_undone = job.status == Import.Status.UNDOING
        action = "delete" if is_undone and not job.error else "add"
        more = False
        if not job.actor.has_perm(perm_of(job.importer.model, action)):
            _fail(job, _("Your role no longer allows this."))
        elif is_undone:
            more = take_back(job)
        elif writer is not None:
            more = _lines(job, lines, writer)
        job.tries, job.worked_at = 0, timezone.now()
        _keep(job)
        if not more:
            _finish(job)
        push(job.owner_id, "import", id=job.pk)
    return more


def _lines(job: Import, lines: Lines, writer: LineWriter) -> bool:
    """Try or write the next lines; whether there are more."""
    dry = job.status == Import.Status.CHECKING
    size = max(1, min(MOST_IN_A_CHUNK, len(lines) // SHARES))
    found: list[ImportRow] = []
    for number, cells in lines[job.position : job.position + size]:
        row = _line(job, number, cells, writer, dry)
        name = f"{row.outcome}_count"
        setattr(job, name, getattr(job, name) + 1)
        job.position += 1
        if not dry or row.outcome != ImportRow.Outcome.CREATED:
            found.append(row)
        if row.outcome == ImportRow.Outcome.FAULTY and not dry and not job.only_good:
            ImportRow.objects.bulk_create(found)
            _turn_back(job, row)
            return True
    ImportRow.objects.bulk_create(found)
    return job.position < len(lines)


def _line(job: Import, number: int, cells: list[Cell], writer: LineWriter, dry: bool) -> ImportRow:
    """What came of one line."""
    row = ImportRow(job=job, number=number, outcome=ImportRow.Outcome.FAULTY)
    try:
        with services.acting(writer.by):
            written = writer.write(job.cells_of(cells), dry=dry)
    except LineError as error:
        row.errors = list(_errors(job, cells, error))
        return row
    row.outcome, row.before = written.outcome, written.before
    if written.row is not None:
        row.object_id, row.label = written.row.pk, str(written.row)[:200]
        row.stamp = getattr(written.row, "updated_at", None)
    return row


def _errors(job: Import, cells: list[Cell], error: LineError) -> Iterator[dict[str, str]]:
    """What is wrong with a line, with the heading and the value of the column."""
    values = job.cells_of(cells)
    told = [(target, text) for target, texts in error.wrong.items() for text in texts]
    for target, text in told[:MOST_ERRORS]:
        value = values.get(target)
        shown = "" if value is None else text_of(value)[:SHOWN_CHARACTERS]
        yield {"column": job.column_of(target), "value": shown, "message": str(text)}


def _catch_up(job: Import, lines: Lines, writer: LineWriter) -> None:
    """After a restart: keep in mind what the lines before were about."""
    for _number, cells in lines[: job.position]:
        try:
            writer.pass_by(writer.typed(job.cells_of(cells)))
        except (LineError, ArithmeticError):  # it was refused, and is about nothing
            continue


def _turn_back(job: Import, row: ImportRow) -> None:
    """A line that passed the check did not pass now: all or nothing was asked for."""
    job.status, job.position = Import.Status.UNDOING, 0
    words = {"number": row.number, "text": row.reasons}
    job.error = (_("Line %(number)s: %(text)s") % words)[:500]


def _fail(job: Import, text: str) -> None:
    """Give up; what was written can still be taken back."""
    step = job.status
    has_written = step != Import.Status.CHECKING and job.fitting_count
    job.status = Import.Status.DONE if has_written else Import.Status.FAILED
    job.error = text
    job.save(update_fields=["status", "error", "updated_at"])
    tell(job, step)
    push(job.owner_id, "import", id=job.pk)


def _keep(job: Import) -> None:
    """How far it has come: past the history, which is told the steps and not the progress."""
    names = ("status", "error", "position", "tries", "worked_at", "kept_count", "created_count",
             "updated_count", "skipped_count", "faulty_count")  # fmt: skip
    values = {name: getattr(job, name) for name in names}
    Import.objects.filter(pk=job.pk).update(**values, updated_at=timezone.now())


def _finish(job: Import) -> None:
    """The step is done: say so."""
    done = {
        Import.Status.CHECKING: (Import.Status.CHECKED, ""),
        Import.Status.RUNNING: (Import.Status.DONE, "imported"),
        Import.Status.UNDOING: (Import.Status.UNDONE, "undone"),
    }
    if job.status not in done:
        return
    step = job.status
    job.status, verb = done[Import.Status(step)]
    job.finished_at = timezone.now()
    with services.acting(job.actor):
        job.save(update_fields=["status", "finished_at", "updated_at"])
        if verb:
            counts: dict[str, Any] = {"created": job.created_count, "updated": job.updated_count}
            emit(verb, job, by=job.actor, kept=job.kept_count, **counts)
        tell(job, step)
