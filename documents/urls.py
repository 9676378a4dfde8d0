"""Addresses of the pages."""

from documents.views import DocumentPages

app_name = "documents"
urlpatterns = [*DocumentPages.urls()]
