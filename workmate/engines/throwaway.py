"""Engines for one test run: made in a moment, fast, and gone with the process that made them."""

import os
import shutil
import signal
from pathlib import Path

from workmate.engines import VAR_DIR, postgres, valkey
from workmate.engines.processes import is_alive, locked

# Nothing of a test cluster has to survive a power cut.
FAST_AND_LOOSE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}


class ThrowAway:
    """A pair of engines of its own; several may stand side by side. A killed caller ends it too."""

    def __init__(self, var: Path = VAR_DIR / "test") -> None:
        """Copy the prepared cluster and start both. Raises EngineError."""
        with locked(var):
            _sweep(var)
            template = postgres.Runner(_template(var))
            self.folder = var / f"run-{os.getpid()}"
            runner = postgres.Runner(self.folder)
            shutil.copytree(template.data, runner.data)
        runner.hand_over(runner.data)
        self.database_url = postgres.start(
            self.folder, ends_with_caller=True, settings=FAST_AND_LOOSE
        )
        self.redis_url = valkey.start(self.folder, ends_with_caller=True)

    def stop(self) -> None:
        """Stop both at once and remove their folder."""
        _discard(self.folder)


def _template(var: Path) -> Path:
    """An initialised cluster to copy from, which spares every run the time of initdb."""
    template = var / "template"
    if not (template / "complete").exists():
        _discard(template)
        postgres.start(template, settings=FAST_AND_LOOSE)
        postgres.stop(template, (signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))
        (template / "complete").touch()
    return template


def _sweep(var: Path) -> None:
    """Remove what killed runs left behind."""
    for folder in var.glob("run-*"):
        if not is_alive(int(folder.name.removeprefix("run-"))):
            _discard(folder)


def _discard(folder: Path) -> None:
    postgres.stop(folder, (signal.SIGQUIT, 5.0), (signal.SIGKILL, 2.0))
    valkey.stop(folder, (signal.SIGKILL, 5.0))
    shutil.rmtree(postgres.Runner(folder).home, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
