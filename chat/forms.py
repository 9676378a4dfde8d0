"""Forms for messages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import ChatMessage
from workmate.forms import BaseForm


class ChatMessageForm(BaseForm):
    """The words of a message."""

    class Meta(BaseForm.Meta):
        model = ChatMessage
        fields = ["content"]


class ComposerForm(forms.Form):
    """A new message as the page sends it; a second click sends the same `client_id`."""

    content = forms.CharField(
        label=_("message"), widget=forms.Textarea, required=False, strip=False
    )
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
