"""Documents, their earlier versions, and who looked at the confidential ones."""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from documents.querysets import DocumentAccessQuerySet, DocumentQuerySet, DocumentVersionQuerySet
from employees.models import Employee
from workmate.models import BaseModel
from workmate.registry import registry

# More than this would not fit into the index of words (1 MB).
MAX_TEXT_LENGTH = 200_000


def stored_name(instance: Any, filename: str) -> str:
    """A name of our own: nothing that somebody typed becomes part of a path."""
    key = uuid4().hex
    return f"documents/{key[:2]}/{key}.{instance.extension}"


class FileFacts(BaseModel):
    """What is known of a stored file."""

    file = models.FileField(
        _("file"), upload_to=stored_name, max_length=200, db_column="file_path", editable=False
    )
    original_name = models.CharField(_("file name"), max_length=200, editable=False)
    mime_type = models.CharField(_("content type"), max_length=100, editable=False)
    size_bytes = models.PositiveBigIntegerField(_("size"), editable=False)
    checksum = models.CharField(
        _("checksum"), max_length=64, editable=False, help_text=_("SHA-256 of the file.")
    )

    class Meta:
        abstract = True

    @property
    def extension(self) -> str:
        """The end of its file name: `pdf`, `docx`, ..."""
        return self.original_name.rpartition(".")[2].lower()


