"""Gives every test run real engines: PostgreSQL, Valkey and an SMTP server of its own."""

import faulthandler
import os
from collections import Counter
from collections.abc import Generator, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from workmate.engines.processes import HOST, free_port
from workmate.engines.throwaway import ThrowAway

engines_key = pytest.StashKey[ThrowAway]()
mail_key = pytest.StashKey[Controller]()
STDERR = os.dup(2)  # as it is before pytest captures it


class Mailbox:
    """Receives every message over SMTP; `messages` are parsed, the envelope stands in X-Rcpt-To."""

    def __init__(self) -> None:
        """Start empty."""
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message before the sender hears that it was taken."""
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        message["X-Rcpt-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 Message accepted"


MAILBOX = Mailbox()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Set the addresses before pytest-django reads the settings: a wrapper runs first."""
    os.environ["ENVIRONMENT"] = "test"
    os.environ.pop("DEBUG", None)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        _start_engines(early_config)
    else:
        # The controller left its own addresses in the environment.
        os.environ["REDIS_URL"] = _own_database(os.environ["REDIS_URL"], worker)
        os.environ["WORKMATE_VAR"] = str(Path(os.environ["WORKMATE_VAR"]) / worker)
    early_config.stash[mail_key] = controller = Controller(
        MAILBOX, hostname=HOST, port=free_port(0)
    )
    controller.start()
    os.environ["EMAIL_HOST"], os.environ["EMAIL_PORT"] = HOST, str(controller.port)
    for name in ("EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL"):
        os.environ[name] = ""
    return (yield)


def _start_engines(config: pytest.Config) -> None:
    database_url = os.environ.get("TEST_DATABASE_URL")
    redis_url = os.environ.get("TEST_REDIS_URL")
    if not (database_url and redis_url):
        engines = config.stash[engines_key] = ThrowAway()
        database_url = database_url or engines.database_url
        redis_url = redis_url or engines.redis_url
        os.environ["WORKMATE_VAR"] = str(engines.folder)
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = database_url, redis_url


def _own_database(redis_url: str, worker: str) -> str:
    """Workers share one Valkey, each in a numbered database of its own (0 is the controller's)."""
    return f"{redis_url.rpartition('/')[0]}/{int(worker.removeprefix('gw')) + 1}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    if controller := config.stash.get(mail_key, None):
        controller.stop()
    if engines := config.stash.get(engines_key, None):
        engines.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what takes longest first: at the end no process waits for the other's browser."""
    items.sort(key=lambda item: "site" not in getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Watch over the end of a test too: pytest no longer does once it has failed."""
    seconds = float(item.config.getini("faulthandler_timeout"))
    faulthandler.dump_traceback_later(seconds, file=STDERR, exit=True)
    return (yield)


@pytest.fixture(scope="session", autouse=True)
def _real_engines(django_test_environment: None) -> None:
    """Nothing in between: the production database, and mail that really travels."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.exit(f"The tests run on {connection.vendor}, not on PostgreSQL.", returncode=3)
    # Django's test environment would keep every message in memory.
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def mailbox() -> Iterator[list[EmailMessage]]:
    """The messages that the SMTP server has received during this test."""
    MAILBOX.messages.clear()
    yield MAILBOX.messages
    MAILBOX.messages.clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped and why, or that nothing was."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        place, line, reason = report.longrepr
        reasons[f"{reason.removeprefix('Skipped: ')} ({os.path.relpath(place)}:{line})"] += 1
    if reasons:
        terminalreporter.section("skipped")
        for reason, times in sorted(reasons.items()):
            terminalreporter.line(f"{times} x {reason}")
    else:
        terminalreporter.line("Nothing was skipped.")
