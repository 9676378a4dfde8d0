"""What may be done with the company and with watched services, and what is there at first."""

from system.services.company import change_company, seed_system
from system.services.infra import (
    activate_service,
    check_service,
    deactivate_service,
    prune_checks,
    reseal_all,
)

__all__ = [
    "activate_service",
    "change_company",
    "check_service",
    "deactivate_service",
    "prune_checks",
    "reseal_all",
    "seed_system",
]
