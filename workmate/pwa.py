"""The app as something to install: manifest, service worker, and the page without a network."""

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# --sidebar and --canvas of the default theme (static/css/tokens.css).
THEME, GROUND = "#232634", "#292c3c"
ICONS = [("192", "any"), ("512", "any"), ("512", "maskable")]
# All that the page without a network needs. Nothing that belongs to a person is ever kept.
OFFLINE_PARTS = (
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "vendor/inter-latin.woff2",
    "icon.svg",
)


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest (W3C), in the person's language."""
    data = {
        "id": "/",
        "name": "WorkmateOS",
        "short_name": "Workmate",
        "description": _("The back office: customers, projects, invoices, time."),
        "lang": get_language(),
        "start_url": reverse("dashboards:home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": GROUND,
        "icons": [
            {
                "src": static(f"icons/{purpose}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("Start time"), "url": reverse("timetracking:timeentry-start")},
            {"name": _("New expense"), "url": reverse("finance:expense-new")},
            {"name": _("Search"), "url": reverse("workmate:search")},
        ],
    }
    return JsonResponse(data, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker: pages come from the network; without one, the page that says so."""
    kept = [reverse("workmate:offline"), *map(static, OFFLINE_PARTS)]
    version = hashlib.sha256("\n".join([*kept, str(get_language())]).encode()).hexdigest()[:12]
    context = {"kept": kept, "version": version, "offline": kept[0]}
    return render(
        request,
        "workmate/service_worker.js",
        context,
        content_type="text/javascript; charset=utf-8",
    )


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown while there is no network; it tells nothing of anybody."""
    return render(request, "workmate/offline.html")
