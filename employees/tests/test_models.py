"""People, departments, roles, tokens: what holds for each by itself."""

import datetime as dt

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from employees.models import ApiToken, Employee, Role
from employees.querysets import EmployeeQuerySet
from employees.tests.factories import (
    make_api_token,
    make_department,
    make_employee,
    make_role,
)
from workmate import services
from workmate.permissions import granted, subsumes


def person_with(*patterns: str) -> Employee:
    return make_employee(role=make_role(f"Role {patterns}", list(patterns)))


@pytest.mark.parametrize(
    ("patterns", "perm", "may"),
    [
        (["*"], "employees.delete_role", True),
        (["backoffice.*"], "crm.view_customer", True),
        (["backoffice.*"], "employees.view_role", False),
        (["backoffice.*.*.view"], "crm.view_customer", True),
        (["backoffice.*.*.view"], "crm.change_customer", False),
        (["backoffice.*.view"], "crm.view_customer", False),
        (["employees.role.view"], "employees.view_role", True),
        (["employees.role.view"], "employees.view_role_too", False),
        (["employees.rol.*"], "employees.view_role", False),
        ([], "employees.view_employee", True),
        ([], "employees.view_role", False),
    ],
)
def test_a_role_grants_what_its_patterns_cover(patterns, perm, may):
    assert person_with(*patterns).has_perm(perm) is may


def test_an_inactive_person_may_nothing():
    person = person_with("*")
    person.status = Employee.Status.INACTIVE
    assert not person.has_perm("employees.view_employee")
    assert not person.is_superuser
    assert not person.is_staff
    assert not person.holds(["employees.employee.view"])


def test_somebody_on_leave_may_what_they_always_may():
    person = make_employee(status=Employee.Status.ON_LEAVE)
    assert person.is_active
    assert person.has_perm("employees.view_employee")


def test_scopes_limit_what_the_role_grants():
    person = person_with("backoffice.*")
    person.limit_to(["backoffice.crm.*", "employees.role.view"])
    assert person.has_perm("crm.view_customer")
    assert not person.has_perm("invoices.view_invoice")
    assert not person.has_perm("employees.view_role")
    assert not person.has_perm("employees.view_employee")


def test_answers_of_before_do_not_outlive_new_scopes(admin):
    assert admin.has_perm("crm.view_customer")
    admin.limit_to(["employees.*"])
    assert not admin.has_perm("crm.view_customer")


def test_a_scoped_administrator_is_no_superuser(admin):
    assert admin.is_superuser
    admin.limit_to(["*"])
    assert admin.is_superuser
    admin.limit_to(["employees.*"])
    assert not admin.is_superuser


@pytest.mark.parametrize(
    ("mine", "other", "covers"),
    [
        ("*", "*", True),
        ("*", "a.b.c", True),
        ("*", "a.*", True),
        ("a.*", "a.b", True),
        ("a.*", "a.b.*", True),
        ("a.*", "a.*.view", True),
        ("a.*", "*", False),
        ("a.*", "a", False),
        ("a.*", "*.b", False),
        ("a.*.view", "a.b.view", True),
        ("a.*.view", "a.*.view", True),
        ("a.*.view", "a.b.*", False),
        ("a.*.view", "a.b.c.view", False),
        ("a.b", "a.b", True),
        ("a.b", "a.*", False),
        ("a.b", "a.b.c", False),
        ("*.view", "a.view", True),
        ("*.view", "*", False),
        ("*.view", "*.*", False),
    ],
)
def test_a_pattern_covers_another(mine, other, covers):
    assert subsumes(mine, other) is covers
    if covers and "*" not in other:
        assert granted([mine], other)


def test_codes_that_do_not_exist_yet_are_held_only_by_a_pattern_that_covers_them():
    codes = ("employees.role.view", "employees.role.add", "employees.role.change")
    clerk = person_with(*codes, "employees.role.delete")
    assert clerk.holds(["employees.role.add"])
    assert not clerk.holds(["employees.role.*"])
    assert not clerk.holds(["documents.*"])
    assert person_with("documents.*").holds(["documents.document.*"])


@pytest.mark.parametrize(
    "patterns",
    [
        "*",
        {"a": 1},
        [1],
        [None],
        ["a b"],
        ["A.b"],
        [""],
        ["a..b"],
        ["a.*x"],
        ["a" * 201],
        ["a"] * 501,
    ],
)
def test_a_role_refuses_what_is_no_list_of_patterns(patterns):
    with pytest.raises(ValidationError) as refused:
        services.create(Role, by=None, name="Odd", permissions_json=patterns)
    assert "permissions_json" in refused.value.error_dict


def test_two_roles_do_not_share_a_sign_on_role():
    make_role("One", [], keycloak_id="sso-1")
    with pytest.raises(ValidationError):
        make_role("Two", [], keycloak_id="sso-1")
    make_role("Three", [])
    make_role("Four", [])


def test_the_state_follows_the_status():
    person = make_employee()
    assert person.is_active
    Employee.objects.filter(pk=person.pk).update(status="inactive")
    person.refresh_from_db()
    assert not person.is_active
    assert not Employee.objects.active().filter(pk=person.pk).exists()


