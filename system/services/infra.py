"""Checking services: the probe, its history, and who is told."""

import datetime as dt
import time
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reminders.services import notify
from system.models import InfraCheck, InfraService
from system.probes import ProbeError, Reading, Target
from system.vault import SealedUrl, Unreadable, without_secrets
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.registry import registry
from workmate.services import Actor
from workmate.verbs import verb

# A single lost answer is no failure, and a single good one no recovery.
FAILURES_TO_ERROR = 3
SUCCESSES_TO_RECOVER = 2
KEPT_FOR = dt.timedelta(days=30)
LONGEST_ERROR = 500


@verb(
    InfraService,
    "check",
    permission="check_infraservice",
    label=_("Check now"),
    icon="activity",
    when=lambda service: service.is_active,
    summary="Check a service now",
)
@services.acted
def check_service(service: InfraService, *, by: Actor | None) -> InfraService:
    """Probe a service, write down what came of it, and tell its manager where its state turns.

    It is in error after three failures in a row, and works again after two good answers. Refuses
    a service that is switched off, and a second check of it at the same moment. What was found
    under an address that somebody changed meanwhile is dropped.
    """
    if not _claim(service):
        raise Conflict(_("This service is being checked at this moment."), code="busy")
    service = _read_again(service)
    if not service.is_active:
        raise Conflict(_("This service is switched off."), code="inactive")
    start = time.perf_counter()
    reading, error = _probe(service)
    took = round((time.perf_counter() - start) * 1000)
    locked = services.lock(service)
    if locked.updated_at != service.updated_at:
        return locked
    return _record(locked, reading, error, took, by)


@verb(
    InfraService,
    "activate",
    permission="change_infraservice",
    label=_("Switch on"),
    icon="play",
    when=lambda service: not service.is_active,
    done=_("%(name)s is watched again."),
)
@services.acted
def activate_service(service: InfraService, *, by: Actor | None) -> InfraService:
    """Check it from now on, without a memory of earlier failures; one that is on stays as it is."""
    service = services.lock(service)
    if service.is_active:
        return service
    service.status = InfraService.Status.ACTIVE
    service.failures, service.successes, service.last_error = 0, 0, ""
    services.save(service, by=by)
    emit("activated", service, by=by)
    return service


@verb(
    InfraService,
    "deactivate",
    permission="change_infraservice",
    label=_("Switch off"),
    icon="pause",
    when=lambda service: service.is_active,
    done=_("%(name)s is no longer watched."),
)
@services.acted
def deactivate_service(service: InfraService, *, by: Actor | None) -> InfraService:
    """Check it no longer; one that is off stays as it is."""
    service = services.lock(service)
    if not service.is_active:
        return service
    service.status = InfraService.Status.INACTIVE
    services.save(service, by=by)
    emit("deactivated", service, by=by)
    return service


def prune_checks(now: dt.datetime | None = None) -> int:
    """Forget checks that are older than 30 days; how many there were."""
    old = InfraCheck.objects.older_than((now or timezone.now()) - KEPT_FOR)
    return int(old.delete()[0])


@services.acted
def reseal_all() -> int:
    """Encrypt every address anew with the first key; how many. Raises Unreadable, changes nothing.

    Afterwards older keys can leave the settings.
    """
    rows = list(InfraService.objects.order_by("pk").select_for_update(no_key=True))
    for row in rows:
        fresh = SealedUrl(row.connection_url.reveal())
        InfraService.objects.filter(pk=row.pk).update(connection_url=fresh)
    return len(rows)


def _claim(service: InfraService) -> bool:
    """Whether nobody else checks it: held until the transaction ends, however it does.

    No row lock, so that the service can be edited while a probe waits.
    """
    key = int.from_bytes(service.pk.bytes[8:], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])


def _read_again(service: InfraService) -> InfraService:
    found: InfraService | None = InfraService.objects.filter(pk=service.pk).first()
    if found is None:
        raise Conflict(_("This has been deleted in the meantime."), code="gone")
    return found


def _probe(service: InfraService) -> tuple[Reading | None, str]:
    """What the probe has read, or what was wrong."""
    probe = registry.probe(service.type)
    if probe is None:
        return None, gettext("There is no probe for this type.")
    try:
        return probe.check(Target.of(service)), ""
    except Unreadable:
        return None, gettext("The address cannot be decrypted: its key is no longer set.")
    except ProbeError as error:
        text = str(error)
    except TimeoutError:
        text = gettext("No answer in time.")
    except Exception as error:  # whatever a strange server brings about is its failure
        text = f"{type(error).__name__}: {error}"
    text = " ".join(without_secrets(text, service.connection_url.reveal()).split())
    return None, text.replace("\x00", "")[:LONGEST_ERROR]


def _record(
    service: InfraService, reading: Reading | None, error: str, took: int, by: Actor | None
) -> InfraService:
    now = timezone.now()
    InfraCheck.objects.create(
        service=service, checked_at=now, ok=reading is not None, response_ms=took, error=error
    )
    facts: dict[str, Any] = {"checked_at": now, "response_ms": took, "last_error": error}
    if reading is None:
        facts |= {"failures": service.failures + 1, "successes": 0}
    else:
        facts |= {
            "failures": 0,
            "successes": service.successes + 1,
            "last_sync": now,
            "certificate_expires": reading.certificate_expires,
        }
    for name, value in facts.items():
        setattr(service, name, value)
    # Neither history nor `updated_at`: a check is no change that somebody made.
    InfraService.objects.filter(pk=service.pk).update(**facts)
    _turn(service, by)
    if reading is not None:
        _warn_of_expiry(service)
    return service


def _turn(service: InfraService, by: Actor | None) -> None:
    """Change the status where a row of answers asks for it, and tell the manager once."""
    status = InfraService.Status
    if service.status == status.ACTIVE and service.failures >= FAILURES_TO_ERROR:
        services.set_on_all([service], by=by, status=status.ERROR)
        emit("failed", service, by=by)
        _tell(service, _("{name} does not work"), service.last_error)
    elif service.status == status.ERROR and service.successes >= SUCCESSES_TO_RECOVER:
        services.set_on_all([service], by=by, status=status.ACTIVE)
        emit("recovered", service, by=by)
        _tell(service, _("{name} works again"), "")


def _warn_of_expiry(service: InfraService) -> None:
    if not service.is_expiring or service.warned_of == service.certificate_expires:
        return
    service.warned_of = service.certificate_expires
    InfraService.objects.filter(pk=service.pk).update(warned_of=service.warned_of)
    _tell(service, _("The certificate of {name} expires soon"), "")


def _tell(service: InfraService, title: Any, body: str) -> None:
    if service.manager is None:
        return
    notify(
        service.manager,
        kind="infra_service",
        title=format_lazy(title, name=service.name),
        body=body,
        url=service.get_absolute_url(),
    )
