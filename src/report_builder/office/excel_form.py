"""A workbook that people filled in, read with everything they may have said in it: texts, colours, comments."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from report_builder.office.excel_comments import CellComment, comments_of
from report_builder.office.excel_reading import Unseen, cell_text, refuse_other_formats
from report_builder.office.excel_styles import ANSWER, BLUE, LIGHT, LINK
from report_builder.office.gate import pass_gate
from report_builder.office.grids import MAX_COLUMNS, MAX_ROWS
from report_builder.problems import ExitCode, Place, Problem, Stop, error

HOUSE_FILLS = frozenset({BLUE, LIGHT, ANSWER, "FFFFFF"})
HOUSE_INKS = frozenset({BLUE, LINK, "FFFFFF", "000000"})
"""Colours that the form itself has. Any other was given to a cell by somebody who meant something by it."""

PLAIN_THEME = (0, 1)
"""White and black in the theme of a workbook, in the order in which cells name them."""

FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")


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
    with pass_gate(content, file) as archive:
        refuse_other_formats(archive, file)
        book: Any = load_workbook(BytesIO(content), read_only=True, data_only=True)
        marks = _Marks(book)
        sheets: list[FormSheet] = []
        comments: list[CellComment] = []
        problems: list[Problem] = []
        for sheet in book.worksheets:
            part = sheet._worksheet_path
            rows, faults = _rows(sheet, marks, file)
            sheets.append(FormSheet(sheet.title, sheet.sheet_state != "visible", rows))
            comments.extend(comments_of(archive, part, sheet.title))
            problems.extend((*faults, *_without_result(archive, part, Place(file=file, sheet=sheet.title))))
        names = dict(_names(book))
        book.close()
    return FormBook(tuple(sheets), names, tuple(comments), tuple(problems))


def _rows(sheet: Any, marks: "_Marks", file: str) -> tuple[dict[int, dict[int, FormCell]], list[Problem]]:
    rows: dict[int, dict[int, FormCell]] = {}
    problems: list[Problem] = []
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
            limit = f"{MAX_ROWS} rows and {MAX_COLUMNS} columns"
            raise Stop(ExitCode.INPUT, f"{file} is refused: the sheet {sheet.title} is larger than {limit}")
        found: dict[int, FormCell] = {}
        for cell in cells:
            style = getattr(cell, "_style_id", None)
            if style is None:  # a gap between cells
                continue
            text = cell_text(cell.value)
            if cell.data_type == "e":
                place = Place(file=file, sheet=sheet.title, cell=cell.coordinate)
                problems.append(error("cell-error", place, found=text))
                text = ""
            if text or marks[style]:
                found[cell.column] = FormCell(text, marks[style])
        if found:
            rows[number] = found
    return rows, problems


def _without_result(archive: zipfile.ZipFile, part: str, place: Place) -> Iterator[Problem]:
    if FORMULA.search(archive.read(part)):
        for cell in Unseen(archive, part).formulas:
            yield error("formula-without-result", Place(file=place.file, sheet=place.sheet, cell=cell))


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
