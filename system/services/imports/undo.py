"""Taking an import back, row by row: only what nobody changed or used since."""

from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from system.models import Import, ImportRow
from workmate import services
from workmate.importers import BaseImporter, restored

CHUNK = 25
Outcome = ImportRow.Outcome


def take_back(job: Import) -> bool:
    """Take the last rows back that still can be; whether there are more.

    From the last to the first, as a later line may rest on an earlier one.
    """
    rows = list(job.rows.written().order_by("-number")[: CHUNK + 1])
    for row in rows[:CHUNK]:
        _one(job, row)
        job.position += 1
        if row.kept:
            job.kept_count += 1
    return len(rows) > CHUNK


def _one(job: Import, row: ImportRow) -> None:
    """One row: gone, or as it was before; or kept, and why."""
    work: BaseImporter = job.importer.work
    manager: Any = work.model._base_manager
    try:
        with transaction.atomic():
            # The whole lock: nobody can point to the row while it is looked at.
            found = manager.filter(pk=row.object_id).select_for_update(of=("self",)).first()
            if found is not None:
                _refuse_changed(job, row, found)
                _take(job, row, found, work)
    except ValidationError as error:
        row.kept = " ".join(error.messages)[:300]
    else:
        row.outcome = Outcome.UNDONE
    row.save(update_fields=["outcome", "kept", "updated_at"])


def _take(job: Import, row: ImportRow, found: Any, work: BaseImporter) -> None:
    if not type(found)._default_manager.all().visible_to(job.actor).filter(pk=found.pk).exists():
        raise ValidationError(_("You do not see it any more."))
    if row.outcome == Outcome.UPDATED:
        services.change(found, by=job.actor, **dict(restored(work.model, row.before)))
        return
    if used := _used_by(found, work.parts):
        raise ValidationError(_("Still in use by: %(names)s.") % {"names": used})
    services.delete(found, by=job.actor)


def _refuse_changed(job: Import, row: ImportRow, found: Any) -> None:
    """Raises ValidationError where somebody changed it since the line was written.

    What changed it within the import itself (another contact that became the primary one) bears
    its mark in the history.
    """
    if found.updated_at == row.stamp:
        return
    entries: Any = LogEntry.objects
    since = entries.get_for_object(found).filter(timestamp__gt=row.stamp)
    marks = set(since.values_list("cid", flat=True))
    if marks != {f"import-{job.pk}"}:
        raise ValidationError(_("It was changed since."))


def _used_by(found: models.Model, parts: tuple[type[models.Model], ...]) -> str:
    """What points to a row, in words; empty where nothing does but its own parts."""
    names = []
    for relation in found._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        is_pointed_to = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if not is_pointed_to or relation.concrete or model in parts:
            continue
        if model._base_manager.filter(**{relation.field.name: found.pk}).exists():  # type: ignore[union-attr]
            names.append(model)
    for model in _linking_models():
        if model._base_manager.filter(linked_entity_id=found.pk).exists():
            names.append(model)
    return ", ".join(sorted({capfirst(str(model._meta.verbose_name_plural)) for model in names}))


def _linking_models() -> list[Any]:
    """Models whose rows may be about any row (`linked_entity_id`): reminders, documents."""
    found = []
    for model in apps.get_models():
        try:
            model._meta.get_field("linked_entity_id")
        except FieldDoesNotExist:
            continue
        found.append(model)
    return found
