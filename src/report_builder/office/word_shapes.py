"""Rows that differ in their texts alone: one is read in full, of the others only the texts are, however many there are.

Nothing is taken on trust: a shape is the bytes of a row that was read in full, with room for other texts. A row that
matches it to the byte is as well-formed and of the same form.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from report_builder.office.word_names import qn

MOST_SHAPES = 16
"""A table has a few. A document in which each row is another gains nothing, and may not make all of them be tried."""

CHUNK = 1024 * 1024
ROW_END = b"</w:tr>"
ROW_STARTS = (b"<w:tr>", b"<w:tr ")
ROOM = re.compile(
    rb'(?P<text>(?<=>)[^<]+(?=<))|(?P<tag>(?<=<w:tag w:val=")[^"]*(?="))|(?P<name>(?<=<w:alias w:val=")[^"]+(?="))'
)
"""What may differ within a shape: texts, and the tags and names of content controls."""

STOPS = {"text": b"<", "tag": b'"', "name": b'"'}
"""The sign that ends each of them."""

SPECIAL = (
    *(b"<w:br", b"<w:cr", b"<w:tab", b"<w:hyperlink", b"<w:fld", b"<w:instrText", b"<w:tbl", b"<wp:", b"<w:pict"),
    *(b"<!", b"<?"),
)
"""Where a row is more than its texts: breaks, links, pictures, tables within."""

BETWEEN = "<"
"""Stands between the texts of a row while they are looked at together; none can hold it."""

LEFT_BEHIND = ("{{", "{%", "\ue000")
"""What a template left in a text."""

UNREADABLE = re.compile("[\x00-\x1f\ufffe\uffff]|]]>|&(?!(?:amp|lt|gt|quot|apos);)")
"""What a parser of XML would refuse, or read as something else than what is written."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of a row. `cells` counts the texts in each paragraph of each cell; see `TableFacts` for the others."""

    cells: tuple[tuple[int, ...], ...]
    spans: int
    breaking: bool
    colours: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row of a known shape: the text of each cell, and the tags of its content controls in order."""

    shape: Shape
    texts: tuple[str, ...]
    tags: tuple[str, ...]


class Mould:
    """The bytes of rows of one shape: what stands before each thing that may differ, and after the last."""

    def __init__(self, raw: bytes, shape: Shape) -> None:
        places = list(ROOM.finditer(raw))
        starts = (0, *(place.end() for place in places))
        self.kinds = [str(place.lastgroup) for place in places]
        self._shape = shape
        self._before = [raw[start : place.start()] for start, place in zip(starts, places, strict=False)]
        self._after = raw[starts[-1] :]

    def row(self, data: bytes, at: int, end: int) -> KnownRow | None:
        """The row that stands there, if it is of this shape and holds nothing that only a parser can tell."""
        found: list[bytes] = []
        for before, kind in zip(self._before, self.kinds, strict=True):
            if not data.startswith(before, at):
                return None
            start = at + len(before)
            at = data.find(STOPS[kind], start, end)
            found.append(data[start:at])
        if at + len(self._after) != end or not data.startswith(self._after, at):
            return None
        values = _readable(found)
        if values is None:
            return None
        by_kind: dict[str, list[str]] = {"text": [], "tag": [], "name": []}
        for kind, value in zip(self.kinds, values, strict=True):
            by_kind[kind].append(value)
        if "" in by_kind["text"] or "" in by_kind["name"]:
            return None
        return KnownRow(self._shape, _by_cell(self._shape.cells, by_kind["text"]), tuple(by_kind["tag"]))


class Rows:
    """The XML of a document as a stream, in which rows of shapes that were seen need no parser."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._pending, self._at = b"", 0
        self._moulds: list[Mould] = []

    def piece(self) -> bytes:
        """What comes next, up to the end of a row or of all; empty: nothing."""
        end = self._row_end()
        piece = self._pending[self._at : end]
        self._at = end
        return piece

    def known_row(self) -> KnownRow | None:
        """The row that comes next, if it is of a shape that was seen; then it is passed over. None: it must be read."""
        end = self._row_end()
        for number, mould in enumerate(self._moulds):
            if row := mould.row(self._pending, self._at, end):
                self._at = end
                self._moulds.insert(0, self._moulds.pop(number))
                return row
        return None

    def learn(self, piece: bytes, row: Any, shape: Shape) -> None:
        """Know rows like this one, with which the piece ends, as far as its form can tell what they say."""
        raw = piece[max(map(piece.rfind, ROW_STARTS)) :]
        if not raw.startswith(ROW_STARTS) or any(sign in raw for sign in SPECIAL):
            return
        mould = Mould(raw, shape)
        filled = [text for text in row.iter(qn("w:t")) if text.text]
        controls = list(row.iter(qn("w:sdt")))
        if (
            all(text.getparent().tag == qn("w:r") for text in filled)
            and mould.kinds.count("text") == len(filled) == sum(map(sum, shape.cells))
            and mould.kinds.count("tag") == mould.kinds.count("name") == len(controls)
            and not any(True for control in controls for _ in control.iterancestors(qn("w:sdt")))
        ):
            self._moulds.insert(0, mould)
            del self._moulds[MOST_SHAPES:]

    def _row_end(self) -> int:
        """Where the row that comes next ends, or all does."""
        while (end := self._pending.find(ROW_END, self._at)) < 0:
            chunk = self._stream.read(CHUNK)
            self._pending, self._at = self._pending[self._at :] + chunk, 0
            if not chunk:
                return len(self._pending)
        return end + len(ROW_END)


def _readable(found: list[bytes]) -> list[str] | None:
    """The values as a parser of XML would give them; None where it might give something else."""
    try:
        joined = BETWEEN.encode().join(found).decode()
    except UnicodeDecodeError:
        return None
    if any(sign in joined for sign in LEFT_BEHIND):
        return None
    if (not joined.isprintable() or "&" in joined or "]]>" in joined) and UNREADABLE.search(joined):
        return None
    values = joined.split(BETWEEN) if found else []
    if len(values) != len(found):
        return None
    return [_unescaped(value) for value in values] if "&" in joined else values


def text_counts(cells: Iterable[Any]) -> tuple[tuple[int, ...], ...]:
    """How many texts stand in each paragraph of each cell."""
    return tuple(
        tuple(sum(bool(text.text) for text in paragraph.iter(qn("w:t"))) for paragraph in cell.iter(qn("w:p")))
        for cell in cells
    )


def _by_cell(cells: tuple[tuple[int, ...], ...], texts: list[str]) -> tuple[str, ...]:
    rest = iter(texts)
    return tuple(
        next(rest) if counts == (1,) else "\n".join("".join(islice(rest, count)) for count in counts)
        for counts in cells
    )


def _unescaped(text: str) -> str:
    for written, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(written, sign)
    return text
