"""Sheets that hold nothing but values, which a quick reader may read: most of those that ministries send.

calamine reads a sheet ten times as fast as openpyxl, but does not tell what is hidden, merged, an error or a formula
without a result, and makes room for all cells up to the last one. So each sheet is looked through first, and one with
any of that is read the slow way.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import defusedxml.ElementTree as SafeXml

from report_builder.office.excel_written import LINK, MAIN, blocks, targets_of
from report_builder.office.grids import MAX_COLUMNS, MAX_ROWS, column_letters

NOT_PLAIN = (b"hidden", b"<mergeCell", b'="e"', b'="d"', b":worksheet")
"""Signs of hidden rows and columns, merged cells, errors, dates as text, and names with a prefix."""

NOT_PLAIN_EITHER = ((b"<f", re.compile(rb"<f[\s/>]")), (b"'", re.compile(rb"='[ed]'")))
"""Signs of formulas, and of errors and dates in single quotes; each after what no block without it holds.

Looking for that first is several times as fast.
"""

CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"')
COLUMNS = frozenset(column_letters(number).encode() for number in range(1, MAX_COLUMNS + 1))
MOST_EMPTY = 20
"""Room for so many cells may be made for each one that is there."""


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A worksheet as the workbook lists it. `dates_from_1904` is how old files of Macs count days."""

    name: str
    part: str
    hidden: bool
    dates_from_1904: bool


def sheets_in(archive: zipfile.ZipFile) -> Iterator[SheetEntry]:
    """The worksheets in their order; sheets that are but a chart are no such."""
    names = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    parts = {name: SafeXml.fromstring(archive.read(name), forbid_dtd=True) for name in names}
    targets = targets_of(parts, "xl/workbook.xml")
    properties = parts["xl/workbook.xml"].find(f"{MAIN}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    for entry in parts["xl/workbook.xml"].iter(f"{MAIN}sheet"):
        part = targets.get(entry.get(f"{LINK}id", ""), "")
        if "/worksheets/" in part:
            yield SheetEntry(entry.get("name", ""), part, entry.get("state", "visible") != "visible", from_1904)


def is_plain(archive: zipfile.ZipFile, sheet: SheetEntry) -> bool:
    """Whether nothing but values stands in this sheet, within the limits of a table and without great gaps."""
    if sheet.dates_from_1904:
        return False
    columns: set[bytes] = set()
    cells, last_row = 0, 0
    with archive.open(sheet.part) as stream:
        for block in blocks(stream):
            found = CELL.findall(block)
            if _holds_more_than_values(block) or len(found) != block.count(b"<c "):
                return False
            columns.update({column for column, _ in found})
            last_row = max(last_row, *map(int, {row for _, row in found}), 0)
            cells += len(found)
    room = last_row * len(columns)
    return columns <= COLUMNS and last_row <= MAX_ROWS and room <= MOST_EMPTY * max(cells, 1_000)


def _holds_more_than_values(block: bytes) -> bool:
    return any(sign in block for sign in NOT_PLAIN) or any(
        start in block and sign.search(block) for start, sign in NOT_PLAIN_EITHER
    )
