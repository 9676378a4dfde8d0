"""The permission table: which right each route asks for, and whose rows it shows.

Columns: methods, route, permission, kind of row, and for bulk routes the verb that is tried
(`none` where the model has no verb for many rows). `public` is everybody, `everyone` whoever is
signed in. A route that is missing here, or that is gone, fails `test_permissions`.
"""

from workmate.tests.permission_table.office import (
    DASHBOARDS,
    DOCUMENTS,
    EMPLOYEES,
    REMINDERS,
    SHELL,
    SYSTEM,
)
from workmate.tests.permission_table.team import TEAM
from workmate.tests.permission_table.work import (
    CHAT,
    CRM,
    FINANCE,
    INVOICES,
    PROJECTS,
    TIMETRACKING,
)

__all__ = ["TABLE", "TEAM"]

TABLE = [
    *(SHELL, EMPLOYEES, REMINDERS, DASHBOARDS, SYSTEM, DOCUMENTS, CRM, PROJECTS, TIMETRACKING),
    *(FINANCE, CHAT),
    INVOICES,
]
