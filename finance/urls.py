"""Addresses of the pages."""

from finance.views import ExpensePages

app_name = "finance"
urlpatterns = [*ExpensePages.urls()]
