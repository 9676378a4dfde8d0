"""What runs in the background: kept files that no expense has taken."""

from celery import shared_task

from finance import services


@shared_task(name="finance.drop_kept_files")  # type: ignore[untyped-decorator]
def drop_kept_files() -> None:
    """Move files to the trash that forms kept and that no expense has taken for a week."""
    services.drop_kept_files()
