"""Who learns of budgets, costs and margins over the REST API."""

from decimal import Decimal
from typing import Any

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.tests.factories import make_project
from projects.tests.test_api import COSTS, MONEY, SECRET, URL, code, ids
from timetracking.tests.factories import make_time_entry


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
