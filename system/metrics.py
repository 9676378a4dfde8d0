"""Figures about the site in the text format that Prometheus reads."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone

from system.diagnosis import beat_age, free_percent, mails, queue_lag, queue_length
from system.models import InfraService
from workmate.shell import pending_migrations

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
log = logging.getLogger("workmate.system")
Samples = Iterable[tuple[dict[str, str], float | None]]


def exposition() -> str:
    """All figures. One that cannot be read is left out, as Prometheus expects."""
    lines: list[str] = []
    for name, about, read in FIGURES:
        try:
            samples = [(labels, value) for labels, value in read() if value is not None]
        except Exception:  # what is broken is missing, the rest is still told
            log.exception("figure_not_read", extra={"figure": name})
            continue
        if samples:
            lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
            lines += [f"{name}{_labels(labels)} {value:g}" for labels, value in samples]
    return "\n".join([*lines, ""])


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _one(read: Callable[[], float | None]) -> Callable[[], Samples]:
    return lambda: [({}, read())]


def _per_service(read: Callable[[Any], float | None]) -> Callable[[], Samples]:
    def samples() -> Samples:
        for service in InfraService.objects.watched():
            yield {"name": service.name, "type": service.type}, read(service)

    return samples


def _certificate(service: Any) -> float | None:
    ends = service.certificate_expires
    return None if ends is None else (ends - timezone.now()).total_seconds()


FIGURES: list[tuple[str, str, Callable[[], Samples]]] = [
    ("workmate_info", "Version of WorkmateOS.", lambda: [({"version": settings.VERSION}, 1)]),
    (
        "workmate_migrations_pending",
        "Migrations that the database lacks.",
        _one(lambda: len(pending_migrations())),
    ),
    ("workmate_queue_waiting", "Tasks that wait.", _one(queue_length)),
    ("workmate_queue_lag_seconds", "How long a task waited last.", _one(queue_lag)),
    ("workmate_beat_age_seconds", "Time since beat's last sign.", _one(beat_age)),
    ("workmate_storage_free_percent", "Free space where files are kept.", _one(free_percent)),
    (
        "workmate_mails",
        "Mails of notifications by state.",
        lambda: [({"state": state}, number) for state, number in mails().items()],
    ),
    (
        "workmate_service_up",
        "1 where a watched service is not in error.",
        _per_service(lambda service: 0 if service.status == "error" else 1),
    ),
    (
        "workmate_service_response_ms",
        "How long the last check of a service took.",
        _per_service(lambda service: service.response_ms),
    ),
    (
        "workmate_service_certificate_seconds",
        "Time until a service's certificate ends.",
        _per_service(_certificate),
    ),
]
