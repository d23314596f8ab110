"""What its authors left in a template and no reader may see: comments, tracked changes, and the names in them."""

import re
from typing import Any

from lxml import etree

from report_builder.office.package import CONTENT_TYPES
from report_builder.office.word_names import qn

PARTS = re.compile(r"word/(comments\w*|people)\.xml")
ENTRIES = {
    CONTENT_TYPES: re.compile(rb'<Override\b[^>]*"/word/(?:comments\w*|people)\.xml"[^>]*/>'),
    "word/_rels/document.xml.rels": re.compile(rb'<Relationship\b[^>]*"(?:/word/)?(?:comments\w*|people)\.xml"[^>]*/>'),
}
MARKS = (b"<w:comment", b"<w:ins ", b"<w:del ", b"<w:move", b"Change ", b"<w:cellIns", b"<w:cellDel")

DROPPED = (
    *("commentRangeStart", "commentRangeEnd", "del", "moveFrom", "moveFromRangeStart", "moveFromRangeEnd"),
    *("moveToRangeStart", "moveToRangeEnd", "cellIns", "cellMerge", "rPrChange", "pPrChange", "sectPrChange"),
    *("tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange", "numberingChange"),
)
KEPT = ("ins", "moveTo")
"""A change that stands is unwrapped; as a mark of a paragraph or row it has no contents, and so goes."""


def without_remarks(package: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with every tracked change accepted and no comment, so that no author's name is published."""
    cleaned = {name: _clean(name, content) for name, content in package.items() if not PARTS.fullmatch(name)}
    for name, entry in ENTRIES.items():
        if name in cleaned:
            cleaned[name] = entry.sub(b"", cleaned[name])
    return cleaned


def _clean(name: str, content: bytes) -> bytes:
    if not name.startswith("word/") or not name.endswith(".xml") or not any(mark in content for mark in MARKS):
        return content
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    for gone in [*root.iterfind(f".//{qn('w:trPr')}/{qn('w:del')}"), *root.iter(qn("w:cellDel"))]:
        _remove(gone.getparent().getparent())
    for reference in list(root.iter(qn("w:commentReference"))):
        _remove(reference.getparent())
    for element in list(root.iter(*(qn(f"w:{name}") for name in DROPPED))):
        _remove(element)
    for element in list(root.iter(*(qn(f"w:{name}") for name in KEPT))):
        parent = element.getparent()
        at = parent.index(element)
        parent[at : at + 1] = list(element)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _remove(element: Any) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)
