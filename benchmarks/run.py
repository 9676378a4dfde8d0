"""`python -m benchmarks.run [--quick] [--pages]`: the API against a floor of raw SQL, the pages."""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.measure import HOST, Asker, Times, alone, at_once, by_turns
from benchmarks.stage import Stage, Target, build
from workmate.engines.processes import die_with_caller, free_port, tail
from workmate.engines.throwaway import ThrowAway

FULL = {"customers": 2000, "projects": 500, "invoices": 5000, "time_entries": 100_000}
QUICK = {"customers": 200, "projects": 50, "invoices": 500, "time_entries": 10_000}
MANY = 8
START_SECONDS = 60


@dataclass(frozen=True)
class Result:
    """What was measured of one target."""

    target: Target
    product: Times
    floor: Times
    many: Times

    @property
    def ratio(self) -> float:
        """The product's median by the floor's, one connection each."""
        return self.product.p50 / self.floor.p50

    @property
    def bounds(self) -> Iterator[tuple[str, bool]]:
        """Each bound in words, and whether it holds."""
        if (most := self.target.most_floors) is not None:
            yield f"{self.target.name}: at most {most:g} x the floor", self.ratio <= most
        if (most := self.target.most_ms) is not None:
            yield f"{self.target.name}: under {most:g} ms", self.product.p50 < most


def main() -> int:
    """Measure and print; 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--pages", action="store_true", help="the pages alone")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        engines = ThrowAway()
        stack.callback(engines.stop)
        os.environ.update(environment(engines))
        counts = QUICK if options.quick else FULL
        print("Rows:", ", ".join(f"{number} {name}" for name, number in counts.items()))
        stage = build(counts)
        product = stack.enter_context(server("workmate.asgi", engines.folder))
        results: list[Result] = []
        if not options.pages:
            floor = stack.enter_context(server("benchmarks.floor", engines.folder))
            refuse_different_answers(stage, product, floor)
            results = [measured(target, stage.token, product, floor) for target in stage.targets]
        pages = [(target, alone(product, stage.cookie, target.questions)) for target in stage.pages]
    if results:
        show(results)
    show_pages(pages)
    slow = any(times.p95 >= (target.most_ms or 0) for target, times in pages)
    return int(slow or not all(holds for result in results for _words, holds in result.bounds))


def environment(engines: ThrowAway) -> dict[str, str]:
    """What production asks for, save for TLS; writes are not throttled."""
    return {
        "DJANGO_SETTINGS_MODULE": "workmate.settings",
        "ENVIRONMENT": "production",
        "DEBUG": "false",
        "BEHIND_TLS": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": engines.database_url,
        "REDIS_URL": engines.redis_url,
        "WORKMATE_VAR": str(engines.folder),
        "API_WRITE_RATE": "1000000/min",
    }


@contextmanager
def server(module: str, folder: Path) -> Iterator[int]:
    """The port of uvicorn with one process; ended in any case. Raises RuntimeError."""
    with process(module, folder) as (_process, port):
        yield port


@contextmanager
def process(module: str, folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """uvicorn with one process on a free port; ended in any case. Raises RuntimeError."""
    port = free_port(0)
    log = folder / f"{module}.log"
    command = [sys.executable, "-m", "uvicorn", f"{module}:application", "--host", HOST,
               "--port", str(port), "--log-level", "warning", "--no-access-log"]  # fmt: skip
    with log.open("wb") as output:
        running = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_caller(signal.SIGKILL),
        )
    try:
        ends = time.monotonic() + START_SECONDS
        while not answers(port):
            if running.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{module} does not start:\n{tail(log)}")
            time.sleep(0.1)
        yield running, port
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def answers(port: int) -> bool:
    """Whether the server talks, whatever it says."""
    try:
        urlopen(f"http://{HOST}:{port}/healthz", timeout=2).close()  # noqa: S310
    except URLError as error:
        return hasattr(error, "code")
    except OSError:
        return False
    return True


def refuse_different_answers(stage: Stage, product: int, floor: int) -> None:
    """The floor must say what the product says, or the ratio says nothing.

    A project's figures are partly computed in Python: those are not the floor's work.
    """
    for target in stage.targets:
        question = next(target.questions)
        if question.body is not None:
            continue
        mine, raw = (
            flat(json.loads(Asker(port, stage.token).ask(question))) for port in (product, floor)
        )
        wrong = [name for name in mine if name in raw and mine[name] != raw[name]]
        if not question.path.startswith("/api/projects/"):
            wrong += mine.keys() ^ raw.keys()
        if wrong:
            name = sorted(wrong)[0]
            raise RuntimeError(
                f"{question.path} {name}: {mine.get(name)!r} and {raw.get(name)!r} differ"
            )


def flat(data: Any, at: str = "") -> dict[str, Any]:
    """Every value under its path; amounts as numbers, so that 0 is 0.00."""
    if isinstance(data, dict):
        pairs = [(f"{at}.{name}", value) for name, value in data.items()]
    elif isinstance(data, list):
        pairs = [(f"{at}[{number}]", value) for number, value in enumerate(data)]
    else:
        is_amount = isinstance(data, str) and data.replace(".", "").lstrip("-").isdecimal()
        return {at: Decimal(data) if is_amount else data}
    return {name: value for path, inner in pairs for name, value in flat(inner, path).items()}


def measured(target: Target, token: str, product: int, floor: int) -> Result:
    """One connection first, then many."""
    one, raw = by_turns([product, floor], token, target.questions)
    return Result(target, one, raw, at_once(product, token, target.questions, MANY))


def show(results: list[Result]) -> None:
    """The table, and which bounds hold."""
    head = ["", "p50 ms", "p95 ms", "1/s", f"{MANY}x: p50", "p95", "1/s", "floor p50", "x floor"]
    table = [head]
    for result in results:
        one, many, raw = result.product, result.many, result.floor
        figures = [one.p50, one.p95, one.per_second, many.p50, many.p95, many.per_second,
                   raw.p50, result.ratio]  # fmt: skip
        table.append([result.target.name, *(f"{figure:.1f}" for figure in figures)])
    widths = [max(len(row[number]) for row in table) for number in range(len(head))]
    for row in table:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join(cells))
    for result in results:
        for words, holds in result.bounds:
            print(f"{'holds' if holds else 'FAILS'}  {words}")


def show_pages(pages: list[tuple[Target, Times]]) -> None:
    """Each page's times at one connection, and whether it keeps its bound."""
    width = max(len(target.name) for target, _times in pages)
    print("\n" + "pages".ljust(width) + "  p50 ms  p95 ms")
    for target, times in pages:
        holds = "holds" if times.p95 < (target.most_ms or 0) else "FAILS"
        print(f"{target.name.ljust(width)}  {times.p50:6.1f}  {times.p95:6.1f}  {holds}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
