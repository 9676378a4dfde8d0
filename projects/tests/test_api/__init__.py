"""Projects and members over the REST API."""

import datetime as dt
from typing import Any

URL, MEMBERS = "/api/projects", "/api/project-members"
DAY = dt.timedelta(days=1)
SECRET = {"budget", "hourly_rate", "notes"}
MONEY = {"total_revenue", "total_expenses", "net_expenses", "budget_used", "budget_utilization"}
COSTS = {"labour_cost", "net_revenue", "profit_margin"}


def ids(response: Any) -> set[str]:
    """The ids of a list's answer."""
    assert response.status_code == 200, response.content
    return {item["id"] for item in response.json()["items"]}


def code(response: Any) -> tuple[int, str, str | None]:
    """Status, code and field of the first error."""
    error = response.json()["errors"][0]
    return response.status_code, error["code"], error["attr"]
