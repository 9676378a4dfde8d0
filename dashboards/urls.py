"""Addresses of the pages."""

from django.urls import path

from dashboards.views import (
    DashboardPages,
    HomePage,
    LookPage,
    SavedViewPage,
    SettingsPage,
    WidgetsPage,
)

app_name = "dashboards"
urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    *DashboardPages.urls(),
    path("dashboards/<uuid:pk>/widgets/", WidgetsPage.as_view(), name="dashboard-widgets"),
    path("profile/settings/", SettingsPage.as_view(), name="settings"),
    path("profile/views/", SavedViewPage.as_view(), name="saved-view"),
    path("profile/look/", LookPage.as_view(), name="look"),
]
