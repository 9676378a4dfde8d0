"""How long answers take: two servers asked by turns, then one of them by many at once."""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median, quantiles
from time import perf_counter

HOST = "127.0.0.1"
WARM_UP, MOST, MOST_SECONDS = 20, 300, 4.0
PAGE_WARM_UP, MOST_PAGES = 5, 100


@dataclass(frozen=True)
class Question:
    """One request of a kind; `body` makes it a POST."""

    path: str
    body: bytes | None = None


@dataclass(frozen=True)
class Times:
    """What a number of answers took, in milliseconds, and how many came in a second."""

    took: list[float]
    per_second: float

    @property
    def p50(self) -> float:
        """Half of the answers were faster."""
        return median(self.took)

    @property
    def p95(self) -> float:
        """One in twenty was slower."""
        return quantiles(self.took, n=20)[-1] if len(self.took) > 1 else self.took[0]


class Asker:
    """One connection that is kept open, with a token or a session's cookie."""

    def __init__(self, port: int, token: str = "", cookie: str = "") -> None:
        self.connection = HTTPConnection(HOST, port, timeout=30)
        self.headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}
        if token:
            self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, question: Question) -> bytes:
        """The answer's body. Raises RuntimeError unless the answer is a good one."""
        method = "GET" if question.body is None else "POST"
        self.connection.request(method, question.path, question.body, self.headers)
        response = self.connection.getresponse()
        body = response.read()
        if response.status not in (200, 201):
            raise RuntimeError(f"{method} {question.path}: {response.status} {body[:300]!r}")
        return body

    def time(self, question: Question) -> float:
        """How many milliseconds the answer took."""
        began = perf_counter()
        self.ask(question)
        return (perf_counter() - began) * 1000

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


def by_turns(ports: list[int], token: str, questions: Iterator[Question]) -> list[Times]:
    """One connection to each server, asked by turns: whatever slows the machine, slows both."""
    askers = [Asker(port, token) for port in ports]
    took: list[list[float]] = [[] for _port in ports]
    for asker in askers * WARM_UP:
        asker.ask(next(questions))
    ends = perf_counter() + MOST_SECONDS * len(ports)
    while len(took[0]) < MOST and perf_counter() < ends:
        for asker, own in zip(askers, took, strict=True):
            own.append(asker.time(next(questions)))
    for asker in askers:
        asker.close()
    return [Times(own, len(own) / sum(own) * 1000) for own in took]


def alone(port: int, cookie: str, questions: Iterator[Question]) -> Times:
    """One connection to one server, as a browser holds it that is signed in."""
    asker = Asker(port, cookie=cookie)
    for _number in range(PAGE_WARM_UP):
        asker.ask(next(questions))
    took: list[float] = []
    ends = perf_counter() + MOST_SECONDS
    while len(took) < MOST_PAGES and perf_counter() < ends:
        took.append(asker.time(next(questions)))
    asker.close()
    return Times(took, len(took) / sum(took) * 1000)


def at_once(port: int, token: str, questions: Iterator[Question], connections: int) -> Times:
    """Several connections that ask at the same time."""
    took: list[float] = []
    wrong: list[Exception] = []
    turns = itertools.count()
    lock = threading.Lock()
    ends = perf_counter() + MOST_SECONDS

    def ask_on() -> None:
        asker = Asker(port, token)
        try:
            while perf_counter() < ends:
                with lock:
                    if next(turns) >= MOST:
                        return
                    question = next(questions)
                took.append(asker.time(question))
        except Exception as error:
            wrong.append(error)
        finally:
            asker.close()

    threads = [threading.Thread(target=ask_on) for _number in range(connections)]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return Times(took, len(took) / (perf_counter() - began))
