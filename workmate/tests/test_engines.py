"""The embedded engines start once, survive crashes and leave nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from workmate import engines
from workmate.engines import postgres, valkey


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for engines of its own, which are stopped afterwards."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    yield tmp_path / "a clone's var"
    engines.stop(tmp_path / "a clone's var")


def soon(happens: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it happens within the time."""
    deadline = time.monotonic() + seconds
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.05)
    return happens()


def test_two_starts_at_once_give_one_pair_of_engines(var: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(engines.ensure, [var, var])
    assert first == second == engines.addresses(var)
    assert postgres.answers(first["DATABASE_URL"])
    assert valkey.answers(first["REDIS_URL"])
    assert (var / "run.json").stat().st_mode & 0o777 == 0o600


def test_crashed_engines_come_back_with_their_data_and_addresses(var: Path) -> None:
    before = engines.ensure(var)
    with psycopg.connect(before["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS value")
    for pid in (postgres.pid_of(var), valkey.pid_of(var)):
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    assert soon(lambda: not postgres.answers(before["DATABASE_URL"]))
    after = engines.ensure(var)
    assert after == before
    with psycopg.connect(after["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (1,)


def test_a_lost_address_file_is_written_again(var: Path) -> None:
    before = engines.ensure(var)
    (var / "run.json").unlink()
    assert engines.ensure(var)["DATABASE_URL"] == before["DATABASE_URL"]


def test_it_refuses_a_wrong_password(var: Path) -> None:
    urls = engines.ensure(var)
    scheme, _, place = urls["DATABASE_URL"].rpartition("@")
    assert not postgres.answers(f"{scheme}x@{place}")
    scheme, _, place = urls["REDIS_URL"].rpartition("@")
    assert not valkey.answers(f"{scheme}x@{place}")


def test_addresses_from_the_environment_start_nothing(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example.org/workmate")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example.org/0")
    assert engines.ensure(var) == {}
    assert postgres.pid_of(var) is valkey.pid_of(var) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_throw_away_engines_end_with_a_killed_caller(var: Path, number: signal.Signals) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from workmate.engines.throwaway import ThrowAway\n"
        "e = ThrowAway(Path(sys.argv[1])); print(e.database_url, e.redis_url, flush=True)\n"
        "time.sleep(60)"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", program, str(var)], stdout=subprocess.PIPE, text=True
    )
    assert caller.stdout is not None
    database_url, redis_url = caller.stdout.readline().split()
    assert postgres.answers(database_url)
    caller.send_signal(number)
    caller.wait()
    assert soon(lambda: not postgres.answers(database_url) and not valkey.answers(redis_url))


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that `nobody` may reach, which pytest's own temporary folders are not."""
    with tempfile.TemporaryDirectory(
        dir=postgres.SHARED_FOLDER, prefix="workmateos-test-"
    ) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to lend PostgreSQL another identity")
def test_root_without_namespaces_runs_it_as_nobody(
    shared: Path, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = tmp_path / "refusing"
    refusing.mkdir()
    (refusing / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (refusing / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{refusing}:{os.environ['PATH']}")
    monkeypatch.setattr(postgres, "SHARED_FOLDER", shared)
    urls = engines.ensure(var)
    pid = postgres.pid_of(var)
    assert postgres.answers(urls["DATABASE_URL"])
    assert Path(f"/proc/{pid}").stat().st_uid == postgres.NOBODY
