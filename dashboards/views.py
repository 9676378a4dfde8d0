"""Pages for dashboards, and for one's own settings and look."""

import json
import logging
from contextlib import nullcontext
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from dashboards.filters import DashboardFilter
from dashboards.forms import BoardForm, DashboardForm, SettingsForm
from dashboards.layout import board_widget, least_of, may_see, widgets_for
from dashboards.models import Dashboard
from dashboards.services import (
    add_widget,
    arrange_widget,
    change_preferences,
    delete_view,
    first_dashboard,
    place_widgets,
    preferences_of,
    save_view,
)
from employees.models import Employee
from workmate.permissions import perm_of
from workmate.registry import registry
from workmate.views import Column, DetailPage, FormPage, ModelPages, Page, errors_of, parts_of
from workmate.views.base import wanted_address
from workmate.views.state import view_query

logger = logging.getLogger(__name__)
HOME = "dashboards:home"


def greeting(person: Any) -> str:
    """A word for the hour, and the first name."""
    hour = timezone.localtime().hour
    if hour < 5 or hour >= 18:
        text = _("Good evening, %(name)s")
    elif hour < 11:
        text = _("Good morning, %(name)s")
    else:
        text = _("Good day, %(name)s")
    return text % {"name": person.first_name}


def in_order(board: Dashboard) -> list[tuple[int, dict[str, Any]]]:
    """The board's widgets as they are read, each with its number in the configuration."""
    numbered = enumerate(board.config_json["widgets"])
    return sorted(
        numbered, key=lambda item: (item[1]["position"]["y"], item[1]["position"]["x"], item[0])
    )


