"""The steps of an import: check it, run it, take it back. Each is only begun here."""

import datetime as dt
from typing import Any
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from system.models import Import, ImportRow
from system.services.imports.rules import (
    refuse_foreign,
    refuse_second_step,
    refuse_stranger,
    refuse_unless_open,
    refuse_unmapped,
    refuse_while_working,
    refuse_without_file,
    refuse_without_right,
)
from system.services.imports.telling import tell
from workmate import services
from workmate.consumers import push
from workmate.errors import Conflict
from workmate.events import emit
from workmate.files import sweep_folder
from workmate.services import Actor
from workmate.verbs import verb

KEPT_FOR = dt.timedelta(days=30)
# Longer between two chunks of lines takes nobody who is alive.
LOST = dt.timedelta(minutes=3)


@verb(
    Import,
    "check",
    permission="change_import",
    label=gettext_lazy("Check"),
    icon="list-checks",
    bulk=False,
    when=lambda job: job.is_open,
    summary="Check an import: a dry run that writes nothing",
)
def check_import(job: Import, *, by: Actor | None) -> Import:
    """Try every line, and write none of them.

    Refuses somebody else's, what runs or has run, and a mapping that lacks a needed field.
    """
    with services.acting(by):
        job = services.lock(job)
        refuse_foreign(job, by)
        refuse_unless_open(job)
        refuse_without_file(job)
        refuse_without_right(job, by)
        refuse_unmapped(job, by)
        return _begin(job, Import.Status.CHECKING, by)


@verb(
    Import,
    "run",
    permission="change_import",
    label=gettext_lazy("Import"),
    icon="upload",
    primary=True,
    bulk=False,
    takes={
        "only_good": models.BooleanField(
            gettext_lazy("without the faulty lines"),
            default=False,
            help_text=gettext_lazy("Else a single faulty line lets nothing be imported."),
        )
    },
    when=lambda job: job.status == Import.Status.CHECKED and job.fitting_count > 0,
    summary="Run an import that was checked",
)
def run_import(job: Import, *, by: Actor | None, only_good: bool = False) -> Import:
    """Write every line; those that are faulty are left out, or keep all from being written.

    Refuses what was not checked, faulty lines without `only_good`, and somebody else's. What goes
    wrong meanwhile without `only_good` takes back what was written.
    """
    with services.acting(by):
        job = services.lock(job)
        refuse_foreign(job, by)
        refuse_while_working(job)
        if job.status != Import.Status.CHECKED:
            raise Conflict(_("Check the import first."), code="not_checked")
        refuse_without_file(job)
        refuse_without_right(job, by)
        if job.faulty_count and not only_good:
            raise Conflict(_("There are faulty lines: correct or leave them out."), code="faulty")
        if not job.fitting_count:
            raise Conflict(_("There is nothing to import."), code="nothing")
        job.only_good = only_good
        return _begin(job, Import.Status.RUNNING, by)


@verb(
    Import,
    "stop",
    permission="change_import",
    label=pgettext_lazy("import", "Stop"),
    icon="square",
    bulk=False,
    when=lambda job: job.status in Import.STOPPABLE,
    summary="Stop the check or the run of an import",
)
def stop_import(job: Import, *, by: Actor | None) -> Import:
    """End the step that runs, between two lines: what was written stays, and can be taken back.

    Where nothing was written yet, it is as if just uploaded. Refuses what is not being checked or
    run, and whom it does not belong to, unless they may see everybody's.
    """
    with services.acting(by):
        job = services.lock(job)  # held by the worker while it is at a chunk
        refuse_stranger(job, by)
        if job.status not in Import.STOPPABLE:
            raise Conflict(_("Nothing is running that could be stopped."), code="not_running")
        step = job.status
        if step == Import.Status.RUNNING and job.fitting_count:
            job.status, job.finished_at = Import.Status.STOPPED, timezone.now()
        else:
            _begin_anew(job)
            job.status = Import.Status.UPLOADED
        services.save(job, by=by)
        emit("stopped", job, by=by, lines=job.position)
        if by is None or by.pk != job.actor_id:
            tell(job, step)
        push(job.owner_id, "import", id=job.pk)
        return job


@verb(
    Import,
    "undo",
    permission="change_import",
    label=gettext_lazy("Take back"),
    icon="undo-2",
    tone="danger",
    bulk=False,
    confirm=gettext_lazy(
        "What this import created is deleted, what it changed becomes as it was before. "
        "What somebody has changed or used since then stays, and is named."
    ),
    when=lambda job: job.status in Import.WRITTEN and bool(job.file),
    summary="Take back what an import created and changed",
)
def undo_import(job: Import, *, by: Actor | None) -> Import:
    """Delete what the import created and restore what it changed, save what is in use since.

    Refuses what has not run, what is older than 30 days, and whom it does not belong to, unless
    they may see everybody's. Wants the right to delete such rows.
    """
    with services.acting(by):
        job = services.lock(job)
        refuse_stranger(job, by)
        refuse_while_working(job)
        if job.status not in Import.WRITTEN:
            raise Conflict(_("There is nothing to take back."), code="not_done")
        if not job.rows.exists():
            raise Conflict(_("After 30 days an import is final."), code="too_old")
        refuse_without_right(job, by, "delete")
        if job.updated_count:
            refuse_without_right(job, by, "change")
        return _begin(job, Import.Status.UNDOING, by)


def _begin(job: Import, status: str, by: Any) -> Import:
    """Put a step into the queue, from its beginning; one step at a time for each person."""
    refuse_second_step(by)
    if status != Import.Status.UNDOING:
        _begin_anew(job)
    else:
        job.position = 0
    job.kept_count = job.tries = 0
    job.step = uuid4()
    job.status, job.error = status, ""
    job.actor, job.scopes = by, getattr(by, "scopes", None)
    job.worked_at = timezone.now()
    services.save(job, by=by)
    emit("started", job, by=by, step=status)
    return job


def _begin_anew(job: Import) -> None:
    """Nothing is known of its lines."""
    job.rows.all().delete()
    job.position = job.created_count = job.updated_count = 0
    job.skipped_count = job.faulty_count = 0
    job.finished_at = None


def carry_on_imports() -> list[str]:
    """The imports whose worker was lost: their ids, to be queued again."""
    lost = timezone.now() - LOST
    rows = Import.objects.working().filter(Q(worked_at=None) | Q(worked_at__lt=lost))
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def forget_imports(now: dt.datetime | None = None) -> int:
    """Delete files, first values and lines of imports that are older than 30 days; how many.

    They hold data of people, and served their purpose. What was imported stays, and the record of
    who imported how much, when. Also files that no row names.
    """
    now = now or timezone.now()
    count = 0
    for job in (
        Import.objects.older_than(now - KEPT_FOR).with_file().exclude(status__in=Import.WORKING)
    ):
        name = str(job.file.name)
        ImportRow.objects.filter(job=job).delete()
        bare = [{"name": item["name"], "examples": []} for item in job.columns]
        Import.objects.filter(pk=job.pk).update(file="", columns=bare)
        default_storage.delete(name)
        count += 1
    sweep_folder("imports", _known)
    return count


def _known(names: list[str]) -> set[str]:
    return set(Import.objects.filter(file__in=names).values_list("file", flat=True))
