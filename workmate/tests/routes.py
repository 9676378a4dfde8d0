"""All routes of the house, read off the resolver: what a table of routes is compared with."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, get_resolver

PAGE_METHODS = ("get", "post")


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each method and route outside of Django admin, which has tests of its own."""
    for item in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{item.pattern}"
        if not isinstance(item, URLResolver):
            yield from ((method, route) for method in methods_of(item.callback))
        elif not route.startswith("admin/"):
            yield from routes(item, route)


def methods_of(view: Any) -> list[str]:
    """The methods that a view answers, save those that only describe it."""
    if actions := getattr(view, "actions", None):
        return [method.upper() for method in actions if method not in {"head", "options"}]
    page = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if page is None:
        return ["GET"]
    names = [name for name in PAGE_METHODS if name in page.http_method_names]
    return [name.upper() for name in names if hasattr(page, name)]
