"""What a made Word document really holds, read back as a stream: its tables row by row, and the facts of its form."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from lxml import etree

from report_builder.office.word_names import qn
from report_builder.office.word_shapes import KnownRow, Rows, Shape, text_counts
from report_builder.office.word_styles import AUTOMATIC, WHITE, Styles

TABLE, ROW, PARAGRAPH = qn("w:tbl"), qn("w:tr"), qn("w:p")


@dataclass(slots=True)
class TableFacts:
    """The form of one table. `rows` counts its rows; `spans` counts cells over more than one column or row."""

    number: int
    heading: str
    header: tuple[str, ...] = ()
    header_repeats: bool = False
    header_marked: bool = False
    rows: int = 0
    empty_rows: int = 0
    spans: int = 0
    nested: bool = False
    breaking_rows: int = 0


@dataclass(slots=True)
class WordFacts:
    """The facts that the rules of form are about. `colours` are pairs of text and background, as RRGGBB."""

    title: str = ""
    language: str = ""
    text_language: str = ""
    protected: bool = False
    headings: list[tuple[int, str]] = field(default_factory=list)
    tables: list[TableFacts] = field(default_factory=list)
    empty_runs: int = 0
    pictures_without_text: int = 0
    floating: int = 0
    links: list[str] = field(default_factory=list)
    controls_without_name: int = 0
    control_tags: list[str] = field(default_factory=list)
    fake_lists: list[str] = field(default_factory=list)
    colours: set[tuple[str, str]] = field(default_factory=set)
    tags_left: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as a reader sees it. `header` is the first row of its table."""

    table: int
    header: tuple[str, ...]
    cells: tuple[str, ...]


