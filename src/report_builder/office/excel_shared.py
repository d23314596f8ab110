"""The texts that the cells of a workbook share. Excel writes almost every text there, once."""

import re
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element

import defusedxml.ElementTree as SafeXml

from report_builder.office.excel_markup import NotPlain, opening, pieces, text_of, unescaped
from report_builder.office.excel_written import MAIN

ROOT = f'<sst xmlns="{MAIN[1:-1]}"'.encode()
ITEM = re.compile(
    r"""<si> (?: <t(?:[ ]xml:space="preserve")?>([^<]*+)</t> | ((?: <(?![!?]|/si>) [^<]*+ )++) ) </si> | (.+)""",
    re.DOTALL | re.VERBOSE,
)
"""A plain text, or the elements of one that is more than that; or else all that is left of the piece."""


def shared_texts(part: bytes) -> list[str]:
    """The texts by their numbers, without formatting and phonetic guides."""
    try:
        return list(_quickly(part))
    except (NotPlain, SafeXml.ParseError):
        items = (element for _, element in SafeXml.iterparse(BytesIO(part), forbid_dtd=True))
        return [_text(item) for item in items if item.tag == f"{MAIN}si"]


def _quickly(part: bytes) -> Iterator[str]:
    head, start = opening(part, b"<si>")
    end = part.rfind(b"</sst>")
    if not head.startswith(ROOT) or head.count(b"<") > 1 or part[end:].rstrip() != b"</sst>":
        raise NotPlain
    for piece in pieces(part, b"</si>", start, end):
        for text, elements, left in ITEM.findall(piece):
            if left.strip():
                raise NotPlain
            yield _text(SafeXml.fromstring(f"<si>{elements}</si>")) if elements else text_of(text)


def _text(item: Element) -> str:
    """The text of an item, or of each run in it."""
    texts: list[str] = []
    for child in item:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts.append(_text(child))
    return unescaped("".join(texts))
