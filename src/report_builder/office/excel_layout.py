"""Where everything on a sheet stands, how high it is, and how it falls on printed pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from textwrap import wrap

from report_builder.office.excel_heights import characters_a_line, line_count, row_height
from report_builder.office.excel_places import area
from report_builder.office.workbook import Chart, Kind, Line, Sheet, Table

TEXT_WIDTH = 100
"""Characters: the one column of a sheet without a table."""

TITLE_HEIGHT, TITLE_CHARACTERS, ABOVE_HEADING = 24.0, 64, 8.0
"""Points of a line of a title, its characters on a sheet of text, where it wraps, and points above a heading."""

POINTS_A_CHARACTER = 6.1
"""Width of a digit in Verdana 9, rounded up: columns are measured in digits."""

NARROWEST = 5.3
"""Points of a character in programs that do not round up."""

A3, A4 = 8, 9
PAGES = {A3: (1191, 842), A4: (842, 595)}
"""Excel's numbers for the sizes of paper; their width and height in points, landscape."""

MARGIN_INCHES = 0.6
MARGIN = MARGIN_INCHES * 72
MAX_BREAKS = 1000
"""Excel takes 1,026 on a sheet."""

LEAST_SCALE = 70
"""Percent under which text of 9 points is too small to read: then the columns go over several pages."""

ROW_POINTS, EMPTY_COLUMN = 13, 70
"""The least height of a row, and the most width of a column, of which none is set. A page ends with a whole column."""

CHART_SHAPE, LEAST_CHART, CHART_ROOM = 0.5, 0.36, 60.0
"""Height of a chart against its width, the least of it before it moves to a page of its own, and points it leaves."""


