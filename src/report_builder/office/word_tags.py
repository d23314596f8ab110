"""A part of a Word template as Jinja source: tags made whole again and lifted out of what they govern.

Word splits what an author types over runs, and puts marks of spelling, bookmarks and comments in between. A tag is
joined into the run in which it starts, whose formatting it keeps. Tags of a paragraph (`{%p`), a row (`{%tr`), a
cell (`{%tc`) or a run (`{%r`) take the place of the whole element in which they stand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn
from lxml import etree

from report_builder.problems import Place, Problem, error, warning

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
OPENING = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
LIFTED = re.compile(r"^\{(%|\{)[-+]?(p|tr|tc|r)\s+", re.DOTALL)
CELL_TAG = re.compile(r"^\{%[-+]?\s*cell(bg|width)\s+(.*?)[-+]?%\}$", re.DOTALL)
QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\t": " ", "\n": " "}
)
TOKEN = re.compile("\ue000(\\d+)\ue001")
"""What stands for a tag while the part is XML: characters of the private use area, which no author types."""

ELEMENTS = {"p": "w:p", "tr": "w:tr", "tc": "w:tc", "r": "w:r"}
NOISE = (qn("w:proofErr"), qn("w:lastRenderedPageBreak"), qn("w:noProof"))
BEFORE_SHADE = {qn(f"w:{name}") for name in ("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders")}
BLOCKS = {"for": "endfor", "if": "endif"}
MIDDLES = {"else", "elif"}
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(slots=True)
class Tag:
    """One tag: its source as Jinja has it, where it stands, and the path of elements around it."""

    source: str
    place: Place
    run_properties: str = ""
    element: Any = None
    path: tuple[Any, ...] = ()
    form: str = ""

    @property
    def stands_in_text(self) -> bool:
        return getattr(self.element, "tag", None) == qn("w:t")

    @property
    def words(self) -> list[str]:
        return self.source.strip("{}%-+ ").split() if self.source.startswith("{%") else []


@dataclass(slots=True)
class Part:
    """One part of a template, ready for Jinja. Tag number n stands on line n + 1 of `source`."""

    name: str
    tags: list[Tag] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    source: str = ""

    def place_of_line(self, line: int) -> Place:
        return self.tags[min(max(line - 2, 0), len(self.tags) - 1)].place if self.tags else Place()


def read_part(name: str, content: bytes, file: str) -> Part:
    """The Jinja source of this part, with every fault in how its tags are placed."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    for element in list(root.iter(*NOISE)):
        element.getparent().remove(element)
    part = Part(name)
    for paragraph, place in list(_paragraphs(root, file)):
        _join_tags(part, paragraph, place)
    _take_attributes(part, root, file)
    _lift(part)
    part.source = _source(part, root)
    part.problems.extend(_unbalanced(part.tags))
    return part


def _paragraphs(root: Any, file: str) -> Iterator[tuple[Any, Place]]:
    """Every paragraph with its place in words: the heading above it, and its table and row."""
    heading, table = "", 0
    for element in root.iter(qn("w:p"), qn("w:tbl")):
        if element.tag == qn("w:tbl"):
            table += 1
            continue
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and style.get(qn("w:val"), "").lower().startswith(("heading", "kop", "title", "titel")):
            heading = "".join(text.text or "" for text in element.iter(qn("w:t")))
        row = next(element.iterancestors(qn("w:tr")), None)
        if row is None:
            yield element, Place(file=file, heading=heading)
        else:
            number = sum(1 for _ in row.itersiblings(qn("w:tr"), preceding=True)) + 1
            yield element, Place(file=file, heading=heading, table=table, row=number)


def _join_tags(part: Part, paragraph: Any, place: Place) -> None:
    texts = [t for t in paragraph.iter(qn("w:t")) if next(t.iterancestors(qn("w:p"))) is paragraph]
    whole = "".join(text.text or "" for text in texts)
    tags = list(enumerate(TAG.finditer(whole), len(part.tags)))
    part.tags.extend(Tag(found[0].translate(QUOTES), place) for _, found in tags)
    for number, found in reversed(tags):
        _replace(texts, found.start(), found.end(), f"\ue000{number}\ue001")
    for text in texts:
        text.text = text.text or ""
        if stray := OPENING.search(text.text):
            part.problems.append(error("tag-not-closed", place, tag=_shown(text.text[stray.start() :])))
        if TOKEN.search(text.text):
            text.set(SPACE, "preserve")
            run = text.getparent()
            properties = run.find(qn("w:rPr"))
            for token in TOKEN.finditer(text.text):
                tag = part.tags[int(token[1])]
                tag.element = text
                if properties is not None:
                    tag.run_properties = etree.tostring(properties, with_tail=False).decode()
    for text in texts:
        run = text.getparent()
        if not text.text and run.tag == qn("w:r") and len(run.findall("*")) - len(run.findall(qn("w:rPr"))) == 1:
            run.getparent().remove(run)


