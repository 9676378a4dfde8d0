"""What may be done with documents: take in, replace, trash, restore, look at."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import PROTECT
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.content import MAX_UPLOAD_BYTES, PDF, Kind, kind_of
from documents.models import Document, DocumentAccess, DocumentVersion
from workmate import services
from workmate.errors import Conflict, Forbidden
from workmate.events import emit
from workmate.files import display_name, sweep_folder
from workmate.registry import registry
from workmate.services import Actor
from workmate.verbs import verb

log = logging.getLogger("workmate.documents")
TRASH_DAYS = 30
# For upper modules, which look no deeper than here.
MOST_FILE_BYTES = MAX_UPLOAD_BYTES
YEARS: dict[str, int] = {
    Document.Retention.SIX: 6,
    Document.Retention.EIGHT: 8,
    Document.Retention.TEN: 10,
}
# What the activity feed calls it.
ACCESSED: dict[str, str] = {
    DocumentAccess.Kind.VIEW: "viewed",
    DocumentAccess.Kind.DOWNLOAD: "downloaded",
}
FACTS = ("file", "original_name", "mime_type", "size_bytes", "checksum", "uploaded_at")


@verb(Document, "create", permission="add_document", label=_("Upload"), icon="upload")
def upload_document(file: Any = None, *, by: Actor | None, **data: Any) -> Document:
    """Take in a file (a Django `File`) with field values; the owner is who uploads it.

    Refuses what `documents.content` refuses, a link to an object that is not there or not seen,
    and the same bytes again (Conflict that names the document, if `by` sees it).
    """
    if not file:
        raise ValidationError({"file": ValidationError(_("Choose a file."), code="required")})
    document = Document(**{"owner_id": by.pk if by else None, **data})
    with services.acting(by):
        kind, checksum = _inspected(file)
        name = display_name(file.name)
        document.title = document.title.strip() or (name.rpartition(".")[0] or name)[:200]
        _link(document, by)
        _keep(document)
        _refuse_duplicate(checksum, by)
        with _stored(document, file, kind, checksum):
            services.save(document, by=by)
    return document


@verb(Document, "change", permission="change_document", label=_("Edit"))
def change_document(
    document: Document, *, by: Actor | None, file: Any = None, **data: Any
) -> Document:
    """Change a document's facts; with a file, make that its new version and keep the old one.

    Without `linked_entity_id` it belongs to nothing any more. Refuses what is part of its object,
    other people's documents without the right to all, a shorter retention, to hide what is in use
    (the receipt of an expense), and all that `upload_document` refuses.
    """
    with services.acting(by):
        document = services.lock(document)
        _refuse_bound(document)
        _refuse_foreign(document, by)
        until = document.retention_until
        shown = _shown_to(document)
        if data.get("linked_entity_id", document.linked_entity_id) != document.linked_entity_id:
            data = {"linked_entity_type": "", **data}
        for name, value in data.items():
            setattr(document, name, value)
        # What it belongs to already is not asked for again: perhaps it is no longer seen.
        if _shown_to(document)[:2] != shown[:2]:
            document.linked_module = ""
            _link(document, by)
        if by is not None and _hides(shown, _shown_to(document)):
            _refuse_used(document)
        _keep(document)
        if until and (document.retention_until is None or document.retention_until < until):
            message = _("The retention period cannot be made shorter.")
            raise ValidationError({"retention_class": ValidationError(message, code="kept")})
        if not file:
            return services.save(document, by=by)
        return _replace(document, file, by)


def _shown_to(document: Document) -> tuple[Any, ...]:
    """What decides who sees it: whoever decides by it looks at it, and later looks it up."""
    return document.linked_entity_type, document.linked_entity_id, document.is_confidential


def _hides(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Whether somebody may lose sight of it: by another link than before, or by secrecy."""
    return (before[1] is not None and after[:2] != before[:2]) or (after[2] and not before[2])


def _refuse_used(document: Document) -> None:
    """Refuse to take away what an expense rests on: it is taken from it there."""
    names = _user_of(document)
    if names and document.is_kept:
        message = _("It is kept as it is until %(day)s: upload another document.")
        raise Conflict(message, code="kept", params={"day": document.retention_until})
    if names:
        message = _("It belongs to what it is used for: %(names)s. Take it from there first.")
        raise Conflict(message, code="in_use", params={"names": names})


