"""Addresses of the pages."""

from imports.views import ImportPages

app_name = "imports"
urlpatterns = [*ImportPages.urls()]
