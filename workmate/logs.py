"""How log lines are written: `key=value`, and behind an error its traceback."""

import logging
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

# What a record has anyway, and what libraries hang on it that no line needs: whole requests, and
# the arguments of tasks (addresses of people, links that sign in).
NO_EXTRA = {*vars(logging.makeLogRecord({})), "color_message", "data", "request", "taskName"}
# What every line says, whether we wrote it or a library.
SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
]
KEYS = structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def _extra(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """What was said in `extra`; it takes nothing else's place."""
    for key, value in vars(event["_record"]).items():
        if key not in NO_EXTRA:
            event.setdefault(key, value)
    return event


def _line(logger: WrappedLogger, name: str, event: EventDict) -> str:
    trace = event.pop("exception", "")
    text: Any = KEYS(logger, name, event)
    return f"{text}\n{trace}" if trace else str(text)


def formatter() -> logging.Formatter:
    """What makes a record's line: with the request's id and its `extra`, its traceback below."""
    return ProcessorFormatter(
        foreign_pre_chain=[*SHARED, _extra],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _line,
        ],
    )
