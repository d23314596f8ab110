"""Workbooks that others made, sheet by sheet, with what a plain reading would hide."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import defusedxml.ElementTree as SafeXml

from report_builder.office.excel_plain import plain_rows
from report_builder.office.excel_relations import WORKBOOK, sheets_in
from report_builder.office.excel_values import CellTexts, cell_text
from report_builder.office.gate import check_xml, parts_but, refusing_damage
from report_builder.office.grids import MAX_COLUMNS, MAX_ROWS, Grid, GridRow
from report_builder.problems import ExitCode, Place, Problem, Stop, error, warning

SHEETS = ("xl/worksheets",)
STRICT_NAMESPACE = b"http://purl.oclc.org/ooxml/"


def read_sheets(content: bytes, file: str) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The visible sheets as rows of text, and what was not read. Hidden sheets are named, never used.

    Hidden rows and columns are read, and reported: a filter that was left on must not lose a measure.
    """
    parts, unparsed = parts_but(SHEETS, content, file)
    with refusing_damage(file):
        refuse_other_formats(parts, file)
        plain = _plain_sheets(parts, unparsed, file)
        slowly = _Slowly(content)
        grids: list[Grid] = []
        problems: list[Problem] = []
        for sheet in sheets_in(parts):
            if sheet.hidden:
                problems.append(warning("sheet-hidden", Place(file=file, sheet=sheet.name)))
            elif sheet.part in plain and not sheet.dates_from_1904:
                grids.append(Grid(file, sheet.name, plain[sheet.part]))
            else:
                grids.append(_grid((parts | unparsed)[sheet.part], slowly.sheet(sheet.name), file))
        slowly.close()
    return tuple(grids), tuple(problems)


def _plain_sheets(
    parts: Mapping[str, bytes], unparsed: Mapping[str, bytes], file: str
) -> dict[str, tuple[GridRow, ...]]:
    """The rows of each part that proves to hold plain values alone. All others are parsed: then every part is safe."""
    texts = CellTexts(parts)
    plain: dict[str, tuple[GridRow, ...]] = {}
    for part, data in unparsed.items():
        rows = plain_rows(data, texts)
        if rows is None:
            check_xml(data, part, file)
        else:
            plain[part] = rows
    return plain


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


def refuse_other_formats(parts: Mapping[str, bytes], file: str) -> None:
    if WORKBOOK not in parts:
        raise Stop(ExitCode.INPUT, f"{file} is refused: it is no workbook")
    if STRICT_NAMESPACE in parts[WORKBOOK]:
        raise Stop(ExitCode.INPUT, f"{file} is refused: it is a Strict Open XML workbook; save it as an ordinary .xlsx")


def _grid(part: bytes, sheet: Any, file: str) -> Grid:
    hidden = Unseen(part)
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


class Unseen:
    """What a sheet's values do not show: hidden rows and columns, merged cells, formulas without a result."""

    def __init__(self, part: bytes) -> None:
        self.rows: list[str] = []
        self.columns: list[str] = []
        self.merged: list[str] = []
        self.formulas: list[str] = []
        self._cell, self._formula, self._written, self._value = "", False, False, False
        parser = SafeXml.XMLParser(target=self, forbid_dtd=True)
        parser.feed(part)
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
