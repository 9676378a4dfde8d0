"""Lines of a file as rows: each is filled into the module's own form, as a person would type it."""

from workmate.importers.base import CREATE, SKIP, UPDATE, BaseImporter, Target
from workmate.importers.cells import Cell, restored, text_of
from workmate.importers.lines import LineError, LineWriter, Written

__all__ = [
    "CREATE",
    "SKIP",
    "UPDATE",
    "BaseImporter",
    "Cell",
    "LineError",
    "LineWriter",
    "Target",
    "Written",
    "restored",
    "text_of",
]