def place_of(row: dict[str, Any]) -> dict[str, Any]:
    """The place of a widget as the style sheet reads it: lines in tens and ones."""
    place = row["position"]
    tens = {f"{name}10": place[name] // 10 for name in ("y", "h")}
    ones = {f"{name}1": place[name] % 10 for name in ("y", "h")}
    return {**place, **tens, **ones}


def board_context(
    request: HttpRequest, board: Dashboard, boards: list[Dashboard]
) -> dict[str, Any]:
    """A board with its widgets drawn, and all boards to switch between."""
    may_change = request.user.has_perm(perm_of(Dashboard, "change"))
    may_view = request.user.has_perm(perm_of(Dashboard, "view"))
    return {
        "object": board,
        "greeting": greeting(request.user) if board.is_default else board.name,
        "boards": [
            {
                "name": each.name,
                "url": reverse(HOME) if each.is_default else each.get_absolute_url(),
                "is_current": each.pk == board.pk,
            }
            for each in boards
            if may_view or each.is_default
        ],
        "cards": [card(request, row) for _number, row in in_order(board)],
        "edit_url": DashboardPages.url("edit", board.pk) if may_view and may_change else None,
    }


def above_board(request: HttpRequest) -> list[dict[str, Any]]:
    """What modules have to say above the first board at the moment; mostly nothing."""
    found = []
    for widget in registry.held(registry.widgets("home"), request.user):
        if context := widget.context(request):
            found.append({"template": widget.template, "context": context})
    return found


class HomePage(LoginRequiredMixin, View):
    """The start page: the person's default board, for everybody who is signed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The board; made where the person has none."""
        boards = list(Dashboard.objects.of(request.user))
        board = next((each for each in boards if each.is_default), None)
        if board is None:
            board = first_dashboard(request.user)  # type: ignore[arg-type]
            boards = list(Dashboard.objects.of(request.user))
        context = {
            "title": board.name,
            "crumbs": [(board.name, None)],
            **board_context(request, board, boards),
            "above": above_board(request),
        }
        return TemplateResponse(request, "dashboards/dashboard_detail.html", context)


class BoardPage(DetailPage):
    """One board, drawn."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The board's widgets in their places."""
        board = self.object()
        boards = list(self.pages.rows(request.user))
        title = str(board)
        context = board_context(request, board, boards)
        return self.page({"title": title, "crumbs": self.crumbs(title), **context})


class BoardFormPage(FormPage):
    """A new board, and the page on which a board is arranged."""

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        """Widgets are ticked on a new board, and arranged on one that there is."""
        if obj is None:
            return super().form(obj, data, files)
        return BoardForm(data, files, instance=obj, user=self.request.user)

    def render(self, obj: Any, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        """The form; below it, of a board that there is, the plan of its widgets."""
        if obj is not None:
            self.kind = "edit"
            may_delete = self.request.user.has_perm(perm_of(Dashboard, "delete"))
            more |= {
                **plan_of(self.request, obj),
                "delete_url": self.pages.url("delete", obj.pk) if may_delete else None,
                "list_url": self.pages.url("list"),
            }
        return super().render(obj, form, status, **more)


class DashboardPages(ModelPages):
    """One's own dashboards."""

    model = Dashboard
    form_class = DashboardForm
    filter_class = DashboardFilter
    detail_page = BoardPage
    form_page = BoardFormPage
    prefix, icon, group = "dashboards", "layout-dashboard", "overview"
    empty_text = gettext_lazy("A dashboard shows the widgets that you choose.")
    columns = [
        "name",
        Column("is_default", gettext_lazy("Start page")),
        Column("created_at", css="wide-only"),
    ]


def plan_of(request: HttpRequest, board: Dashboard) -> dict[str, Any]:
    """The board's widgets by name and place, and those that may be added."""
    person: Any = request.user
    used = {row["type"] for row in board.config_json["widgets"]}
    plan = []
    for number, row in in_order(board):
        widget = board_widget(row["type"])
        title = widget.label if widget and may_see(widget, person) else row["type"]
        least = least_of(row["type"])
        found = {"number": number, "key": row["type"], "title": title, "least": least}
        plan.append({**place_of(row), **found, "said": said_of(row["position"])})
    return {
        "object": board,
        "plan": plan,
        "layout": json.dumps(board.config_json),
        "stamp": board.updated_at.isoformat(),
        "addable": [widget for widget in widgets_for(person) if widget.key not in used],
        "action_url": reverse("dashboards:dashboard-widgets", args=[board.pk]),
    }


def said_of(place: dict[str, int]) -> str:
    """A place in words."""
    return _("column %(x)s, line %(y)s, %(w)s wide, %(h)s high") % {
        **place,
        "x": place["x"] + 1,
        "y": place["y"] + 1,
    }


class WidgetsPage(Page):
    """One step of one widget of a board: add, remove, move, size. Each is a button of the plan.

    The step `place` writes all places at once, as they were left by the mouse.
    """

    pages = DashboardPages
    kind = "edit"

    def perm(self) -> str:
        """To change the board."""
        return perm_of(Dashboard, "change")

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Take the step; back to the plan, at the same widget."""
        board = self.object()
        step, widget = request.POST.get("step", ""), request.POST.get("widget", "")
        number = request.POST.get("number", "")
        by: Any = request.user
        try:
            if step == "add":
                board = add_widget(board, by=by, widget=widget)
                number = str(len(board.config_json["widgets"]) - 1)
            elif step == "place":
                before, after = (layout_of(request, name) for name in ("before", "after"))
                board = place_widgets(board, by=by, before=before, after=after)
            else:
                at = int(number) if number.isdecimal() and len(number) < 6 else -1
                board = arrange_widget(board, by=by, number=at, widget=widget, step=step)
            problem = ""
        except ValidationError as error:
            problem = " ".join(error.messages)
            board = self.object()  # as it is now
        if self.wants_partial():
            context = {**plan_of(request, board), "problem": problem}
            return TemplateResponse(request, "dashboards/_plan.html", context)
        if problem:
            messages.error(request, problem)
        page = DashboardPages.url("edit", board.pk)
        return redirect(page if step == "remove" or problem else f"{page}#widget-{number}")


def layout_of(request: HttpRequest, name: str) -> Any:
    """A configuration from the form; None, which no board is, where it is none."""
    try:
        return json.loads(request.POST.get(name, ""))
    except (ValueError, RecursionError):
        return None


def card(request: HttpRequest, row: dict[str, Any]) -> dict[str, Any]:
    """One widget, drawn; where it is gone, forbidden or fails, a note takes its place."""
    widget = board_widget(row["type"])
    found = {**place_of(row), "title": row["type"], "key": row["type"], "live": "", "html": ""}
    if widget is None:
        return {**found, "note": _("This widget no longer exists.")}
    found["title"] = widget.label
    if not may_see(widget, request.user):  # type: ignore[arg-type]
        return {**found, "note": _("You may not see this widget.")}
    # A query that fails would take an open transaction with it; without one there is no need.
    apart = transaction.atomic() if connection.in_atomic_block else nullcontext()
    try:
        with apart:
            context = {"widget": widget.context(request)}
            found["html"] = render_to_string(widget.template, context, request)
    except Exception:  # whatever fails in one widget: the others stay
        logger.exception("widget %s failed", widget.key)
        return {**found, "note": _("This widget cannot be shown at the moment.")}
    return {**found, "live": widget.live}


class SettingsPage(LoginRequiredMixin, View):
    """My settings: language, time, notifications, look, favourite apps."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.page(SettingsForm(person=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, or show what is wrong with everything that was chosen."""
        form = SettingsForm(request.POST, person=request.user)
        if not form.is_valid() or form.write(by=request.user) is None:
            return self.page(form, status=422)
        messages.success(request, _("Your settings are saved."))
        return redirect("dashboards:settings")

    def page(self, form: SettingsForm, status: int = 200) -> HttpResponse:
        """The page."""
        context = {
            "title": _("Settings"),
            "crumbs": [(_("My profile"), reverse("employees:profile")), (_("Settings"), None)],
            "form": form,
            "parts": parts_of(form),
            "error_list": errors_of(form),
            "submit_label": _("Save"),
            "cancel_url": reverse(HOME),
        }
        return TemplateResponse(self.request, "dashboards/settings.html", context, status=status)


class SavedViewPage(LoginRequiredMixin, View):
    """A view of a list is saved under a name, or deleted."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep or forget it, and go back to the list; what is refused is said there."""
        person: Any = request.user
        page, name = request.POST.get("page", ""), request.POST.get("name", "")
        preferences = preferences_of(person)
        try:
            if "delete" in request.POST:
                delete_view(preferences, by=person, page=page, name=request.POST["delete"])
                messages.success(request, _("The view is deleted."))
            else:
                query = view_query(QueryDict(request.POST.get("query", "")))
                save_view(preferences, by=person, page=page, name=name, query=query)
                messages.success(request, _("The view is saved."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(wanted_address(request, "/"))


class LookPage(LoginRequiredMixin, View):
    """Theme and sidebar, changed from where they stand in the shell."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep what was chosen, and go back. What nobody offers is ignored."""
        changes: dict[str, Any] = {}
        theme = request.POST.get("theme", "")
        if theme == "system":
            changes["theme"] = theme
        elif f"catppuccin-{theme}" in Employee.Theme:
            changes["theme"] = f"catppuccin-{theme}"
        if request.POST.get("sidebar") in {"collapsed", "open"}:
            changes["sidebar_collapsed"] = request.POST["sidebar"] == "collapsed"
        if changes:
            person: Any = request.user
            change_preferences(preferences_of(person), by=person, **changes)
        return HttpResponseRedirect(wanted_address(request, "/"))
