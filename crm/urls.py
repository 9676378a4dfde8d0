"""Addresses of the pages."""

from django.urls import path

from crm.views import ActivityPages, ContactPages, CustomerPages, PipelinePage, StagePage

app_name = "crm"
urlpatterns = [
    path("customers/pipeline/", PipelinePage.as_view(), name="customer-pipeline"),
    path("customers/<uuid:pk>/stage/", StagePage.as_view(), name="customer-stage"),
    *CustomerPages.urls(),
    *ContactPages.urls(),
    *ActivityPages.urls(),
]
