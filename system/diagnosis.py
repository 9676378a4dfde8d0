"""How the site itself is: database, queue, beat, mail, storage, version."""

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from kombu.transport.redis import PRIORITY_STEPS, Channel

from reminders.models import Notification
from system.models import InfraService
from workmate.shell import pending_migrations

BEAT_KEY, LAG_KEY = "workmate.beat", "workmate.queue_lag"
BEAT_LATE_SECONDS = 180
LAG_LONG_SECONDS = 60
FREE_LEAST_PERCENT = 10
MAIL_STATES = ("waiting", "failed")
LOOKS = {
    "ok": ("ok", "full"),
    "warn": ("warn", "alert"),
    "bad": ("danger", "alert"),
    "": ("", "ring"),
}
WORDS: dict[str, Promise] = {
    "ok": _("fine"),
    "warn": _("to be looked at"),
    "bad": _("not working"),
    "": _("unknown"),
}


log = logging.getLogger("workmate.system")


@dataclass(frozen=True)
class Finding:
    """One line of the diagnosis; `state` is ok, warn, bad, or empty where it is not known."""

    key: str
    label: str | Promise
    state: str
    detail: str

    @property
    def status(self) -> dict[str, str]:
        """The state as word, colour and shape."""
        tone, shape = LOOKS[self.state]
        return {"label": str(WORDS[self.state]), "tone": tone, "shape": shape}


def beat_came() -> None:
    """Note that beat sent, and a worker took, the task of this minute."""
    cache.set(BEAT_KEY, time.time(), None)


def lag_measured(seconds: float) -> None:
    """Note how long a task has just waited."""
    cache.set(LAG_KEY, seconds, None)


def beat_age() -> float | None:
    """Seconds since beat's last sign; None where there was none."""
    came = cache.get(BEAT_KEY)
    return None if came is None else max(0.0, time.time() - came)


def queue_lag() -> float | None:
    """How long a task waited last; None where it was not measured."""
    lag: float | None = cache.get(LAG_KEY)
    return lag


def queue_length() -> int:
    """How many tasks wait."""
    queue = settings.CELERY_TASK_DEFAULT_QUEUE
    # Each step of priorities has a list of its own; the first has the bare name.
    lists = [f"{queue}{Channel.sep}{step}" if step else queue for step in PRIORITY_STEPS]
    # Not through Celery, which tries for long where there is nobody.
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=3) as broker:
        return sum(int(broker.llen(name)) for name in lists)  # type: ignore[arg-type]


def mails() -> dict[str, int]:
    """How many mails of notifications wait, and how many have failed."""
    return {
        state: Notification.objects.filter(mail_state=state).order_by().count()
        for state in MAIL_STATES
    }


def free_percent() -> float:
    """How much of the disk with the files is free."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return 100 * usage.free / usage.total


def diagnose() -> list[Finding]:
    """All findings; one that cannot be made is itself a finding."""
    made = []
    for key, label, look in CHECKS:
        try:
            state, detail = look()
        except Exception as error:  # the diagnosis is read when something is broken
            log.exception("finding_not_made", extra={"finding": key})
            state, detail = "bad", type(error).__name__
        made.append(Finding(key, label, state, detail))
    return made


def _version() -> tuple[str, str]:
    return "ok", f"WorkmateOS {settings.VERSION}"


def _database() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        return "ok", f"PostgreSQL {str(cursor.fetchone()[0]).split()[0]}"


def _migrations() -> tuple[str, str]:
    missing = pending_migrations()
    if not missing:
        return "ok", gettext("up to date")
    return "bad", gettext("missing: %(names)s") % {"names": ", ".join(missing[:5])}


def _cache() -> tuple[str, str]:
    cache.set("workmate.diagnosis", "1", 10)
    return ("ok", "") if cache.get("workmate.diagnosis") == "1" else ("bad", "")


def _beat() -> tuple[str, str]:
    age = beat_age()
    if age is None:
        return "bad", gettext("never seen: do beat and worker run?")
    text = gettext("last seen %(n)s seconds ago") % {"n": round(age)}
    return ("ok" if age < BEAT_LATE_SECONDS else "bad"), text


def _queue() -> tuple[str, str]:
    waiting, lag = queue_length(), queue_lag()
    text = ngettext("one task waits", "%(n)s tasks wait", waiting) % {"n": waiting}
    if lag is None:
        return "", text
    lagging = gettext("last delay %(n)s seconds") % {"n": f"{lag:.1f}"}
    return ("ok" if lag < LAG_LONG_SECONDS else "warn"), f"{text} · {lagging}"


def _mail() -> tuple[str, str]:
    if not settings.EMAIL_HOST:
        return "warn", gettext("no mail server is set: no mail leaves")
    found = mails()
    text = gettext("%(waiting)s waiting, %(failed)s failed") % found
    return ("warn" if found["failed"] else "ok"), text


def _storage() -> tuple[str, str]:
    free = free_percent()
    text = gettext("%(n)s %% free") % {"n": round(free)}
    return ("ok" if free >= FREE_LEAST_PERCENT else "warn"), text


def _backup() -> tuple[str, str]:
    return "", gettext("made outside of the app, which does not see it")


def _services() -> tuple[str, str]:
    broken = InfraService.objects.failing().count()
    text = ngettext("one in error", "%(n)s in error", broken) % {"n": broken}
    return ("bad" if broken else "ok"), text


CHECKS: list[tuple[str, Any, Callable[[], tuple[str, str]]]] = [
    ("version", _("Version"), _version),
    ("database", _("Database"), _database),
    ("migrations", _("Migrations"), _migrations),
    ("cache", _("Cache"), _cache),
    ("beat", _("Clock (beat)"), _beat),
    ("queue", _("Queue"), _queue),
    ("mail", _("Mail"), _mail),
    ("storage", _("Storage"), _storage),
    ("backup", _("Last backup"), _backup),
    ("services", _("Watched services"), _services),
]
