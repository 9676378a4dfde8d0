"""Verbs on people and roles: who may give what to whom, and who stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from employees.models import ApiToken, Department, Employee, Role
from employees.services import (
    SEEDED_ROLES,
    change_employee,
    change_own_profile,
    change_role,
    create_employee,
    create_role,
    create_token,
    deactivate_employee,
    delete_role,
    invite_employee,
    revoke_token,
    seed_roles,
)
from employees.tests.factories import (
    make_api_token,
    make_department,
    make_employee,
    make_role,
    make_token,
)
from workmate import services
from workmate.errors import Conflict, Forbidden

STAFF = SEEDED_ROLES["Employee"][1]


@pytest.fixture
def hr() -> Employee:
    """Keeps the staff's files; no administrator."""
    return make_employee(role=make_role("HR", ["employees.employee.*", "employees.role.*", *STAFF]))


def refused(service: Any, *args: Any, **kwargs: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        service(*args, **kwargs)
    return caught.value


def together(*acts: Any) -> list[Any]:
    """What each act returned or raised, all begun at the same moment on own connections."""
    gate = Barrier(len(acts))

    def run(act: Any) -> Any:
        gate.wait()
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


# --- Granting -----------------------------------------------------------------------------------


def test_nobody_gives_a_role_that_holds_more_than_they_do(hr):
    data = {"first_name": "A", "last_name": "B", "email": "ab@firma.example"}
    for role in (make_role("Admin"), make_role("Accounting"), make_role("Later", ["archive.*"])):
        assert "role" in refused(create_employee, by=hr, role=role, **data).error_dict
    person = create_employee(by=hr, role=make_role(), **data)
    assert "role" in refused(change_employee, person, by=hr, role=make_role("Admin")).error_dict
    change_employee(person, by=hr, role=make_role("Less", ["reminders.*"]))


def test_nobody_makes_a_role_that_holds_more_than_they_do(hr):
    for patterns in (["*"], ["employees.*"], ["backoffice.crm.*"], ["archive.*"]):
        error = refused(create_role, by=hr, name="More", permissions_json=patterns)
        assert "permissions_json" in error.error_dict
    role = create_role(by=hr, name="Fine", permissions_json=["employees.role.view"])
    error = refused(change_role, role, by=hr, permissions_json=["employees.*"])
    assert "permissions_json" in error.error_dict
    changed = change_role(role, by=hr, permissions_json=["employees.employee.*"])
    assert changed.permissions_json == ["employees.employee.*"]


def test_a_scoped_token_gives_nothing_beyond_its_scopes(admin):
    admin.limit_to(["employees.*"])
    assert refused(create_role, by=admin, name="More", permissions_json=["*"])
    assert refused(create_role, by=admin, name="More", permissions_json=["backoffice.crm.*"])
    data = {"first_name": "A", "last_name": "B", "email": "ab@firma.example"}
    assert refused(create_employee, by=admin, role=make_role("Admin"), **data)
    assert refused(create_employee, by=admin, role=make_role(), **data)
    assert create_role(by=admin, name="Fine", permissions_json=["employees.role.view"]).pk
    # With another address the own password could be reset, and the whole account be taken.
    assert refused(change_employee, admin, by=admin, email="other@firma.example")
    change_employee(admin, by=admin, phone="1")


def test_everybody_may_pass_on_what_everybody_holds(hr):
    assert create_role(by=hr, name="All", permissions_json=["employees.department.view"]).pk


def test_nobody_becomes_a_supervisor_to_see_what_they_may_not(admin, hr, worker):
    for boss in (hr, worker):
        error = refused(change_employee, admin, by=hr, reports_to=boss)
        assert "ask an administrator" in str(error.messages)
    data = {"first_name": "A", "last_name": "B", "email": "ab@firma.example", "role": make_role()}
    for service, person in ((change_employee, [worker]), (create_employee, [])):
        error = refused(service, *person, by=hr, reports_to=hr, **({} if person else data))
        assert list(error.error_dict) == ["reports_to"]
    # Somebody else's supervisor is the daily work of staff administration.
    boss = make_employee()
    assert change_employee(worker, by=hr, reports_to=boss).reports_to == boss
    seeing = [
        f"backoffice.{name}.view_all" for name in ("timetracking.timeentry", "finance.expense")
    ]
    change_role(hr.role, by=None, permissions_json=[*hr.role.permissions_json, *seeing])
    hr = Employee.objects.get(pk=hr.pk)
    assert change_employee(worker, by=hr, reports_to=hr).reports_to == hr


def test_nobody_changes_their_own_role(admin, hr):
    for person in (admin, hr):
        error = refused(change_employee, person, by=person, role=make_role())
        assert "role" in error.error_dict
        less = {"permissions_json": ["reminders.*"]}
        assert "permissions_json" in refused(change_role, person.role, by=person, **less).error_dict
        sso = {"keycloak_id": "sso-everybody"}
        assert "keycloak_id" in refused(change_role, person.role, by=person, **sso).error_dict
    same = list(reversed(hr.role.permissions_json))
    change_role(hr.role, by=hr, permissions_json=same, description="Other words")


def test_a_stronger_role_is_not_touched(hr):
    role = make_role("Accounting")
    assert refused(change_role, role, by=hr, permissions_json=["reminders.*"])
    assert refused(change_role, role, by=hr, keycloak_id="sso-everybody")
    change_role(role, by=hr, description="Other words")
    assert refused(delete_role, role, by=hr)
    assert Role.objects.filter(pk=role.pk).exists()


def test_no_stronger_role_becomes_that_of_new_people(hr, settings):
    stronger, staff = make_role("Accounting"), make_role("Employee")
    assert refused(change_role, stronger, by=hr, name=settings.OIDC_DEFAULT_ROLE)
    change_role(staff, by=hr, name="Staff")
    assert refused(change_role, stronger, by=hr, name=settings.OIDC_DEFAULT_ROLE)
    change_role(stronger, by=hr, name="Bookkeeping")
    change_role(staff, by=hr, name=settings.OIDC_DEFAULT_ROLE)


def test_the_sign_in_of_a_stronger_person_is_not_touched(hr, admin):
    for change in (
        {"email": "hr@firma.example"},
        {"status": "inactive"},
        {"uuid_keycloak": "mine"},
        {"role": make_role()},
    ):
        assert refused(change_employee, admin, by=hr, **change)
    assert refused(deactivate_employee, admin, by=hr)
    change_employee(admin, by=hr, phone="1")
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.email != "hr@firma.example"


def test_an_inactive_stronger_person_is_not_brought_back(hr, admin):
    other = make_employee(role=make_role("Admin"))
    deactivate_employee(other, by=admin)
    assert refused(change_employee, other, by=hr, status="active")


# --- The last administrator ---------------------------------------------------------------------


def test_the_last_administrator_stays(admin):
    boss = make_employee(role=make_role("Boss", ["*"]))
    deactivate_employee(admin, by=boss)
    for act in (
        lambda: change_employee(boss, by=None, status="inactive"),
        lambda: change_employee(boss, by=None, role=make_role()),
        lambda: change_role(boss.role, by=None, permissions_json=["backoffice.*"]),
        lambda: deactivate_employee(boss, by=None),
    ):
        error = refused(act)
        assert isinstance(error, Conflict)
        assert error.code == "last_administrator"
        assert Employee.objects.administrators().get() == boss
    change_employee(boss, by=None, status="on_leave")


def test_nobody_deactivates_themselves(admin):
    make_employee(role=make_role("Admin"))
    assert refused(deactivate_employee, admin, by=admin).code == "own_account"
    assert refused(change_employee, admin, by=admin, status="inactive").code == "own_account"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["role", "status", "patterns"])
