"""Addresses of the pages."""

app_name = "crm"
urlpatterns: list = []
