"""What may be done with the company and with watched services, and what is there at first."""

from system.services.company import CHECKED, change_company, checked_field, seed_system
from system.services.infra import (
    activate_service,
    check_service,
    deactivate_service,
    prune_checks,
    reseal_all,
)
from system.services.numbers import change_patterns, preview_number, series_now
from system.services.steps import (
    close_steps,
    confirm_backup,
    first_steps,
    open_steps,
    show_steps,
    try_mail,
)

__all__ = [
    "CHECKED",
    "activate_service",
    "change_company",
    "change_patterns",
    "checked_field",
    "check_service",
    "deactivate_service",
    "first_steps",
    "open_steps",
    "preview_number",
    "prune_checks",
    "reseal_all",
    "seed_system",
    "series_now",
    "close_steps",
    "confirm_backup",
    "show_steps",
    "try_mail",
]
