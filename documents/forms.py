"""Forms for documents."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from documents.content import KINDS, MAX_UPLOAD_BYTES, TOO_LARGE
from documents.models import Document
from documents.services import find_linked
from workmate.forms import BaseForm
from workmate.registry import registry

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
        file = self.fields["file"]
        file.widget.attrs |= {"data-most": MAX_UPLOAD_BYTES, "data-too-large": TOO_LARGE}
        if not self.instance._state.adding:
            file.label = _("New version")
            file.help_text = _("Empty: the file stays. The old one is kept.")
        else:
            file.required = True
            file.error_messages["required"] = _("Choose a file.")
        if linked := self.linked():
            text = _("Whoever sees the object sees the document too, unless it is confidential.")
            part = (
                _("Belongs to"),
                format_html("<b>{}</b><br>{}", linked, text),
                ["linked_entity_id"],
            )
            self.parts = [*self.parts, part]

    def linked(self) -> models.Model | None:
        """What it belongs to, as it stands or as the address names it; None where unseen."""
        if not self.instance._state.adding:
            return self.instance.linked_for(self.user)
        try:
            pk = UUID(str(self["linked_entity_id"].value()))
        except ValueError:
            return None
        entity = find_linked("", pk, self.user)
        return None if entity is None else registry.row(entity.__name__, pk, self.user)

    def take_errors(self, error: ValidationError) -> None:
        """Show the services' errors; a file that is here already without its id."""
        for found in getattr(error, "error_dict", {}).get("file", []):
            if found.code == "duplicate":
                found.message = _("This file is here already: “%(title)s”.")
        super().take_errors(error)
