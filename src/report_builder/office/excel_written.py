"""A workbook that was written, opened again: what its sheets hold and how they are set up."""

import io
import posixpath
import re
import zipfile
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import IO, Any
from xml.etree.ElementTree import Element, fromstring

from python_calamine import CalamineWorkbook

from report_builder.office.excel_places import bounds

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHUNK = 1024 * 1024
LONG = 60
"""Characters of a text that must wrap to be read."""

LONG_TEXT = re.compile(rb'<c r="[A-Z]+(\d+)" s="(\d+)" t="inlineStr"><is><t[^>]*>[^<]{%d}' % LONG)
FORMULA = re.compile(rb"<f[ >/].*?</c>")
CellValue = str | int | float | bool


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table as its part describes it; rows and columns are counted from 1."""

    name: str
    headings: tuple[str, ...]
    first_row: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """One sheet. `frame` is its XML without rows. `values` are all cells from A1, an empty one as empty text.

    `long_text_styles` are the numbers of the styles of long texts, those above a table left out.
    """

    name: str
    hidden: bool
    frame: Element
    tables: tuple[WrittenTable, ...]
    values: tuple[tuple[CellValue, ...], ...]
    formulas: tuple[bytes, ...]
    has_errors: bool
    long_text_styles: frozenset[int]

    @property
    def table(self) -> WrittenTable | None:
        return self.tables[0] if self.tables else None

    @property
    def body(self) -> tuple[tuple[CellValue, ...], ...]:
        """The rows of the table without its headings."""
        table = self.table
        return tuple(row[: table.last_column] for row in self.values[table.first_row : table.last_row]) if table else ()


@dataclass(frozen=True, slots=True)
class Written:
    """A whole workbook: its parts as XML, those of the sheets apart. `given` are the texts that people gave."""

    sheets: tuple[WrittenSheet, ...]
    parts: dict[str, Element]
    names: tuple[str, ...]
    given: Container[str] = ()

    def sheet(self, name: str) -> WrittenSheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def all_parts(self, start: str) -> Iterator[tuple[str, Element]]:
        return ((name, root) for name, root in self.parts.items() if name.startswith(start))


def open_written(content: bytes, given: Container[str] = ()) -> Written:
    """Read a whole workbook back."""
    values = CalamineWorkbook.from_filelike(io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {
            name: _parsed(archive.read(name))
            for name in archive.namelist()
            if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/sheet")
        }
        targets = targets_of(parts, "xl/workbook.xml")
        sheets = tuple(
            _sheet(archive, parts, targets[entry.get(f"{LINK}id", "")], entry, values)
            for entry in parts["xl/workbook.xml"].iter(f"{MAIN}sheet")
        )
        return Written(sheets, parts, tuple(archive.namelist()), given)


def _parsed(part: bytes) -> Element:
    """What this program has just written itself holds nothing that a safe parser, five times as slow, would refuse."""
    return fromstring(part)  # noqa: S314


def targets_of(parts: dict[str, Element], part: str) -> dict[str, str]:
    """What the relations of a part lead to: names of parts by the relation's id."""
    folder, name = posixpath.split(part)
    relations = parts.get(f"{folder}/_rels/{name}.rels")
    if relations is None:
        return {}
    found = ((relation.get("Id", ""), relation.get("Target", "")) for relation in relations)
    return {key: posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/") for key, target in found}


def _sheet(
    archive: zipfile.ZipFile, parts: dict[str, Element], part: str, entry: Element, values: CalamineWorkbook
) -> WrittenSheet:
    targets = targets_of(parts, part)
    tables = tuple(_table(parts[target]) for target in targets.values() if target.startswith("xl/tables/"))
    head, tail, seen = b"", b"", _Seen(min((table.first_row for table in tables), default=1))
    with archive.open(part) as stream:
        for block in blocks(stream):
            if not head:
                head = block.partition(b"<sheetData")[0]
            seen.look(block)
            tail = block.rpartition(b"</sheetData>")[2]
    name = entry.get("name", "")
    cells: list[list[Any]] = values.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return WrittenSheet(
        name=name,
        hidden=entry.get("state", "visible") != "visible",
        frame=_parsed(head + tail),
        tables=tables,
        values=tuple(map(tuple, cells)),
        formulas=tuple(seen.formulas),
        has_errors=seen.errors,
        long_text_styles=frozenset(seen.styles),
    )


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The part in pieces that end with a whole row, so that no cell is cut in two."""
    pending = b""
    while chunk := stream.read(CHUNK):
        whole, end, rest = (pending + chunk).rpartition(b"</row>")
        if end:
            yield whole + end
        pending = rest
    yield pending


class _Seen:
    """What the rows of a sheet show while they pass by."""

    def __init__(self, first_row: int) -> None:
        self._first_row = first_row
        self.formulas: list[bytes] = []
        self.errors = False
        self.styles: set[int] = set()

    def look(self, block: bytes) -> None:
        self.formulas.extend(FORMULA.findall(block))
        self.errors = self.errors or b't="e"' in block
        self.styles.update(int(style) for row, style in LONG_TEXT.findall(block) if int(row) >= self._first_row)


def _table(root: Element) -> WrittenTable:
    _, first_row, last_column, last_row = bounds(root.get("ref", "A1"))
    headings = tuple(column.get("name", "") for column in root.iter(f"{MAIN}tableColumn"))
    return WrittenTable(root.get("displayName", ""), headings, first_row, last_row, last_column)
