"""What follows when a step of an import was begun."""

import logging

from kombu.exceptions import OperationalError

from imports.models import Import
from imports.tasks import work
from workmate.events import Event, on

log = logging.getLogger("workmate.imports")


@on(Import, "started")
def queue_step(event: Event) -> None:
    """A worker carries it out."""
    try:
        work.delay(str(event.target.pk))
    except OperationalError:  # the broker is down: the sweep of the next minutes does it
        log.warning("import_not_queued", exc_info=True)
