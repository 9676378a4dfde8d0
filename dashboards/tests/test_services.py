"""Boards, their one default, and settings that are the person's own fields."""

import operator

import pytest
from django.core.exceptions import ValidationError

from dashboards.layout import check_config
from dashboards.models import Dashboard, RoleBoard
from dashboards.services import (
    MAX_DASHBOARDS,
    begin_roles_with,
    change_dashboard,
    change_preferences,
    change_settings,
    delete_dashboard,
    first_dashboard,
    place_widgets,
    preferences_of,
    settings_of,
)
from dashboards.tests.factories import make_dashboard, widget
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from workmate.errors import Conflict
from workmate.registry import registry
from workmate.tests.threads import at_once, failures


def defaults(person: Employee) -> list[str]:
    return [board.name for board in Dashboard.objects.filter(owner=person).default()]


def test_the_first_board_is_the_default_and_the_mark_moves(worker: Employee) -> None:
    make_dashboard(worker, name="One")
    second = make_dashboard(worker, name="Two")
    assert defaults(worker) == ["One"]
    change_dashboard(second, by=worker, is_default=True)
    assert defaults(worker) == ["Two"]
    make_dashboard(worker, name="Three", is_default=True)
    assert defaults(worker) == ["Three"]


def test_the_mark_passes_to_the_oldest_other_board(worker: Employee) -> None:
    one = make_dashboard(worker, name="One")
    assert change_dashboard(one, by=worker, is_default=False).is_default
    make_dashboard(worker, name="Two")
    change_dashboard(one, by=worker, is_default=False)
    assert defaults(worker) == ["Two"]
    change_dashboard(one, by=worker, is_default=True)
    delete_dashboard(one, by=worker)
    assert defaults(worker) == ["Two"]


