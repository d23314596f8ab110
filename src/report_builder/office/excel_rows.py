"""Rows as sheet XML: text that stays text, each cell in its column's style, each row as high as its text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import cast

from report_builder.office.workbook import Row, Value

MAX_TEXT = 32_767
"""UTF-16 units in one cell: Excel's own limit."""

LINE_HEIGHT, ROW_PADDING, MAX_HEIGHT = 11.5, 4.0, 409.0
"""Points. Excel draws no row higher than 409."""

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

HERE = "\0"
"""Stands for the number of the row until the row is whole."""


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
        self.template = f'<c r="{letter}{HERE}" s="{style.plain}" t="inlineStr"><is><t>%s</t></is></c>'
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
    if not NEEDS_CARE_AT_START.isdisjoint([text[0] for text in texts]):
        return False
    if not NEEDS_CARE_AT_END.isdisjoint([text[-1] for text in texts]):
        return False
    column = "".join(texts)
    return (
        column.isprintable()
        and not any(sign in column for sign in NEEDS_CARE)
        and max(map(len, texts)) <= MAX_TEXT // 2
    )


def row_xml(number: int, cells: str, height: float) -> str:
    return f'<row r="{HERE}" ht="{height}" customHeight="1">{cells}</row>'.replace(HERE, str(number))


def row_height(row: Row, wrapped: Iterable[tuple[int, int]]) -> float:
    """Points that a row needs: `wrapped` are the numbers of its columns of running text and their characters a line."""
    return row_heights([(value,) for value in row], wrapped)[0]


def row_heights(columns: Sequence[Sequence[Value]], wrapped: Iterable[tuple[int, int]]) -> list[float]:
    """The same for rows that are given by column."""
    most: Iterable[int] = repeat(1, len(columns[0]))
    for column, characters in wrapped:
        texts = list(map(str, columns[column]))
        if "\n" in "".join(texts):
            most = map(max, most, [paragraph_lines(text, characters) for text in texts])
        elif max(map(len, texts)) > characters:
            lines = [line_count(text, characters) if len(text) > characters else 1 for text in texts]
            most = map(max, most, lines)
    return [min(count * LINE_HEIGHT + ROW_PADDING, MAX_HEIGHT) for count in most]


def paragraph_lines(text: str, characters: int) -> int:
    """Lines that the text takes, each of its paragraphs on lines of its own."""
    return sum(line_count(paragraph, characters) for paragraph in text.split("\n"))


def line_count(text: str, characters: int) -> int:
    """Lines that the text takes, broken at spaces, and inside a word only where that is longer than a line."""
    lines, start, last = 1, 0, len(text) - characters
    while start < last:
        space = text.rfind(" ", start + 1, start + characters + 1)
        start = space + 1 if space > 0 else start + characters
        lines += 1
    return lines


def characters_a_line(width: int, *, heading: bool = False) -> int:
    """Characters of running text on a line: in Verdana most are narrower than a digit, which widths are measured in.

    In a heading they are bold, and the button of the filter takes room.
    """
    return max(int(width * 0.9) - 2 if heading else int(width * 1.1), 1)


class Body:
    """The rows of a table as XML. `groups` holds, once they are written, each run of rows that belong together."""

    def __init__(self, cells: Sequence[ColumnCells], wrapped: Sequence[tuple[int, int]], group: int | None) -> None:
        self._cells, self._wrapped, self._group = tuple(cells), tuple(wrapped), group
        self._current: Value | None = None
        self.groups: list[tuple[int, float]] = []
        """First row and points of each run, in order. Empty when nothing is grouped."""

    def write(self, rows: Iterable[Row], first: int) -> Iterator[str]:
        remaining = iter(rows)
        while chunk := list(islice(remaining, CHUNK_ROWS)):
            yield from self._write(list(zip(*chunk, strict=True)), first)
            first += len(chunk)

    def _write(self, columns: Sequence[Sequence[Value]], first: int) -> Iterator[str]:
        heights = row_heights(columns, self._wrapped)
        if self._group is not None:
            self._keep_groups(columns[self._group], heights, first)
        templates: list[str] = []
        filled: list[Iterable[Value]] = []
        for cells, values in zip(self._cells, columns, strict=True):
            plain = go_as_they_are(values)
            templates.append(cells.template if plain else "%s")
            filled.append(values if plain else map(cells.__getitem__, values))
        row = f'<row r="{HERE}" ht="%s" customHeight="1">{"".join(templates)}</row>'
        for number, values in enumerate(zip(heights, *filled, strict=True), first):
            yield (row % values).replace(HERE, str(number))

    def _keep_groups(self, values: Sequence[Value], heights: Sequence[float], first: int) -> None:
        for number, (value, height) in enumerate(zip(values, heights, strict=True), first):
            if value != self._current:
                self.groups.append((number, 0.0))
                self._current = value
            start, points = self.groups[-1]
            self.groups[-1] = (start, points + height)
