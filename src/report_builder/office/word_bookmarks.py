"""Bookmarks of a template that would come out double or half: in a loop, or with one end in a tag's own paragraph."""

from typing import Any

from lxml import etree

from report_builder.office.word_names import qn
from report_builder.office.word_tags import TOKEN, Part

START, END = qn("w:bookmarkStart"), qn("w:bookmarkEnd")


def drop_bookmarks(part: Part, root: Any) -> None:
    """Take out bookmarks that repeat, unless a tag names them, and mend those of which one end is gone.

    Of a start without an end a point is left, so that a link to it still works.
    """
    starts, ends = ({mark.get(qn("w:id")): mark for mark in root.iter(kind)} for kind in (START, END))
    gone = {mark.get(qn("w:id")) for mark in _in_loops(part, root) if not TOKEN.search(mark.get(qn("w:id"), ""))}
    gone |= ends.keys() - starts.keys()
    for mark in list(root.iter(START, END)):
        number = mark.get(qn("w:id"))
        if number in gone:
            _remove(mark)
        elif number not in ends:
            mark.addnext(etree.Element(END, {qn("w:id"): number}))


def _in_loops(part: Part, root: Any) -> list[Any]:
    depth = 0
    found = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start" and depth and element.tag in (START, END):
            found.append(element)
        for token in TOKEN.finditer((element.text if event == "start" else element.tail) or ""):
            word = (part.tags[int(token[1])].words or [""])[0]
            depth += (word == "for") - (word == "endfor")
    return found


def _remove(mark: Any) -> None:
    """Without the text behind it, which may be a tag's token."""
    before, parent = mark.getprevious(), mark.getparent()
    if before is None:
        parent.text = f"{parent.text or ''}{mark.tail or ''}"
    else:
        before.tail = f"{before.tail or ''}{mark.tail or ''}"
    parent.remove(mark)
