"""What both engines need of the machine: processes, ports, secrets, a lock."""

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60
PR_SET_PDEATHSIG = 1


class EngineError(Exception):
    """An engine did not start; the message ends with the last lines of its log."""


@contextlib.contextmanager
def locked(var: Path) -> Iterator[None]:
    """One caller at a time, across processes; the lock leaves with its process."""
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (var / "engines.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pid_in(path: Path, program: str) -> int | None:
    """The process named in the first line of `path`, if it still is that program.

    Numbers are used again after a crash, so the number alone says nothing.
    """
    try:
        pid = int(path.read_text().split("\n", 1)[0])
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except (OSError, ValueError):
        return None
    return pid if name == program and is_alive(pid) else None


def is_alive(pid: int) -> bool:
    """Whether the process runs; a dead child of the caller is collected on the way."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    # Where nobody collects the dead (a container without init) they stay listed as Z.
    return status.rpartition(")")[2].split()[0] != "Z"


def end(pid: int | None, *steps: tuple[signal.Signals, float]) -> None:
    """Send one signal after the other, each with its seconds, until the process is gone."""
    for number, seconds in steps:
        if pid is None or not is_alive(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)


def die_with_caller(number: signal.Signals) -> Callable[[], object]:
    """A `preexec_fn`: the kernel sends `number` to the child when its parent is gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, number)


def free_port(wanted: int) -> int:
    """The same port as last time where possible, so that open shells find the engine again."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise EngineError("There is no free port.")


def new_password() -> str:
    """A random password that needs no quoting in an address."""
    return secrets.token_urlsafe(24)


def package_folder(name: str) -> Path:
    """Where an installed package lies; refused with advice when it is not installed."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EngineError(
            f"The embedded engines are not installed ({name}). Run `make setup`, "
            "or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])


def write_secret(path: Path, text: str) -> None:
    """Replace the file in one step, readable by its owner only."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
