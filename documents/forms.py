"""Forms for documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.content import KINDS
from documents.models import Document
from workmate.forms import BaseForm

ACCEPT = ",".join(f".{end}" for kind in KINDS for end in kind.extensions)


class DocumentForm(BaseForm):
    """A document with its file; without a new file the old one stays."""

    parts = [
        (_("File"), _("PDF, PNG, JPG, DOCX or XLSX, at most 50 MB."), ["file"]),
        (
            _("About it"),
            "",
            ["title", "category", "is_confidential", "retention_class"],
        ),
        (
            _("Belongs to"),
            _("Whoever sees the object sees the document too, unless it is confidential."),
            ["linked_entity_id"],
        ),
    ]
    file = forms.FileField(
        label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )

    class Meta(BaseForm.Meta):
        model = Document
        fields = ["title", "category", "is_confidential", "retention_class", "linked_entity_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Empty: the file's name.")
        self.fields["linked_entity_id"].widget = forms.HiddenInput()
        if not self.instance._state.adding:
            self.fields["file"].label = _("New version")
            self.fields["file"].help_text = _("Empty: the file stays. The old one is kept.")
