"""How often lists ask over the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.tests.factories import make_activity, make_contact
from employees.models import Employee


@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_lists_of_many_ask_as_often_as_lists_of_few(
    path: str, clerk: Employee, api_of: Any
) -> None:
    client, counts = api_of(clerk), []
    for number in (2, 8):
        for _number in range(number):
            contact = make_contact(is_primary=True)
            make_activity(customer=contact.customer, contact=contact, author=clerk)
        client.get(f"/api/{path}")  # the token's first use is written down
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/api/{path}").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    # The token with its person, the role, the count, the rows: nothing of other tables.
    assert not any('JOIN "customers"' in query["sql"] for query in captured)
    if path == "customers":
        assert not any('FROM "contacts"' in query["sql"] for query in captured)
