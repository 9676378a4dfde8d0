"""Addresses of the pages."""

from django.urls import path

from employees.views import (
    DepartmentPages,
    EmployeePages,
    ProfilePage,
    RevokeTokenPage,
    RolePages,
    TokensPage,
)

app_name = "employees"
urlpatterns = [
    *DepartmentPages.urls(),
    *RolePages.urls(),
    *EmployeePages.urls(),
    path("profile/", ProfilePage.as_view(), name="profile"),
    path("profile/tokens/", TokensPage.as_view(), name="tokens"),
    path("profile/tokens/<uuid:pk>/revoke/", RevokeTokenPage.as_view(), name="token-revoke"),
]