@pytest.mark.django_db(transaction=True)
def test_two_defaults_at_the_same_moment_leave_one() -> None:
    person = make_employee(role=make_role("Employee"))
    boards = [make_dashboard(person, name=f"Board {number}") for number in range(4)]
    results = at_once(
        *(
            lambda board=board: change_dashboard(board, by=person, is_default=True)  # type: ignore[misc]
            for board in boards[1:]
        ),
        lambda: make_dashboard(person, name="New", is_default=True),
        lambda: delete_dashboard(boards[0], by=person),
    )
    assert not failures(results)
    assert len(defaults(person)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_visits_at_the_same_moment_make_each_board_once() -> None:
    person = make_employee(role=make_role("Employee"))
    results = at_once(*[lambda: first_dashboard(person)] * 4)
    assert not failures(results)
    boards = Dashboard.objects.filter(owner=person)
    assert sorted(board.is_default for board in boards) == [False, True]


def test_the_first_boards_hold_only_what_the_person_may_see(
    admin: Employee, worker: Employee
) -> None:
    kinds = {}
    for person in (admin, worker):
        first_dashboard(person)
        for board in Dashboard.objects.filter(owner=person):
            check_config(board.config_json)
            kinds[person, board.name] = {row["type"] for row in board.config_json["widgets"]}
    assert kinds[worker, "My day"] == {"time_tracker", "upcoming_reminders", "my_projects"}
    assert kinds[worker, "Figures"] == {"stats", "hours"}
    assert {"unbilled_hours", "open_invoices"} < kinds[admin, "My day"]
    assert {"revenue", "recent_activity"} < kinds[admin, "Figures"]
    # Who may see no figures has one board.
    alone = make_employee(role=make_role("Reader", ["reminders.reminder.view"]))
    first_dashboard(alone)
    assert [board.name for board in Dashboard.objects.filter(owner=alone)] == ["My day"]


def test_it_refuses_a_widget_that_the_person_may_not_see(worker: Employee) -> None:
    with pytest.raises(ValidationError, match=r"widgets\[0\]\.type: you may not"):
        make_dashboard(worker, config_json={"widgets": [widget("revenue")]})


def test_it_refuses_more_boards_than_there_may_be(worker: Employee) -> None:
    for _number in range(MAX_DASHBOARDS):
        make_dashboard(worker)
    with pytest.raises(ValidationError):
        make_dashboard(worker)


def test_places_are_written_at_once_or_not_at_all(worker: Employee) -> None:
    rows = [widget("hours"), widget("time_tracker", x=6)]
    board = make_dashboard(worker, config_json={"widgets": rows})
    # What the worker lost the right to see, and what is gone, do not stand in the way.
    before = {"widgets": [*rows, widget("revenue", y=4), widget("gone", y=9)]}
    Dashboard.objects.filter(pk=board.pk).update(config_json=before)
    after = {"widgets": [widget("hours", y=5), widget("time_tracker"), widget("revenue", x=6, y=0)]}
    for wrong, told in (
        ({"widgets": [widget("hours"), widget("revenue", x=2)]}, "lies upon"),
        ({"widgets": [widget("hours", w=2)]}, "not smaller than 3 by 4"),
        ({"widgets": [widget("open_invoices")]}, "you may not see"),
        ({"widgets": [widget("hours", x=9)]}, "outside"),
        ({"widgets": [widget("hours")] * 30}, "too many"),
        (None, "wrong type"),
    ):
        with pytest.raises(ValidationError, match=told):
            place_widgets(board, by=worker, before=before, after=wrong)
    with pytest.raises(Conflict):
        place_widgets(board, by=worker, before=after, after=after)
    board.refresh_from_db()
    assert board.config_json == before
    kept = place_widgets(board, by=worker, before=before, after=after).config_json["widgets"]
    assert [row["position"]["y"] for row in kept] == [4, 0, 0]  # the empty line is closed


def test_no_widget_is_made_smaller_than_its_kind_may_be(worker: Employee) -> None:
    with pytest.raises(ValidationError, match="not smaller"):
        make_dashboard(worker, config_json={"widgets": [widget("hours", h=1)]})
    board = make_dashboard(worker)
    small = {"widgets": [widget("hours", w=1, h=1)]}
    Dashboard.objects.filter(pk=board.pk).update(config_json=small)
    # What was so before stays so, and does not stand in the way of another name.
    assert change_dashboard(board, by=worker, name="New", config_json=small).name == "New"
    for item in registry.widgets("dashboard"):
        assert all(map(operator.le, item.least, item.size)), item.key


def test_people_of_a_role_begin_with_a_copy_of_the_board_chosen_for_it(
    admin: Employee, worker: Employee
) -> None:
    rows = [widget("revenue"), widget("hours", y=4), widget("time_tracker", x=6, y=4)]
    board = make_dashboard(admin, name="Start", config_json={"widgets": rows})
    begin_roles_with(board, by=admin, roles=[worker.role])
    other = make_dashboard(admin, name="Other")
    begin_roles_with(other, by=admin, roles=[worker.role])
    assert RoleBoard.objects.get().dashboard == other
    begin_roles_with(board, by=admin, roles=[worker.role, admin.role])
    begin_roles_with(board, by=admin, roles=[worker.role])
    assert RoleBoard.objects.get().role == worker.role
    first = first_dashboard(worker)
    assert (first.owner, first.name) == (worker, "Start")
    # Without the revenue, which a worker may not see; the gap is closed.
    assert {row["type"]: row["position"]["y"] for row in first.config_json["widgets"]} == {
        "hours": 0,
        "time_tracker": 0,
    }
    delete_dashboard(board, by=admin)
    assert first_dashboard(worker) == first
    fresh = make_employee(role=worker.role)
    assert first_dashboard(fresh).name == "My day"


def test_only_who_may_change_roles_chooses_with_what_others_begin(
    admin: Employee, worker: Employee
) -> None:
    for board, by in ((make_dashboard(worker), worker), (make_dashboard(worker), admin)):
        with pytest.raises(ValidationError):
            begin_roles_with(board, by=by, roles=[worker.role])
    assert not RoleBoard.objects.exists()


def test_the_theme_mode_is_the_persons_theme(worker: Employee) -> None:
    worker.theme = Employee.Theme.MOCHA
    worker.save()
    for mode, theme in (
        ("dark", "catppuccin-mocha"),
        ("light", "catppuccin-latte"),
        ("system", "system"),
        ("dark", "catppuccin-mocha"),
    ):
        row = change_preferences(preferences_of(worker), by=worker, theme_mode=mode)
        worker.refresh_from_db()
        assert (row.theme_mode, worker.theme) == (mode, theme)


def test_settings_are_written_to_the_person_and_read_from_them(worker: Employee) -> None:
    change_settings(settings_of(worker), by=worker, language="en", notifications_enabled=False)
    worker.refresh_from_db()
    assert (worker.language, worker.notifications_enabled) == ("en", False)
    worker.timezone = "Europe/Vienna"
    worker.save()
    assert settings_of(worker).timezone == "Europe/Vienna"
    with pytest.raises(ValidationError):
        change_settings(settings_of(worker), by=worker, timezone="Nowhere/Land")


@pytest.mark.parametrize("value", [None, {}, "x", [1], [""], ["a\0"], ["a" * 61], ["a"] * 51])
def test_it_refuses_lists_of_anything_but_short_words(worker: Employee, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        change_preferences(preferences_of(worker), by=worker, dock_order=value)
    assert "dock_order" in refused.value.message_dict
