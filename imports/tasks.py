"""What runs in the background: the steps of imports, and forgetting old ones."""

from celery import shared_task

from imports import services


@shared_task(name="imports.work")  # type: ignore[untyped-decorator]
def work(pk: str) -> None:
    """Carry out the step of one import."""
    services.work(pk)


@shared_task(name="imports.carry_on")  # type: ignore[untyped-decorator]
def carry_on() -> None:
    """Queue again what a crash, or a queue that was down, left lying."""
    for pk in services.carry_on():
        # One that waits longer is queued anew: else many would begin at once when a worker is back.
        work.apply_async([pk], expires=110)


@shared_task(name="imports.forget")  # type: ignore[untyped-decorator]
def forget() -> None:
    """Delete the files and lines of old imports."""
    services.forget()
