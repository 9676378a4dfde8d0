"""Charts that the server draws: their scale and shapes, and the table that says the same."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workmate.registry import Text

# The drawing is stretched to its place, so that only proportions count.
WIDTH, HEIGHT = 600, 160
# So many steps a scale may have, and how round they are.
STEPS, ROUND = (3, 4, 5), (1, 2, 2.5, 5, 10)
# The share of a column that its bar takes.
SHARE = 0.56


@dataclass(frozen=True)
class Point:
    """One column: its values from below to above, and the list that makes it up."""

    label: str
    title: str
    values: Sequence[float]
    texts: Sequence[str]
    url: str


class Scale:
    """What stands at the left of a chart, and the lines behind it."""

    least: float
    tick: Callable[[float], str]

    @property
    def highest(self) -> float:
        """The highest value that is drawn."""
        raise NotImplementedError

    @cached_property
    def _steps(self) -> tuple[float, int]:
        """How wide the steps are, and how many: those that end soonest above the highest value.

        So the highest bar takes three quarters of the height at least.
        """
        wanted = max(self.highest, self.least)
        if not wanted:
            return 1, max(STEPS)  # whole numbers
        found = []
        for number in STEPS:
            power = 10 ** math.floor(math.log10(wanted / number))
            width = next(n * power for n in ROUND if n * power >= wanted / number * 0.999999)
            found.append((width * number, -number, width))
        _top, number, width = min(found)
        return float(width), -number

    @property
    def top(self) -> float:
        """The end of the scale."""
        width, number = self._steps
        return width * number

    @property
    def ticks(self) -> list[str]:
        """The words of the scale, from above to below."""
        width, number = self._steps
        return [self.tick(width * step) for step in range(number, -1, -1)]

    @property
    def grid(self) -> str:
        """The lines of the scale as a path."""
        _width, number = self._steps
        return "".join(f"M0 {HEIGHT * n / number:.1f}H{WIDTH}" for n in range(number + 1))


@dataclass(frozen=True)
class BarChart(Scale):
    """A bar chart for `workmate/widgets/_chart.html`. Values below 0 stand in the table alone."""

    title: Text
    heads: Sequence[Text]
    points: Sequence[Point]
    tick: Callable[[float], str]
    # What each value of a column is called; none where there is one.
    legend: Sequence[Text] = ()
    least: float = 0
    marks: Sequence[str] = field(default=("a", "b"))

    @property
    def highest(self) -> float:
        """The highest column."""
        return max((sum(max(0, v) for v in point.values) for point in self.points), default=0)

    @property
    def bars(self) -> list[dict[str, str]]:
        """The bars as rectangles: texts, so that no language writes a decimal comma."""
        column = WIDTH / max(1, len(self.points))
        found = []
        for number, point in enumerate(self.points):
            base = 0.0
            for mark, value in zip(self.marks, point.values, strict=False):
                tall = HEIGHT * max(0, value) / self.top
                if tall:
                    found.append(
                        {
                            "mark": mark,
                            "x": f"{column * (number + (1 - SHARE) / 2):.1f}",
                            "y": f"{HEIGHT - base - tall:.1f}",
                            "width": f"{column * SHARE:.1f}",
                            "height": f"{tall:.1f}",
                        }
                    )
                base += tall
        return found

    @property
    def legend_items(self) -> list[dict[str, Any]]:
        """Each mark with its word."""
        pairs = zip(self.marks, self.legend, strict=False)
        return [{"mark": mark, "label": label} for mark, label in pairs]


@dataclass(frozen=True)
class Line:
    """One line of a chart: its value at the start and at the end of each column.

    It begins and ends where its values do; an `area` is filled down to 0.
    """

    mark: str
    label: Text
    values: Sequence[float | None]
    area: bool = False


@dataclass(frozen=True)
class LineChart(Scale):
    """Lines over time for `workmate/widgets/_line_chart.html`: a point more than columns."""

    title: Text
    heads: Sequence[Text]
    points: Sequence[Point]
    lines: Sequence[Line]
    tick: Callable[[float], str]
    least: float = 0
    # So many words stand below the chart at most.
    words: int = 6

    @property
    def highest(self) -> float:
        """The highest point of all lines."""
        values = (value for line in self.lines for value in line.values if value is not None)
        return max(values, default=0)

    @property
    def labels(self) -> list[str]:
        """The word below each column; empty for those between."""
        every = -(-len(self.points) // self.words) or 1
        return [point.label if not n % every else "" for n, point in enumerate(self.points)]

    @property
    def shapes(self) -> list[dict[str, str]]:
        """The lines, and below them the areas: texts, so that no language writes a comma."""
        lines = [(line, self._places(line)) for line in self.lines]
        areas = [
            {"css": "area", "path": f"M{places[0][0]} {HEIGHT}L{_path(places)}V{HEIGHT}Z"}
            for line, places in lines
            if line.area and places
        ]
        return areas + [
            {"css": line.mark, "path": f"M{_path(places)}"} for line, places in lines if places
        ]

    def _places(self, line: Line) -> list[tuple[str, str]]:
        column = WIDTH / max(1, len(self.points))
        return [
            (f"{column * number:.1f}", f"{HEIGHT - HEIGHT * max(0.0, value) / self.top:.1f}")
            for number, value in enumerate(line.values)
            if value is not None
        ]


def _path(places: Sequence[tuple[str, str]]) -> str:
    return "L".join(f"{across} {down}" for across, down in places)
