"""Addresses of the pages."""

app_name = "projects"
urlpatterns: list = []
