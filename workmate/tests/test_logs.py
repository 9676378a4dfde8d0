"""A line of the log says when, how bad, what and for which request, whoever wrote it."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from celery.app.log import Logging
from django.conf import settings
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


def test_no_extra_takes_the_place_of_what_every_line_says(written: io.StringIO) -> None:
    said = {"level": "none", "timestamp": "never", "event": "other", "logger": "nobody", "pump": 4}
    logging.getLogger("workmate.pumps").error("pump_failed", extra=said)
    line = written.getvalue()
    assert "level='error'" in line
    assert "event='pump_failed'" in line
    assert "logger='workmate.pumps'" in line
    assert "never" not in line
    assert "pump=4" in line


def test_a_task_that_fails_is_named_and_its_arguments_are_nobodys_business(
    written: io.StringIO,
) -> None:
    @app.task(name="pumps.start")
    def start(link: str) -> None:
        raise ValueError("the pump stands still")

    handler = logging.getLogger("workmate").handlers[-1]
    trace = logging.getLogger("celery.app.trace")
    trace.addHandler(handler)
    try:
        start.apply(args=["/reset/SECRET"], throw=False)
    finally:
        trace.removeHandler(handler)
        app.tasks.pop("pumps.start")
    text = written.getvalue()
    line = next(one for one in text.splitlines() if "level='error'" in one)
    assert "task='pumps.start'" in line
    assert "task_id=" in line
    assert "SECRET" not in text
    assert text.count("Traceback (most recent call last)") == 1
    logging.getLogger("workmate.pumps").error("after")
    assert "pumps.start" not in written.getvalue().splitlines()[-1]


def test_the_settings_write_so_and_each_line_once() -> None:
    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    assert sum(isinstance(one, ProcessorFormatter) for one in formatters) == 1
    assert logging.getLogger("django").handlers == []
    wanted = settings.LOGGING["loggers"]
    assert wanted["uvicorn"] == {"level": "WARNING", "handlers": [], "propagate": True}
    assert logging.getLogger("celery").getEffectiveLevel() == logging.WARNING


def test_a_worker_writes_as_the_web_process_does(monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(logging.getLogger().handlers)
    monkeypatch.setattr(Logging, "already_setup", False)
    log = Logging(app)
    log.setup_logging_subsystem(loglevel="WARNING")
    assert logging.getLogger().handlers == before
