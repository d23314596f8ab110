"""The texts that the cells of a workbook share. Excel writes almost every text there, once."""

import re
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element

import defusedxml.ElementTree as SafeXml

from report_builder.office.excel_markup import NotPlain, is_text, opening, pieces, text_of, unescaped
from report_builder.office.excel_written import MAIN

ROOT = re.compile(rf'(?:\?>|^)\s*<sst xmlns="{re.escape(MAIN[1:-1])}"[^<>]*>\s*$'.encode())
ITEM = re.compile(r'<si>(?:<t(?: xml:space="preserve")?>([^<]*+)</t>|((?:<(?!/si>)[^<]*+)++))</si>')
"""A plain text, or the elements of one that is more than that; these are no XML where a comment or such was cut."""


def shared_texts(part: bytes) -> list[str]:
    """The texts by their numbers, without formatting and phonetic guides."""
    try:
        return list(_quickly(part))
    except (NotPlain, SafeXml.ParseError):
        items = (element for _, element in SafeXml.iterparse(BytesIO(part), forbid_dtd=True))
        return [_text(item) for item in items if item.tag == f"{MAIN}si"]


def _quickly(part: bytes) -> Iterator[str]:
    start, end = opening(part, b"<si>"), part.rfind(b"</sst>")
    if not ROOT.search(part, 0, start) or part[end:].rstrip() != b"</sst>":
        raise NotPlain
    for piece in pieces(part, b"</si>", start, end):
        found = ITEM.split(piece)
        between, texts, elements = (found[at::3] for at in range(3))
        if any(map(str.strip, between)):
            raise NotPlain
        if any(elements) or not is_text(piece):
            yield from map(_either, texts, elements)
        else:
            yield from texts


def _either(text: str | None, elements: str | None) -> str:
    return text_of(text) if text is not None else _text(SafeXml.fromstring(f"<si>{elements}</si>"))


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