class WordReading:
    """One pass over a document. `rows` yields the body rows of all tables; `facts` is complete when they are done."""

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(BytesIO(content))
        self.facts = WordFacts()
        self._styles = Styles(self._archive)
        self._tables: list[TableFacts] = []
        self._heading = ""
        self._last_was_empty = False

    def rows(self) -> Iterator[TableRow]:
        self._read_package()
        for name in self._archive.namelist():
            if name.startswith(("word/header", "word/footer", "word/footnotes")):
                for _ in self._read(name):
                    pass
        yield from self._read("word/document.xml")

    def _read_package(self) -> None:
        core = etree.fromstring(self._archive.read("docProps/core.xml"))
        for element in core:
            name = etree.QName(element).localname
            if name == "title":
                self.facts.title = element.text or ""
            elif name == "language":
                self.facts.language = element.text or ""
        self.facts.text_language = self._styles.language
        if "word/settings.xml" in self._archive.namelist():
            settings = etree.fromstring(self._archive.read("word/settings.xml"))
            self.facts.protected = settings.find(qn("w:documentProtection")) is not None

    def _read(self, name: str) -> Iterator[TableRow]:
        tags = [qn(f"w:{tag}") for tag in ("tbl", "tr", "p", "sdt")]
        tags += [qn("wp:anchor"), qn("wp:docPr"), qn("w:pict")]
        parser: Any = etree.XMLPullParser(("start", "end"), tag=tags, resolve_entities=False)
        within_table = False
        with self._archive.open(name) as part:
            rows = Rows(part)
            while True:
                if within_table and (known := rows.known_row()):
                    yield self._known(known)
                elif piece := rows.piece():
                    parser.feed(piece)
                    within_table = False
                    for event, element in parser.read_events():
                        yield from self._event(event, element, rows, piece)
                        within_table = event == "end" and element.tag == ROW
                else:
                    break
        parser.close()
        for event, element in parser.read_events():
            yield from self._event(event, element, rows, b"")

    def _event(self, event: str, element: Any, rows: Rows, piece: bytes) -> Iterator[TableRow]:
        if event == "start":
            if element.tag == TABLE:
                self._open_table()
        elif element.tag == ROW:
            yield from self._row(element, rows, piece)
        elif element.tag == TABLE:
            self._tables.pop()
            element.clear()
        elif element.tag == PARAGRAPH:
            if not self._tables:  # those in a table are read with their row
                self._paragraph(element, outside=True)
                element.clear()
        else:
            self._end(element)

    def _open_table(self) -> None:
        for table in self._tables:
            table.nested = True
        self._tables.append(TableFacts(len(self.facts.tables) + 1, self._heading))
        self.facts.tables.append(self._tables[-1])

    def _end(self, element: Any) -> None:
        if element.tag == qn("w:sdt"):
            self._control(element)
        elif element.tag == qn("wp:docPr"):
            self.facts.pictures_without_text += not element.get("descr")
        else:
            self.facts.floating += 1

    def _known(self, row: KnownRow) -> TableRow:
        """A row like others of its table, of whose form nothing is new but the tags of its controls."""
        table = self._tables[-1]
        self._count(table, row.shape, row.texts)
        self.facts.control_tags.extend(row.tags)
        return TableRow(table.number, table.header, row.texts)

    def _row(self, row: Any, rows: Rows, piece: bytes) -> Iterator[TableRow]:
        table = self._tables[-1]
        first = not table.rows
        headings = len(self.facts.headings)
        for paragraph in row.iter(PARAGRAPH):
            self._paragraph(paragraph, outside=False)
        texts = tuple("\n".join(map(paragraph_text, cell.iter(PARAGRAPH))) for cell in row.findall(qn("w:tc")))
        shape = self._shape(row, first=first)
        self._count(table, shape, texts)
        self.facts.colours |= shape.colours
        if first:
            look = row.getparent().find(f"{qn('w:tblPr')}/{qn('w:tblLook')}")
            table.header = texts
            table.header_repeats = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
            table.header_marked = look is not None and look.get(qn("w:firstRow")) in ("1", "true", "on")
            table.breaking_rows = 0
        else:
            if headings == len(self.facts.headings):
                rows.learn(piece, row, shape)
            yield TableRow(table.number, table.header, texts)
        row.clear()
        while row.getprevious() is not None and row.getprevious().tag == ROW:
            row.getparent().remove(row.getprevious())

    @staticmethod
    def _count(table: TableFacts, shape: Shape, texts: tuple[str, ...]) -> None:
        table.rows += 1
        table.empty_rows += not any(text.strip() for text in texts)
        table.spans += shape.spans
        table.breaking_rows += shape.breaking

    def _shape(self, row: Any, *, first: bool = False) -> Shape:
        cells = row.findall(qn("w:tc"))
        return Shape(
            cells=text_counts(cells),
            spans=sum(_spans(cell) for cell in cells),
            breaking=row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is None,
            colours=frozenset(self._colours(row, cells, first=first)),
        )

    def _colours(self, row: Any, cells: list[Any], *, first: bool) -> Iterator[tuple[str, str]]:
        style = row.getparent().find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}")
        fill = self._styles.first_row_fill(style.get(qn("w:val")) if style is not None else "") if first else WHITE
        for cell in cells:
            shade = cell.find(f"{qn('w:tcPr')}/{qn('w:shd')}")
            own = shade.get(qn("w:fill"), "") if shade is not None else ""
            background = fill if own in AUTOMATIC else own
            for paragraph in cell.iter(qn("w:p")):
                yield from ((colour, background) for colour in self._styles.colours(paragraph))

    def _paragraph(self, paragraph: Any, *, outside: bool) -> None:
        text = paragraph_text(paragraph)
        if "{{" in text or "{%" in text or "\ue000" in text:
            self.facts.tags_left.append(text[:60])
        level = self._styles.heading_level(paragraph)
        if level:
            self._heading = text
            self.facts.headings.append((level, text))
        self.facts.links.extend(_links(paragraph))
        if text.lstrip().startswith(("- ", "• ", "* ", "– ")) and outside:
            self.facts.fake_lists.append(text[:40])
        if outside:
            self.facts.colours |= {(colour, WHITE) for colour in self._styles.colours(paragraph)}
            holds_section = paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None
            empty = not text.strip() and not holds_section and paragraph.find(f".//{qn('wp:docPr')}") is None
            self.facts.empty_runs += empty and self._last_was_empty
            self._last_was_empty = empty

    def _control(self, control: Any) -> None:
        alias = control.find(f"{qn('w:sdtPr')}/{qn('w:alias')}")
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        self.facts.controls_without_name += alias is None or not alias.get(qn("w:val"))
        if tag is not None:
            self.facts.control_tags.append(tag.get(qn("w:val"), ""))


def paragraph_text(paragraph: Any) -> str:
    """The text of a paragraph, with a line feed for each break and a tab for each tab."""
    parts = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t"}
    return "".join(
        (element.text or "") if element.tag == qn("w:t") else parts[element.tag]
        for element in paragraph.iter(qn("w:t"), *parts)
        if element.getparent().tag == qn("w:r")
    )


def _spans(cell: Any) -> bool:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merged is not None or (span is not None and span.get(qn("w:val")) != "1")


def _links(paragraph: Any) -> Iterator[str]:
    """The words of each link: in a hyperlink element, or between the marks of a field."""
    for link in paragraph.iter(qn("w:hyperlink")):
        yield "".join(text.text or "" for text in link.iter(qn("w:t")))
    inside, words, is_link = False, "", False
    for element in paragraph.iter(qn("w:fldChar"), qn("w:instrText"), qn("w:t")):
        kind = element.get(qn("w:fldCharType")) if element.tag == qn("w:fldChar") else None
        if kind == "begin":
            is_link, words = False, ""
        elif element.tag == qn("w:instrText"):
            is_link = is_link or "HYPERLINK" in (element.text or "")
        elif kind == "separate":
            inside = True
        elif kind == "end":
            if is_link:
                yield words
            inside = False
        elif inside:
            words += element.text or ""
