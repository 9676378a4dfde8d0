"""The embedded engines: PostgreSQL and Valkey for development, demo and tests, under `var/`."""

import json
import os
import signal
import time
from pathlib import Path

from workmate.engines import postgres, valkey
from workmate.engines.processes import EngineError, locked, write_secret

__all__ = ["VAR_DIR", "EngineError", "addresses", "ensure", "run", "stop"]

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("WORKMATE_VAR", BASE_DIR / "var"))


def addresses(var: Path = VAR_DIR) -> dict[str, str]:
    """What `run.json` says; {} when nothing was started yet."""
    try:
        return dict(json.loads((var / "run.json").read_text()))
    except (OSError, ValueError):
        return {}


def ensure(var: Path = VAR_DIR) -> dict[str, str]:
    """Start what does not run yet and return the addresses, also left in `run.json`.

    An engine whose address stands in the environment is not started. Raises EngineError.
    """
    with locked(var):
        known = addresses(var)
        if not _is_given("DATABASE_URL"):
            known["DATABASE_URL"] = postgres.start(var, known.get("DATABASE_URL"))
        if not _is_given("REDIS_URL"):
            known["REDIS_URL"] = valkey.start(var, known.get("REDIS_URL"))
        write_secret(var / "run.json", json.dumps(known, indent=1))
    return known


def _is_given(variable: str) -> bool:
    """Whether the environment says where the engine is, itself or by a file."""
    return bool(os.environ.get(variable) or os.environ.get(f"{variable}_FILE"))


def stop(var: Path = VAR_DIR) -> None:
    """Stop both engines; the data stay. PostgreSQL lets open connections finish for 2 s."""
    with locked(var):
        postgres.stop(var, (signal.SIGTERM, 2.0), (signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))
        valkey.stop(var, (signal.SIGTERM, 10.0), (signal.SIGKILL, 2.0))


def run(var: Path = VAR_DIR) -> int:
    """Keep the engines running in the foreground; return 1 as soon as one of them dies."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.append(number))
    ensure(var)
    while not asked and not (dead := _dead(var)):
        time.sleep(0.5)
    if not asked:
        print(f"{' and '.join(dead)} stopped unexpectedly; the logs are in {var}.", flush=True)
    stop(var)
    return 0 if asked else 1


def _dead(var: Path) -> list[str]:
    engines = {
        "PostgreSQL": ("DATABASE_URL", postgres.pid_of),
        "Valkey": ("REDIS_URL", valkey.pid_of),
    }
    return [
        name
        for name, (variable, pid_of) in engines.items()
        if not _is_given(variable) and pid_of(var) is None
    ]
