"""How a person looks at a list: which columns, and the views that they saved under a name."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, QueryDict

from workmate.views.base import Column

COLUMNS = "columns"
# Asks for the fields of the filters.
SHEET = "sheet"
# What belongs to one moment or one file, not to the view.
PASSING = ("page", "export", SHEET)


def shown(columns: Sequence[Column], query: QueryDict) -> list[Column]:
    """The columns that were chosen, in the list's own order; without a choice all but extra ones.

    The first one names the row and stays; names that the list does not have are passed over.
    """
    wanted = set(query.getlist(COLUMNS))
    known = wanted & {column.name for column in columns}
    if not known:
        return [column for column in columns if not column.extra]
    return [column for place, column in enumerate(columns) if not place or column.name in known]


def view_query(query: QueryDict) -> str:
    """What a view keeps of an address, in a fixed order, so that two can be compared."""
    parts = QueryDict(mutable=True)
    for name in sorted(query):
        values = [value for value in query.getlist(name) if value]
        if name not in PASSING and values:
            parts.setlist(name, values)
    return parts.urlencode()


def saved_views(request: HttpRequest, page: str) -> list[dict[str, Any]]:
    """The person's views of that list (a route); read together with the person, asks no more."""
    look = getattr(request.user, "os_preferences", None)
    now = view_query(request.GET)
    views = look.saved_views.get(page, []) if look else []
    return [{**view, "url": f"?{view['query']}", "current": view["query"] == now} for view in views]
