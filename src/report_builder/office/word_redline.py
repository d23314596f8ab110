"""A document with the changes from an older one as tracked changes: accepted it reads as new, rejected as old.

Both documents must come from this program: paragraphs and tables in a body, no tracked changes yet. Paragraphs are
compared word by word; rows of tables are matched by the keys that the caller gives, else by what stands in them.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Any, TypeVar

from lxml import etree

from report_builder.office.package import write_package
from report_builder.office.word_changed_text import Revision, mark_paragraph, redlined_paragraph, text_of
from report_builder.office.word_names import qn

P, TBL, TR, TC = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc"))
REDLINED_PARTS = ("word/document.xml", "word/header", "word/footer")
MOST_COMPARED = 60
"""Of paragraphs or rows between two that match: beyond it, all of them count as deleted and inserted."""

ALIKE = 0.5
"""How much of two paragraphs must be the same for one to be a change of the other."""

Item = TypeVar("Item")
Pairs = Iterator[tuple[Item | None, Item | None]]


@dataclass(slots=True)
class RowKeys:
    """What the rows of the tables under these headings are about, in the order of the document."""

    headings: tuple[str, ...]
    keys: Iterable[str]
    _rest: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._rest = iter(self.keys)

    def of(self, table: Any) -> list[str] | None:
        """A key for each row of a table below its header; None when the table is not about keyed rows."""
        rows = table.findall(TR)
        if not rows or row_texts(rows[0]) != self.headings:
            return None
        return [next(self._rest, "") for _ in rows[1:]]


def redline(old: bytes, new: bytes, old_keys: RowKeys, new_keys: RowKeys, author: str, day: date) -> bytes:
    """The new document with its changes from the old one tracked. It has the new one's styles, sections and title."""
    revision = Revision(author, f"{day.isoformat()}T00:00:00Z")
    with zipfile.ZipFile(io.BytesIO(old)) as before, zipfile.ZipFile(io.BytesIO(new)) as after:
        known = set(before.namelist())
        parts = {name: after.read(name) for name in after.namelist()}
        for name in sorted(parts):
            if name.startswith(REDLINED_PARTS) and name in known:
                roots = _root(before.read(name)), _root(parts[name])
                _Comparison(old_keys, new_keys, revision).rewrite(*roots)
                parts[name] = etree.tostring(roots[1], xml_declaration=True, encoding="UTF-8", standalone=True)
    made = io.BytesIO()
    write_package(made, parts)
    return made.getvalue()


