"""Boards of the demo company."""

from dashboards.services import first_dashboard
from workmate.demo import Demo


def build(demo: Demo) -> None:
    """Everybody has the board of what they may see."""
    for person in demo.rows["people"]:
        first_dashboard(person)
