"""Rows of cells as text, as they come out of a file that others made."""

from dataclasses import dataclass

from report_builder.problems import Place, Problem

MAX_COLUMNS = 500
MAX_ROWS = 1_000_000
"""Beyond this a sheet is no table of measures: a stray cell, or formatting down to the last row."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row: `number` is the line of a text file or the row of a sheet or table, counted from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One table of a file. `sheet` is the name of a sheet or a table; empty for a text file, which has but one.

    `above` are the paragraphs over a Word table, the nearest first. `problems` are what reading it showed.
    """

    file: str
    sheet: str
    rows: tuple[GridRow, ...]
    above: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def place(self, row: int = 0, column: int = 0) -> Place:
        """Where a row or a cell stands; columns count from 1, and 0 means the whole row."""
        if not self.sheet:
            return Place(file=self.file, line=row)
        return Place(file=self.file, sheet=self.sheet, cell=f"{column_letters(column)}{row or ''}")

    def source(self, row: int) -> str:
        """The row as the dataset names its source: `file.csv:12`, `file.xlsx:Sheet!12`."""
        return f"{self.file}:{self.sheet}!{row}" if self.sheet else f"{self.file}:{row}"


def column_letters(number: int) -> str:
    """1 as A, 27 as AA, 0 as nothing."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
