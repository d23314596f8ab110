"""Where everything on a sheet stands, and how it falls on printed pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from report_builder.office.workbook import Chart, Sheet, Table

TEXT_WIDTH = 100
"""Characters: the one column of a sheet without a table."""

POINTS_A_CHARACTER = 6.0
"""Width of a digit in Verdana 9, rounded up: columns are measured in digits."""

A3, A4 = 8, 9
PAGES = {A3: (1191, 842), A4: (842, 595)}
"""Excel's numbers for the sizes of paper; their width and height in points, landscape."""

MARGIN_INCHES = 0.6
MARGIN = MARGIN_INCHES * 72
MAX_BREAKS = 1000
"""Excel takes 1,026 on a sheet."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of a sheet, counted from 1: title, lines, figures that follow the filter, headings, data."""

    sheet: Sheet

    @property
    def table(self) -> Table:
        """The table. Raise ValueError on a sheet that has none."""
        if self.sheet.table is None:
            raise ValueError(f"the sheet {self.sheet.name} has no table")
        return self.sheet.table

    @property
    def chart(self) -> Chart:
        """The chart. Raise ValueError on a sheet that has none."""
        if self.sheet.chart is None:
            raise ValueError(f"the sheet {self.sheet.name} has no chart")
        return self.sheet.chart

    @property
    def has_figures(self) -> bool:
        return self.sheet.table is not None and bool(self.table.visible)

    @property
    def heading_row(self) -> int:
        return 2 + len(self.sheet.lines) + self.has_figures

    @property
    def first_row(self) -> int:
        return self.heading_row + 1

    @property
    def last_row(self) -> int:
        """The last row of data, or of text on a sheet without a table."""
        return self.heading_row + len(self.table.rows) if self.sheet.table else 1 + len(self.sheet.lines)

    @property
    def widths(self) -> tuple[int, ...]:
        return tuple(column.width for column in self.table.columns) if self.sheet.table else (TEXT_WIDTH,)

    @property
    def paper(self) -> int:
        return A3 if self.sheet.wide else A4

    @property
    def page(self) -> tuple[int, int]:
        """Width and height of the paper in points: a sheet of text stands upright, a table lies."""
        return PAGES[self.paper] if self.sheet.table else PAGES[self.paper][::-1]

    @property
    def scale(self) -> int:
        """Percent at which all columns stand on one page. A fixed scale, because Excel drops page breaks otherwise."""
        room = self.page[0] - 2 * MARGIN
        return max(10, min(100, int(100 * room / (sum(self.widths) * POINTS_A_CHARACTER))))

    def breaks(self, groups: Iterable[tuple[int, float]]) -> list[int]:
        """The rows after which a page ends, so that a group that fits on a page is not split.

        `groups` are the first row and the points of each run of rows that belong together. A longer group begins a
        new page too where less than a quarter of the page is left for it.
        """
        room = (self.page[1] - 2 * MARGIN) * 100 / self.scale - 40
        used, found = 0.0, []
        for first, points in groups:
            left = room - used
            if used and points > left and (points <= room or left < room / 4):
                found.append(first - 1)
                used = 0.0
            used = (used + points) % room
        return found[:MAX_BREAKS]
