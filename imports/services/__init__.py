"""What may be done with imports: take a file in, map its columns, check, run, stop, take back."""

from imports.services.chunks import work
from imports.services.intake import change_import, create_import, delete_import, importable
from imports.services.steps import (
    carry_on,
    check_import,
    forget,
    run_import,
    stop_import,
    undo_import,
)

__all__ = [
    "carry_on",
    "change_import",
    "check_import",
    "create_import",
    "delete_import",
    "forget",
    "importable",
    "run_import",
    "stop_import",
    "undo_import",
    "work",
]
