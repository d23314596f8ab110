"""A workbook that was written, opened again: what its sheets hold and how they are set up."""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, islice
from typing import IO, Any
from xml.etree.ElementTree import Element, fromstring

from python_calamine import CalamineSheet, CalamineWorkbook

from report_builder.office.excel_places import bounds

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHUNK = 1024 * 1024
LONG = 60
"""Characters of a text that must wrap to be read."""

LONG_TEXT = re.compile(rb'<c r="[A-Z]+(\d+)" s="(\d+)" t="inlineStr"><is><t[^>]*>[^<]{%d}' % LONG)
FORMULA = re.compile(rb"<f[ >/].*?</c>")
WORD = re.compile(r"\w")
TOGETHER = 1_000
"""Rows that are looked at together."""

BOOK, STYLES, PRINT_TITLES = "xl/workbook.xml", "xl/styles.xml", "_xlnm.Print_Titles"
CellRow = Sequence[object]


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table as its part describes it; rows and columns are counted from 1."""

    name: str
    headings: tuple[str, ...]
    first_row: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Body:
    """What the rows under the headings of a table hold. `wordless` are the texts without a letter or a digit."""

    count: int
    blank_rows: bool
    empty_cells: bool
    wordless: frozenset[str]


@dataclass(frozen=True)
class WrittenSheet:
    """One sheet. `number` counts from 0, `frame` is its XML without rows, `cells` are what another library reads in it.

    `long_text_styles` are the numbers of the styles of long texts, those above a table left out.
    """

    number: int
    name: str
    hidden: bool
    frame: Element
    tables: tuple[WrittenTable, ...]
    cells: CalamineSheet
    formulas: tuple[bytes, ...]
    has_errors: bool
    long_text_styles: frozenset[int]

    @property
    def table(self) -> WrittenTable | None:
        return self.tables[0] if self.tables else None

    @property
    def size(self) -> tuple[int, int]:
        """How many rows and columns it has, counted from A1."""
        row, column = self.cells.end or (-1, -1)
        return row + 1, column + 1

    def rows(self, first: int = 1, last: int | None = None) -> Iterator[CellRow]:
        """The cells of these rows from column A, an empty one as empty text: read out anew, so that none are kept."""
        _, missing = self.cells.start or (0, 0)
        rows: Iterator[list[Any]] = islice(self.cells.iter_rows(), first - 1, last)
        return ([""] * missing + row for row in rows) if missing else rows

    @cached_property
    def above(self) -> tuple[CellRow, ...]:
        """The rows up to the headings of the table, these included; all of them where there is no table."""
        return tuple(self.rows(1, self.table.first_row if self.table else None))

    def records(self) -> Iterator[tuple[object, ...]]:
        """The rows of the table under its headings."""
        if table := self.table:
            rows = self.rows(table.first_row + 1, table.last_row)
            yield from (tuple(row[: table.last_column]) for row in rows)

    @cached_property
    def body(self) -> Body:
        count, blank, empty, wordless, records = 0, False, False, set[str](), self.records()
        while some := list(islice(records, TOGETHER)):
            values = {*chain.from_iterable(some)}
            count += len(some)
            blank = blank or ("",) * len(some[0]) in some
            empty = empty or "" in values
            wordless.update(value for value in values if isinstance(value, str) and not WORD.search(value))
        return Body(count, blank, empty, frozenset(wordless) - {""})


@dataclass(frozen=True)
class Written:
    """A whole workbook: its parts as XML, those of the sheets apart. `given` are the texts that people gave."""

    content: bytes
    parts: dict[str, Element]
    names: tuple[str, ...]
    given: Container[str] = ()

    @cached_property
    def entries(self) -> tuple[Element, ...]:
        """What the workbook says of each sheet."""
        return tuple(self.parts[BOOK].iter(f"{MAIN}sheet"))

    @cached_property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(entry.get("name", "") for entry in self.entries)

    @cached_property
    def in_sight(self) -> frozenset[str]:
        """The names of the sheets that are not hidden."""
        return frozenset(entry.get("name", "") for entry in self.entries if not is_hidden(entry))

    @cached_property
    def repeated(self) -> dict[int, str]:
        """By number of a sheet the rows and columns that repeat on each of its printed pages."""
        names = (name for name in self.parts[BOOK].iter(f"{MAIN}definedName") if name.get("name") == PRINT_TITLES)
        return {int(name.get("localSheetId", -1)): name.text or "" for name in names}

    @cached_property
    def wrapping(self) -> tuple[bool, ...]:
        """By number of a style of cells whether it wraps text."""
        styles = self.parts[STYLES].iterfind(f"{MAIN}cellXfs/{MAIN}xf")
        alignments = [style.find(f"{MAIN}alignment") for style in styles]
        return tuple(found is not None and found.get("wrapText") in ("1", "true") for found in alignments)

    def sheets(self) -> Iterator[WrittenSheet]:
        """Each sheet, read when it is its turn: one of 100,000 rows takes some 100 MB."""
        targets, cells = targets_of(self.parts, BOOK), CalamineWorkbook.from_filelike(io.BytesIO(self.content))
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            for number, entry in enumerate(self.entries):
                yield _sheet(archive, self.parts, targets[entry.get(f"{LINK}id", "")], entry, number, cells)

    def all_parts(self, start: str) -> Iterator[tuple[str, Element]]:
        return ((name, root) for name, root in self.parts.items() if name.startswith(start))


def open_written(content: bytes, given: Container[str] = ()) -> Written:
    """Read a workbook back: all but its sheets, which are read one after another."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {
            name: _parsed(archive.read(name))
            for name in archive.namelist()
            if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/sheet")
        }
        return Written(content, parts, tuple(archive.namelist()), given)


