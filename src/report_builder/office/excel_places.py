"""How cells are named in a workbook: A1:C20, and on another sheet 'Matrix'!$A$1:$C$20."""

import re

from report_builder.office.grids import column_letters

CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)")


def area(first: tuple[int, int], last: tuple[int, int], *, fixed: bool = False) -> str:
    """The cells from one corner to the other, each as (column, row) from 1. `fixed` ones do not move with a formula."""
    sign = "$" if fixed else ""
    return ":".join(f"{sign}{column_letters(column)}{sign}{row}" for column, row in (first, last))


def on_sheet(name: str, cells: str) -> str:
    """The same cells as another sheet names them, whatever signs stand in the sheet's name."""
    quoted = name.replace("'", "''")
    return f"'{quoted}'!{cells}"


def bounds(cells: str) -> tuple[int, int, int, int]:
    """First column and row, last column and row, from 1. Raise ValueError for what names no cells."""
    found = [CELL.fullmatch(corner) for corner in cells.split(":")]
    corners = [(column_number(match[1]), int(match[2])) for match in found if match]
    if len(corners) != len(found) or len(found) > 2:
        raise ValueError(f"{cells!r} names no cells")
    return (*corners[0], *corners[-1])


def column_number(letters: str) -> int:
    """A as 1, AA as 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
