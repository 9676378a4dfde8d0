"""All routes: shell, sign-in, API, admin, and each module's pages."""

from importlib import import_module

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from workmate import pwa, shell
from workmate.api import router
from workmate.help import ChapterPage, HelpPage
from workmate.views.approvals import ApprovalsPage, DecidePage

for module in settings.MODULES:
    import_module(f"{module}.api")

handler400 = "workmate.shell.bad_request"
handler403 = "workmate.shell.forbidden"
handler404 = "workmate.shell.not_found"
handler500 = "workmate.shell.server_error"

shell_urls = [
    path("search/", shell.SearchPage.as_view(), name="search"),
    path("palette/", shell.PalettePage.as_view(), name="palette"),
    path("approvals/", ApprovalsPage.as_view(), name="approvals"),
    path("approvals/<slug:key>/", DecidePage.as_view(), name="decide"),
    path("widgets/<slug:key>/", shell.WidgetPage.as_view(), name="widget"),
    path("help/", HelpPage.as_view(), name="help"),
    path("help/<slug:name>/", ChapterPage.as_view(), name="help-chapter"),
    path("settings/", shell.SettingsPage.as_view(), name="settings"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("service-worker.js", pwa.service_worker, name="service-worker"),
    path("offline/", pwa.offline, name="offline"),
    path("readyz", shell.ready, name="ready"),
]
api_urls = [
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    *router.urls,
]

urlpatterns = [
    path("", include((shell_urls, "workmate"))),
    path("", include("employees.signin")),
    path("api/", include((api_urls, "api"))),
    path("admin/login/", shell.admin_sign_in),
    path("admin/", admin.site.urls),
    *[path("", include(f"{module}.urls")) for module in settings.MODULES],
]
