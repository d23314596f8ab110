"""A workbook of titled sheets, each with at most one table."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo

from report_builder.office.package import write_package

Font.__elements__ = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign"),
    *("sz", "color", "name", "family", "charset", "scheme"),
)
"""The schema's order. openpyxl writes the colour before the size, which the Open XML SDK calls an error."""

SheetRows = Iterable[Sequence[str | int]]
HEADER_ROW = 3
WIDTH_LIMIT = 60
"""Characters: a column of long text wraps beyond this."""


def write_sheets(
    target: BinaryIO, title: str, sender: str, day: date, sheets: Iterable[tuple[str, str, Sequence[str], SheetRows]]
) -> None:
    """Write sheets of (name, title, headings, rows); the table on a sheet bears the name of the sheet.

    Text stays text whatever sign it starts with: no value becomes a formula.
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, heading, headings, rows in sheets:
        _fill(workbook.create_sheet(name), name, heading, headings, rows)
    properties = workbook.properties
    properties.title, properties.creator, properties.language = title, sender, "nl-NL"
    properties.created = properties.modified = datetime.combine(day, time())
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    write_package(target, parts)


def _fill(sheet: Any, name: str, heading: str, headings: Sequence[str], rows: SheetRows) -> None:
    _put(sheet, 1, 1, heading).font = Font(name="Verdana", b=True, sz=14)
    start = HEADER_ROW
    if headings:
        for column, text in enumerate(headings, 1):
            _put(sheet, HEADER_ROW, column, text)
        start += 1
    widths = [len(text) for text in headings] or [100]
    last = HEADER_ROW
    for number, row in enumerate(rows, start):
        for column, value in enumerate(row, 1):
            cell = _put(sheet, number, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            widths[column - 1] = max(widths[column - 1], min(len(str(value)), WIDTH_LIMIT))
        last = number
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width + 4
    if headings:
        table = Table(displayName=name, ref=f"A{HEADER_ROW}:{get_column_letter(len(headings))}{last}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
        sheet.add_table(table)
        sheet.freeze_panes = f"A{HEADER_ROW + 1}"


def _put(sheet: Any, row: int, column: int, value: str | int) -> Any:
    cell = sheet.cell(row, column, value if value != "" else None)
    if isinstance(value, str) and value:
        cell.data_type = "s"
    return cell
