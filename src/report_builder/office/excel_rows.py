"""Rows as sheet XML: text that stays text, each cell in its column's style, each row as high as its text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, repeat
from operator import itemgetter
from typing import Any, cast

from report_builder.office.excel_heights import height_of, lines_of_all, text_lines
from report_builder.office.workbook import Row, Value

MAX_TEXT = 32_767
"""UTF-16 units in one cell: Excel's own limit."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t")
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
IN_ATTRIBUTE = {ord(sign): f"&#{ord(sign)};" for sign in '"\t\n\r'}
KEPT_LENGTH, KEPT_CELLS = 64, 2_000
"""A short value is likely to recur: its cell is rendered once, as long as there are not too many of them."""

CHUNK_ROWS = 500
"""Rows whose cells are made together, column by column."""

NEEDS_CARE = ("&", "<", ">", "_")
"""Signs of texts that may have to be escaped."""

NEEDS_CARE_AT_START, NEEDS_CARE_AT_END = frozenset({" ", *FORMULA_STARTS}), frozenset({" "})
"""Of printable texts whose cell keeps their spaces or quotes them."""

FIRST, LAST = itemgetter(0), itemgetter(-1)

HERE, VALUE = "\0", "\1"
"""Stand for the number of the row until the row is whole, and for a value that is yet to be filled in."""

MARKS = re.compile(f"([{HERE}{VALUE}])")


@dataclass(frozen=True, slots=True)
class Style:
    """Numbers of cell styles: of plain values, and of text that Excel would run as a formula when it is edited."""

    plain: int
    quoted: int
    filled: bool = False
    """Whether an empty cell is written too, because it shows where to answer."""


def escaped(text: str) -> str:
    """The text as XML, or ValueError: what no cell can hold should have been reported by a check."""
    if len(text) > MAX_TEXT // 2 and utf16_length(text) > MAX_TEXT:
        raise ValueError(f"a text of {utf16_length(text)} characters is longer than a cell can hold")
    if text.isprintable() and not ("&" in text or "<" in text or ">" in text or "_x" in text):
        return text
    if found := UNWRITABLE.search(text):
        raise ValueError(f"U+{ord(found[0]):04X} cannot stand in a workbook")
    text = ESCAPED.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """The text as the value of an attribute, in double quotes, or ValueError as above."""
    return escaped(text).translate(IN_ATTRIBUTE)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class ColumnCells(dict[Value, str]):
    """The cells of one column by value; what recurs is rendered once."""

    def __init__(self, letter: str, style: Style) -> None:
        super().__init__({"": f'<c r="{letter}{HERE}" s="{style.plain}"/>' if style.filled else ""})
        self.form = f'<c r="{letter}{HERE}" s="{style.plain}" t="inlineStr"><is><t>{VALUE}</t></is></c>'
        """The cell around a text of which `go_as_they_are` is true."""
        self._number = f'<c r="{letter}{HERE}" s="{style.plain}"><v>'
        self._plain = f'<c r="{letter}{HERE}" s="{style.plain}" t="inlineStr"><is><t>'
        self._quoted = f'<c r="{letter}{HERE}" s="{style.quoted}" t="inlineStr"><is><t>'

    def __missing__(self, value: Value) -> str:
        cell = self._cell(value)
        if len(self) < KEPT_CELLS and (isinstance(value, int) or len(value) < KEPT_LENGTH):
            self[value] = cell
        return cell

    def _cell(self, value: Value) -> str:
        if isinstance(value, int):
            return f"{self._number}{value}</v></c>"
        start = self._quoted if value.startswith(FORMULA_STARTS) else self._plain
        if value.strip() != value:
            start = f'{start[:-1]} xml:space="preserve">'
        return f"{start}{escaped(value)}</t></is></c>"


