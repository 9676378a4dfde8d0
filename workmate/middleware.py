"""Middleware: compression, the health answer, UTF-8, trust in connections, language and zone."""

import re
import time
import zoneinfo
from collections.abc import Callable
from typing import cast

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from workmate.actors import signed

Handler = Callable[[HttpRequest], HttpResponse]
TRUST_SECONDS = 2.0
# A weight of 0 says that it is not acceptable (RFC 9110, section 12.5.3), which Django overlooks.
NO_GZIP = re.compile(r"\bgzip\s*;\s*q\s*=\s*0(\.0*)?\s*(,|$)", re.IGNORECASE)
COMPRESSED_TYPES = ("text/", "application/json")
LANGUAGE_CODES = [code for code, _label in settings.LANGUAGES]


def compressed(get_response: Handler) -> Handler:
    """Send pages and JSON compressed to whoever takes it: a list is a sixth of its size then.

    Neither files, which know their length and may be asked for in parts, nor streams, which would
    wait for one another. What a page repeats of its address says nothing about its secrets by its
    length: the CSRF token is another one each time, and the length is blurred (BREACH).
    """
    gzip = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_text = response.get("Content-Type", "").startswith(COMPRESSED_TYPES)
        if response.streaming or not is_text:
            return response
        if NO_GZIP.search(request.headers.get("Accept-Encoding", "")):
            patch_vary_headers(response, ["Accept-Encoding"])
            return response
        return cast(HttpResponse, gzip.process_response(request, response))

    return middleware


def health(get_response: Handler) -> Handler:
    """Answer /healthz before sessions and hosts are looked at: the process lives."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        return get_response(request)

    return middleware


def utf8(get_response: Handler) -> Handler:
    """Read every request as UTF-8, whatever charset it claims: `charset=zip` is no text at all."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.encoding is not None:
            request.encoding = None  # type: ignore[assignment]
        return get_response(request)

    return middleware


def trust(get_response: Handler) -> Handler:
    """Do not ask a database connection that worked a moment ago whether it still does.

    Spares busy threads a query on each request. Where the database restarts in this moment, one
    request of each fails, after which Django connects anew.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if time.monotonic() < getattr(connection, "trusted_until", 0.0):
            connection.health_check_done = True  # type: ignore[attr-defined]
        response = get_response(request)
        if not connection.errors_occurred:
            connection.trusted_until = time.monotonic() + TRUST_SECONDS  # type: ignore[attr-defined]
        return response

    return middleware


def personal(get_response: Handler) -> Handler:
    """Activate the person's own language and time zone; for guests, what the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.began_at = time.time()  # type: ignore[attr-defined]
        user = request.user
        zone = getattr(user, "timezone", "") or settings.TIME_ZONE
        language = getattr(user, "language", "") or guest_language(request)
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
            # A token may have told another language meanwhile.
            response.headers.setdefault("Content-Language", translation.get_language())
            # Whose it is, no cache between here and the browser can know.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware


def history(get_response: Handler) -> Handler:
    """What is written outside of the services, too, is signed by whoever is signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # The person is not loaded for this: a request that writes nothing asks for nobody.
        with signed(request.user, get_client_ip_address(request)):
            return get_response(request)

    return middleware


def guest_language(request: HttpRequest) -> str:
    """The language of somebody not signed in: the cookie's, the browser's, or German."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in LANGUAGE_CODES:
        return chosen
    asked = request.headers.get("Accept-Language", "").lower()
    best, quality = settings.LANGUAGE_CODE, 0.0
    for part in asked.split(","):
        tag, _, weight = part.strip().partition(";q=")
        code = tag.split("-")[0]
        try:
            value = float(weight) if weight else 1.0
        except ValueError:
            continue
        if code in LANGUAGE_CODES and value > quality:
            best, quality = code, value
    return best
