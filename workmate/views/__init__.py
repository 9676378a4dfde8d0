"""Pages: one `XPages` class a model gives list, detail, new, edit, delete, and a page a verb."""

from workmate.views.base import Column, ModelPages, Page, Section
from workmate.views.details import DetailPage
from workmate.views.forms import DeletePage, FormPage, errors_of, parts_of
from workmate.views.lists import ListPage, figure
from workmate.views.verbs import BulkPage, VerbPage

__all__ = [
    "BulkPage",
    "Column",
    "DeletePage",
    "DetailPage",
    "FormPage",
    "ListPage",
    "ModelPages",
    "Page",
    "Section",
    "VerbPage",
    "errors_of",
    "figure",
    "parts_of",
]
