"""Addresses of the pages."""

from dashboards.views import DashboardPages

app_name = "dashboards"
urlpatterns = [*DashboardPages.urls()]
