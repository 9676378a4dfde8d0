"""What may be done with imports: take a file in, map its columns, check, run, stop, take back."""

from system.services.imports.chunks import work_on_import
from system.services.imports.intake import change_import, create_import, delete_import, importable
from system.services.imports.steps import (
    carry_on_imports,
    check_import,
    forget_imports,
    run_import,
    stop_import,
    undo_import,
)

__all__ = [
    "carry_on_imports",
    "change_import",
    "check_import",
    "create_import",
    "delete_import",
    "forget_imports",
    "importable",
    "run_import",
    "stop_import",
    "undo_import",
    "work_on_import",
]