def is_hidden(entry: Element) -> bool:
    return entry.get("state", "visible") != "visible"


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
    archive: zipfile.ZipFile, parts: dict[str, Element], part: str, entry: Element, number: int, cells: CalamineWorkbook
) -> WrittenSheet:
    targets, name = targets_of(parts, part), entry.get("name", "")
    tables = tuple(_table(parts[target]) for target in targets.values() if target.startswith("xl/tables/"))
    seen = _Seen(min((table.first_row for table in tables), default=1))
    with archive.open(part) as stream:
        large = archive.getinfo(part).file_size > CHUNK
        found = _read_while(partial(seen.look, stream), cells, name, beside=large)
    return WrittenSheet(
        number=number,
        name=name,
        hidden=is_hidden(entry),
        frame=_parsed(seen.frame),
        tables=tables,
        cells=found,
        formulas=tuple(seen.formulas),
        has_errors=seen.errors,
        long_text_styles=frozenset(seen.styles),
    )


def _read_while(look: Callable[[], None], cells: CalamineWorkbook, name: str, *, beside: bool) -> CalamineSheet:
    """The cells of a sheet; a large one is read while `look` goes on, since calamine needs no interpreter for it."""
    if not beside:
        look()
        return cells.get_sheet_by_name(name)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(cells.get_sheet_by_name, name)
        look()
        return reading.result()


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
    """What the XML of a sheet shows while it passes by. `frame` is what stands around its rows."""

    def __init__(self, first_row: int) -> None:
        self._first_row = first_row
        self.frame = b""
        self.formulas: list[bytes] = []
        self.errors = False
        self.styles: set[int] = set()

    def look(self, stream: IO[bytes]) -> None:
        tail = b""
        for block in blocks(stream):
            self.frame = self.frame or block.partition(b"<sheetData")[0]
            tail = block.rpartition(b"</sheetData>")[2]
            self.formulas.extend(FORMULA.findall(block))
            self.errors = self.errors or b't="e"' in block
            self.styles.update(int(style) for row, style in LONG_TEXT.findall(block) if int(row) >= self._first_row)
        self.frame += tail


def _table(root: Element) -> WrittenTable:
    _, first_row, last_column, last_row = bounds(root.get("ref", "A1"))
    headings = tuple(column.get("name", "") for column in root.iter(f"{MAIN}tableColumn"))
    return WrittenTable(root.get("displayName", ""), headings, first_row, last_row, last_column)
