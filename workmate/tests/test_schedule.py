"""What waits behind what: real messages in the real broker."""

from typing import Any
from uuid import uuid4

import pytest
from celery import current_app, shared_task

from system.diagnosis import queue_length
from workmate.schedule import LATER


@shared_task(name="tests.nothing")  # type: ignore[untyped-decorator]
def nothing(_name: str) -> None: ...


@pytest.fixture
def queue(settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A queue that nobody works on."""
    settings.CELERY_TASK_DEFAULT_QUEUE = f"test-{uuid4()}"
    monkeypatch.setitem(current_app.conf, "task_always_eager", False)
    return str(settings.CELERY_TASK_DEFAULT_QUEUE)


def test_what_somebody_waits_for_comes_before_a_sweep(queue: str) -> None:
    for number in range(3):
        nothing.apply_async([f"sweep {number}"], queue=queue, priority=LATER)
    nothing.apply_async(["a click"], queue=queue)
    nothing.apply_async(["another"], queue=queue)
    assert queue_length() == 5
    with current_app.connection_for_read() as broker, broker.SimpleQueue(queue) as waiting:
        got = []
        for _number in range(5):
            message = waiting.get(timeout=5)
            message.ack()
            got.append(message.payload[0][0])
    assert got == ["a click", "another", "sweep 0", "sweep 1", "sweep 2"]
    assert queue_length() == 0
