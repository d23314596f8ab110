"""How wide the columns of a sheet of measures are: as their texts ask for."""

from collections.abc import Iterable
from operator import attrgetter

from report_builder.model import Measure

WIDTHS = {
    "id": 11,
    "pillar": 24,
    "objective": 30,
    "activity": 30,
    "explanation": 60,
    "departments": 20,
    "progress": 34,
    "references": 18,
    "source": 27,
}
OTHER_WIDTH = 16
"""Characters, of a field that WIDTHS does not name."""

BUTTON = 4
"""Characters beside the longest word of a heading, for the button of the filter."""

TEXTS = ("objective", "activity", "explanation", "progress")
"""Fields that may be as long as their writers like."""

CHARACTERS_A_HEIGHT = 33
"""Characters of text for each character of width, in a row as high as Excel draws one."""

WIDEST, WIDEST_FROZEN = 140, 60
"""Wider, and a column does not fit on a screen; or, where it stays in sight, nothing fits beside it."""


class Widths:
    """Characters of width by field: an empty field takes no more than its heading, a long text gets what it needs."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        measures = tuple(measures)
        self._longest = {name: max(map(len, map(attrgetter(name), measures)), default=0) for name in TEXTS}
        self._empty = {name for name in WIDTHS if not any(map(attrgetter(name), measures))}

    def of(self, field: str, heading: str, usual: int | None = None) -> int:
        """`usual` takes the place of the width that the field has in general, also where it is empty."""
        least = max(map(len, heading.split()), default=0) + BUTTON
        if field in self._empty and usual is None:
            return least
        return fitting(self._longest.get(field, 0), max(usual or WIDTHS.get(field, OTHER_WIDTH), least))

    @property
    def overflow(self) -> bool:
        """Whether a text is longer than the highest row can show, so that a reader must open its cell."""
        return max(self._longest.values()) > WIDEST * CHARACTERS_A_HEIGHT


def fitting(longest: int, usual: int) -> int:
    """The width of a column whose longest text has so many characters: as usual, or as that text needs."""
    return max(usual, min(-(-longest // CHARACTERS_A_HEIGHT), WIDEST))
