"""What this module contributes to the others."""

from django.utils.translation import gettext_lazy as _

from documents.models import Document
from workmate.registry import Entity, MenuItem, Panel, register

register(
    MenuItem(
        "documents",
        _("Documents"),
        "documents:document-list",
        "folder",
        "tools",
        5,
        permission="documents.view_document",
    ),
    Entity(Document, ("title", "category", "original_name"), "file-text"),
    Panel(
        "employee_documents",
        on="employees.employee",
        list="documents:document-list",
        by="owner",
        label=_("Documents"),
        icon="folder",
        permission="documents.view_document",
        order=60,
    ),
)
