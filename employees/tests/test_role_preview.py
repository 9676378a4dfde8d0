"""What a role would show, as it stands and with ticks that nobody has saved."""

import pytest

from documents.models import Document
from employees.models import Employee, Role
from employees.preview import preview, rows_seen
from employees.services import SEEDED_ROLES
from employees.tests.factories import make_employee, make_role
from finance.models import Expense
from workmate.context_processors import apps_of

pytestmark = pytest.mark.django_db


def models_of(seen):
    """The kinds of objects of a preview, by name."""
    return {model.name: model for module in seen.modules for model in module.models}


@pytest.mark.parametrize("name", sorted(SEEDED_ROLES))
def test_the_menu_is_that_of_a_person_with_the_role(name):
    person = make_employee(role=make_role(name))
    seen = preview(SEEDED_ROLES[name][1])
    shown = [item.key for _label, items in seen.menu for item in items]
    assert sorted(shown) == sorted(item.key for item, _url in apps_of(person))


def test_the_rows_are_told_by_what_the_person_would_be_shown(django_assert_num_queries):
    with django_assert_num_queries(0):
        worker = models_of(preview(SEEDED_ROLES["Employee"][1]))
        boss = models_of(preview(["*"]))
        nobody = models_of(preview([]))
    expenses = str(Expense._meta.verbose_name_plural).capitalize()
    assert worker[expenses].rows == Expense.objects.all().sees
    assert str(boss[expenses].rows) != str(worker[expenses].rows)
    assert expenses not in nobody


def test_confidential_documents_are_told_apart():
    def seen(*patterns):
        return str(rows_seen(Document, Employee(role=Role(permissions_json=list(patterns)))))

    every = seen("documents.*")
    most = seen("documents.document.view", "documents.document.view_all")
    own = seen("documents.document.view")
    assert len({every, most, own, seen()}) == 4
    assert seen() == ""


def test_ticks_are_tried_without_being_saved(admin, client_of):
    role = make_role("Clerk", ["backoffice.crm.*"])
    url = f"/roles/{role.pk}/preview/"
    client = client_of(admin)
    tried = client.post(url, {"permissions_json": ["backoffice.finance.*", "no pattern!"]})
    menu = [item.key for _label, items in tried.context["preview"].menu for item in items]
    assert "expenses" in menu
    assert "customers" not in menu
    role.refresh_from_db()
    assert role.permissions_json == ["backoffice.crm.*"]
    stands = client.get(url)
    assert "customers" in [i.key for _label, items in stands.context["preview"].menu for i in items]
    htmx = {"HX-Request": "true"}
    fragment = client.post("/roles/preview/", {"permissions_json": "*"}, headers=htmx)
    assert "<html" not in fragment.content.decode()
    assert Role.objects.count() == len(SEEDED_ROLES) + 1


def test_the_ticks_of_a_role_that_is_fixed_stay_in_its_preview(client_of):
    hr = make_employee(role=make_role("HR", ["employees.*"]))
    tried = client_of(hr).post(f"/roles/{hr.role_id}/preview/", {"permissions_json": ""})
    menu = [item.key for _label, items in tried.context["preview"].menu for item in items]
    assert "roles" in menu


def test_only_who_may_change_roles_is_shown_what_they_see(admin, client_of):
    reader = make_employee(role=make_role("Reader", ["employees.role.view"]))
    page = client_of(reader).get(f"/roles/{reader.role_id}/")
    assert page.context["preview"] is None
    assert client_of(reader).get(f"/roles/{reader.role_id}/preview/").status_code == 403
    assert client_of(reader).post("/roles/preview/", {}).status_code == 403
    page = client_of(admin).get(f"/roles/{reader.role_id}/")
    assert page.context["preview"].menu
    assert client_of(admin).get(f"/roles/{reader.role_id}/edit/").context["preview_url"]
