"""Sheets that hold nothing but values, read with one pattern for all of their rows: most of those that ministries send.

The pattern accounts for all of a row, character by character, so that it passes over nothing that it does not know: a
formula, an error, what is hidden or merged, or another way to write it. Then another reader has to read the sheet. It
also proves that the tags of the rows are valid XML; so of them expat need not see more than the contents.
"""

import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import chain
from operator import lt
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers import expat

import defusedxml.ElementTree as SafeXml

from report_builder.office.excel_markup import NotPlain, is_text, opening, pieces
from report_builder.office.excel_places import column_number
from report_builder.office.excel_values import CellTexts
from report_builder.office.excel_written import MAIN
from report_builder.office.grids import MAX_ROWS, GridRow, column_letters

MOST_COLUMNS = 100
ROWS, END_OF_ROWS, END_OF_ROW = b"<sheetData>", b"</sheetData>", b"</row>"
ROW = r'<row r="([1-9]\d{0,6})"((?: [\w:]++="[-.:\w ]*+")*+) ?+(?:/>|>%s</row>)'
"""A row: its number, its attributes and its cells."""

CELL = (
    r'(?:<c r="%s\1"'
    r'(?:(?: s="\d++")?+ t="inlineStr"><is><t(?: xml:space="preserve")?+>([^<]*+)</t></is></c>'
    r'|((?: s="\d++")?+(?: t="\w++")?+)(?:><v>([^<]*+)</v></c>| ?+/>|>(?:<v ?+/>)?+</c>)))?+'
)
"""A cell of one column, if the row has it: a text of its own; or its attributes and its value; or nothing in it."""

COLUMN = re.compile(r'<c r="([A-Z]{1,3})\d')
ATTRIBUTE = re.compile(r' ([\w:]+)="([^"]*)"')
KNOWN = frozenset(
    "spans s customFormat ht customHeight hidden outlineLevel collapsed thickTop thickBot x14ac:dyDescent".split()
)
SHOWN = ("0", "false")


def plain_rows(part: bytes, texts: CellTexts) -> tuple[GridRow, ...] | None:
    """The rows that hold something, each up to its last cell that does; None when more than values may stand here.

    What is read is valid XML without a DOCTYPE. Of another part nothing is known.
    """
    try:
        return tuple(_rows(part, texts))
    except (NotPlain, SafeXml.ParseError, expat.ExpatError, UnicodeDecodeError):
        return None


def _rows(part: bytes, texts: CellTexts) -> Iterator[GridRow]:
    start, end = opening(part, ROWS) + len(ROWS), part.rfind(END_OF_ROWS)
    if not _holds_values_alone(SafeXml.fromstring(part[:start] + part[end:], forbid_dtd=True)):
        raise NotPlain
    rest = expat.ParserCreate("UTF-8")
    rest.Parse(part[:start])
    width, last = 1, 0
    for piece in pieces(part, END_OF_ROW, start, end):
        between, *found = _columns(piece, width)
        if any(between):
            width = max([width, *map(column_number, COLUMN.findall(piece))])
            between, *found = _columns(piece, width)
        numbers, attributes, *cells = found
        rows = [*map(int, numbers)]
        if any(between) or not all(map(lt, [last, *rows], rows)) or not all(map(_are_known, {*attributes})):
            raise NotPlain
        rest.Parse(" ".join(chain.from_iterable(map(partial(filter, None), cells))))
        last, as_they_stand = rows[-1], is_text(piece)
        columns = [texts.of(*cells[at : at + 3], as_they_stand=as_they_stand) for at in range(0, len(cells), 3)]
        for number, row in zip(rows, zip(*columns, strict=True), strict=True):
            if filled := row if row[-1] else _up_to_the_last(row):
                yield GridRow(number, filled)
    rest.Parse(part[end:], True)
    if last > MAX_ROWS:
        raise NotPlain


def _columns(piece: str, width: int) -> list[list[Any]]:
    """All rows of the piece, column by column. The first column is what stands between the rows."""
    pattern = _pattern(width)
    found, step = pattern.split(piece), pattern.groups + 1
    return [found[at::step] for at in range(step)]


@cache
def _pattern(width: int) -> re.Pattern[str]:
    """For rows of at most so many cells."""
    if width > MOST_COLUMNS:
        raise NotPlain
    return re.compile(ROW % "".join(CELL % column_letters(number) for number in range(1, width + 1)), re.ASCII)


def _are_known(attributes: str) -> bool:
    """Whether this row may have these attributes, none of which hides it."""
    found = ATTRIBUTE.findall(attributes)
    values = dict(found)
    return len(values) == len(found) and values.keys() <= KNOWN and values.get("hidden", "0") in SHOWN


def _holds_values_alone(sheet: Element) -> bool:
    """Whether what stands around the rows neither merges cells nor hides columns, and there are no other rows."""
    names = [element.tag.rpartition("}")[2] for element in sheet.iter()]
    hidden = {element.get("hidden") for name, element in zip(names, sheet.iter(), strict=True) if name == "col"}
    rows = sheet.find(f"{MAIN}sheetData")
    return rows is not None and names.count("sheetData") == 1 and "mergeCell" not in names and hidden <= {None, *SHOWN}


def _up_to_the_last(row: tuple[str, ...]) -> tuple[str, ...]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]