def test_an_address_is_kept_in_lower_case_and_found_in_any():
    person = make_employee(email="Erika.Muster@Firma.Example")
    assert person.email == "erika.muster@firma.example"
    assert Employee.objects.get_by_natural_key(" ERIKA.muster@firma.example ") == person
    with pytest.raises(ValidationError) as refused:
        make_employee(email="ERIKA.MUSTER@firma.example")
    assert "email" in refused.value.error_dict


def test_codes_are_drawn_and_unique():
    first, second = make_employee(), make_employee()
    assert first.employee_code.startswith("KIT-")
    assert int(second.employee_code[4:]) == int(first.employee_code[4:]) + 1
    with pytest.raises(ValidationError) as refused:
        make_employee(employee_code=first.employee_code)
    assert "employee_code" in refused.value.error_dict


def test_a_code_is_not_taken_away():
    person = make_employee()
    with pytest.raises(ValidationError) as refused:
        services.change(person, by=None, employee_code="")
    assert "employee_code" in refused.value.error_dict


def test_a_code_typed_by_hand_is_passed_over():
    number = int(make_employee().employee_code[4:])
    make_employee(employee_code=f"KIT-{number + 1:04d}")
    assert make_employee().employee_code == f"KIT-{number + 2:04d}"


def test_nobody_leaves_before_they_came():
    with pytest.raises(ValidationError):
        make_employee(hire_date=dt.date(2025, 2, 1), termination_date=dt.date(2025, 1, 31))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Europe/Atlantis"),
        ("language", "tlh"),
        ("theme", "neon"),
        ("status", "gone"),
        ("employment_type", "slave"),
        ("gender", "x"),
        ("email", "nobody"),
        ("cost_rate", -1),
        ("first_name", ""),
    ],
)
def test_a_value_that_is_none_of_the_choices_is_refused(field, value):
    with pytest.raises(ValidationError) as refused:
        make_employee(**{field: value})
    assert field in refused.value.error_dict


def test_nobody_leads_themselves_not_even_in_a_circle():
    top = make_employee()
    middle = make_employee(reports_to=top)
    low = make_employee(reports_to=middle)
    for leader in (top, middle, low):
        with pytest.raises(ValidationError) as refused:
            services.change(top, by=None, reports_to=leader)
        assert "reports_to" in refused.value.error_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.filter(pk=top.pk).update(reports_to=top)


def test_an_inactive_person_leads_nobody_new():
    gone = make_employee()
    report, department = make_employee(reports_to=gone), make_department(manager=gone)
    services.delete(gone, by=None)
    for obj, field in ((make_employee(), "reports_to"), (make_department(), "manager")):
        with pytest.raises(ValidationError) as refused:
            services.change(obj, by=None, **{field: gone})
        assert field in refused.value.error_dict
    # What stood before does not stand in the way of other changes.
    services.change(report, by=None, phone="1")
    services.change(department, by=None, code="X")


def test_personal_data_is_for_the_person_and_for_holders_of_the_right(admin, worker):
    other = make_employee()
    assert other.concealed_from(admin) == frozenset()
    assert other.concealed_from(worker) == Employee.PERSONAL | Employee.SECRET | Employee.SIGN_IN
    assert worker.concealed_from(worker) == Employee.SECRET


def test_names_speak_for_the_person():
    person = make_employee(first_name="Ada", last_name="Byron")
    assert (str(person), person.initials, person.hint) == ("Ada Byron", "AB", person.email)
    boss = make_employee()
    services.change(person, by=None, reports_to=boss, department=make_department(name="Research"))
    person.refresh_from_db()
    assert person.supervisor == boss
    assert person.hint == "Research"


def test_a_query_counts_only_the_active_administrators(admin):
    services.delete(make_employee(role=make_role("Admin")), by=None)
    assert list(Employee.objects.administrators()) == [admin]
    assert admin in Employee.objects.holding("employees.delete_role")


def test_a_token_knows_how_it_stands():
    person = make_employee()
    valid = make_api_token(person)
    assert valid.status == "valid"
    valid.expires_at = timezone.now() - dt.timedelta(seconds=1)
    assert valid.status == "expired"
    valid.revoked_at = timezone.now()
    assert valid.status == "revoked"


def test_only_a_tokens_hash_is_kept(worker):
    token = make_api_token(worker)
    secret = ApiToken.new_secret()
    assert len(secret) > 40
    assert secret != ApiToken.new_secret()
    assert token.token_hash != secret
    assert len(token.token_hash) == 64


def test_the_history_keeps_no_secrets(worker):
    token = make_api_token(worker)
    worker.set_password("something else entirely")
    worker.save()
    changes = str([entry.changes for entry in LogEntry.objects.all()])
    assert token.name in changes
    for name in ("token_hash", token.token_hash, "password", "session_salt", worker.password):
        assert name not in changes


def test_the_manager_reads_what_the_queryset_says():
    assert isinstance(Employee.objects.all(), EmployeeQuerySet)


def test_the_first_administrator_comes_from_the_command_line():
    call_command(
        "createsuperuser",
        interactive=False,
        email="Chef@Firma.example",
        first_name="Carla",
        last_name="Chef",
        verbosity=0,
    )
    person = Employee.objects.get(email="chef@firma.example")
    assert person.has_perm("employees.change_role")
    assert person.employee_code
