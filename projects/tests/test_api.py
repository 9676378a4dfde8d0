"""Projects and members over the REST API."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_department, make_employee, make_role
from projects.models import Project, ProjectMember
from projects.tests.factories import make_project, make_project_member
from projects.tests.test_models import FIGURES, make_busy_project
from timetracking.models import TimeEntry
from timetracking.tests.factories import at, make_time_entry

URL, MEMBERS = "/api/projects", "/api/project-members"
TODAY = timezone.localdate()
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


def test_a_project_is_created_with_the_fields_of_the_specification(
    clerk: Employee, api_of: Any
) -> None:
    customer, department = make_customer(), make_department()
    manager = make_employee()
    body = {
        "customer_id": str(customer.pk),
        "title": "Portal",
        "department_id": str(department.pk),
        "project_manager_id": str(manager.pk),
        "status": "planning",
        "priority": "high",
        "start_date": "2025-01-07",
        "end_date": "2025-05-30",
        "deadline": "2025-06-15",
        "budget": "48000.00",
        "hourly_rate": "95.5000",
        "description": "Relaunch",
        "notes": "Careful",
    }
    response = api_of(clerk).post(URL, body)
    assert response.status_code == 201, response.content
    data = response.json()
    assert {name: data[name] for name in body} == body
    assert data["project_number"].startswith("PRJ-")
    assert set(data) - set(body) == {"id", "project_number", "created_at", "updated_at"}
    assert api_of(clerk).get(f"{URL}/{data['id']}").json() == data


def test_customer_and_title_are_enough(clerk: Employee, api_of: Any) -> None:
    body = {"customer_id": str(make_customer().pk), "title": "Portal"}
    data = api_of(clerk).post(URL, body).json()
    assert (data["status"], data["priority"], data["budget"]) == ("planning", "medium", None)


def test_what_was_read_can_be_put_back(clerk: Employee, api_of: Any) -> None:
    project = make_project(budget=Decimal(100), notes="Careful", deadline=TODAY)
    client, url = api_of(clerk), f"{URL}/{project.pk}"
    read = client.get(url).json()
    response = client.put(url, {**read, "title": "Else"})
    assert response.status_code == 200, response.content
    assert {**response.json(), "updated_at": ""} == {**read, "title": "Else", "updated_at": ""}


def test_put_replaces_and_patch_changes(clerk: Employee, api_of: Any) -> None:
    project = make_project(budget=Decimal(100), priority="high")
    client, url = api_of(clerk), f"{URL}/{project.pk}"
    assert client.patch(url, {"title": "Else"}).json()["budget"] == "100.00"
    replaced = client.put(url, {"customer_id": str(project.customer_id), "title": "New"}).json()
    assert (replaced["budget"], replaced["priority"], replaced["title"]) == (None, "medium", "New")
    assert replaced["project_number"] == project.project_number


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer_id": None}, "customer_id"),
        ({"customer_id": str(uuid4())}, "customer_id"),
        ({"customer_id": "nobody"}, "customer_id"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"budget": "-1"}, "budget"),
        ({"budget": "12.345"}, "budget"),
        ({"budget": "much"}, "budget"),
        ({"budget": "NaN"}, "budget"),
        ({"hourly_rate": "-0.01"}, "hourly_rate"),
        ({"start_date": "2025-02-01", "end_date": "2025-01-31"}, "end_date"),
        ({"start_date": "2025-02-01", "deadline": "2025-01-31"}, "deadline"),
        ({"start_date": "1.2.2025"}, "start_date"),
        ({"status": "done"}, "status"),
        ({"priority": 1}, "priority"),
        ({"project_manager_id": str(uuid4())}, "project_manager_id"),
        ({"created_at": "2025-01-01T00:00:00Z"}, "created_at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_names_its_field(
    change: dict[str, Any], field: str, clerk: Employee, api_of: Any
) -> None:
    body = {"customer_id": str(make_customer().pk), "title": "Portal", **change}
    response = api_of(clerk).post(URL, body)
    assert response.status_code == 400, response.content
    assert field in {error["attr"] for error in response.json()["errors"]}


def test_an_inactive_manager_is_refused_at_the_apis_field(clerk: Employee, api_of: Any) -> None:
    gone = deactivate_employee(make_employee(), by=None)
    response = api_of(clerk).patch(
        f"{URL}/{make_project().pk}", {"project_manager_id": str(gone.pk)}
    )
    assert code(response)[::2] == (400, "project_manager_id")


# Rows
def test_a_foreign_project_is_not_there(worker: Employee, api_of: Any) -> None:
    own = make_project_member(employee=worker).project
    foreign = make_project_member().project
    client = api_of(worker)
    assert ids(client.get(URL)) == {str(own.pk)}
    for pk, status in ((own.pk, 200), (foreign.pk, 404), (uuid4(), 404), ("nothing", 404)):
        for path in ("", "/statistics", "/members", "/time-entries"):
            assert client.get(f"{URL}/{pk}{path}").status_code == status, path
    assert ids(client.get(MEMBERS)) == {str(own.members.get().pk)}
    member = foreign.members.get()
    assert client.get(f"{MEMBERS}/{member.pk}").status_code == 404
    assert code(client.get(f"{MEMBERS}?project_id={foreign.pk}"))[::2] == (400, "project_id")


def test_writing_asks_for_its_permission(worker: Employee, api_of: Any) -> None:
    project = make_project(project_manager=worker)
    client = api_of(worker)
    assert client.post(URL, {}).status_code == 403
    assert client.patch(f"{URL}/{project.pk}", {"title": "x"}).status_code == 403
    assert client.delete(f"{URL}/{project.pk}").status_code == 403
    assert client.post(f"{URL}/{project.pk}/complete").status_code == 403
    assert client.post(MEMBERS, {}).status_code == 403


def test_a_lead_of_some_projects_writes_only_those(api_of: Any) -> None:
    rights = ["backoffice.projects.project.*", "backoffice.crm.*.view"]
    lead = make_employee(
        role=make_role(
            "Lead",
            [f"{rights[0][:-1]}{verb}" for verb in ("view", "add", "change", "delete")]
            + rights[1:],
        )
    )
    own, foreign = make_project(project_manager=lead), make_project()
    client = api_of(lead)
    for project, status in ((own, 200), (foreign, 404)):
        url = f"{URL}/{project.pk}"
        assert client.patch(url, {"title": "Mine"}).status_code == status
        assert client.post(f"{url}/complete").status_code == status
    assert client.delete(f"{URL}/{foreign.pk}").status_code == 404
    made = client.post(URL, {"customer_id": str(make_customer().pk), "title": "New"})
    assert made.json()["project_manager_id"] == str(lead.pk)
    assert client.get(f"{URL}/{made.json()['id']}").status_code == 200


def test_a_customers_projects(clerk: Employee, worker: Employee, api_of: Any) -> None:
    customer = make_customer()
    project = make_project(customer=customer)
    make_project()
    assert ids(api_of(clerk).get(f"/api/customers/{customer.pk}/projects")) == {str(project.pk)}
    assert api_of(clerk).get(f"/api/customers/{uuid4()}/projects").status_code == 404
    # A member works for the customer, but does not see the customers.
    make_project_member(project=project, employee=worker)
    assert api_of(worker).get(f"/api/customers/{customer.pk}/projects").status_code == 404
    assert api_of(worker).get(f"{URL}/{project.pk}").json()["customer_id"] == str(customer.pk)
    answer = api_of(worker).get(f"{URL}?customer_id={customer.pk}")
    assert code(answer)[::2] == (400, "customer_id")


# Money
def test_money_is_absent_for_plain_members(worker: Employee, api_of: Any) -> None:
    project = make_project(
        project_manager=worker, budget=Decimal(100), hourly_rate=Decimal(90), notes="Careful"
    )
    client = api_of(worker)
    assert not SECRET & set(client.get(f"{URL}/{project.pk}").json())
    assert not SECRET & set(client.get(URL).json()["items"][0])
    statistics = client.get(f"{URL}/{project.pk}/statistics").json()
    assert not (MONEY | COSTS) & set(statistics)
    assert statistics["total_hours_tracked"] == "0.00"
    for query in (
        "ordering=budget",
        "ordering=-hourly_rate",
        "budget=100",
        "notes=Careful",
        "ordering=notes",
    ):
        assert client.get(f"{URL}?{query}").status_code == 400
    assert not ids(client.get(f"{URL}?search=Careful"))


def test_money_is_unknown_to_those_who_may_only_add(api_of: Any) -> None:
    rights = [
        "backoffice.projects.project.add",
        "backoffice.projects.project.view",
        "backoffice.crm.customer.view",
    ]
    client = api_of(make_employee(role=make_role("Founder", rights)))
    body = {"customer_id": str(make_customer().pk), "title": "Portal"}
    response = client.post(URL, {**body, "budget": "1"})
    assert code(response) == (400, "unknown", "budget")
    assert client.post(URL, body).status_code == 201


def test_those_who_change_projects_see_the_budget_but_not_the_margin(api_of: Any) -> None:
    rights = [f"backoffice.projects.project.{verb}" for verb in ("view", "change", "view_all")]
    client = api_of(make_employee(role=make_role("Planner", rights)))
    project = make_project(budget=Decimal(100))
    data = client.get(f"{URL}/{project.pk}").json()
    assert data["budget"] == "100.00"
    found = set(client.get(f"{URL}/{project.pk}/statistics").json())
    assert found >= MONEY
    assert not COSTS & found


def test_a_lead_cannot_work_out_what_a_colleague_costs(
    worker: Employee, admin: Employee, api_of: Any, client_of: Any
) -> None:
    lead = make_employee(role=make_role("Project lead"))
    project = make_project(project_manager=lead, budget=Decimal("4000"))
    Employee.objects.filter(pk=worker.pk).update(cost_rate=Decimal("61.37"))
    make_time_entry(project=project, employee=worker, duration_minutes=60)
    for person, told in ((admin, True), (lead, False)):
        client, page = api_of(person), client_of(person)
        figures = client.get(f"{URL}/{project.pk}/statistics")
        assert "net_revenue" in figures.json()
        answers = [
            figures,
            client.get(f"{URL}/{project.pk}"),
            page.get(f"/projects/{project.pk}/"),
            client.get(f"{URL}?export=csv"),
            client.get(f"/api/projects/{project.pk}/time-entries?export=csv"),
            page.get("/projects/?export=csv"),
            page.get("/"),
        ]
        found = [
            b"".join(answer) if answer.streaming else answer.content
            for answer in answers
            if answer.status_code == 200
        ]
        assert len(found) == len(answers)
        is_told = any(b"61.37" in text or b"61,37" in text for text in found)
        assert is_told is told


def test_a_token_without_the_scope_sees_no_money(admin: Employee, api_of: Any) -> None:
    project = make_project(budget=Decimal(100))
    scopes = ["backoffice.projects.project.view", "backoffice.projects.project.view_all"]
    data = api_of(admin, scopes).get(f"{URL}/{project.pk}").json()
    assert not SECRET & set(data)


# Statistics
def test_the_statistics_are_exact(admin: Employee, api_of: Any) -> None:
    project = make_busy_project()
    Project.objects.filter(pk=project.pk).update(
        deadline=TODAY + 12 * DAY, start_date=TODAY, end_date=TODAY + 3 * DAY
    )
    data = api_of(admin).get(f"{URL}/{project.pk}/statistics").json()
    wanted: dict[str, Any] = {
        name: str(value) for name, value in FIGURES.items() if name != "billable_amount"
    }
    wanted |= {"budget_utilization": 88.33, "total_expenses": "0.00", "net_expenses": "0.00"}
    assert data == {
        **wanted,
        "is_active": True,
        "is_overdue": False,
        "days_until_deadline": 12,
        "completion_percentage": 25.0,
    }


def test_the_statistics_of_an_empty_project(admin: Employee, api_of: Any) -> None:
    data = api_of(admin).get(f"{URL}/{make_project().pk}/statistics").json()
    assert data["days_until_deadline"] is None
    assert data["budget_utilization"] is None
    assert data["profit_margin"] == "0.00"


def test_the_statistics_ask_as_often_for_many_entries_as_for_few(
    admin: Employee, api_of: Any
) -> None:
    project, person = make_project(budget=Decimal(100)), make_employee(cost_rate=Decimal(50))
    client, url = api_of(admin), f"{URL}/{project.pk}/statistics"
    client.get(url)
    counts = []
    for number in (1, 2000):
        TimeEntry.objects.bulk_create(
            TimeEntry(
                employee=person,
                project=project,
                duration_minutes=30,
                start_time=at("2025-03-10 09:00"),
                end_time=at("2025-03-10 09:30"),
            )
            for _entry in range(number)
        )
        with CaptureQueriesContext(connection) as captured:
            data = client.get(url).json()
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 7
    assert (data["total_hours_tracked"], data["labour_cost"]) == ("1000.50", "50025.00")


# Lists
def test_the_filters(clerk: Employee, api_of: Any) -> None:
    customer, department, manager = make_customer(), make_department(), make_employee()
    first = make_project(
        customer=customer, department=department, status="planning", title="Alpha one"
    )
    second = make_project(project_manager=manager, priority="urgent", deadline=TODAY - DAY)
    third = make_project(project_manager=clerk, status="completed", end_date=TODAY - DAY)
    fourth = make_project_member(employee=clerk).project
    client = api_of(clerk)
    for query, wanted in {
        "status=planning": [first],
        "priority=urgent": [second],
        f"customer_id={customer.pk}": [first],
        f"department_id={department.pk}": [first],
        f"project_manager_id={manager.pk}": [second],
        "overdue=true": [second],
        "overdue=false": [first, third, fourth],
        "active=true": [second, fourth],
        "active=false": [first, third],
        "mine=true": [third, fourth],
        "mine=false": [first, second],
        "search=alpha one": [first],
        f"search={customer.name}": [first],
        f"search={second.project_number}": [second],
        "search=nothing": [],
    }.items():
        assert ids(client.get(f"{URL}?{query}")) == {str(row.pk) for row in wanted}, query


@pytest.mark.parametrize(
    "query",
    [
        "status=done",
        "priority=1",
        "overdue=maybe",
        "mine=x",
        "customer_id=1",
        "colour=red",
        "ordering=customer",
        "ordering=budget",
        "skip=-1",
        "limit=1000",
        "customer_id=01900000-0000-7000-8000-000000000000",
    ],
)
def test_a_bad_filter_is_refused(query: str, clerk: Employee, api_of: Any) -> None:
    response = api_of(clerk).get(f"{URL}?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == query.split("=")[0]


@pytest.mark.parametrize("name", ["created_at", "project_number", "title", "status", "deadline"])
def test_the_orders(name: str, clerk: Employee, api_of: Any) -> None:
    for number, title in enumerate("bca"):
        make_project(title=title, deadline=TODAY + number * DAY)
    client = api_of(clerk)
    up = [row[name] for row in client.get(f"{URL}?ordering={name}").json()["items"]]
    down = [row[name] for row in client.get(f"{URL}?ordering=-{name}").json()["items"]]
    assert up == sorted(up) == down[::-1]


def test_lists_of_many_ask_as_often_as_lists_of_few(clerk: Employee, api_of: Any) -> None:
    client, project = api_of(clerk), make_project()
    client.get(URL)  # the first use of a token is noted
    for url in (URL, MEMBERS, f"{URL}/{project.pk}/members"):
        counts = []
        for _round in range(2):
            for _number in range(5):
                make_project_member(project=project)
                make_project(project_manager=make_employee(), department=make_department())
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 4, url


# Verbs and deletion
def test_a_project_is_completed_and_reopened(clerk: Employee, api_of: Any) -> None:
    client, url = api_of(clerk), f"{URL}/{make_project().pk}"
    assert client.post(f"{url}/complete").json()["status"] == "completed"
    assert code(client.post(f"{url}/complete")) == (409, "finished", None)
    assert client.post(f"{url}/reopen").json()["status"] == "active"
    assert code(client.post(f"{url}/reopen")) == (409, "not_finished", None)


def test_only_an_unbooked_project_is_deleted(clerk: Employee, api_of: Any) -> None:
    booked = make_time_entry().project
    client = api_of(clerk)
    response = client.delete(f"{URL}/{booked.pk}")
    assert code(response) == (409, "in_use", None)
    with translation.override(clerk.language):
        what = str(TimeEntry._meta.verbose_name_plural)
    assert what in response.json()["errors"][0]["detail"]
    assert client.delete(f"{URL}/{make_project().pk}").status_code == 204
    assert Project.objects.get() == booked


# Members
def test_members_are_listed_added_changed_and_removed(
    clerk: Employee, worker: Employee, api_of: Any
) -> None:
    project = make_project()
    client = api_of(clerk)
    body = {"project_id": str(project.pk), "employee_id": str(worker.pk), "role": "Design"}
    response = client.post(MEMBERS, body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert {name: made[name] for name in body} == body
    url = f"{MEMBERS}/{made['id']}"
    assert client.get(url).json() == made
    assert client.get(f"{URL}/{project.pk}/members").json()["items"] == [made]
    assert api_of(worker).get(f"{URL}/{project.pk}/members").json()["items"] == [made]
    assert client.patch(url, {"role": "Lead"}).json()["role"] == "Lead"
    assert client.put(url, {**body, "role": "Else"}).json()["role"] == "Else"
    other = client.patch(url, {"employee_id": str(clerk.pk)})
    assert code(other)[::2] == (400, "employee_id")
    assert client.delete(url).status_code == 204
    assert api_of(worker).get(f"{URL}/{project.pk}").status_code == 404


def test_bad_members_are_refused(clerk: Employee, worker: Employee, api_of: Any) -> None:
    member = make_project_member(employee=worker)
    client, body = api_of(clerk), {"project_id": str(member.project_id)}
    twice = client.post(MEMBERS, {**body, "employee_id": str(worker.pk)})
    assert twice.status_code == 400, twice.content
    gone = deactivate_employee(make_employee(), by=None)
    for person, field in (
        (gone.pk, "employee_id"),
        (uuid4(), "employee_id"),
        (None, "employee_id"),
    ):
        response = client.post(MEMBERS, {**body, "employee_id": person and str(person)})
        assert code(response)[::2] == (400, field)
    assert code(client.post(MEMBERS, {"employee_id": str(clerk.pk)}))[::2] == (400, "project_id")
    assert ProjectMember.objects.get() == member


def test_members_of_an_unseen_project_are_not_written(api_of: Any) -> None:
    rights = ["backoffice.projects.project.view", "backoffice.projects.projectmember.*"]
    person = make_employee(role=make_role("Host", rights))
    foreign = make_project_member()
    client = api_of(person)
    body = {"project_id": str(foreign.project_id), "employee_id": str(person.pk)}
    assert code(client.post(MEMBERS, body))[::2] == (400, "project_id")
    assert client.patch(f"{MEMBERS}/{foreign.pk}", {"role": "x"}).status_code == 404
    assert client.delete(f"{MEMBERS}/{foreign.pk}").status_code == 404
    assert ProjectMember.objects.get() == foreign


def test_members_are_filtered_and_searched(clerk: Employee, api_of: Any) -> None:
    first = make_project_member(role="Design", employee=make_employee(last_name="Zimmer"))
    second = make_project_member()
    client = api_of(clerk)
    for query, wanted in {
        f"project_id={first.project_id}": first,
        f"employee_id={second.employee_id}": second,
        "search=zimmer": first,
        "search=design": first,
    }.items():
        assert ids(client.get(f"{MEMBERS}?{query}")) == {str(wanted.pk)}, query
