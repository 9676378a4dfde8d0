"""What may be done with people, roles and tokens."""

from employees.services.access import (
    create_token,
    end_access,
    link_days,
    revoke_token,
    send_password_link,
)
from employees.services.guards import may_grant, refuse_narrow_token
from employees.services.people import (
    change_employee,
    change_own_profile,
    create_employee,
    deactivate_employee,
    invite_employee,
)
from employees.services.roles import (
    SEEDED_ROLES,
    change_role,
    create_role,
    delete_role,
    seed_roles,
)
from employees.services.single_sign_on import Identity, admit

__all__ = [
    "SEEDED_ROLES",
    "Identity",
    "admit",
    "change_employee",
    "change_own_profile",
    "change_role",
    "create_employee",
    "create_role",
    "create_token",
    "deactivate_employee",
    "delete_role",
    "end_access",
    "invite_employee",
    "link_days",
    "may_grant",
    "refuse_narrow_token",
    "revoke_token",
    "seed_roles",
    "send_password_link",
]