def _replace(texts: list[Any], start: int, end: int, token: str) -> None:
    """Put `token` in place of the characters from start to end, counted over all these texts."""
    at = 0
    for text in texts:
        content = text.text or ""
        left, right = max(start - at, 0), min(end - at, len(content))
        if left < right:
            text.text = content[:left] + (token if start >= at else "") + content[right:]
        at += len(content)


def _take_attributes(part: Part, root: Any, file: str) -> None:
    """Tags in attributes: the name of a bookmark, the tag of a content control."""
    for element in root.iter("*"):
        for name, value in element.attrib.items():
            for found in TAG.finditer(value):
                value = value.replace(found[0], f"\ue000{len(part.tags)}\ue001")
                part.tags.append(Tag(found[0], Place(file=file), element=element))
                if element.tag == qn("w:bookmarkStart"):
                    _number_bookmark(part, root, element, found[0], file)
            element.set(name, value)


def _number_bookmark(part: Part, root: Any, start: Any, named: str, file: str) -> None:
    """A bookmark in a loop needs another number each time; it gets one from its name, at its start and its end."""
    number = start.get(qn("w:id"))
    ends = [end for end in root.iter(qn("w:bookmarkEnd")) if end.get(qn("w:id")) == number]
    for mark in (start, *ends):
        mark.set(qn("w:id"), f"\ue000{len(part.tags)}\ue001")
        part.tags.append(Tag(named, Place(file=file), element=mark, form="number"))


def _lift(part: Part) -> None:
    """Let each tag of a paragraph, row, cell or run take the place of that element."""
    for number, tag in enumerate(part.tags):
        of_cell = CELL_TAG.match(tag.source)
        if of_cell:
            _set_cell(part, tag, f"\ue000{number}\ue001", of_cell)
        elif (lifted := LIFTED.match(tag.source)) and lifted[1] == "%":
            tag.source = "{% " + tag.source[lifted.end() :]
            element = next(tag.element.iterancestors(qn(ELEMENTS[lifted[2]])), None)
            if element is None:
                part.problems.append(error("tag-outside", tag.place, tag=_shown(tag.source), level=lifted[2]))
                continue
            rest = TOKEN.sub("", "".join(text.text or "" for text in element.iter(qn("w:t"))))
            if rest.strip():
                part.problems.append(warning("tag-beside-text", tag.place, tag=_shown(tag.source), text=rest.strip()))
            _move_token(tag, element, f"\ue000{number}\ue001", lifted[2])
        elif lifted:
            tag.source = "{{ " + tag.source[lifted.end() :]
    lifted_elements = [tag.element for tag in part.tags if isinstance(tag.element, _Lifted)]
    for element in {id(lift.element): lift.element for lift in lifted_elements}.values():
        _dissolve(element)


@dataclass(slots=True)
class _Lifted:
    """A tag that stands for a whole element, which is taken out once all its tags are known."""

    element: Any
    parent: Any


def _move_token(tag: Tag, element: Any, token: str, level: str) -> None:
    text = tag.element
    text.text = text.text.replace(token, "")
    if level == "tc":
        _mark_grid(element, token)
    tag.element = _Lifted(element, element.getparent())
    tag.path = tuple(element.iterancestors())
    marks = element.get("lifted", "")
    element.set("lifted", marks + token)


def _mark_grid(cell: Any, token: str) -> None:
    """Let the columns of the grid repeat with the cells: a table whose grid and rows differ is drawn wrongly."""
    row = cell.getparent()
    table = next(row.iterancestors(qn("w:tbl")))
    if table.find(qn("w:tr")) is not row:
        return
    columns = table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
    at = row.findall(qn("w:tc")).index(cell)
    if at < len(columns):
        columns[at].set("lifted", columns[at].get("lifted", "") + token)


def _dissolve(element: Any) -> None:
    """Take an element out, leaving the tokens of its tags where it stood."""
    if element.tag == qn("w:tc"):
        for column in next(element.iterancestors(qn("w:tbl"))).findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}"):
            if column.get("lifted"):
                _leave_tokens(column)
    _leave_tokens(element)


