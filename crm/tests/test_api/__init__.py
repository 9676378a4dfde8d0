"""Customers, contacts and activities over the REST API."""

from typing import Any

JSON = "application/json"


def ids(response: Any) -> list[str]:
    """The ids of a list's answer."""
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


def attrs(response: Any) -> set[str | None]:
    """The fields that a refusal names."""
    assert response.status_code == 400, response.content
    return {error["attr"] for error in response.json()["errors"]}
