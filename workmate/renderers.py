"""How answers are written: JSON for the API by orjson, the controls of forms by Jinja."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.forms import renderers
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def _other(value: Any) -> Any:
    if isinstance(value, Decimal | Promise):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list):
        return list(value)
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class OrjsonRenderer(BaseRenderer):
    """Times in UTC with a Z, money as strings."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None
    ) -> bytes:
        """The JSON bytes of an answer; empty for no content."""
        if data is None:
            return b""
        options = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS
        return orjson.dumps(data, default=_other, option=options)


class ControlRenderer(renderers.TemplatesSetting):
    """Django's own controls by its Jinja templates, the others by ours.

    Both say the same; Jinja compiles its templates, and a list with its filters, of which it
    draws some hundred options, takes a quarter less time.
    """

    own = Path(settings.BASE_DIR) / "templates"
    jinja = renderers.Jinja2()

    def get_template(self, template_name: str) -> Any:
        """The template of that name. Raises TemplateDoesNotExist where there is none."""
        of_django = template_name.startswith("django/forms/widgets/")
        if of_django and not (self.own / template_name).exists():
            return self.jinja.get_template(template_name)
        return super().get_template(template_name)
