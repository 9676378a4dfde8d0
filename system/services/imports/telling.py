"""Who began a step of an import is told when it is over."""

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reminders.services import notify
from system.models import Import
from workmate.templatetags.workmate import format_number

KIND = "import_finished"
# About half a minute of work: nobody sits and waits for more, so a mail goes out, too.
LONG_LINES = 1000
Status = Import.Status


def tell(job: Import, step: str) -> None:
    """Tell the person in their own language what came of the step, with the counts and a link."""
    if job.actor is None:
        return
    notify(
        job.actor,
        kind=KIND,
        title=lazy(_title, str)(job, step),
        body=lazy(_body, str)(job),
        url=job.get_absolute_url(),
        mail=job.total >= LONG_LINES,
    )


def _title(job: Import, step: str) -> str:
    """What happened, in a line."""
    if job.status in {Status.STOPPED, Status.UPLOADED}:
        words = _("“%(name)s” was stopped")
    elif job.error and step == Status.CHECKING:
        words = _("“%(name)s” could not be checked")
    elif job.error and step == Status.UNDOING and job.status == Status.DONE:
        words = _("“%(name)s” could not be taken back")
    elif job.error:
        words = _("“%(name)s” could not be imported")
    elif job.status == Status.CHECKED:
        words = _("“%(name)s” was checked")
    elif job.status == Status.UNDONE:
        words = _("“%(name)s” was taken back")
    else:
        words = _("“%(name)s” was imported")
    return words % {"name": job.original_name}


def _body(job: Import) -> str:
    """The counts, and what stopped it."""
    words = {
        "created_count": pgettext("import", "%(n)s new"),
        "updated_count": pgettext("import", "%(n)s updated"),
        "skipped_count": pgettext("import", "%(n)s skipped"),
        "faulty_count": pgettext("import", "%(n)s faulty"),
        "kept_count": pgettext("import", "%(n)s stayed"),
    }
    told = []
    if job.status == Status.UNDONE:
        words = {"kept_count": words["kept_count"]}
        undone = format_number(job.fitting_count - job.kept_count)
        told.append(pgettext("import", "%(n)s taken back") % {"n": undone})
    told += [
        text % {"n": format_number(getattr(job, name))}
        for name, text in words.items()
        if getattr(job, name)
    ]
    return "\n\n".join(part for part in (job.error, " · ".join(told)) if part)
