"""The faulty lines of an import as a file: corrected, it can be imported again."""

from typing import Any

from django.utils.translation import gettext as _

from system.models import Import
from workmate.exports import made_file
from workmate.files import MadeFileResponse


def faulty_file(job: Import, by: Any) -> MadeFileResponse:
    """The file's columns as they came, with the reason behind them, as CSV."""
    reasons = {row.number: row.reasons for row in job.rows.faulty()}
    width = len(job.columns)
    lines = (
        [*cells, *[""] * (width - len(cells)), reasons[number]]
        for number, cells in job.lines()
        if number in reasons
    )
    heads = [*(item["name"] for item in job.columns), _("Reason")]
    title = _("Faulty lines of %(name)s") % {"name": job.original_name.rpartition(".")[0]}
    return made_file("csv", title=title, heads=heads, lines=lines, by=by)
