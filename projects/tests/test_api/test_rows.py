"""Which projects the REST API shows and changes for whom."""

from typing import Any
from uuid import uuid4

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.tests.factories import make_project, make_project_member
from projects.tests.test_api import MEMBERS, URL, code, ids


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
