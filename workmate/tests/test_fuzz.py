"""Schemathesis against the API's own description: no 500, no undocumented answer, no lie.

10 examples an operation here, 50 by `make fuzz`. Half of them aim at rows that exist. Who fuzzes
signs in by token; changes of the own account are left out, because they lock the fuzzer out.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies
from schemathesis import openapi
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from employees.models import Employee
from employees.tests.factories import make_token
from workmate.api import WriteThrottle
from workmate.tests.rows import MAKERS

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))
# A well-formed foreign key to nowhere is rightly refused, which this check takes for an error.
# The last one sends no token, and the table of permissions does that for every route.
LEFT_OUT = {"positive_data_acceptance", "ignored_auth"}
OWN_ACCOUNT = {"PATCH /api/employees/me"}
load_all_checks()
CHECK_FUNCTIONS = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in LEFT_OUT]
SCHEMA = openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
OPERATIONS = {
    operation.label: operation
    for operation in (result.ok() for result in SCHEMA.get_all_operations())
    if operation.label not in OWN_ACCOUNT
}
# What the first part of a path is called in MAKERS, where it is not the word in the singular.
KINDS = {
    "activities": "activity", "activity": "activityentry", "tax-rates": "taxrate",
    "infra-services": "infraservice", "infra-checks": "infracheck",
    "time-entries": "timeentry", "company": "company", "project-members": "projectmember",
    "notification-preferences": "notificationpreference",
    "messages": "chatmessage",
}  # fmt: skip


@pytest.fixture
def _fuzzing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No throttle, and a request that leaves the test's connection open."""
    monkeypatch.setattr(WriteThrottle, "rate", "1000000/min", raising=False)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_fuzzing")
@pytest.mark.parametrize("who", ["admin", "worker"])
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_an_operation_keeps_what_its_description_says(
    label: str, who: str, request: pytest.FixtureRequest
) -> None:
    person: Employee = request.getfixturevalue(who)
    operation = OPERATIONS[label]
    token = make_token(person)
    application = get_wsgi_application()
    row = real_row(label, person)

    @seed(len(label))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation, row))
    def tried(case: Any) -> None:
        # It says that it takes gzip, and then reads the bytes as they are.
        mine = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        case.headers = {**(case.headers or {}), **mine}
        response = case.call(app=application)
        case.validate_response(response, checks=CHECK_FUNCTIONS)

    tried()


def real_row(label: str, person: Employee) -> Any:
    """The id of a row that the path names; None where it names none."""
    path = label.split(" ")[1]
    if "{" not in path:
        return None
    part = path.removeprefix("/api/").split("/")[0]
    kind = KINDS.get(part, part.removesuffix("s"))
    if path.endswith("/pdf"):
        kind = "finalized"
    return str(MAKERS[kind](person).pk)


def cases(operation: Any, row: Any) -> Any:
    """Well-formed and malformed requests, at rows that exist and at those that do not."""
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    found = []
    for mode in modes:
        try:
            found.append(operation.as_strategy(generation_mode=mode))
            if row is not None:
                names = [item.name for item in operation.path_parameters]
                real = dict.fromkeys(names, row)
                found.append(operation.as_strategy(generation_mode=mode, path_parameters=real))
        except Exception as error:  # nothing of that operation can be malformed
            if "negative" not in str(error).lower():
                raise
    return strategies.one_of(found)
