"""The wizard's pages: the file, its columns, the check, the import, and taking it back."""

from conftest import ClientOf
from crm.models import Customer
from employees.models import Employee
from imports.models import Import
from imports.services import work
from imports.tests.factories import HEAD, THREE, a_csv


def test_the_wizard_leads_from_the_file_to_the_customers(
    admin: Employee, client_of: ClientOf
) -> None:
    client = client_of(admin)
    page = client.get("/customers/").content.decode()
    assert "/imports/new/?kind=customer" in page
    assert 'value="customer"' in client.get("/imports/new/?kind=customer").content.decode()
    file = a_csv(HEAD, *THREE, "Falsch;keine;Bonn;")
    response = client.post("/imports/new/", {"kind": "customer", "file": file})
    job = Import.objects.get()
    assert response["Location"] == f"/imports/{job.pk}/edit/"
    page = client.get(response["Location"]).content.decode()
    assert "kontakt@meier.example" in page
    data = {f"column-{n}": name for n, name in enumerate(["name", "email", "city", ""])}
    response = client.post(f"/imports/{job.pk}/edit/", {**data, "on_existing": "skip"})
    assert response["Location"] == f"/imports/{job.pk}/"
    assert "<progress" in client.get(f"/imports/{job.pk}/").content.decode()
    work(job.pk)
    page = client.get(f"/imports/{job.pk}/").content.decode()
    assert "keine" in page
    faulty = b"".join(client.get(f"/imports/{job.pk}/faulty/").streaming_content).decode()
    assert faulty.splitlines()[1].startswith("Falsch;keine;Bonn;") or "Falsch,keine" in faulty
    client.post(f"/imports/{job.pk}/run/", {"only_good": "on"})
    work(job.pk)
    assert Customer.objects.count() == 3
    assert not Customer.objects.exclude(notes="").exists()
    begun = client.post(f"/imports/{job.pk}/undo/", follow=True)
    # It is only begun: the page shows how far it is, and nothing says that it is done.
    assert not list(begun.context["messages"])
    work(job.pk)
    assert not Customer.objects.exists()
    assert client.get(f"/imports/{job.pk}/").status_code == 200
