"""JSON that comes in, read by orjson: UTF-8, and nothing that could not be written out again."""

from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser


class TooLargeError(APIException):
    """More than anybody writes; files come as multipart/form-data."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = gettext_lazy("This is too large: at most %(limit)s MB are accepted.")


class OrjsonParser(BaseParser):
    """Refuses lone surrogates, infinite numbers and endless nesting, which JSON of Python takes."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The body's value. Raises ParseError for what is no JSON, TooLargeError beyond 5 MB."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            limit = {"limit": most // (1024 * 1024)}
            raise TooLargeError(TooLargeError.default_detail % limit)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(_("This is no JSON: %(reason)s") % {"reason": error}) from error
