"""What a person does in LibreOffice Calc, as a script: open a form, do these steps, save it as .xlsx.

Runs in the Python that has LibreOffice's `uno`, not in that of the tests: `session.py FORM TARGET PROFILE STEPS`, the
steps as JSON, each a list of the name of a function below and what it is given.
"""

# mypy: ignore-errors
import json
import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table import CellAddress, CellRangeAddress, TableSortField

FORM = "Uitvraag"


def setting(name, value):
    return PropertyValue(Name=name, Value=value)


def column_of(book, name):
    return book.NamedRanges.getByName(name).getReferredCells()


def row_of(book, measure):
    cells = column_of(book, "shown_id")
    return next(row for row in range(cells.Rows.Count) if cells.getCellByPosition(0, row).String == measure)


def type_text(book, measure, field, text):
    column_of(book, f"answer_{field}").getCellByPosition(0, row_of(book, measure)).String = text


def type_formula(book, measure, field, formula):
    """What is typed here is taken for a number, a day or a formula, as when a person types it."""
    column_of(book, f"answer_{field}").getCellByPosition(0, row_of(book, measure)).FormulaLocal = formula


def note(book, measure, field, text):
    cell = column_of(book, f"answer_{field}").getCellByPosition(0, row_of(book, measure))
    book.Sheets.getByName(FORM).Annotations.insertNew(cell.CellAddress, text)


def unprotect(book):
    book.Sheets.getByName(FORM).unprotect("")


def sort_backwards(book):
    sheet, ids = book.Sheets.getByName(FORM), column_of(book, "shown_id").RangeAddress
    field = TableSortField(Field=0, IsAscending=False)
    rows = sheet.getCellRangeByPosition(0, ids.StartRow, 14, ids.EndRow)
    rows.sort((setting("SortFields", uno.Any("[]com.sun.star.table.TableSortField", (field,))),))


def move_column(book, name, to):
    """Make room at the column of this number and move the column there, as by cutting and inserting."""
    sheet = book.Sheets.getByName(FORM)
    sheet.Columns.insertByIndex(to, 1)
    cells = column_of(book, name).RangeAddress
    whole = CellRangeAddress(cells.Sheet, cells.StartColumn, cells.StartRow - 1, cells.EndColumn, cells.EndRow)
    sheet.moveRange(CellAddress(cells.Sheet, to, cells.StartRow - 1), whole)


def hide_column(book, name):
    column_of(book, name).Columns.IsVisible = False


def rename_sheet(book, name):
    book.Sheets.getByName(FORM).Name = name


def add_sheet(book, name, text):
    book.Sheets.insertNewByName(name, 0)
    book.Sheets.getByName(name).getCellByPosition(0, 0).String = text


def colour(book, measure, field):
    column_of(book, f"answer_{field}").getCellByPosition(0, row_of(book, measure)).CellBackColor = 0xFFFF00


def connected(pipe):
    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(600):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("LibreOffice did not start")


def main(form: Path, target: Path, profile: Path, steps: str) -> None:
    pipe = f"forms{profile.name}{time.monotonic_ns()}"
    listening = [
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        f"--accept=pipe,name={pipe};urp;",
    ]
    office = subprocess.Popen(["soffice", *listening])
    try:
        context = connected(pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        book = desktop.loadComponentFromURL(form.as_uri(), "_blank", 0, (setting("Hidden", True),))
        for name, *given in json.loads(steps):
            globals()[name](book, *given)
        book.storeToURL(target.as_uri(), (setting("FilterName", "Calc MS Excel 2007 XML"),))
        book.close(True)
        desktop.terminate()
        office.wait(timeout=60)
    finally:
        office.kill()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), sys.argv[4])
