"""A workbook of one sheet of plain text: a dataset that people keep in Excel."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from report_builder.office.package import FIXED_DATE, write_package


def write_texts(sheet_name: str, rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet with these rows from A1 on. Every cell is text, whatever sign it starts with."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = sheet_name
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            if text:
                sheet.cell(number, column, text).data_type = "s"
    made, file = io.BytesIO(), io.BytesIO()
    workbook.save(made)
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    # save() has stamped the properties with the clock
    workbook.properties.created = workbook.properties.modified = datetime.combine(date(*FIXED_DATE[:3]), time())
    write_package(file, {**parts, ARC_CORE: tostring(workbook.properties.to_tree())})
    return file.getvalue()
