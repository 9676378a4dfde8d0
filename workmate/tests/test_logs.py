"""A line of the log says when, how bad, what and for which request, whoever wrote it."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from celery.app.log import Logging
from structlog.stdlib import ProcessorFormatter

from workmate import logs
from workmate.celery import app


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the loggers below `workmate` write, as the settings have it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    logger = logging.getLogger("workmate")
    logger.addHandler(handler)
    with structlog.contextvars.bound_contextvars(request_id="r-17"):
        yield stream
    logger.removeHandler(handler)


def lines_of(kind: str, written: io.StringIO) -> tuple[str, str]:
    """The line of a failure, and what stands below it."""
    try:
        raise ValueError("the pump stands still")
    except ValueError:
        if kind == "ours":
            structlog.get_logger("workmate.pumps").exception("pump_failed", pump=4)
        else:
            logging.getLogger("workmate.pumps").exception("pump_failed", extra={"pump": 4})
    line, _newline, below = written.getvalue().partition("\n")
    return line, below


@pytest.mark.parametrize("kind", ["ours", "of a library"])
def test_a_failure_is_one_line_with_its_traceback_below(kind: str, written: io.StringIO) -> None:
    line, below = lines_of(kind, written)
    assert line.startswith("timestamp='20")
    for part in (
        "level='error'",
        "event='pump_failed'",
        "logger='workmate.pumps'",
        "pump=4",
        "request_id='r-17'",
    ):
        assert part in line
    assert below.startswith("Traceback (most recent call last):\n")
    assert below.endswith("ValueError: the pump stands still\n")
    assert "exc_info" not in line + below


def test_the_settings_write_so_and_each_line_once() -> None:
    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    assert sum(isinstance(one, ProcessorFormatter) for one in formatters) == 1
    assert logging.getLogger("django").handlers == []


def test_a_worker_writes_as_the_web_process_does(monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(logging.getLogger().handlers)
    monkeypatch.setattr(Logging, "already_setup", False)
    log = Logging(app)
    log.setup_logging_subsystem(loglevel="WARNING")
    assert logging.getLogger().handlers == before
