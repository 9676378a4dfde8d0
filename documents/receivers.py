"""What follows when a file came in."""

import logging

from kombu.exceptions import OperationalError

from documents.models import Document
from documents.tasks import read_text
from workmate.events import Event, on

log = logging.getLogger("workmate.documents")


def _queue(event: Event) -> None:
    try:
        read_text.delay(str(event.target.pk))
    except OperationalError:  # the broker is down: the sweep of the next minutes does it
        log.warning("text_not_queued", exc_info=True)


@on(Document, "created")
def read_new(event: Event) -> None:
    """Read the text of a new document."""
    _queue(event)


@on(Document, "replaced")
def read_replaced(event: Event) -> None:
    """Read the text of a new version."""
    _queue(event)
