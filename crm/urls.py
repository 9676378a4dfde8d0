"""Addresses of the pages."""

from crm.views import ActivityPages, ContactPages, CustomerPages

app_name = "crm"
urlpatterns = [
    *CustomerPages.urls(),
    *ContactPages.urls(),
    *ActivityPages.urls(),
]
