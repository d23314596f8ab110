"""A workbook that people filled in, read with everything they may have said in it: texts, colours, comments."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import coordinate_to_tuple
from python_calamine import CalamineSheet, CalamineWorkbook

from report_builder.office.excel_comments import CellComment, comments_of
from report_builder.office.excel_reading import Unseen, refuse_other_formats
from report_builder.office.excel_styles import ANSWER, BLUE, LIGHT, LINK
from report_builder.office.excel_values import cell_text
from report_builder.office.gate import refusing_damage, safe_parts
from report_builder.problems import ExitCode, Place, Problem, Stop, error

HOUSE_FILLS = frozenset({BLUE, LIGHT, ANSWER, "FFFFFF"})
HOUSE_INKS = frozenset({BLUE, LINK, "FFFFFF", "000000"})
"""Colours that the form itself has. Any other was given to a cell by somebody who meant something by it."""

PLAIN_THEME = (0, 1)
"""White and black in the theme of a workbook, in the order in which cells name them."""

CELL = re.compile(rb"<(?:\w+:)?c( [^>]*)>")
ATTRIBUTE = re.compile(rb"(\w+)=[\"']([^\"']*)[\"']")
VALUE = re.compile(rb"(?:<(?:\w+:)?f[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]*)<")
FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
"""Read from the bytes, since only a few of the cells of a large form are anything but plain values."""

MOST_CELLS = 5_000_000
"""Of the smallest area that holds all cells of a sheet: a form of 100,000 measures has 1.5 million."""


@dataclass(frozen=True, slots=True)
class FormCell:
    """`marked`: somebody gave the cell, or its text, a colour that the form does not have."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class FormSheet:
    """A sheet with its filled and marked cells, by row and column, both counted from 1."""

    name: str
    hidden: bool
    rows: Mapping[int, Mapping[int, FormCell]]

    def texts(self, row: int) -> tuple[str, ...]:
        """The texts of a row from column A on."""
        cells = self.rows.get(row, {})
        return tuple(cells[number].text if number in cells else "" for number in range(1, max(cells, default=0) + 1))


@dataclass(frozen=True, slots=True)
class Span:
    """The cells of a defined name that lie in one column: rows `first` to `last`."""

    sheet: str
    column: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FormBook:
    """A whole workbook. `problems` are cells whose value cannot be known."""

    sheets: tuple[FormSheet, ...]
    names: Mapping[str, Span]
    comments: tuple[CellComment, ...]
    problems: tuple[Problem, ...]

    def sheet(self, name: str) -> FormSheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def read_form_book(content: bytes, file: str) -> FormBook:
    """All of a workbook, hidden sheets too. Raise Stop when the gate refuses it or it is too large to be a form."""
    parts = safe_parts(content, file)
    with refusing_damage(file):
        refuse_other_formats(parts, file)
        book: Any = load_workbook(BytesIO(content), read_only=True, data_only=True)
        values, marks = CalamineWorkbook.from_filelike(BytesIO(content)), _Marks(book)
        sheets: list[FormSheet] = []
        comments: list[CellComment] = []
        problems: list[Problem] = []
        for sheet in book.worksheets:
            part, place = sheet._worksheet_path, Place(file=file, sheet=sheet.title)
            cells = _Cells(parts[part])
            if cells.area > MOST_CELLS:
                reason = f"the sheet {sheet.title} reaches as far as row {cells.last_row}"
                raise Stop(ExitCode.INPUT, f"{file} is refused: {reason}; take out what stands there")
            rows = cells.with_texts(values.get_sheet_by_name(sheet.title), marks)
            sheets.append(FormSheet(sheet.title, sheet.sheet_state != "visible", rows))
            comments.extend(comments_of(parts, part, sheet.title))
            problems.extend(error("cell-error", replace(place, cell=cell), found=found) for cell, found in cells.errors)
            if cells.has_formulas:
                unknown = Unseen(parts[part]).formulas
                problems.extend(error("formula-without-result", replace(place, cell=cell)) for cell in unknown)
        names = dict(_names(book))
        book.close()
    return FormBook(tuple(sheets), names, tuple(comments), tuple(problems))


class _Cells:
    """What the cells of a sheet are besides their values: where they stand, their styles, errors and formulas."""

    def __init__(self, part: bytes) -> None:
        self.has_formulas = bool(FORMULA.search(part))
        self.errors: list[tuple[str, str]] = []
        self._styles: dict[tuple[int, int], int] = {}
        self.last_row = last_column = 0
        for tag in CELL.finditer(part):
            attributes = dict(ATTRIBUTE.findall(tag[1]))
            column, row = _place(attributes.get(b"r", b"A1"))
            self.last_row, last_column = max(self.last_row, row), max(last_column, column)
            self._styles[row, column] = int(attributes.get(b"s", b"0"))
            if attributes.get(b"t") == b"e":
                value = VALUE.match(part, tag.end())
                self.errors.append((attributes.get(b"r", b"").decode(), value[1].decode() if value else ""))
        self.area = self.last_row * last_column

    def with_texts(self, sheet: CalamineSheet, marks: "_Marks") -> dict[int, dict[int, FormCell]]:
        """The cells that hold or show something. Errors and formulas without a result hold nothing."""
        rows: dict[int, dict[int, FormCell]] = {}
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
            for column, value in enumerate(row, 1):
                if value != "":
                    rows.setdefault(number, {})[column] = FormCell(cell_text(value))
        for (number, column), style in self._styles.items():
            if marks[style]:
                cells = rows.setdefault(number, {})
                cells[column] = FormCell(cells[column].text if column in cells else "", marked=True)
        return rows


def _place(cell: bytes) -> tuple[int, int]:
    """Column and row, both from 1, of a cell such as B7."""
    row, column = coordinate_to_tuple(cell.decode())
    return column, row


def _names(book: Any) -> Iterator[tuple[str, Span]]:
    """The defined names that still point to cells of one column. Others were broken by what happened to the sheet."""
    for name, defined in book.defined_names.items():
        places = list(defined.destinations)
        if len(places) == 1:
            sheet, area = places[0]
            try:
                bounds: Any = range_boundaries(area.replace("$", ""))
            except ValueError:
                continue
            left, first, right, last = bounds
            if left == right and None not in bounds:
                yield name, Span(sheet, left, first, last)


class _Marks(dict[int, bool]):
    """Whether a cell style has a colour of somebody's own; each style is looked at once."""

    def __init__(self, book: Any) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, style: int) -> bool:
        looks = self._book._cell_styles[style]
        fill, font = self._book._fills[looks.fillId], self._book._fonts[looks.fontId]
        coloured = fill.fill_type == "solid" and _foreign(fill.fgColor, HOUSE_FILLS)
        self[style] = coloured or _foreign(font.color, HOUSE_INKS)
        return self[style]


def _foreign(colour: Any, house: frozenset[str]) -> bool:
    if colour is None or colour.type == "auto":
        return False
    if colour.type == "theme":
        return colour.theme not in PLAIN_THEME or bool(colour.tint)
    if colour.type == "indexed":
        return colour.indexed not in (8, 9, 64, 65)
    return colour.rgb[-6:].upper() not in house
