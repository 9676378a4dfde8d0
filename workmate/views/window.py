"""Which part of a list a page shows."""

from typing import Any

from django.http import HttpRequest

PAGE_SIZE = 25


class Window:
    """Which part of the rows a page shows."""

    def __init__(self, request: HttpRequest, rows: Any) -> None:
        self.request = request
        self.total, self.total_is_capped = rows.capped_count()
        text = request.GET.get("page", "1")
        wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1
        last = max(1, -(-self.total // PAGE_SIZE))
        self.number = max(1, wanted if self.total_is_capped else min(wanted, last))
        self.first = (self.number - 1) * PAGE_SIZE
        self.start = min(self.first + 1, self.total)
        self.end = (
            min(self.first + PAGE_SIZE, self.total)
            if not self.total_is_capped
            else (self.first + PAGE_SIZE)
        )
        self.has_previous = self.number > 1
        self.has_next = self.total_is_capped or self.number < last

    @property
    def previous_url(self) -> str:
        """The page before."""
        return self._url(self.number - 1)

    @property
    def next_url(self) -> str:
        """The page after."""
        return self._url(self.number + 1)

    def _url(self, number: int) -> str:
        query = self.request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"
