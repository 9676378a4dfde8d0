"""What may be done with the company, watched services and imports; what is there at first."""

from system.services.company import CHECKED, change_company, checked_field, seed_system
from system.services.imports import (
    carry_on_imports,
    change_import,
    check_import,
    create_import,
    delete_import,
    forget_imports,
    importable,
    run_import,
    stop_import,
    undo_import,
    work_on_import,
)
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
    "carry_on_imports",
    "change_company",
    "change_import",
    "change_patterns",
    "check_import",
    "check_service",
    "checked_field",
    "close_steps",
    "confirm_backup",
    "create_import",
    "deactivate_service",
    "delete_import",
    "first_steps",
    "forget_imports",
    "importable",
    "open_steps",
    "preview_number",
    "prune_checks",
    "reseal_all",
    "run_import",
    "seed_system",
    "series_now",
    "show_steps",
    "stop_import",
    "try_mail",
    "undo_import",
    "work_on_import",
]