def _leave_tokens(element: Any) -> None:
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    tokens = element.get("lifted", "") + (element.tail or "")
    parent.remove(element)
    if before is None:
        parent.text = (parent.text or "") + tokens
    else:
        before.tail = (before.tail or "") + tokens


def _set_cell(part: Part, tag: Tag, token: str, found: re.Match[str]) -> None:
    """`cellbg` gives the cell of a tag its colour, `cellwidth` its width, in the grid of the table too."""
    cell = next(tag.element.iterancestors(qn("w:tc")), None)
    tag.element.text = tag.element.text.replace(token, "")
    if cell is None:
        part.problems.append(error("tag-outside", tag.place, tag=_shown(tag.source), level="tc"))
        return
    properties = cell.find(qn("w:tcPr"))
    if properties is None:
        properties = etree.Element(qn("w:tcPr"))
        cell.insert(0, properties)
    if found[1] == "bg":
        tag.element = _shade(properties, token)
    else:
        tag.element = _widen(cell, properties, token)
    tag.source = "{{ " + found[2] + " }}"


def _shade(properties: Any, token: str) -> Any:
    for old in properties.findall(qn("w:shd")):
        properties.remove(old)
    shade = etree.Element(qn("w:shd"))
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", token)):
        shade.set(qn(f"w:{name}"), value)
    properties.insert(sum(1 for child in properties if child.tag in BEFORE_SHADE), shade)
    return shade


def _widen(cell: Any, properties: Any, token: str) -> Any:
    width = properties.find(qn("w:tcW"))
    if width is None:
        width = etree.Element(qn("w:tcW"))
        properties.insert(0, width)
    width.set(qn("w:w"), token)
    width.set(qn("w:type"), "dxa")
    row = cell.getparent()
    table = next(row.iterancestors(qn("w:tbl")))
    if table.find(qn("w:tr")) is row:
        columns = table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
        at = row.findall(qn("w:tc")).index(cell)
        if at < len(columns):
            columns[at].set(qn("w:w"), token)
    return width


def _unbalanced(tags: list[Tag]) -> Iterator[Problem]:
    """Blocks that are never closed or opened, and those that cross: open and close must stand in alike places."""
    opened: list[Tag] = []
    for tag in tags:
        word = tag.words[0] if tag.words else ""
        if word in BLOCKS:
            opened.append(tag)
        elif word in BLOCKS.values() or word in MIDDLES:
            if not opened or (word not in MIDDLES and BLOCKS[opened[-1].words[0]] != word):
                yield error("tag-not-opened", tag.place, tag=_shown(tag.source))
                continue
            start = opened[-1] if word in MIDDLES else opened.pop()
            if not _alike(start, tag):
                yield error("tag-crossed", tag.place, tag=_shown(start.source), end=_shown(tag.source))
    for tag in opened:
        yield error("tag-not-closed", tag.place, tag=_shown(tag.source))


def _alike(start: Tag, end: Tag) -> bool:
    """Whether what stands between two tags is whole: the elements around each, up to a common one, are the same."""
    first, second = _chain(start), _chain(end)
    common = {id(element) for element in first} & {id(element) for element in second}
    up = [element.tag for element in first if id(element) not in common]
    down = [element.tag for element in second if id(element) not in common]
    return up == down


def _chain(tag: Tag) -> tuple[Any, ...]:
    return tag.path or tuple(tag.element.iterancestors())


def _source(part: Part, root: Any) -> str:
    """The part as Jinja source, each tag on a line of its own by a line feed inside it."""
    xml = etree.tostring(root, encoding="unicode").replace("\n", " ")
    order = [int(token[1]) for token in TOKEN.finditer(xml)]
    part.tags = [part.tags[number] for number in order]
    numbers = iter(range(len(order)))
    return TOKEN.sub(lambda _: _as_jinja(part.tags[number := next(numbers)], number), xml)


def _as_jinja(tag: Tag, number: int) -> str:
    source = tag.source
    opening, closing = source[:2], source[-2:]
    inner = source[2:-2].removeprefix("-").removeprefix("+").removesuffix("-").strip()
    if opening == "{{":
        form = tag.form or ("text" if tag.stands_in_text else "attribute")
        return f"{{{{\n({inner})|_{form}({number}) }}}}"
    return f"{opening}\n{inner} {closing}"


def _shown(text: str) -> str:
    return " ".join(text.split())[:60]
