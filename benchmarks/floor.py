"""The floor: the same answers by raw SQL and orjson alone, behind the product's own front.

What the product costs beyond it is the price of rules, rights and comfort.
"""

import datetime as dt
import hashlib
import os
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row
from uuid_utils.compat import uuid7

from benchmarks import sql
from workmate.asgi import Front, lifespan
from workmate.querysets import COUNT_CAP

local = threading.local()


def connection() -> psycopg.Connection[dict[str, Any]]:
    """This thread's own connection."""
    found: psycopg.Connection[dict[str, Any]] | None = getattr(local, "connection", None)
    if found is None:
        found = local.connection = psycopg.connect(
            os.environ["DATABASE_URL"],
            autocommit=True,
            row_factory=dict_row,
            options="-c timezone=UTC",
        )
    return found


def rows(query: Any, **values: Any) -> list[dict[str, Any]]:
    """What a query finds."""
    return connection().execute(query, values).fetchall()


def application_of(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """One request: who asks, what is asked, the answer."""
    status, body = "200 OK", b""
    token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")[2]
    person = rows(sql.PERSON, hash=hashlib.sha256(token.encode()).hexdigest())
    if not person:
        status = "401 Unauthorized"
    elif environ["REQUEST_METHOD"] == "POST":
        status, body = "201 Created", dumps(add_time(environ, person[0]["id"]))
    else:
        body = dumps(answer(environ["PATH_INFO"].split("/")[2:]))
    start_response(
        status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]


def answer(words: list[str]) -> dict[str, Any]:
    """A list, a document, or figures: /api/<what>[/<id>][/statistics]."""
    what = words[0]
    if len(words) == 1:
        total = rows(sql.COUNTS[what])[0]["count"]
        found = {"items": rows(sql.LISTS[what]), "total": min(total, COUNT_CAP)}
        capped = {"total_is_capped": True} if total > COUNT_CAP else {}
        return {**found, "skip": 0, "limit": 20, **capped}
    if words[-1] != "statistics":
        lines = rows(sql.LINES, id=words[1])
        return {**rows(sql.INVOICE, id=words[1])[0], "line_items": lines}
    if what == "projects":
        return rows(sql.PROJECT_FIGURES, id=words[1])[0]
    one = words[1] if what == "customers" else None
    figures = rows(sql.CUSTOMER_FIGURES, id=one)[0] if one else rows(sql.INVOICE_FIGURES)[0]
    return {**figures, "by_year": rows(sql.BY_YEAR, id=one)}


def add_time(environ: dict[str, Any], person: Any) -> dict[str, Any]:
    """One INSERT, which returns what the product returns."""
    data = orjson.loads(environ["wsgi.input"].read())
    start, end = (dt.datetime.fromisoformat(data[name]) for name in ("start_time", "end_time"))
    return rows(
        sql.ADD_TIME,
        id=uuid7(),
        employee=person,
        project=data["project_id"],
        start=start,
        end=end,
        minutes=int((end - start).total_seconds()) // 60,
        note=data["note"],
    )[0]


def dumps(data: Any) -> bytes:
    """JSON as the product writes it: UTC with a Z, decimals as strings."""
    return orjson.dumps(data, default=_text, option=orjson.OPT_UTC_Z)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


front = Front(application_of, threads=10, max_body_bytes=1024 * 1024)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The product's front around it."""
    await (lifespan if scope["type"] == "lifespan" else front)(scope, receive, send)