def go_as_they_are(values: Sequence[Value]) -> bool:
    """Whether all are texts that need no escaping and no cell of their own kind; told of a whole column at once.

    A true answer is certain, a false one may be overcautious.
    """
    if "" in values or {*map(type, values)} != {str}:
        return False
    texts = cast("Sequence[str]", values)
    if not NEEDS_CARE_AT_START.isdisjoint(map(FIRST, texts)) or not NEEDS_CARE_AT_END.isdisjoint(map(LAST, texts)):
        return False
    column = "".join(texts)
    return (
        column.isprintable()
        and not any(sign in column for sign in NEEDS_CARE)
        and max(map(len, texts)) <= MAX_TEXT // 2
    )


def row_xml(number: int, cells: str, height: float) -> str:
    return f'<row r="{HERE}" ht="{height}" customHeight="1">{cells}</row>'.replace(HERE, str(number))


class Body:
    """The rows of a table as XML. `groups` holds, once they are written, each run of rows that belong together."""

    def __init__(self, cells: Sequence[ColumnCells], wrapped: Iterable[tuple[int, int]], group: int | None) -> None:
        self._cells, self._wrapped, self._group = tuple(cells), dict(wrapped), group
        self._current: Value | None = None
        self.groups: list[tuple[int, float]] = []
        """First row and points of each run, in order. Empty when nothing is grouped."""

    def write(self, rows: Iterable[Row], first: int) -> Iterator[str]:
        """Some hundreds of rows at a time."""
        remaining = iter(rows)
        while chunk := list(islice(remaining, CHUNK_ROWS)):
            yield self._write(list(zip(*chunk, strict=True)), first)
            first += len(chunk)

    def _write(self, columns: Sequence[Sequence[Value]], first: int) -> str:
        """A column that holds one value all along is part of the form of the rows; the others are filled in."""
        heights = self._heights(columns)
        if self._group is not None:
            self._keep_groups(columns[self._group], heights, first)
        shown = {height: str(height) for height in {*heights}}
        form = f'<row r="{HERE}" ht="{VALUE}" customHeight="1">'
        filled: list[Iterable[Value]] = [map(shown.__getitem__, heights)]
        for cells, values in zip(self._cells, columns, strict=True):
            if alike(values):
                form += cells[values[0]]
            elif go_as_they_are(values):
                form += cells.form
                filled.append(values)
            else:
                form += VALUE
                filled.append(map(cells.__getitem__, values))
        return _filled(f"{form}</row>", range(first, first + len(heights)), filled)

    def _heights(self, columns: Sequence[Sequence[Value]]) -> list[float]:
        least, lines = 1, []
        for number, characters in self._wrapped.items():
            values = columns[number]
            if alike(values):
                least = max(least, text_lines(str(values[0]), characters))
            else:
                lines.append(lines_of_all(list(map(str, values)), characters))
        most = list(map(max, zip(repeat(least, len(columns[0])), *lines, strict=True)))
        heights = {count: height_of(count) for count in {*most}}
        return list(map(heights.__getitem__, most))

    def _keep_groups(self, values: Sequence[Value], heights: Sequence[float], first: int) -> None:
        done = 0
        for value, run in groupby(values):
            if value != self._current:
                self.groups.append((first + done, 0.0))
                self._current = value
            count = len(list(run))
            start, points = self.groups[-1]
            self.groups[-1] = (start, points + sum(heights[done : done + count]))
            done += count


def alike(values: Sequence[Value]) -> bool:
    return values.count(values[0]) == len(values)


def _filled(form: str, numbers: Iterable[int], columns: Iterable[Iterable[Value]]) -> str:
    """Rows of this form, with the value of each column where VALUE stands and the number of the row for HERE."""
    rows, values = list(map(str, numbers)), iter(columns)

    def piece(text: str) -> Iterable[Any]:
        return rows if text == HERE else next(values) if text == VALUE else repeat(text, len(rows))

    made = map("".join, zip(*map(piece, MARKS.split(form)), strict=True))
    return "".join(map(str.replace, made, repeat(HERE), rows))
