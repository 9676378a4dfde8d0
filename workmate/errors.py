"""Errors of the domain, and the one shape in which the API tells them."""

from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    FieldDoesNotExist,
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from drf_standardized_errors.handler import exception_handler as standardized
from rest_framework import exceptions, status
from rest_framework.response import Response

# Texts of libraries that our catalogue says in its own words: theirs are curt, or say "du".
LIBRARY_TEXTS = (
    gettext_noop("Enter a valid URL."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("This field is required."),
)


class Conflict(ValidationError):
    """The request is well-formed, but the state of things forbids it (API: 409)."""


def stale() -> Conflict:
    """The refusal of whoever writes what somebody else has changed meanwhile (decision 12)."""
    return Conflict(_("Somebody has changed this since you read it."), code="stale")


class Forbidden(ValidationError):
    """The person holds the permission, but not for this row (API: 403)."""


class ConflictError(exceptions.APIException):
    """DRF's form of Conflict."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def lacking_in(row: Any, field: str, text: Any, **words: Any) -> ValidationError:
    """A refusal because of what another row lacks at that field: pages lead there."""
    return ValidationError(text, params={**words, "row": row, "field": field})


def as_domain_error(error: ProtectedError | IntegrityError) -> ValidationError:
    """Turn what the database refused into an error that a person understands."""
    if isinstance(error, ProtectedError):
        kinds = {type(obj)._meta.verbose_name_plural for obj in error.protected_objects}
        names = ", ".join(sorted(str(kind) for kind in kinds))
        return Conflict(_("Still in use by: %(names)s."), code="in_use", params={"names": names})
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    return Conflict(
        _("Somebody changed this at the same moment. Please try again."),
        code=constraint or "conflict",
    )


def duplicate_of(error: ValidationError, field: str) -> Any:
    """What a refusal says at this field of the row that is there already; None: it says nothing."""
    found = getattr(error, "error_dict", {}).get(field, [])
    return next((item for item in found if item.code == "duplicate"), None)


def api_field(name: str, model: Any) -> str:
    """The API's name of a model field: a key's is its column, so `customer_id` for `customer`."""
    if model is None:
        return name
    try:
        field = model._meta.get_field(name)
        return field.column if field.is_relation and field.column else name
    except (FieldDoesNotExist, AttributeError):
        return name


def to_api_error(error: ValidationError, model: Any = None) -> exceptions.APIException:
    """DRF's form of a Django ValidationError; errors without a field have attr null."""
    details = _details(error, model)
    if isinstance(error, Conflict):
        conflict = ConflictError()
        flat = [item for items in details.values() for item in items]
        alone = set(details) == {"non_field_errors"} and len(flat) == 1
        conflict.detail = flat[0] if alone else details  # type: ignore[assignment]
        return conflict
    if isinstance(error, Forbidden):
        return exceptions.PermissionDenied(" ".join(error.messages))
    return exceptions.ValidationError(details)


def _details(error: ValidationError, model: Any) -> dict[str, list[exceptions.ErrorDetail]]:
    by_field = (
        error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    )
    result: dict[str, list[exceptions.ErrorDetail]] = {}
    for name, errors in by_field.items():
        key = "non_field_errors" if name == NON_FIELD_ERRORS else api_field(name, model)
        result[key] = [
            exceptions.ErrorDetail(str(message), code=item.code or "invalid")
            for item in errors
            for message in item.messages
        ]
    return result


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every error in drf-standardized-errors' body; a Django ValidationError is a 400."""
    if isinstance(exc, ProtectedError | IntegrityError):
        exc = as_domain_error(exc)
    if isinstance(exc, ValidationError):
        queryset = getattr(context.get("view"), "queryset", None)
        exc = to_api_error(exc, getattr(queryset, "model", None))
    elif isinstance(exc, Http404 | ObjectDoesNotExist):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    return standardized(exc, context)  # type: ignore[arg-type]


def refusal_page(request: HttpRequest, status: int, detail: str) -> str:
    """What a browser shows of a request that nobody read to its end, with the way back."""
    back = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(back, {request.META.get("HTTP_HOST", "")}):
        back = "/"
    context = {"status": status, "detail": detail, "back": back}
    return render_to_string("refused.html", context)
