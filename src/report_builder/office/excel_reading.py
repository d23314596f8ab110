"""Workbooks that others made, sheet by sheet, with what a plain reading would hide."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import defusedxml.ElementTree as SafeXml
from python_calamine import CalamineWorkbook

from report_builder.office.excel_plain import SheetEntry, is_plain, sheets_in
from report_builder.office.gate import CHUNK, pass_gate, refusing_damage
from report_builder.office.grids import MAX_COLUMNS, MAX_ROWS, Grid, GridRow
from report_builder.problems import ExitCode, Place, Problem, Stop, error, warning

STRICT_NAMESPACE = b"http://purl.oclc.org/ooxml/"


def read_sheets(content: bytes, file: str) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The visible sheets as rows of text, and what was not read. Hidden sheets are named, never used.

    Hidden rows and columns are read, and reported: a filter that was left on must not lose a measure.
    """
    with pass_gate(content, file) as archive, refusing_damage(file):
        refuse_other_formats(archive, file)
        slowly, quickly = _Slowly(content), CalamineWorkbook.from_filelike(BytesIO(content))
        grids: list[Grid] = []
        problems: list[Problem] = []
        for sheet in sheets_in(archive):
            if sheet.hidden:
                problems.append(warning("sheet-hidden", Place(file=file, sheet=sheet.name)))
            elif is_plain(archive, sheet):
                grids.append(_plain_grid(quickly, sheet.name, file))
            else:
                grids.append(_grid(archive, sheet, slowly.sheet(sheet.name), file))
        slowly.close()
    return tuple(grids), tuple(problems)


class _Slowly:
    """The workbook as openpyxl reads it, opened only when a sheet asks for it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._workbook: Any = None

    def sheet(self, name: str) -> Any:
        if self._workbook is None:
            from openpyxl import load_workbook

            self._workbook = load_workbook(BytesIO(self._content), read_only=True, data_only=True)
        return self._workbook[name]

    def close(self) -> None:
        if self._workbook is not None:
            self._workbook.close()


def refuse_other_formats(archive: zipfile.ZipFile, file: str) -> None:
    if "xl/workbook.xml" not in archive.namelist():
        raise Stop(ExitCode.INPUT, f"{file} is refused: it is no workbook")
    if STRICT_NAMESPACE in archive.read("xl/workbook.xml"):
        raise Stop(ExitCode.INPUT, f"{file} is refused: it is a Strict Open XML workbook; save it as an ordinary .xlsx")


def _plain_grid(workbook: CalamineWorkbook, sheet: str, file: str) -> Grid:
    """Like `_grid`, whose rows end with their last cell too: calamine makes all as wide as the widest."""
    rows = enumerate(workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False), 1)
    filled = ((number, texts) for number, row in rows if (texts := _texts(row)))
    return Grid(file, sheet, tuple(GridRow(number, texts) for number, texts in filled))


def _texts(row: list[Any]) -> tuple[str, ...]:
    """The cells up to the last one that holds something; none of an empty row."""
    if row and row[-1] != "" and {*map(type, row)} == {str}:
        return tuple(row)
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return tuple([value if type(value) is str else cell_text(value) for value in row[:end]])


def _grid(archive: zipfile.ZipFile, entry: SheetEntry, sheet: Any, file: str) -> Grid:
    hidden = Unseen(archive, entry.part)
    place = Place(file=file, sheet=sheet.title)
    problems = list(hidden.problems(place))
    rows: list[GridRow] = []
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
            limit = f"{MAX_ROWS} rows and {MAX_COLUMNS} columns"
            raise Stop(ExitCode.INPUT, f"{file}: the sheet {sheet.title} is larger than {limit}")
        texts: list[str] = []
        for cell in cells:
            if cell.value is not None and cell.data_type == "e":
                at = Place(file=file, sheet=sheet.title, cell=cell.coordinate)
                problems.append(error("cell-error", at, found=str(cell.value)))
                texts.append("")
            else:
                texts.append(cell_text(cell.value))
        if any(texts):
            rows.append(GridRow(number, tuple(texts)))
    return Grid(file, sheet.title, tuple(rows), problems=tuple(problems))


def cell_text(value: object) -> str:
    """A cell as the dataset would write it: whole numbers without a point, days as 2021-02-04."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


class Unseen:
    """What a sheet's values do not show: hidden rows and columns, merged cells, formulas without a result."""

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        self.rows: list[str] = []
        self.columns: list[str] = []
        self.merged: list[str] = []
        self.formulas: list[str] = []
        self._cell, self._formula, self._written, self._value = "", False, False, False
        parser = SafeXml.XMLParser(target=self, forbid_dtd=True)
        with archive.open(part) as xml:
            while chunk := xml.read(CHUNK):
                parser.feed(chunk)
        parser.close()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "c":
            self._cell, self._formula, self._written, self._value = attributes.get("r", ""), False, False, False
        elif name == "f":
            self._formula = True
        elif name == "row" and attributes.get("hidden") in ("1", "true"):
            self.rows.append(attributes.get("r", ""))
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self.columns.append(attributes.get("min", ""))
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", ""))

    def data(self, text: str) -> None:
        """Text after a formula within its cell: the result, if the program that wrote it kept one."""
        if self._formula and self._written and text.strip():
            self._value = True

    def end(self, tag: str) -> None:
        if tag.endswith("}f"):
            self._written = True
        if tag.endswith("}c") and self._formula and not self._value:
            self.formulas.append(self._cell)

    def close(self) -> None: ...

    def problems(self, place: Place) -> Iterator[Problem]:
        file, sheet = place.file, place.sheet
        for cell in self.formulas:
            yield error("formula-without-result", Place(file=file, sheet=sheet, cell=cell))
        for cells in self.merged:
            first, _, last = cells.partition(":")
            if _row(first) != _row(last):
                yield error("cells-merged", Place(file=file, sheet=sheet, cell=cells))
        if self.rows:
            yield warning("rows-hidden", place, count=len(self.rows), first=self.rows[0])
        if self.columns:
            yield warning("columns-hidden", place, count=len(self.columns))


def _row(cell: str) -> str:
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
