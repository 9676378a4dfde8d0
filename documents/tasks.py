"""What runs in the background: reading texts, emptying the trash."""

import datetime as dt
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db.models import F, Q
from django.utils import timezone

from documents import services
from documents.extraction import text_of
from documents.models import Document
from workmate.schedule import LATER

SWEEP_SIZE = 200
# A file that takes longer is `failed`; where not even that stops it, the process is ended.
READING_SECONDS, ENDED_SECONDS = 120, 150
# A reading that has not ended by then never will: its worker was killed, by the file or by chance.
LOST = dt.timedelta(seconds=2 * ENDED_SECONDS)
MAX_TRIES = 3


@shared_task(name="documents.read_text", soft_time_limit=READING_SECONDS, time_limit=ENDED_SECONDS)  # type: ignore[untyped-decorator]
def read_text(pk: str) -> None:
    """Read the text of one waiting document, unless its file was replaced meanwhile.

    Nor does it where somebody else is at it, or it was begun too often.
    """
    # Counted before it is read: a file that kills the worker shall not come back for ever.
    waiting = unread().filter(pk=UUID(pk), text_tries__lt=MAX_TRIES)
    if not waiting.update(text_tries=F("text_tries") + 1, text_tried_at=timezone.now()):
        return
    document = Document.objects.filter(pk=UUID(pk)).defer("text").first()
    if document is None:
        return
    text, state = text_of(document)
    # Not `updated_at`: who edits the document meanwhile was not overtaken by anybody.
    Document.objects.filter(pk=pk, checksum=document.checksum).update(text=text, text_state=state)


@shared_task(name="documents.read_waiting")  # type: ignore[untyped-decorator]
def read_waiting() -> None:
    """Queue what a crash left unread; give up on what was begun too often."""
    lost = unread().filter(text_tries__gte=MAX_TRIES)
    lost.update(text_state=Document.TextState.FAILED)
    for pk in unread().order_by("uploaded_at").values_list("pk", flat=True)[:SWEEP_SIZE]:
        read_text.apply_async([str(pk)], priority=LATER)


def unread() -> Any:
    """Documents that wait for being read, and that nobody reads at the moment."""
    idle = Q(text_tried_at=None) | Q(text_tried_at__lt=timezone.now() - LOST)
    return Document.objects.filter(idle, text_state=Document.TextState.WAITING)


@shared_task(name="documents.clean")  # type: ignore[untyped-decorator]
def clean() -> None:
    """Empty the trash of what is old, and delete files that no row names."""
    services.purge_trash()
    services.sweep_files()