def test_two_administrators_do_not_remove_each_other_at_once(change):
    one = make_employee(role=make_role("Admin"))
    two = make_employee(role=make_role("Other admin", ["*"]))
    if change == "patterns":
        acts = [
            lambda: change_role(two.role, by=one, permissions_json=["reminders.*"]),
            lambda: change_role(one.role, by=two, permissions_json=["reminders.*"]),
        ]
    else:
        less = {"role": make_role()} if change == "role" else {"status": "inactive"}
        acts = [
            lambda: change_employee(two, by=one, **less),
            lambda: change_employee(one, by=two, **less),
        ]
    answers = together(*acts)
    assert sorted(type(answer).__name__ for answer in answers)[0] == "Conflict", answers
    assert len([answer for answer in answers if isinstance(answer, Conflict)]) == 1, answers
    assert Employee.objects.administrators().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_change_each_other_do_not_wait_in_a_circle():
    one, two = (make_employee(role=make_role("Admin")) for _ in range(2))
    for number in range(5):
        answers = together(
            lambda n=number: services.change(two, by=one, phone=f"1{n}"),
            lambda n=number: services.change(one, by=two, phone=f"2{n}"),
        )
        assert all(isinstance(answer, Employee) for answer in answers), answers


@pytest.mark.django_db(transaction=True)
def test_two_people_do_not_become_each_others_supervisor():
    one, two = make_employee(), make_employee()
    answers = together(
        lambda: services.change(one, by=None, reports_to=two),
        lambda: services.change(two, by=None, reports_to=one),
    )
    assert len([answer for answer in answers if isinstance(answer, ValidationError)]) == 1, answers


@pytest.mark.django_db(transaction=True)
def test_codes_have_no_gaps_whoever_draws_them_at_once():
    role = make_role()

    def hire(number: int) -> Any:
        data = {"first_name": "A", "last_name": "B", "role": role}
        # Every third one fails after its number was drawn, and gives it back.
        email = f"p{number}@firma.example" if number % 3 else "taken@firma.example"
        return create_employee(by=None, email=email, **data)

    make_employee(email="taken@firma.example")
    answers = together(*[lambda n=n: hire(n) for n in range(12)])
    hired = [answer for answer in answers if isinstance(answer, Employee)]
    assert len(hired) == 8
    numbers = sorted(
        int(code[4:]) for code in Employee.objects.values_list("employee_code", flat=True)
    )
    assert numbers == list(range(numbers[0], numbers[0] + 9))


