"""Tags that govern a whole element, lifted out of it.

Tags of a paragraph (`{%p`), a row (`{%tr`), a cell (`{%tc`) or a run (`{%r`) take the place of the whole element in
which they stand.
"""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from report_builder.office.word_cells import mark_grid, shade, widen
from report_builder.office.word_names import qn
from report_builder.office.word_tags import TOKEN, Part, Tag, shown
from report_builder.office.word_writers import WHOLE
from report_builder.problems import error, warning

LIFTED = re.compile(r"^\{(%|\{)[-+]?(p|tr|tc|r)\s+", re.DOTALL)
CELL_TAG = re.compile(r"^\{%[-+]?\s*cell(bg|width)\s+(.*?)[-+]?%\}$", re.DOTALL)
ANCHOR_TAG = re.compile(r"^\{%[-+]?\s*anchor\s+(.*?)[-+]?%\}$", re.DOTALL)
ELEMENTS = {"p": "w:p", "tr": "w:tr", "tc": "w:tc", "r": "w:r"}
OF_PLACE = re.compile(rf"{CELL_TAG.pattern}|{ANCHOR_TAG.pattern}", re.DOTALL)
LOST = (qn("w:sectPr"), qn("w:drawing"), qn("w:pict"), qn("w:object"))
PAGE_BREAK = f".//{qn('w:br')}[@{qn('w:type')}='page']"
BOXES = tuple(qn(f"w:{name}") for name in ("tc", "hdr", "ftr", "footnote", "endnote", "txbxContent"))


def lift_tags(part: Part) -> None:
    """Let each tag of a paragraph, row, cell or run take the place of that element."""
    for number, tag in enumerate(part.tags):
        token = f"\ue000{number}\ue001"
        if of_cell := CELL_TAG.match(tag.source):
            _set_cell(part, tag, token, of_cell)
        elif anchor := ANCHOR_TAG.match(tag.source):
            _set_anchor(part, tag, token, anchor[1])
        elif lifted := LIFTED.match(tag.source):
            tag.source = f"{{{lifted[1]} {tag.source[lifted.end() :]}"
            if lifted[1] == "%":
                _lift_tag(part, tag, token, lifted[2])
    gone = {id(tag.element.element): tag.element for tag in part.tags if isinstance(tag.element, _Lifted)}
    for lift in gone.values():
        _dissolve(lift.element)
    boxes = {id(lift.parent): lift.parent for lift in gone.values() if lift.element.tag == qn("w:p")}
    for box in boxes.values():
        if box.tag in BOXES and not _ends_with_paragraph(box):
            _keep_whole(part, box)


def _lift_tag(part: Part, tag: Tag, token: str, level: str) -> None:
    element = next(tag.element.iterancestors(qn(ELEMENTS[level])), None)
    if element is None:
        part.problems.append(error("tag-outside", tag.place, tag=shown(tag.source), level=level))
        return
    texts = "".join(text.text or "" for text in element.iter(qn("w:t")))
    rest = TOKEN.sub(lambda other: _lost(part.tags[int(other[1])], tag), texts)
    if rest.strip():
        part.problems.append(warning("tag-beside-text", tag.place, tag=shown(tag.source), text=rest.strip()))
    if any(True for _ in element.iter(*LOST)) or element.find(PAGE_BREAK) is not None:
        part.problems.append(error("tag-beside-break", tag.place, tag=shown(tag.source)))
    _move_token(tag, element, token, level)


def _lost(other: Tag, tag: Tag) -> str:
    """What goes with the element of a tag: another tag in it, unless that is lifted itself, or a remark."""
    stays = other is tag or LIFTED.match(other.source) or OF_PLACE.match(other.source) or other.source.startswith("{#")
    return "" if stays else other.source


def _set_anchor(part: Part, tag: Tag, token: str, expression: str) -> None:
    """`anchor` makes its paragraph a place that links can go to.

    Authors cannot put a tag in a bookmark themselves: Word and LibreOffice change the braces in its name.
    """
    paragraph = next(tag.element.iterancestors(qn("w:p")))
    tag.element.text = tag.element.text.replace(token, "")
    start, end = etree.Element(qn("w:bookmarkStart")), etree.Element(qn("w:bookmarkEnd"))
    tag.source, tag.element, tag.form = f"{{{{ {expression} }}}}", start, "number"
    name = Tag(tag.source, tag.place, element=start)
    part.tags.append(name)
    start.set(qn("w:id"), token)
    start.set(qn("w:name"), f"\ue000{len(part.tags) - 1}\ue001")
    end.set(qn("w:id"), token)
    paragraph.insert(1 if paragraph.find(qn("w:pPr")) is not None else 0, start)
    paragraph.append(end)


@dataclass(slots=True)
class _Lifted:
    """A tag that stands for a whole element, which is taken out once all its tags are known."""

    element: Any
    parent: Any


def _move_token(tag: Tag, element: Any, token: str, level: str) -> None:
    text = tag.element
    text.text = text.text.replace(token, "")
    if level == "tc":
        mark_grid(element, token)
    tag.element = _Lifted(element, element.getparent())
    tag.path = tuple(element.iterancestors())
    marks = element.get("lifted", "")
    element.set("lifted", marks + token)


def _dissolve(element: Any) -> None:
    """Take an element out, leaving the tokens of its tags where it stood."""
    if element.tag == qn("w:tc"):
        for column in next(element.iterancestors(qn("w:tbl"))).findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}"):
            if column.get("lifted"):
                _leave_tokens(column)
    _leave_tokens(element)


def _ends_with_paragraph(box: Any) -> bool:
    """Whether the last thing in this cell is a paragraph that no tag can take out: no tag ends behind it."""
    return len(box) > 0 and box[-1].tag == qn("w:p") and not TOKEN.search(box[-1].tail or "")


def _keep_whole(part: Part, box: Any) -> None:
    """Let a cell, header or footer that comes out empty hold a paragraph: without one, Word calls the file damaged."""
    place = next(tag.place for tag in part.tags if isinstance(tag.element, _Lifted) and tag.element.parent is box)
    start, end = len(part.tags), len(part.tags) + 1
    for source in (f"{{% filter {WHOLE} %}}", "{% endfilter %}"):
        part.tags.append(Tag(source, place, element=box, form="own"))
    properties = box.find(qn("w:tcPr"))
    if properties is None:
        box.text = f"\ue000{start}\ue001{box.text or ''}"
    else:
        properties.tail = f"\ue000{start}\ue001{properties.tail or ''}"
    if len(box):
        box[-1].tail = f"{box[-1].tail or ''}\ue000{end}\ue001"
    else:
        box.text = f"{box.text or ''}\ue000{end}\ue001"


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
        part.problems.append(error("tag-outside", tag.place, tag=shown(tag.source), level="tc"))
        return
    properties = cell.find(qn("w:tcPr"))
    if properties is None:
        properties = etree.Element(qn("w:tcPr"))
        cell.insert(0, properties)
    if found[1] == "bg":
        tag.element = shade(properties, token)
    else:
        tag.element = widen(cell, properties, token)
    tag.source = "{{ " + found[2] + " }}"
