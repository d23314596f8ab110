"""Sheets that hold nothing but values, read with one pattern for all of their rows: most of those that ministries send.

It takes a twentieth of openpyxl's time. The gate has seen that the part is valid XML; the pattern then accounts for all
of it, character by character, so that it passes over nothing that it does not know: a formula, an error, what is hidden
or merged, or another way to write it. Then another reader has to read the sheet.
"""

import re
from collections.abc import Iterator
from functools import cache
from operator import lt
from xml.etree.ElementTree import Element

import defusedxml.ElementTree as SafeXml
from openpyxl.utils import column_index_from_string

from report_builder.office.excel_markup import NotPlain, is_text, opening, pieces
from report_builder.office.excel_values import CellTexts
from report_builder.office.excel_written import MAIN
from report_builder.office.grids import MAX_ROWS, GridRow, column_letters

MOST_COLUMNS = 100
ROWS, END_OF_ROWS, END_OF_ROW = b"<sheetData>", b"</sheetData>", b"</row>"
ROW = r'<row r="([1-9]\d{0,6})"([^>]*+>)%s(?:</row>)?+|(.+)'
"""A row: its number, the rest of its tag, and its cells; or else all that is left of the piece."""

CELL = r'(?:<c r="%s\1"([^>]*+>(?:<v>|<is><t[^>]*+>)?+)([^<]*+)(?:(?:</v>|</t></is>)?+</c>)?+)?+'
"""A cell of one column, if the row has it: how it starts, and its content."""

COLUMN = re.compile(r'<c r="([A-Z]{1,3})\d')
ROW_START = re.compile(
    r'(?: (?:spans|s|customFormat|ht|customHeight|outlineLevel|collapsed|thickTop|thickBot|ph|\w+:\w+)="[^"<&]*+"'
    r'| hidden="(?:0|false)")*+ ?/?>'
)


def plain_rows(part: bytes, texts: CellTexts) -> tuple[GridRow, ...] | None:
    """The rows that hold something, each up to its last cell that does; None when more than values stands here."""
    try:
        return tuple(_rows(part, texts))
    except (NotPlain, SafeXml.ParseError):
        return None


def _rows(part: bytes, texts: CellTexts) -> Iterator[GridRow]:
    head, start = opening(part, ROWS)
    end = part.rfind(END_OF_ROWS)
    if not _holds_values_alone(SafeXml.fromstring(head + ROWS + part[end:], forbid_dtd=True)):
        raise NotPlain
    width, last = 1, 0
    for piece in pieces(part, END_OF_ROW, start + len(ROWS), end):
        found = _pattern(width).findall(piece)
        if found[-1][-1]:
            width = max(width, *map(column_index_from_string, COLUMN.findall(piece)))
            found = _pattern(width).findall(piece)
        numbers, starts, *cells, left = zip(*found, strict=True)
        rows = [*map(int, numbers)]
        if any(left) or not all(map(lt, [last, *rows], rows)) or not all(map(ROW_START.fullmatch, {*starts})):
            raise NotPlain
        last, as_they_stand = rows[-1], is_text(piece)
        columns = [texts.of(*cell, as_they_stand=as_they_stand) for cell in zip(cells[::2], cells[1::2], strict=True)]
        for number, row in zip(rows, zip(*columns, strict=True), strict=True):
            if filled := row if row[-1] else _up_to_the_last(row):
                yield GridRow(number, filled)
    if last > MAX_ROWS:
        raise NotPlain


@cache
def _pattern(width: int) -> re.Pattern[str]:
    """For rows of at most so many cells."""
    if width > MOST_COLUMNS:
        raise NotPlain
    return re.compile(ROW % "".join(CELL % column_letters(number) for number in range(1, width + 1)), re.DOTALL)


def _holds_values_alone(sheet: Element) -> bool:
    """Whether what stands around the rows neither merges cells nor hides columns, and there are no other rows."""
    names = [element.tag.rpartition("}")[2] for element in sheet.iter()]
    hidden = any(column.get("hidden") in ("1", "true") for column in sheet.iter(f"{MAIN}col"))
    rows = sheet.find(f"{MAIN}sheetData")
    return rows is not None and names.count("sheetData") == 1 and "mergeCell" not in names and not hidden


def _up_to_the_last(row: tuple[str, ...]) -> tuple[str, ...]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]
