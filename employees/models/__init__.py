"""People, departments, roles, and the tokens by which other systems act for a person."""

from employees.models.organisation import Department, Role
from employees.models.person import BACK_OFFICE, EVERYONE, Employee
from employees.models.token import ApiToken

__all__ = ["BACK_OFFICE", "EVERYONE", "ApiToken", "Department", "Employee", "Role"]
