"""Who may do what with an import, and when."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from system.models import Import
from workmate.errors import Conflict, Forbidden
from workmate.permissions import perm_of
from workmate.services import Actor


def refuse_foreign(job: Import, by: Actor | None) -> None:
    """Lines are written as the person whose import it is: nobody else starts that."""
    if by is None or by.pk != job.owner_id:
        raise Forbidden(_("This is somebody else's import."), code="foreign")


def refuse_stranger(job: Import, by: Actor | None) -> None:
    """Ended and taken back it is also by who sees everybody's."""
    if by is not None and by.pk != job.owner_id and not by.has_perm("system.view_all_import"):
        raise Forbidden(_("This is somebody else's import."), code="foreign")


def refuse_without_right(job: Import, by: Actor | None, action: str = "add") -> None:
    """What a person may not do by hand, they may not do by a file."""
    model = job.importer.model
    if by is None or not by.has_perm(perm_of(model, action)):
        texts = {
            "add": _("Your role may not create these: %(names)s."),
            "change": _("Your role may not change these: %(names)s."),
            "delete": _("Your role may not delete these: %(names)s."),
        }
        message = texts[action] % {"names": model._meta.verbose_name_plural}
        raise ValidationError({"kind": ValidationError(message, code="not_allowed")})


def refuse_while_working(job: Import) -> None:
    """One step at a time."""
    if job.is_working:
        raise Conflict(_("A step of this import is running."), code="working")


def refuse_unless_open(job: Import) -> None:
    """What was imported is taken back before the same file is imported otherwise."""
    refuse_while_working(job)
    if not job.is_open:
        raise Conflict(_("This file was imported already."), code="imported")


def refuse_without_file(job: Import) -> None:
    """Files are kept for thirty days."""
    if not job.file:
        raise Conflict(_("The file has been deleted: upload it again."), code="no_file")


def refuse_unmapped(job: Import, by: Actor | None) -> None:
    """Raises ValidationError where a needed field has no column."""
    missing = job.importer.work.missing(list(job.mapping.values()), by)
    if missing:
        names = ", ".join(target.label for target in missing)
        message = _("No column yet for: %(names)s.") % {"names": names}
        raise ValidationError({"mapping": ValidationError(message, code="missing")})


def refuse_second_step(by: Actor | None) -> None:
    """Two steps of one person at once. The database decides where both begin together."""
    if by is not None and Import.objects.working().filter(actor=by.pk).exists():
        message = _("Another import of yours is at work: wait until it is done.")
        raise Conflict(message, code="busy")