def _root(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def row_texts(row: Any) -> tuple[str, ...]:
    return tuple("\n".join(map(text_of, cell.iter(P))) for cell in row.findall(TC))


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, a table or what else stands in a body, with the key that finds it in the other document."""

    element: Any
    key: tuple[str, ...]
    rows: list[str] | None = None


@dataclass(frozen=True, slots=True)
class _Comparison:
    old_keys: RowKeys
    new_keys: RowKeys
    revision: Revision

    def rewrite(self, old: Any, new: Any) -> None:
        """Let the new tree hold both: what is new marked as inserted, and what was deleted in its old place."""
        before, after = (root.find(qn("w:body")) for root in (old, new))
        target = new if after is None else after
        sources = _blocks(old if before is None else before, self.old_keys), _blocks(target, self.new_keys)
        made = (element for pair in _aligned(*sources, _alike_blocks) for element in self._block(*pair))
        _weave(target, 0, self._parted(made))

    def _parted(self, elements: Iterable[Any]) -> Iterator[Any]:
        """With a paragraph between a table that is gone and a new one, which would be read as one table.

        It was inserted and deleted, so that it is neither in the old document nor in the new one.
        """
        previous = None
        for element in elements:
            if previous is not None and previous.tag == element.tag == TBL:
                between = etree.Element(P)
                for change in ("del", "ins"):
                    mark_paragraph(between, change, self.revision)
                yield between
            yield element
            previous = element

    def _block(self, old: _Block | None, new: _Block | None) -> Iterator[Any]:
        if old and new and old.element.tag == new.element.tag == P:
            yield redlined_paragraph(old.element, new.element, self.revision)
        elif old and new and old.element.tag == new.element.tag == TBL and _columns(old) == _columns(new):
            yield self._table(old, new)
        elif old and new and _same(old.element, new.element):
            yield new.element
        else:
            yield from self._apart(old, new)

    def _apart(self, old: _Block | None, new: _Block | None) -> Iterator[Any]:
        if old:
            yield self._marked(deepcopy(old.element), "del")
        if new:
            yield self._marked(new.element, "ins")

    def _marked(self, element: Any, change: str) -> Any:
        """The whole element inserted or deleted: its paragraphs, and the rows of its tables."""
        for row in element.iter(TR):
            self._mark_row(row, change)
        for paragraph in list(element.iter(P)):
            mark_paragraph(paragraph, change, self.revision)
        return element

    def _mark_row(self, row: Any, change: str) -> None:
        properties = row.find(qn("w:trPr"))
        if properties is None:
            properties = etree.Element(qn("w:trPr"))
            row.insert(1 if row.find(qn("w:tblPrEx")) is not None else 0, properties)
        properties.append(self.revision.element(change))

    def _table(self, old: _Block, new: _Block) -> Any:
        """The new table, with rows that are gone in their old places."""
        table = new.element
        before, after = _rows(old), _rows(new)
        start = len([child for child in table if child.tag != TR])
        _weave(table, start, (row for pair in _aligned(before, after, _alike_rows) for row in self._row(*pair)))
        return table

    def _row(self, old: _Block | None, new: _Block | None) -> Iterator[Any]:
        if old and new and _plain(old.element) and _plain(new.element):
            for before, after in zip(old.element.findall(TC), new.element.findall(TC), strict=True):
                self._cell(before, after)
            yield new.element
        elif old and new and _same(old.element, new.element):
            yield new.element
        else:
            yield from self._apart(old, new)

    def _cell(self, old: Any, new: Any) -> None:
        """The last paragraphs belong together: a cell must end with one."""
        *before, last_before = (_Block(paragraph, (text_of(paragraph),)) for paragraph in old.findall(P))
        *after, last_after = (_Block(paragraph, (text_of(paragraph),)) for paragraph in new.findall(P))
        pairs = (*_aligned(before, after, _alike_blocks), (last_before, last_after))
        start = len([child for child in new if child.tag != P])
        _weave(new, start, (element for pair in pairs for element in self._block(*pair)))


def _weave(parent: Any, start: int, elements: Iterable[Any]) -> None:
    """Let these stand in the parent from its child number `start`, in their order.

    What stands there already, in that order, is not moved: lxml moves a large table in quadratic time.
    """
    previous = None
    for element in elements:
        if element.getparent() is not parent:
            if previous is None:
                parent.insert(start, element)
            else:
                previous.addnext(element)
        previous = element


def _blocks(body: Any, keys: RowKeys) -> list[_Block]:
    """The blocks of a body. A table is known by its headings and by the paragraph with a style above it."""
    found, heading = [], ""
    for element in body:
        if element.tag == P:
            text = text_of(element)
            style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            heading = text if style is not None and style.get(qn("w:val"), "").startswith("Heading") else heading
            found.append(_Block(element, ("p", text)))
        elif element.tag == TBL:
            rows = element.findall(TR)
            found.append(_Block(element, ("tbl", heading, *row_texts(rows[0])), keys.of(element)))
        elif element.tag != qn("w:sectPr"):
            found.append(_Block(element, ("other", etree.tostring(element).decode())))
    return found


def _rows(table: _Block) -> list[_Block]:
    """The rows of a table, known by what they are about, else by their texts. Its header is always its header."""
    header, *rows = table.element.findall(TR)
    keys = [(key,) for key in table.rows] if table.rows is not None else [("", *row_texts(row)) for row in rows]
    return [_Block(header, ("header",)), *map(_Block, rows, keys)]


def _columns(table: _Block) -> int:
    return max((len(row.findall(TC)) for row in table.element.findall(TR)), default=0)


def _plain(row: Any) -> bool:
    """Whether each cell holds only paragraphs."""
    return all(
        child.tag in (P, qn("w:tcPr")) and cell.find(P) is not None for cell in row.findall(TC) for child in cell
    )


def _same(old: Any, new: Any) -> bool:
    return bool(etree.tostring(old) == etree.tostring(new))


def _alike_blocks(old: _Block, new: _Block) -> float:
    if old.element.tag == new.element.tag == P:
        return _likeness(old.key[-1], new.key[-1])
    if old.element.tag == new.element.tag == TBL:
        return _alike_tables(old, new)
    return 0.0


def _alike_tables(old: _Block, new: _Block) -> float:
    """Tables with keyed rows are alike as far as they are about the same things; others by their headings too."""
    if (old.rows is None) != (new.rows is None):
        return 0.0
    shared = _shared(_rows(old), _rows(new))
    if old.rows is None and (old.key[1] == new.key[1] or old.key[2:] == new.key[2:]):
        return ALIKE + shared / 2
    return shared


def _shared(old: Sequence[_Block], new: Sequence[_Block]) -> float:
    """How much of two tables is about the same things: a pillar keeps its rows under a new title."""
    before, after = ({row.key for row in rows[1:]} for rows in (old, new))
    return 2 * len(before & after) / (len(before) + len(after)) if before or after else 0.0


def _alike_rows(old: _Block, new: _Block) -> float:
    """Rows with keys are never taken for each other: another key is another thing."""
    if len(old.key) == 1 or len(old.key) != len(new.key):
        return 0.0
    return _likeness(" ".join(old.key), " ".join(new.key))


def _likeness(old: str, new: str) -> float:
    """How many of the words both have, in whatever order: that takes no longer for long texts than reading them."""
    return SequenceMatcher(None, old.split(), new.split()).quick_ratio() if old and new else 0.0


def _aligned(
    old: Sequence[_Block], new: Sequence[_Block], likeness: Callable[[_Block, _Block], float]
) -> Iterator[tuple[_Block | None, _Block | None]]:
    """Old and new in pairs, in the order of both; None where the other has nothing like it."""
    matcher = SequenceMatcher(None, [block.key for block in old], [block.key for block in new], autojunk=False)
    for operation, start, end, new_start, new_end in matcher.get_opcodes():
        before, after = old[start:end], new[new_start:new_end]
        if operation == "equal":
            yield from zip(before, after, strict=True)
        else:
            yield from _by_likeness(before, after, likeness)


def _by_likeness(
    old: Sequence[_Block], new: Sequence[_Block], likeness: Callable[[_Block, _Block], float]
) -> Iterator[tuple[_Block | None, _Block | None]]:
    """The pairs that keep the order and are most alike together; all apart when there are too many to compare."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike: dict[tuple[int, int], float] = {}
    if 0 < len(old) <= MOST_COMPARED and 0 < len(new) <= MOST_COMPARED:
        for i in reversed(range(len(old))):
            for j in reversed(range(len(new))):
                alike[i, j] = value if (value := likeness(old[i], new[j])) >= ALIKE else 0.0
                best[i][j] = max(best[i + 1][j], best[i][j + 1], alike[i, j] + best[i + 1][j + 1])
    i = j = 0
    while i < len(old) and j < len(new):
        if alike.get((i, j)) and best[i][j] == alike[i, j] + best[i + 1][j + 1]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1
    yield from ((block, None) for block in old[i:])
    yield from ((None, block) for block in new[j:])
