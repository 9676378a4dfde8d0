"""The history: which models' field changes are kept, with who changed them and when."""

from collections.abc import Iterable
from typing import Any

import structlog
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from workmate.actors import signature

# Written on every request or by machines: their history is noise.
EXCLUDED = {
    "ApiToken": ["last_used_at", "token_hash"],
    # Texts of files would double them, the confidential ones, too.
    "Document": ["text", "text_state", "text_tries", "text_tried_at"],
    "Employee": ["last_login", "password", "session_salt"],
    # Progress, and values of people's files.
    "Import": ["columns", "position", "tries", "worked_at", "scopes", "step"],
    "InfraService": ["successes", "failures", "checked_at", "response_ms", "last_sync"],
}
UNTRACKED = {
    "ActivityEntry",
    "ChatMessage",
    "ChatRead",
    "DocumentAccess",
    "ImportRow",
    "InfraCheck",
    "Notification",
    "NumberCounter",
}


def track() -> None:
    """Keep the history of every model of the house that has one."""
    for model in apps.get_models():
        if model._meta.app_label in [*settings.MODULES, "workmate"] and (
            model.__name__ not in UNTRACKED and not model._meta.auto_created
        ):
            auditlog.register(model, exclude_fields=EXCLUDED.get(model.__name__, []))


def record_many(changes: Iterable[tuple[models.Model, dict[str, list[str]]]]) -> None:
    """Write down changes that one statement made to many rows: `{field: [old, new]}` each."""
    entries = [
        LogEntry(
            content_type=ContentType.objects.get_for_model(obj),
            object_pk=str(obj.pk),
            object_repr=str(obj),
            action=LogEntry.Action.UPDATE,
            changes=changed,
        )
        for obj, changed in changes
    ]
    for entry in entries:
        sign(LogEntry, entry)
    LogEntry.objects.bulk_create(entries, batch_size=1000)


def last_change(obj: models.Model, *, since: str) -> LogEntry | None:
    """The last change of a row after a moment (ISO 8601); None where none was written down."""
    try:
        moment = parse_datetime(since)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        return None
    entries: Any = LogEntry.objects
    rows = entries.get_for_object(obj).filter(timestamp__gt=moment).select_related("actor")
    found: LogEntry | None = rows.order_by("-timestamp").first()
    return found


@receiver(pre_save, sender=LogEntry, dispatch_uid="workmate.history.sign")
def sign(sender: Any, instance: LogEntry, **kwargs: Any) -> None:
    """Write down who acts, from where, and in which request."""
    now = signature()
    person = now.actor
    if isinstance(person, get_user_model()):
        instance.actor_id = person.pk
        instance.actor_email = person.email
    instance.remote_addr = now.address
    instance.cid = structlog.contextvars.get_contextvars().get("request_id")
