"""Addresses of the pages."""

from django.urls import path

from employees.views import DepartmentPages, EmployeePages, ProfilePage, RolePages

app_name = "employees"
urlpatterns = [
    *DepartmentPages.urls(),
    *RolePages.urls(),
    *EmployeePages.urls(),
    path("profile/", ProfilePage.as_view(), name="profile"),
]
