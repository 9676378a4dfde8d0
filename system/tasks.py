"""What runs in the background: the checks of services, and the steps of imports."""

import time

from celery import shared_task

from system.diagnosis import beat_came, lag_measured
from system.models import InfraService
from system.services import carry_on_imports as carry_on
from system.services import check_service
from system.services import forget_imports as forget
from system.services import prune_checks as prune
from system.services import work_on_import as work
from workmate import services
from workmate.errors import Conflict


@shared_task(name="system.check_services")  # type: ignore[untyped-decorator]
def check_services() -> None:
    """Queue a check of each service that is due; proves that beat and worker live."""
    beat_came()
    measure_lag.apply_async([time.time()], expires=3600)
    for pk in InfraService.objects.due().values_list("pk", flat=True):
        # One that waits longer than a minute is made again by the next run.
        check_one.apply_async([str(pk)], expires=55)


@shared_task(name="system.check_one")  # type: ignore[untyped-decorator]
def check_one(pk: str) -> None:
    """Check one service, unless it is gone, switched off, or checked at this moment."""
    service = InfraService.objects.watched().filter(pk=pk).first()
    if service is None:
        return
    try:
        with services.acting(None):
            check_service(service, by=None)
    except Conflict:
        return


@shared_task(name="system.measure_lag")  # type: ignore[untyped-decorator]
def measure_lag(sent: float) -> None:
    """How long a task waited in the queue."""
    lag_measured(max(0.0, time.time() - sent))


@shared_task(name="system.prune_checks")  # type: ignore[untyped-decorator]
def prune_checks() -> None:
    """Forget old checks."""
    prune()


@shared_task(name="system.work_on_import")  # type: ignore[untyped-decorator]
def work_on_import(pk: str) -> None:
    """Carry out the step of one import."""
    work(pk)


@shared_task(name="system.carry_on_imports")  # type: ignore[untyped-decorator]
def carry_on_imports() -> None:
    """Queue again what a crash, or a queue that was down, left lying."""
    for pk in carry_on():
        # One that waits longer is queued anew: else many would begin at once when a worker is back.
        work_on_import.apply_async([pk], expires=110)


@shared_task(name="system.forget_imports")  # type: ignore[untyped-decorator]
def forget_imports() -> None:
    """Delete the files and lines of old imports."""
    forget()
