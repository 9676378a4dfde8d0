"""Field types of people and roles: a list of permission patterns."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from workmate.permissions import is_pattern

MAX_PATTERNS = 500
MAX_PATTERN_CHARS = 200


def check_patterns(name: str, patterns: Any) -> None:
    """Raises ValidationError at the field `name` for anything that is not a list of patterns."""
    if not isinstance(patterns, list) or not all(isinstance(item, str) for item in patterns):
        raise ValidationError({name: _("A list of patterns is expected.")})
    wrong = [item for item in patterns if len(item) > MAX_PATTERN_CHARS or not is_pattern(item)]
    if wrong:
        message = _("Not a permission pattern: %(patterns)s.")
        raise ValidationError({name: message % {"patterns": ", ".join(wrong)[:200]}})
    if len(patterns) > MAX_PATTERNS:
        raise ValidationError({name: _("These are too many patterns.")})


class PatternLines(forms.CharField):
    """Patterns as people write them: one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[str]:
        """The lines without blanks, each once."""
        lines = value if isinstance(value, list) else super().to_python(value).split()
        return list(dict.fromkeys(lines))

    def prepare_value(self, value: Any) -> Any:
        """One pattern a line."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other patterns, or another order."""
        return list(initial or []) != self.to_python(data or "")


class PatternsField(models.JSONField):  # type: ignore[type-arg]
    """A list of permission patterns, typed one a line in forms."""

    def formfield(self, **kwargs: Any) -> Any:
        """One pattern a line."""
        kwargs.pop("encoder", None)
        options = {
            "label": self.verbose_name,
            "help_text": self.help_text,
            "required": not self.blank,
        }
        if self.has_default():
            options["initial"] = self.get_default()
        given = {name: value for name, value in kwargs.items() if name in {"widget", "label"}}
        return PatternLines(**{**options, **given})

    def deconstruct(self) -> Any:
        """For the table it is plain JSON."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs
