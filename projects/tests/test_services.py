"""What may be done with projects and members, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_employee, make_role
from invoices.tests.factories import make_invoice
from projects.models import Project, ProjectMember
from projects.services import (
    add_project_member,
    change_project,
    change_project_member,
    complete_project,
    create_project,
    delete_project,
    remove_project_member,
    reopen_project,
)
from projects.tests.factories import make_project, make_project_member
from system.models import ActivityEntry
from timetracking.tests.factories import make_time_entry
from workmate import services
from workmate.errors import Conflict
from workmate.events import happened
from workmate.tests.threads import at_once


@pytest.fixture
def told() -> Any:
    """What happens: verb, target, and what else it is about."""
    found: list[tuple[str, Any, set[Any]]] = []

    def listener(sender: Any, event: Any, **kwargs: Any) -> None:
        found.append((event.verb, event.target, {other.pk for other in event.about}))

    happened.connect(listener)
    yield found
    happened.disconnect(listener)


@pytest.fixture
def founder() -> Employee:
    """May add projects, and sees only their own."""
    rights = ["backoffice.projects.project.add", "backoffice.projects.project.view"]
    return make_employee(role=make_role("Founder", rights))


def inactive_employee() -> Employee:
    return deactivate_employee(make_employee(), by=None)


# Creating
def test_who_sees_all_manages_only_what_they_ask_for(clerk: Employee) -> None:
    project = create_project(by=clerk, customer=make_customer(), title="Portal")
    assert project.project_manager is None
    assert not project.members.exists()


def test_who_would_not_see_it_becomes_the_manager(founder: Employee) -> None:
    project = create_project(by=founder, customer=make_customer(), title="Portal")
    assert project.project_manager == founder
    assert not project.members.exists()
    assert project in Project.objects.visible_to(founder)


def test_who_would_not_see_it_takes_part_beside_another_manager(founder: Employee) -> None:
    other = make_employee()
    project = create_project(
        by=founder, customer=make_customer(), title="Portal", project_manager=other
    )
    assert project.project_manager == other
    assert [member.employee for member in project.members.all()] == [founder]
    assert project in Project.objects.visible_to(founder)


def test_an_inactive_manager_is_refused() -> None:
    gone = inactive_employee()
    with pytest.raises(ValidationError) as caught:
        make_project(project_manager=gone)
    assert "project_manager" in caught.value.error_dict
    assert not Project.objects.exists()
    with pytest.raises(ValidationError) as caught:
        change_project(make_project(), by=None, project_manager=gone)
    assert "project_manager" in caught.value.error_dict


def test_a_project_whose_manager_left_can_still_be_changed() -> None:
    manager = make_employee()
    project = make_project(project_manager=manager)
    deactivate_employee(manager, by=None)
    changed = change_project(project, by=None, title="Else", project_manager=manager)
    assert (changed.title, changed.project_manager) == ("Else", manager)


def test_creating_is_told_about_the_customer(told: Any) -> None:
    customer = make_customer()
    told.clear()
    project = make_project(customer=customer)
    assert told == [("created", project, {customer.pk})]


# Completing and reopening
@pytest.mark.parametrize("status", ["planning", "active", "on_hold"])
def test_an_unfinished_project_is_completed(status: str, told: Any) -> None:
    project = complete_project(make_project(status=status), by=None)
    project.refresh_from_db()
    assert project.status == "completed"
    assert told[-1] == ("completed", project, {project.customer_id})


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_finished_project_is_reopened(status: str, told: Any) -> None:
    project = make_project(status=status)
    with pytest.raises(Conflict) as caught:
        complete_project(project, by=None)
    assert caught.value.code == "finished"
    assert reopen_project(project, by=None).is_active
    assert told[-1] == ("reopened", project, {project.customer_id})
    with pytest.raises(Conflict) as caught:
        reopen_project(project, by=None)
    assert caught.value.code == "not_finished"


# Deleting
def test_a_project_without_bookings_goes_with_its_members(told: Any) -> None:
    project = make_project_member().project
    services.delete(project, by=None)
    assert not Project.objects.exists()
    assert not ProjectMember.objects.exists()
    assert [verb for verb, _target, _about in told][-1] == "deleted"


@pytest.mark.parametrize(
    ("book", "name"),
    [
        (lambda project: make_time_entry(project=project), "time_entry"),
        (lambda project: make_invoice(project=project), "invoice"),
    ],
)
def test_a_booked_project_stays(book: Callable[[Project], Any], name: str, told: Any) -> None:
    project = make_project()
    kept = book(project)
    told.clear()
    with pytest.raises(Conflict) as caught:
        delete_project(project, by=None)
    error = caught.value
    assert error.code == "in_use"
    assert str(type(kept)._meta.verbose_name_plural) in error.messages[0]
    assert Project.objects.filter(pk=project.pk).exists()
    assert not told


def test_everything_that_is_in_the_way_is_named() -> None:
    project = make_project()
    make_time_entry(project=project)
    make_invoice(project=project)
    with pytest.raises(Conflict) as caught:
        delete_project(project, by=None)
    names = [
        str(model._meta.verbose_name_plural)
        for model in (type(project.time_entries.get()), type(project.invoices.get()))
    ]
    assert all(name in caught.value.messages[0] for name in names)


def test_what_was_deleted_meanwhile_is_gone() -> None:
    project = make_project()
    delete_project(Project.objects.get(), by=None)
    for act in (delete_project, complete_project):
        with pytest.raises(Conflict) as caught:
            act(project, by=None)
        assert caught.value.code == "gone"


# Members
def test_a_member_is_added_and_removed(clerk: Employee, worker: Employee, told: Any) -> None:
    project = make_project()
    told.clear()
    member = add_project_member(by=clerk, project=project, employee=worker, role="Design")
    about = {project.pk, worker.pk}
    assert told == [("created", member, about)]
    assert project in Project.objects.visible_to(worker)
    remove_project_member(member, by=clerk)
    assert [(verb, others) for verb, _target, others in told][-1] == ("deleted", about)
    assert project not in Project.objects.visible_to(worker)


def test_members_stand_in_the_projects_history(clerk: Employee, worker: Employee) -> None:
    member = add_project_member(by=clerk, project=make_project(), employee=worker)
    entries = ActivityEntry.objects.timeline(member.project, clerk)
    assert [(entry.target_type, entry.actor) for entry in entries] == [
        ("ProjectMember", clerk),
        ("Project", None),
    ]


def test_nobody_takes_part_twice(worker: Employee) -> None:
    member = make_project_member(employee=worker)
    with pytest.raises(ValidationError):
        add_project_member(by=None, project=member.project, employee=worker)
    assert ProjectMember.objects.count() == 1


def test_an_inactive_person_does_not_take_part() -> None:
    with pytest.raises(ValidationError) as caught:
        add_project_member(by=None, project=make_project(), employee=inactive_employee())
    assert "employee" in caught.value.error_dict


def test_a_project_that_one_does_not_see_gets_no_members(worker: Employee) -> None:
    project = make_project()
    with pytest.raises(ValidationError) as caught:
        add_project_member(by=worker, project=project, employee=worker)
    assert "project" in caught.value.error_dict
    assert not project.members.exists()


def test_only_the_part_of_a_member_changes() -> None:
    member = make_project_member(role="Design")
    same = {"project": member.project, "employee": member.employee}
    assert change_project_member(member, by=None, role="Lead", **same).role == "Lead"
    for name, other in (("project", make_project()), ("employee", make_employee())):
        with pytest.raises(ValidationError) as caught:
            change_project_member(member, by=None, **{name: other})
        assert name in caught.value.error_dict
    with pytest.raises(ValidationError) as caught:
        change_project_member(member, by=None, role="x" * 101)
    assert "role" in caught.value.error_dict


# At the same moment
@pytest.mark.django_db(transaction=True)
def test_numbers_are_unique_and_gapless_under_parallel_writes_and_rollbacks() -> None:
    customer = make_customer()

    def make() -> Project:
        return create_project(by=None, customer=customer, title="Portal")

    def roll_back() -> None:
        with transaction.atomic():
            make()
            transaction.set_rollback(True)

    results = at_once(*[make, roll_back, make] * 6)
    assert not [result for result in results if isinstance(result, Exception)]
    numbers = sorted(Project.objects.values_list("project_number", flat=True))
    assert [number[-3:] for number in numbers] == [f"{number:03d}" for number in range(1, 13)]
    assert len({number[:-3] for number in numbers}) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_additions_of_one_person_exactly_one_stays() -> None:
    project, person = make_project(), make_employee()
    results = at_once(*[lambda: add_project_member(by=None, project=project, employee=person)] * 6)
    assert len([result for result in results if isinstance(result, ProjectMember)]) == 1
    assert len([result for result in results if isinstance(result, ValidationError)]) == 5


@pytest.mark.django_db(transaction=True)
def test_nothing_is_booked_on_a_project_that_goes_at_the_same_moment() -> None:
    for _round in range(3):
        project, person = make_project(), make_employee()
        at_once(
            lambda project=project: delete_project(project, by=None),  # type: ignore[misc]
            lambda project=project, person=person: make_time_entry(  # type: ignore[misc]
                project=project, employee=person
            ),
        )
        entries = Project.time_entries.rel.related_model.objects.filter(project_id=project.pk)
        assert Project.objects.filter(pk=project.pk).exists() is entries.exists()
