"""Documents in Django admin: facts are changed here, files are taken in on the pages."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from documents.models import Document, DocumentAccess, DocumentVersion
from documents.services import record_access
from workmate.admin import BaseAdmin, BaseInline
from workmate.services import Actor

VIEW = "documents.view_document"


class DocumentVersionInline(BaseInline):
    """Earlier files, to look at."""

    model = DocumentVersion
    fields = ["number", "original_name", "size_bytes", "uploaded_at", "uploaded_by"]
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Written by the services."""
        return False


class DocumentAccessInline(BaseInline):
    """Who looked at it, when it is confidential."""

    model = DocumentAccess
    fields = ["created_at", "person", "kind"]
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Written by the services."""
        return False


@admin.register(Document)
class DocumentAdmin(BaseAdmin):
    """Documents."""

    list_display = ["title", "type", "category", "owner", "uploaded_at", "size_bytes",
                    "is_confidential", "deleted_at"]  # fmt: skip
    list_filter = ["type", "is_confidential", "retention_class", "linked_module"]
    search_fields = ["title", "category", "original_name"]
    autocomplete_fields = ["owner"]
    date_hierarchy = "uploaded_at"
    readonly_fields = ["type", "original_name", "size_bytes", "checksum", "uploaded_at",
                       "retention_until", "version", "text_state", "deleted_at",
                       "linked_entity_type", "linked_entity_id", "linked_module"]  # fmt: skip
    inlines = [DocumentVersionInline, DocumentAccessInline]
    fieldsets = [
        (None, {"fields": ["title", "category", "owner", "is_confidential"]}),
        (_("Retention"), {"fields": ["retention_class", "retention_until", "deleted_at"]}),
        (
            _("Belongs to"),
            {"fields": ["linked_module", "linked_entity_type", "linked_entity_id"]},
        ),
        (
            _("File"),
            {"fields": ["type", "original_name", "size_bytes", "checksum", "uploaded_at",
                        "version", "text_state"]},
        ),
        (None, {"fields": ["id", "created_at", "updated_at"]}),
    ]  # fmt: skip

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """One document; of a confidential one it is recorded who looked."""
        document = self.get_object(request, object_id) if object_id else None
        if document is not None and request.method == "GET" and request.user.has_perm(VIEW):
            by = cast(Actor, request.user)
            record_access(document, by=by, kind=DocumentAccess.Kind.VIEW)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A file is taken in on the pages or over the API."""
        return False