def _replace(document: Document, file: Any, by: Actor | None) -> Document:
    if document.is_kept:  # what was approved by it rests on these bytes
        _refuse_used(document)
    kind, checksum = _inspected(file)
    _refuse_duplicate(checksum, by)
    old = {name: getattr(document, name) for name in FACTS}
    old["file"] = document.file.name
    DocumentVersion.objects.create(
        document=document,
        number=document.version,
        uploaded_by_id=by.pk if by else None,
        **old,
    )
    document.version += 1
    document.uploaded_at, document.text = timezone.now(), ""
    document.text_state = Document.TextState.WAITING
    document.text_tries, document.text_tried_at = 0, None
    _keep(document)
    with _stored(document, file, kind, checksum):
        services.save(document, by=by)
        emit("replaced", document, by=by, about=services.subjects_of(document))
    return document


@verb(
    Document,
    "delete",
    permission="delete_document",
    label=_("Move to the trash"),
    confirm=_("It stays in the trash for 30 days and can be restored from there."),
    done=_("%(name)s is in the trash now."),
    undo="restore",
)
def trash_document(document: Document, *, by: Actor | None) -> None:
    """Move a document to the trash. Refuses what is kept by law, or used elsewhere."""
    with services.acting(by):
        document = services.lock(document)
        _refuse_bound(document)
        _refuse_foreign(document, by)
        if document.is_trashed:
            raise Conflict(_("It is in the trash already."), code="trashed")
        _refuse_kept_or_used(document)
        document.deleted_at = timezone.now()
        document.save(update_fields=["deleted_at", "updated_at"])
        emit("trashed", document, by=by, about=services.subjects_of(document))


@verb(
    Document,
    "restore",
    permission="delete_document",
    label=_("Restore"),
    icon="rotate-ccw",
    when=lambda document: document.is_trashed,
    done=_("%(name)s was restored."),
    done_many=_("%(name)s were restored."),
)
def restore_document(document: Document, *, by: Actor | None) -> Document:
    """Take a document out of the trash. Refuses where the same bytes came again meanwhile."""
    with services.acting(by):
        document = services.lock(document)
        _refuse_foreign(document, by)
        if document.is_trashed:
            _refuse_duplicate(document.checksum, by)
            document.deleted_at = None
            document.save(update_fields=["deleted_at", "updated_at"])
            emit("restored", document, by=by, about=services.subjects_of(document))
    return document


def bind_pdf(
    content: bytes, *, to: models.Model, name: str, since: dt.date, **data: Any
) -> Document:
    """Keep a PDF that the app made of an object (an invoice) as a part of that object.

    It is the company's, seen by whoever sees the object, kept for the years of its
    `retention_class` after the year of `since`, and changed by nobody. The caller holds the
    object's row, keeps the document by a key that protects it, and so makes it once.
    """
    document = Document(
        linked_entity_type=to._meta.object_name or "",
        linked_entity_id=to.pk,
        linked_module=to._meta.app_label,
        is_bound=True,
        **data,
    )
    _keep(document, since)
    checksum = hashlib.sha256(content).hexdigest()
    with services.acting(None), _stored(document, ContentFile(content, name), PDF, checksum):
        services.save(document, by=None)
    return document


def remake_file(document: Document, content: bytes) -> bool:
    """Put the file of a bound document back where it was lost; whether the bytes are the same."""
    digest = hashlib.sha256(content).hexdigest()
    is_same = digest == document.checksum
    document.checksum, document.size_bytes = digest, len(content)
    document.file.name = default_storage.save(str(document.file.name), ContentFile(content))
    document.save(update_fields=["file", "checksum", "size_bytes", "updated_at"])
    return is_same


def record_access(document: Document, *, by: Actor, kind: str) -> None:
    """Keep that a person looked at (`view`) or downloaded (`download`) a confidential document."""
    if not document.is_confidential:
        return
    with transaction.atomic():
        DocumentAccess.objects.create(document=document, person_id=by.pk, kind=kind)
        emit(ACCESSED[kind], document, by=by)


def purge_trash() -> int:
    """Delete for good what has been in the trash for 30 days and is not kept; how many it were.

    What something still holds stays, and is logged.
    """
    before = timezone.now() - dt.timedelta(days=TRASH_DAYS)
    count = 0
    for pk in Document.objects.trashed().filter(deleted_at__lt=before).values_list("pk", flat=True):
        try:
            count += _purge(pk)
        except Conflict:
            log.warning("document_not_purged", exc_info=True, extra={"document": str(pk)})
    return count


