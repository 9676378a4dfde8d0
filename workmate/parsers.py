"""JSON that comes in, read by orjson: UTF-8, and nothing that could not be written out again."""

from typing import Any

import orjson
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class OrjsonParser(BaseParser):
    """Refuses lone surrogates, infinite numbers and endless nesting, which JSON of Python takes."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The body's value. Raises ParseError for what is no JSON."""
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise ParseError(_("This is no JSON: %(reason)s") % {"reason": error}) from error