# --- Leaving ------------------------------------------------------------------------------------


def test_deactivating_ends_the_access_and_keeps_the_row(admin, worker):
    tokens = [make_api_token(worker), make_api_token(worker)]
    salt = worker.session_salt
    person = deactivate_employee(worker, by=admin)
    assert person.status == "inactive"
    assert not person.is_active
    assert person.session_salt != salt
    for token in tokens:
        token.refresh_from_db()
        assert token.status == "revoked"
    assert Employee.objects.filter(pk=worker.pk).exists()


def test_deactivating_again_changes_nothing(admin, worker):
    first = deactivate_employee(worker, by=admin)
    again = deactivate_employee(worker, by=admin)
    again.refresh_from_db()
    assert again.session_salt == first.session_salt


def test_coming_back_does_not_bring_tokens_back(admin, worker):
    token = make_api_token(worker)
    deactivate_employee(worker, by=admin)
    person = change_employee(worker, by=admin, status="active")
    assert person.is_active
    token.refresh_from_db()
    assert token.revoked_at


def test_a_department_or_role_in_use_stays(admin):
    department = make_department()
    person = make_employee(department=department)
    for obj in (department, person.role):
        with pytest.raises(Conflict) as caught:
            services.delete(obj, by=admin)
        assert caught.value.code == "in_use"
    spare = make_role("Spare", [])
    delete_role(spare, by=admin)
    assert not Role.objects.filter(name="Spare").exists()
    services.delete(make_department(name="Spare"), by=admin)
    assert not Department.objects.filter(name="Spare").exists()


# --- Oneself, tokens, invitations ---------------------------------------------------------------


def test_everybody_changes_their_own_contact_and_nothing_else(worker):
    changed = change_own_profile(worker, by=worker, phone="030 1", theme="catppuccin-latte")
    assert (changed.phone, changed.theme) == ("030 1", "catppuccin-latte")
    for name, value in (("role", make_role("Admin")), ("email", "x@y.example"), ("cost_rate", 1)):
        error = refused(change_own_profile, worker, by=worker, **{name: value})
        assert list(error.error_dict) == [name]


def test_everybody_makes_their_own_tokens_alone(admin, worker):
    with pytest.raises(Forbidden):
        create_token(worker, by=admin, name="Mine now")
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("scopes", [["A b"], ["a..b"], [""], "backoffice.*"])
def test_a_token_refuses_scopes_that_are_no_patterns(worker, scopes):
    assert "scopes" in refused(create_token, worker, by=worker, name="x", scopes=scopes).error_dict


def test_a_scoped_token_makes_no_stronger_one(admin):
    admin.limit_to(["employees.*"])
    assert "scopes" in refused(create_token, admin, by=admin, name="x").error_dict
    assert create_token(admin, by=admin, name="x", scopes=["employees.role.view"])


def test_a_token_of_a_stronger_person_is_not_revoked(hr, admin, worker):
    token = make_api_token(admin)
    assert refused(revoke_token, token, by=hr)
    token.refresh_from_db()
    assert token.status == "valid"
    assert revoke_token(make_api_token(worker), by=hr).status == "revoked"
    first = revoke_token(token, by=admin)
    assert revoke_token(token, by=admin).revoked_at == first.revoked_at


def test_an_inactive_person_gets_neither_token_nor_invitation(admin, worker):
    deactivate_employee(worker, by=admin)
    worker.refresh_from_db()
    for act in (
        lambda: create_token(worker, by=worker, name="x"),
        lambda: invite_employee(worker, by=admin),
    ):
        error = refused(act)
        assert isinstance(error, Conflict)
        assert error.code == "inactive"


def test_roles_are_seeded_once_and_are_all_well_formed():
    before = Role.objects.count()
    assert before == len(SEEDED_ROLES)
    Role.objects.get(name="External").delete()
    seed_roles()
    assert Role.objects.count() == before - 1


def test_management_may_hire_for_every_role_but_the_administrators():
    boss = make_employee(role=make_role("Management"))
    for name in SEEDED_ROLES:
        assert boss.holds(SEEDED_ROLES[name][1]) is (name != "Admin"), name


def test_tokens_of_the_factory_work(worker):
    assert make_token(worker).startswith(ApiToken.PREFIX)


def test_nobody_changes_their_own_supervisor(admin):
    boss = make_employee()
    person = make_employee(role=admin.role, reports_to=boss)
    with pytest.raises(ValidationError) as refused:
        change_employee(person, by=person, reports_to=None)
    assert "reports_to" in refused.value.message_dict
    assert change_employee(person, by=admin, reports_to=None).reports_to is None


def test_an_invitation_is_mailed_once_a_minute(admin):
    person = make_employee()
    invite_employee(person, by=admin)
    with pytest.raises(Conflict) as refused:
        invite_employee(person, by=admin)
    assert refused.value.code == "just_invited"