class Document(FileFacts):
    """A file of the company or of a person, with its title, its versions and its retention."""

    class Type(models.TextChoices):
        PDF = "pdf", _("PDF")
        IMAGE = "image", _("image")
        DOC = "doc", _("text document")
        SHEET = "sheet", _("spreadsheet")

    class Retention(models.TextChoices):
        NONE = "none", _("no retention period")
        SIX = "six_years", _("6 years (letters)")
        EIGHT = "eight_years", _("8 years (vouchers)")
        TEN = "ten_years", _("10 years (books, accounts)")

    class TextState(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("read")
        NONE = "none", _("without text")
        FAILED = "failed", _("unreadable")

    status_looks = {
        "confidential": ("warn", "full"),
        "trashed": ("danger", "full"),
    }

    # It may have been confidential: the feed tells nobody of one that is gone.
    is_forgotten_when_deleted: ClassVar[bool] = True

    title = models.CharField(_("title"), max_length=200)
    type = models.CharField(_("type"), max_length=10, choices=Type, editable=False)
    category = models.CharField(
        _("category"),
        max_length=100,
        blank=True,
        help_text=_("For instance contract, sick note, receipt."),
    )
    owner = models.ForeignKey(
        Employee,
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        related_name="documents",
        null=True,
        blank=True,
        help_text=_("Empty: the company."),
    )
    linked_module = models.CharField(_("module"), max_length=60, blank=True)
    linked_entity_type = models.CharField(_("kind of object"), max_length=60, blank=True)
    linked_entity_id = models.UUIDField(_("object"), null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now, editable=False)
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("Seen only by the owner and by whoever may see confidential documents."),
    )
    retention_class = models.CharField(
        _("retention"),
        max_length=12,
        choices=Retention,
        default=Retention.NONE,
        help_text=_("Counted from the end of the year (§147 AO). Nobody can delete it before."),
    )
    retention_until = models.DateField(_("kept until"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    text = models.TextField(
        _("text"), blank=True, editable=False, validators=[MaxLengthValidator(MAX_TEXT_LENGTH)]
    )
    text_state = models.CharField(
        _("text"), max_length=10, choices=TextState, default=TextState.WAITING, editable=False
    )
    # Readings that began, and when the last one did: one that never ended is tried again, seldom.
    text_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    text_tried_at = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(_("in the trash since"), null=True, editable=False)
    # Made by the app for what it belongs to (the PDF of an invoice): nobody changes or deletes it,
    # and whoever sees that object sees it, nobody else.
    is_bound = models.BooleanField(_("part of its object"), default=False, editable=False)
    objects = DocumentQuerySet.as_manager()

    class Meta:
        db_table = "documents"
        ordering = ["-uploaded_at", "-id"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [
            ("view_all_document", _("Can see everybody's documents")),
            ("view_confidential_document", _("Can see confidential documents")),
        ]
        indexes = [
            models.Index(fields=["-uploaded_at", "-id"], name="documents_newest"),
            models.Index(fields=["owner", "-uploaded_at"], name="documents_owner"),
            models.Index(fields=["title"], name="documents_title"),
            models.Index(fields=["category"], name="documents_category"),
            models.Index(fields=["checksum"], name="documents_checksum"),
            models.Index(fields=["size_bytes"], name="documents_size"),
            models.Index(
                fields=["linked_entity_id"],
                condition=Q(linked_entity_id__isnull=False),
                name="documents_linked",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(linked_entity_id=None, linked_entity_type="")
                | Q(linked_entity_id__isnull=False) & ~Q(linked_entity_type=""),
                name="documents_link_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(retention_class="none", retention_until=None)
                | ~Q(retention_class="none") & Q(retention_until__isnull=False),
                name="documents_retention_has_end",
            ),
            models.CheckConstraint(
                condition=Q(is_bound=False)
                | Q(
                    linked_entity_id__isnull=False,
                    owner=None,
                    is_confidential=False,
                    deleted_at=None,
                ),
                name="documents_bound_is_its_objects",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def status(self) -> str:
        """`trashed`, `confidential` or nothing."""
        if self.is_trashed:
            return "trashed"
        return "confidential" if self.is_confidential else ""

    def get_status_display(self) -> str:
        """The status in words."""
        words = {"trashed": _("in the trash"), "confidential": _("confidential")}
        return str(words.get(self.status, ""))

    @property
    def is_trashed(self) -> bool:
        """Whether it waits in the trash."""
        return self.deleted_at is not None

    @property
    def is_kept(self) -> bool:
        """Whether a retention period forbids to delete it."""
        return self.retention_until is not None and self.retention_until >= timezone.localdate()

    @property
    def is_frozen(self) -> bool:
        """Whether nobody can change it."""
        return self.is_bound

    @property
    def summary(self) -> str:
        """What it is at a glance: `PDF · 212 kB · project`. No query."""
        entity = registry.entity(self.linked_entity_type) if self.linked_entity_type else None
        about = capfirst(str(entity.model._meta.verbose_name)) if entity else ""
        if self.is_bound and self.category:  # a quote is kept as an invoice, and is none
            about = self.category
        parts = (self.extension.upper(), filesizeformat(self.size_bytes), about)
        return " · ".join(part for part in parts if part)

    def is_owned_by(self, person_id: UUID) -> bool:
        """Whether it is that person's own."""
        return self.owner_id == person_id

    @property
    def download_url(self) -> str:
        """Where its bytes come from."""
        return reverse("documents:document-download", args=[self.pk])

    @property
    def file_address(self) -> str:
        """The API's address of its bytes; never a path on a disk."""
        return f"/api/documents/{self.pk}/download"

    def facts_of(self, number: str | None) -> "Document | DocumentVersion | None":
        """This document, or its earlier version of that number; None where there is none."""
        if number is None:
            return self
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        found: DocumentVersion | None = DocumentVersion.objects.filter(
            document=self, number=int(number)
        ).first()
        return found

    @property
    def linked_object(self) -> models.Model | None:
        """What it belongs to; None without, or when that is gone. One query."""
        return self.linked_for()

    def linked_for(self, person: Any = None) -> models.Model | None:
        """What it belongs to, if that person sees it (None: everybody's). One query."""
        if not self.linked_entity_type:
            return None
        return registry.row(self.linked_entity_type, self.linked_entity_id, person)

    def event_subjects(self) -> list[models.Model | None]:
        """What it belongs to, and what that is about in turn; nothing where it is confidential."""
        linked = None if self.is_confidential else self.linked_object
        return [linked, *getattr(linked, "event_subjects", list)()] if linked is not None else []


class DocumentVersion(FileFacts):
    """An earlier file of a document, kept when a new one took its place."""

    document = models.ForeignKey(
        Document, verbose_name=_("document"), on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"), editable=False)
    uploaded_at = models.DateTimeField(_("uploaded at"), editable=False)
    uploaded_by = models.ForeignKey(
        Employee,
        verbose_name=_("replaced by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        db_table = "document_versions"
        ordering = ["-number"]
        verbose_name = _("earlier version")
        verbose_name_plural = _("earlier versions")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="document_versions_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.number})"


class DocumentAccess(BaseModel):
    """That a person looked at a confidential document, and when."""

    class Kind(models.TextChoices):
        VIEW = "view", _("looked at")
        DOWNLOAD = "download", _("downloaded")

    document = models.ForeignKey(
        Document, verbose_name=_("document"), on_delete=models.CASCADE, related_name="accesses"
    )
    person = models.ForeignKey(
        Employee, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)

    objects = DocumentAccessQuerySet.as_manager()

    class Meta:
        db_table = "document_accesses"
        ordering = ["-created_at", "-id"]
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["document", "-created_at"], name="document_accesses_newest")
        ]

    def __str__(self) -> str:
        return f"{self.document}: {self.get_kind_display()}"