def _purge(pk: UUID) -> bool:
    with services.acting(None):
        document = Document.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if document is None or document.deleted_at is None or document.is_kept:
            return False
        files = [document.file.name, *document.versions.values_list("file", flat=True)]
        emit("deleted", document, by=None)
        document.delete()
        for name in files:
            transaction.on_commit(partial(default_storage.delete, name), robust=True)
    return True


def sweep_files() -> int:
    """Delete stored files that no row names: of uploads whose transaction failed; how many."""
    return sweep_folder("documents", _known)


def _known(names: list[str]) -> set[str]:
    return {
        *Document.objects.filter(file__in=names).values_list("file", flat=True),
        *DocumentVersion.objects.filter(file__in=names).values_list("file", flat=True),
    }


# --- Rules ---------------------------------------------------------------------------------------


def _inspected(file: Any) -> tuple[Kind, str]:
    """What the file is, and the SHA-256 of its bytes; read in chunks, never as a whole."""
    try:
        kind = kind_of(file, display_name(file.name), file.size)
    except ValidationError as error:
        raise ValidationError({"file": error}) from error
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return kind, digest.hexdigest()


@contextmanager
def _stored(document: Document, file: Any, kind: Kind, checksum: str) -> Iterator[None]:
    """Store the file for what happens within; taken away again where that fails."""
    name = display_name(file.name)
    stem = name.rpartition(".")[0] or name
    document.original_name = f"{stem[:190]}.{kind.extensions[0]}"
    document.type, document.mime_type = kind.type, kind.mime
    document.size_bytes, document.checksum = file.size, checksum
    document.file.save(name, file, save=False)
    stored = str(document.file.name)
    try:
        yield
    except BaseException:
        default_storage.delete(stored)
        raise


def _refuse_duplicate(checksum: str, by: Actor | None) -> None:
    # Two uploads of the same bytes at once: the second waits here until the first is committed.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(checksum[:15], 16)])
    same = Document.objects.live().filter(checksum=checksum)
    if by is not None:
        same = same.visible_to(by)
    found = same.defer("text").first()
    if found is not None:
        message = _("This file is here already: %(title)s (%(id)s).")
        params = {"title": found.title, "id": found.pk}
        raise Conflict({"file": Conflict(message, code="duplicate", params=params)})


def _refuse_foreign(document: Document, by: Actor | None) -> None:
    if by is None or document.is_owned_by(by.pk) or by.has_perm("documents.view_all_document"):
        return
    raise Forbidden(_("This document is somebody else's."), code="foreign")


def _refuse_bound(document: Document) -> None:
    if document.is_bound:
        message = _("It is part of what it belongs to, and stays as it was made.")
        raise Conflict(message, code="bound")


def _refuse_kept_or_used(document: Document) -> None:
    if document.is_kept:
        message = _("It has to be kept until %(day)s.")
        raise Conflict(message, code="kept", params={"day": document.retention_until})
    if name := _user_of(document):
        raise Conflict(_("Still in use by: %(names)s."), code="in_use", params={"names": name})


def _user_of(document: Document) -> Any:
    """What upper modules keep it for, in words; empty where nothing holds it."""
    for relation in Document._meta.related_objects:
        if relation.on_delete is PROTECT:
            rows: Any = relation.related_model._base_manager
            if rows.filter(**{relation.field.name: document}).exists():
                return relation.related_model._meta.verbose_name_plural
    return ""


def _link(document: Document, by: Actor | None) -> None:
    """Check the object that the document belongs to; its kind may be left to us."""
    if document.linked_entity_id is None:
        if document.linked_entity_type:
            raise ValidationError({"linked_entity_id": _("Which one?")})
        return
    entity = find_linked(document.linked_entity_type, document.linked_entity_id, by)
    if entity is None:
        raise ValidationError(
            {"linked_entity_id": ValidationError(_("There is no such object."), code="not_found")}
        )
    document.linked_entity_type = entity._meta.object_name or ""
    document.linked_module = entity._meta.app_label


def find_linked(kind: str, pk: UUID, by: Actor | None) -> type[models.Model] | None:
    """The model of the object with that id, of that kind or of any, if `by` sees it."""
    for entity in registry.linkable():
        if entity.model is Document or (kind and entity.key != kind):
            continue
        if registry.row(entity.key, pk, by) is not None:
            return entity.model
    return None


def _keep(document: Document, since: dt.date | None = None) -> None:
    """Set the end of the retention: so many years after the end of the year (§147(4) AO)."""
    years = YEARS.get(document.retention_class)
    if years is None:
        document.retention_until = None
        return
    year = (since or timezone.localdate(document.uploaded_at)).year
    document.retention_until = dt.date(year + years, 12, 31)
