"""A workbook as plain values: its sheets, each a title, some lines of text and at most one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Value = str | int
Row = Sequence[Value]


MAX_HINT_TITLE, MAX_HINT = 32, 255
"""Characters that Excel takes in the title and the text of what it shows beside a cell."""


class Kind(StrEnum):
    """How a column looks: running text that wraps, a short centred mark, or a number."""

    TEXT = "text"
    MARK = "mark"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Answer:
    """What someone may fill in in a column: the hint shown at the cell, and the choices if there is a list of them.

    `choices` name cells of another sheet, since a list within the file's own rule may not pass 255 characters. `days`
    makes a day that is typed show as 2021-07-01.
    """

    title: str
    hint: str
    choices: "Cells | None" = None
    complaint: str = ""
    days: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows `first` to `last` of the table on another sheet, counted from 1, in its column of this number."""

    sheet: str
    column: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Column:
    """`width` is in characters. `visible` is the figure above the heading that follows the filter; None: no figure.

    It counts the filled cells, in a column of numbers it adds them up; the writer puts a formula with it. `name` is
    a defined name for the column's cells, by which a program finds them after someone moved or renamed the column.
    `stress` is the one value that stands out from the others. `note` is shown when the heading is selected: what a
    short heading stands for.
    """

    heading: str
    width: int
    kind: Kind = Kind.TEXT
    visible: int | None = None
    answer: Answer | None = None
    name: str = ""
    stress: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A real Excel table of at least one row.

    `visible` says in the first column what the figures are that follow the filter; empty: there are none. `total`: the
    last row adds up the others, so it can be neither filtered nor sorted away. `group` is the number of the column
    whose equal values should stay on one printed page. `frozen` columns stay in sight, and repeat where the columns
    are printed on several pages across; `turn` is a column with which such a page begins. `scale` are the first and
    last column of numbers that are coloured, the total left out, from light to dark; `darkest` is the number from which
    on all are as dark, None: the largest.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    visible: str = ""
    total: bool = False
    group: int | None = None
    frozen: int = 0
    turn: int | None = None
    scale: tuple[int, int] | None = None
    darkest: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text under the title. `link` is the sheet it leads to; empty: none."""

    text: str
    heading: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars of a sheet's table: a bar per column in `columns` (first, last), a layer per row but the total."""

    title: str
    categories: str
    values: str
    description: str
    columns: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`wide` sheets are printed on A3, others on A4. `locked` ones accept only answers, without a password."""

    name: str
    title: str
    lines: tuple[Line, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    wide: bool = False
    locked: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """Sheets in order. `mark` stands at the top of each printed page, `page` at its bottom; see PAGE and PAGES."""

    sheets: tuple[Sheet, ...]
    mark: str = ""
    page: str = ""


PAGE, PAGES = "\x01", "\x02"
"""Stand in `Workbook.page` for the number of the page and for how many there are."""


def distinct(headings: Iterable[str]) -> tuple[str, ...]:
    """The headings, a later one numbered where Excel would take it for an earlier one: capitals do not count."""
    taken: set[str] = set()
    found: list[str] = []
    for heading in headings:
        unique, number = heading, 2
        while unique.casefold() in taken:
            unique, number = f"{heading} ({number})", number + 1
        taken.add(unique.casefold())
        found.append(unique)
    return tuple(found)
