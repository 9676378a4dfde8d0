"""The ways in: password, tokens on the API, sessions; `sso` holds single sign-on.

Nothing here may import `workmate.errors`: DRF reads these classes while that file is read.
"""

from employees.auth.password import PasswordBackend, account_of, locked_out
from employees.auth.tokens import (
    BearerAuthentication,
    BearerScheme,
    SessionAuthentication,
    SessionScheme,
    TokenAuthentication,
    TokenScheme,
)

__all__ = [
    "BearerAuthentication",
    "BearerScheme",
    "PasswordBackend",
    "SessionAuthentication",
    "SessionScheme",
    "TokenAuthentication",
    "TokenScheme",
    "account_of",
    "locked_out",
]
