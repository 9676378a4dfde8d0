"""What this module contributes to the others."""

from django.utils.translation import gettext_lazy as _

from documents.models import Document
from workmate.registry import Command, Entity, MenuItem, Panel, register

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
    Entity(
        Document,
        ("title", "category", "original_name"),
        "file-text",
        texts=("title", "category", "text"),
        reads=("title",),
    ),
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
    Command(
        "new_document",
        _("Upload a document"),
        "documents:document-new",
        "upload",
        permission="documents.add_document",
        order=50,
    ),
)
