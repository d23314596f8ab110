"""A Word file that people filled in, read as it is after all its changes are accepted: fields, tables, comments."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docx import Document

from report_builder.office.gate import pass_gate, refusing_damage
from report_builder.office.word_data import attached_rows
from report_builder.office.word_names import qn
from report_builder.office.word_reading import CELL, PARAGRAPH, TABLE, children, paragraph_text, standing_rows
from report_builder.problems import ExitCode, Stop

DELETED = (qn("w:del"), qn("w:moveFrom"))


@dataclass(frozen=True, slots=True)
class Control:
    """A field to answer in. `tag` is empty where a program dropped it; the `alias`, which people see, stays.

    `text` is all that its cell holds, when it stands in one by itself: people type beside a field too. Tables and their
    rows count from 1; 0 means that it stands in none.
    """

    tag: str
    alias: str
    text: str
    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class WordComment:
    """A comment, and the row of a table that it stands beside; 0 where there is none."""

    author: str
    text: str
    table: int
    row: int


@dataclass(frozen=True, slots=True)
class Insertion:
    """A text that somebody added with tracked changes, and where."""

    text: str
    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class WordForm:
    """A whole document. `rows` are those that travel in it unseen. `tables` are the cells of each table by row."""

    rows: tuple[tuple[str, ...], ...]
    tables: tuple[dict[int, tuple[str, ...]], ...]
    controls: tuple[Control, ...]
    comments: tuple[WordComment, ...]
    insertions: tuple[Insertion, ...]


def read_word_form(content: bytes, file: str) -> WordForm:
    """Raise Stop when the gate refuses the file, or it is no Word document."""
    with pass_gate(content, file) as archive, refusing_damage(file):
        if "word/document.xml" not in archive.namelist():
            raise Stop(ExitCode.INPUT, f"{file} is refused: it is no Word document")
        document = Document(BytesIO(content))
        body = document.element.body
        grid = _Grid(body)
        return WordForm(
            rows=attached_rows(archive),
            tables=tuple(grid.tables),
            controls=tuple(grid.control(element) for element in body.iter(qn("w:sdt")) if not _is_deleted(element)),
            comments=tuple(_comments(document, grid)),
            insertions=tuple(_insertions(body, grid)),
        )


class _Grid:
    """The tables of the body, and where in them each element stands."""

    def __init__(self, body: Any) -> None:
        self.tables: list[dict[int, tuple[str, ...]]] = []
        self._cells: dict[Any, tuple[int, int, int]] = {}
        for table in (element for element in children(body) if element.tag == TABLE):
            rows: dict[int, tuple[str, ...]] = {}
            self.tables.append(rows)
            for number, row in enumerate(standing_rows(table), 1):
                cells = [child for child in children(row) if child.tag == CELL]
                rows[number] = tuple(map(_content, cells))
                for column, cell in enumerate(cells):
                    self._cells[cell] = (len(self.tables), number, column)

    def place(self, element: Any) -> tuple[int, int, int]:
        """Table and row of the element, both from 1, and its column from 0; (0, 0, 0) outside of tables."""
        while element is not None and element not in self._cells:
            element = element.getparent()
        return self._cells[element] if element is not None else (0, 0, 0)

    def control(self, element: Any) -> Control:
        table, row, column = self.place(element)
        tag, alias = (_value(element, name) for name in ("tag", "alias"))
        text = self.tables[table - 1][row][column] if table and _alone(element) else _content(element[-1])
        return Control(tag, alias, text, table, row, column)


def _alone(control: Any) -> bool:
    """Whether the cell around this field holds no other field."""
    cell = control.getparent()
    while cell.tag != CELL:
        cell = cell.getparent()
    return len(list(cell.iter(qn("w:sdt")))) == 1


def _value(control: Any, name: str) -> str:
    found = control.find(f"{qn('w:sdtPr')}/{qn(f'w:{name}')}")
    return str(found.get(qn("w:val"), "")) if found is not None else ""


def _content(element: Any) -> str:
    """The text of everything in a cell or a field, a line for each paragraph."""
    inner = list(children(element))
    paragraphs = [paragraph_text(child) for child in inner if child.tag == PARAGRAPH]
    return "\n".join(paragraphs).strip() if paragraphs else paragraph_text(element).strip()


def _is_deleted(element: Any) -> bool:
    return any(ancestor.tag in DELETED for ancestor in element.iterancestors())


def _comments(document: Any, grid: _Grid) -> Iterator[WordComment]:
    anchors = {anchor.get(qn("w:id")): anchor for anchor in document.element.body.iter(qn("w:commentRangeStart"))}
    for comment in document.comments:
        anchor = anchors.get(str(comment.comment_id))
        table, row, _ = grid.place(anchor) if anchor is not None else (0, 0, 0)
        if text := comment.text.strip():
            yield WordComment(comment.author or "", text, table, row)


def _insertions(body: Any, grid: _Grid) -> Iterator[Insertion]:
    for element in body.iter(qn("w:ins")):
        text = paragraph_text(element).strip()
        if text and not _is_deleted(element):
            yield Insertion(text, *grid.place(element))
