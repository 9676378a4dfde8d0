"""The demo company: what `<module>/demo.py` of every module builds on."""

import datetime as dt
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.conf import settings
from django.utils import timezone

PASSWORD_FILE = "demo_password"  # noqa: S105  the name of a file


@dataclass
class Demo:
    """One demo company while it is being built; the same one each time, seen from today."""

    password: str
    today: dt.date = field(default_factory=timezone.localdate)
    # Not for secrets: the same company each time.
    random: Random = field(default_factory=lambda: Random(1949))  # noqa: S311
    # What a module made, for those above it: `rows["customers"]`.
    rows: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    # Who signs in as what: role -> e-mail.
    sign_ins: dict[str, str] = field(default_factory=dict)

    def ago(self, days: int) -> dt.date:
        """The day so many days before today."""
        return self.today - dt.timedelta(days=days)


def demo_password() -> str:
    """DEMO_PASSWORD, else a random one that is kept under var/ for the next start."""
    if settings.DEMO_PASSWORD:
        return str(settings.DEMO_PASSWORD)
    path = settings.VAR_DIR / PASSWORD_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
    return str(path.read_text())
