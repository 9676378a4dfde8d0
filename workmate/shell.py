"""The pages that belong to no module: search, language, errors, readiness."""

import functools
from typing import cast

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views import View

from workmate import palette, services
from workmate.registry import registry
from workmate.text import typed
from workmate.views.base import wanted_address

SEARCH_RESULTS = 6


class WidgetPage(LoginRequiredMixin, View):
    """One widget by itself: what an open page shows anew when something was pushed."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """The widget's part of a page. 404 where there is none, 403 without its permission."""
        widget = registry.widget(key)
        if widget is None:
            raise Http404
        if not registry.held([widget], request.user):
            raise PermissionDenied
        return TemplateResponse(request, widget.template, {"widget": widget.context(request)})


class SearchPage(LoginRequiredMixin, View):
    """One search over every entity that the person may see."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Results in groups."""
        text = typed(request.GET.get("q", ""))
        groups = palette.objects(cast(services.Actor, request.user), text, SEARCH_RESULTS)
        context = {
            "title": _("Search"),
            "crumbs": [(_("Search"), None)],
            "q": text,
            "groups": groups,
        }
        return TemplateResponse(request, "workmate/search.html", context)


class PalettePage(LoginRequiredMixin, View):
    """The lines of the palette for what was typed so far."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A part of a page: verbs, pages, objects."""
        text = typed(request.GET.get("q", ""))
        groups = palette.offers(cast(services.Actor, request.user), text)
        return TemplateResponse(request, "workmate/_palette.html", {"q": text, "groups": groups})


class SettingsPage(View):
    """The language: kept with the person, and in a cookie for when they are a guest."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep what was chosen, and go back."""
        response = HttpResponseRedirect(wanted_address(request, "/"))
        language = request.POST.get("language")
        if language in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
            if request.user.is_authenticated:
                by = cast(services.Actor, request.user)
                services.change(request.user, by=by, language=language)
        return response


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Django admin has no sign-in of its own; whoever is signed in and comes here may not enter."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", "/admin/"))


def ready(request: HttpRequest) -> HttpResponse:
    """Whether database and cache answer, and the database has the tables of this version."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        cache.get("readyz")
        migrated = is_migrated()
    except Exception:  # whatever fails: this process cannot serve
        return HttpResponse("not ready\n", status=503, content_type="text/plain")
    if not migrated:
        return HttpResponse("migrations are missing\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@functools.cache
def _migrations_of_this_version() -> frozenset[tuple[str, str]]:
    """What stands in the files; while a process runs, its version stays."""
    return frozenset(MigrationLoader(None).graph.nodes)


def pending_migrations() -> list[str]:
    """The migrations of this version that the database lacks."""
    # The plan is a graph of all migrations: it is drawn up only where one seems to be missing.
    if _migrations_of_this_version() <= MigrationRecorder(connection).applied_migrations().keys():
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


_migrated: set[bool] = set()


def is_migrated() -> bool:
    """Whether no migration is missing: once true, it stays so for this process' version."""
    if not _migrated and not pending_migrations():
        _migrated.add(True)
    return bool(_migrated)


def _error(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        kind = "server_error" if status >= 500 else "client_error"
        body = {"type": kind, "errors": [{"code": code, "detail": detail, "attr": None}]}
        return JsonResponse(body, status=status)
    return render(request, f"{status}.html", {"title": detail, "crumbs": []}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 as page or JSON."""
    return _error(request, 400, "bad_request", _("The request could not be read."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 as page or JSON."""
    return _error(request, 403, "permission_denied", _("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 as page or JSON."""
    return _error(request, 404, "not_found", _("There is nothing here."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500 as page or JSON."""
    return _error(request, 500, "error", _("Something went wrong on our side."))
