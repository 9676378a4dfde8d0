"""Forms for documents."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from documents.content import KINDS, MAX_UPLOAD_BYTES, TOO_LARGE
from documents.models import Document
from workmate.errors import duplicate_of
from workmate.forms import BaseForm
from workmate.links import LinkedForm, LinkField

ACCEPT = ",".join(f".{end}" for kind in KINDS for end in kind.extensions)


class DocumentForm(LinkedForm):
    """A document with its file; without a new file the old one stays."""

    parts = [
        (_("File"), _("PDF, PNG, JPG, DOCX or XLSX, at most 50 MB."), ["file"]),
        (
            _("About it"),
            "",
            ["title", "category", "linked_entity_id", "is_confidential", "retention_class"],
        ),
    ]
    file = forms.FileField(
        label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )
    linked_entity_id = LinkField(
        without=("Document",),
        label=_("Belongs to"),
        help_text=_("Whoever sees the object sees the document too, unless it is confidential."),
    )

    class Meta(BaseForm.Meta):
        model = Document
        fields = ["title", "category", "is_confidential", "retention_class", "linked_entity_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Empty: the file's name.")
        file = self.fields["file"]
        file.widget.attrs |= {"data-most": MAX_UPLOAD_BYTES, "data-too-large": TOO_LARGE}
        if not self.instance._state.adding:
            file.label = _("New version")
            file.help_text = _("Empty: the file stays. The old one is kept.")
        else:
            file.required = True
            file.error_messages["required"] = _("Choose a file.")

    def take_errors(self, error: ValidationError) -> None:
        """Show the services' errors; a file that is here already without its id."""
        if found := duplicate_of(error, "file"):
            found.message = _("This file is here already: “%(title)s”.")
        super().take_errors(error)


class ManyFilesField(forms.FileField):
    """Files, at least one; always a list."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file as a file field takes it."""
        files = [super(ManyFilesField, self).clean(item, None) for item in data or [None]]
        return [file for file in files if file]


class FilesInput(forms.ClearableFileInput):
    """Chooses several files, or one."""

    allow_multiple_selected = True

    def __init__(self, *, is_many: bool) -> None:
        super().__init__({"accept": ACCEPT, **({"multiple": True} if is_many else {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All the files of that name."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class UploadForm(forms.Form):
    """Files alone, with what holds for all of them; the rest is said later."""

    file = ManyFilesField(
        label=_("Files"),
        max_length=None,
        allow_empty_file=True,  # refused by the services, each by its name
        error_messages={"required": _("Choose a file.")},
        help_text=_("PDF, PNG, JPG, DOCX or XLSX, at most 50 MB each."),
    )
    is_confidential = forms.BooleanField(
        label=_("confidential"),
        required=False,
        help_text=_("Seen only by the owner and by whoever may see confidential documents."),
    )
    linked_entity_id = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, is_many: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget = FilesInput(is_many=is_many)
        if not is_many:
            self.fields["file"].label = _("New version")
            del self.fields["is_confidential"], self.fields["linked_entity_id"]
