"""Real threads with connections of their own, for tests of what happens at the same moment."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all acts at the same moment; each result, or the exception that came of it.

    The test wants `django_db(transaction=True)`: threads see committed rows only.
    """
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(30)
            results[index] = act()
        except Exception as error:  # told to the test, which knows what was to be expected
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return results


def failures(results: Sequence[Any]) -> list[Exception]:
    """Those of the results that are exceptions."""
    return [result for result in results if isinstance(result, Exception)]
