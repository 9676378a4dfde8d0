"""What runs in the background: reading texts, emptying the trash."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from documents import services
from documents.extraction import text_of
from documents.models import Document

SWEEP_SIZE = 200
# A file that takes longer is `failed`; where not even that stops it, the process is ended.
READING_SECONDS, ENDED_SECONDS = 120, 150


@shared_task(name="documents.read_text", soft_time_limit=READING_SECONDS, time_limit=ENDED_SECONDS)  # type: ignore[untyped-decorator]
def read_text(pk: str) -> None:
    """Read the text of one waiting document, unless its file was replaced meanwhile."""
    states = Document.TextState
    # Before it is read: a file that kills the worker shall not come back for ever.
    waiting = Document.objects.filter(pk=UUID(pk), text_state=states.WAITING)
    if not waiting.update(text_state=states.FAILED):
        return
    document = Document.objects.filter(pk=UUID(pk)).defer("text", "words").first()
    if document is None:
        return
    text, state = text_of(document)
    Document.objects.filter(pk=pk, checksum=document.checksum).update(
        text=text, text_state=state, updated_at=timezone.now()
    )


@shared_task(name="documents.read_waiting")  # type: ignore[untyped-decorator]
def read_waiting() -> None:
    """Queue what a crash left unread."""
    waiting = Document.objects.filter(text_state=Document.TextState.WAITING)
    for pk in waiting.order_by("uploaded_at").values_list("pk", flat=True)[:SWEEP_SIZE]:
        read_text.delay(str(pk))


@shared_task(name="documents.clean")  # type: ignore[untyped-decorator]
def clean() -> None:
    """Empty the trash of what is old, and delete files that no row names."""
    services.purge_trash()
    services.sweep_files()