@dataclass(frozen=True)
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

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines under the title; above a table in pieces as wide as a page, since what runs over it is not printed.

        On a hidden sheet each line is whole, for programs to read.
        """
        if not self.sheet.table or self.sheet.hidden:
            return self.sheet.lines
        room = characters_a_line(self._page_widths[0] if self.across else self._characters(self.scale))
        return tuple(replace(line, text=text) for line in self.sheet.lines for text in wrap(line.text, room) or [""])

    @property
    def has_figures(self) -> bool:
        return self.sheet.table is not None and bool(self.table.visible)

    @property
    def heading_row(self) -> int:
        return 2 + len(self.lines) + self.has_figures

    @property
    def first_row(self) -> int:
        return self.heading_row + 1

    @property
    def last_row(self) -> int:
        """The last row of data, or of text on a sheet without a table."""
        return self.heading_row + len(self.table.rows) if self.sheet.table else 1 + len(self.lines)

    def column_cells(self, number: int, *, fixed: bool = False) -> str:
        """The cells of the table's column of this number, counted from 1; `fixed` ones as a name has them."""
        return area((number, self.first_row), (number, self.last_row), fixed=fixed)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        return tuple(column.width for column in self.table.columns) if self.sheet.table else (TEXT_WIDTH,)

    @property
    def running(self) -> tuple[tuple[int, int], ...]:
        """The columns of running text, each with its characters a line."""
        columns = enumerate(self.table.columns)
        return tuple((n, characters_a_line(column.width)) for n, column in columns if column.kind is Kind.TEXT)

    @property
    def title_height(self) -> float:
        return TITLE_HEIGHT * (1 if self.sheet.table else line_count(self.sheet.title, TITLE_CHARACTERS))

    def line_height(self, line: Line) -> float:
        """Points of a line under the title, which wraps only on a sheet of text."""
        wrapped = () if self.sheet.table else ((0, characters_a_line(TEXT_WIDTH)),)
        return row_height((line.text,), wrapped) + ABOVE_HEADING * line.heading

    @cached_property
    def heading_height(self) -> float:
        """Points of the row of headings; none on a sheet of text."""
        columns = self.sheet.table.columns if self.sheet.table else ()
        bold = [(number, characters_a_line(column.width, heading=True)) for number, column in enumerate(columns)]
        return row_height(tuple(column.heading for column in columns), bold) if columns else 0.0

    @property
    def height_above(self) -> float:
        """Points of all that is printed above the headings."""
        if self.across:
            return 0.0
        lines = sum(map(self.line_height, self.lines))
        return self.title_height + lines + row_height(("",), ()) * self.has_figures

    @property
    def paper(self) -> int:
        return A3 if self.sheet.wide else A4

    @property
    def page(self) -> tuple[int, int]:
        """Width and height of the paper in points: a sheet of text stands upright, a table lies."""
        return PAGES[self.paper] if self.sheet.table else PAGES[self.paper][::-1]

    @property
    def repeated(self) -> int:
        """How many columns repeat where the columns are printed on several pages across: what a row is about."""
        return min(max(self.table.frozen, 1), len(self.widths) - 1) if self.sheet.table else 0

    @cached_property
    def across(self) -> tuple[int, ...]:
        """The numbers of the columns with which the second page across begins, and each one after it.

        Empty where all columns stand on one page in readable letters, and where nobody prints them.
        """
        room = self._characters(LEAST_SCALE)
        if self.sheet.hidden or sum(self.widths) <= room:
            return ()
        room -= sum(self.widths[: self.repeated])
        parts = (self.repeated, self.table.turn or len(self.widths)), (self.table.turn, len(self.widths))
        starts = [first + start for first, last in parts if first for start in _starts(self.widths[first:last], room)]
        return tuple(starts[1:])

    @property
    def scale(self) -> int:
        """Percent at which the widest page across fits. A fixed scale, because Excel drops page breaks otherwise."""
        points = max(self._page_widths) * POINTS_A_CHARACTER
        return max(10, min(100, int(100 * (self.page[0] - 2 * MARGIN) / points)))

    def breaks(self, groups: Iterable[tuple[int, float]]) -> list[int]:
        """The rows after which a page ends, so that a group that fits on a page is not split.

        `groups` are the first row and the points of each run of rows that belong together. Where half a page is left a
        group begins there all the same, and a longer one where a quarter is. A chart is not split either.
        """
        room = self._page_height - self.heading_height
        used, found = self.height_above, []
        for first, points in groups:
            left = room - used
            if first > self.first_row and points > left and left < room / (2 if points <= room else 4):
                found.append(first - 1)
                used = 0.0
            used = (used + points) % room
        if self.sheet.chart and self._chart_room < self._chart_width * LEAST_CHART:
            found.append(self.last_row)
        return found[:MAX_BREAKS]

    @property
    def chart_size(self) -> tuple[float, float]:
        """Width and height in points: as wide as the page, as high as the table leaves room for."""
        width, room = self._chart_width, self._chart_room
        if room < width * LEAST_CHART:
            room = self._page_height - self.heading_height
        return width, min(width * CHART_SHAPE, room)

    @property
    def printed(self) -> str:
        """The cells that are printed where the columns stand on several pages across; empty: all of the sheet.

        Titles and lines would be cut at the edge of the first column on each page but the first.
        """
        if not self.across:
            return ""
        rows = self.last_row + (1 + int(self.chart_size[1] / ROW_POINTS) if self.sheet.chart else 0)
        return area((1, self.heading_row), (len(self.widths), rows), fixed=True)

    @property
    def _chart_width(self) -> float:
        """Of one page: a chart that crosses its edge is cut in two."""
        if self.across:
            return self._page_widths[0] * NARROWEST
        return (self.page[0] - 2 * MARGIN) * 100 / self.scale - EMPTY_COLUMN

    @property
    def _chart_room(self) -> float:
        """Points that the table leaves on its last page."""
        rows = sum(row_height(row, self.running) for row in self.table.rows)
        above = self.height_above + self.heading_height
        return self._page_height - (above + rows) % self._page_height - CHART_ROOM

    @property
    def _page_height(self) -> float:
        return (self.page[1] - 2 * MARGIN) * 100 / self.scale

    @cached_property
    def _page_widths(self) -> tuple[int, ...]:
        """Characters across each page, with the columns that repeat."""
        starts, widths = (self.repeated, *self.across, len(self.widths)), self.widths
        repeated = sum(widths[: self.repeated])
        return tuple(repeated + sum(widths[a:b]) for a, b in pairwise(starts))

    def _characters(self, scale: int) -> int:
        return int((self.page[0] - 2 * MARGIN) * 100 / scale / POINTS_A_CHARACTER)


@cache  # the forms of all ministries have the same columns
def _starts(widths: tuple[int, ...], room: int) -> tuple[int, ...]:
    """The number of the first column of each page, on as few pages as there can be, all about as full."""
    fullest = _filled(widths, room)
    tighter = (_filled(widths, less) for less in range(max(widths), room))
    return next((starts for starts in tighter if len(starts) == len(fullest)), fullest)


def _filled(widths: Sequence[int], room: int) -> tuple[int, ...]:
    """The number of the first column of each page, if one page has so much room."""
    starts, used = [0], 0
    for number, width in enumerate(widths):
        if number > starts[-1] and used + width > room:
            starts.append(number)
            used = 0
        used += width
    return tuple(starts)
