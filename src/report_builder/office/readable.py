"""Everything in an Office file that somebody could read, in sight or not, part by part."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import defusedxml.ElementTree as SafeXml

from report_builder.office.gate import pass_gate

ZIP_START = b"PK\x03\x04"
SHORT = 300
"""Characters of an element that is looked at as a whole; longer ones are paragraphs of text, which runs cover."""

UTF16_TEXT = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){3,}")


@dataclass(frozen=True, slots=True)
class Readable:
    """Text in one part of a file. `whole` tells that it is all there is in a cell, a paragraph, a property or a name,
    not a piece of running text."""

    part: str
    text: str
    whole: bool = False


def readable_texts(content: bytes, name: str) -> Iterator[Readable]:
    """The names of all parts, their texts and attributes, comments of the zip itself, and files within the file.

    Text that Word or Excel split over elements is given both joined and apart, so that neither hides a word. Raise Stop
    when the gate refuses the file.
    """
    with pass_gate(content, name) as archive:
        yield Readable(name, name, whole=True)
        yield Readable(name, archive.comment.decode("utf-8", "replace"), whole=True)
        for info in archive.infolist():
            part = f"{name}/{info.filename}"
            yield Readable(part, info.filename, whole=True)
            yield Readable(part, info.comment.decode("utf-8", "replace"), whole=True)
            yield from _part(archive.read(info), part)


def _part(data: bytes, part: str) -> Iterator[Readable]:
    if data.startswith(ZIP_START) and zipfile.is_zipfile(io.BytesIO(data)):
        yield from readable_texts(data, part)
    elif part.casefold().endswith((".xml", ".rels")):
        yield from _xml(SafeXml.fromstring(data, forbid_dtd=True), part)
    else:
        yield Readable(part, data.decode("utf-8", "replace"))
        found = (piece.decode("utf-16-le", "replace") for piece in UTF16_TEXT.findall(data))
        yield Readable(part, " ".join(found))


def _xml(root: Element, part: str) -> Iterator[Readable]:
    yield Readable(part, "".join(root.itertext()))
    yield Readable(part, " ".join(root.itertext()))
    for element in root.iter():
        for value in element.attrib.values():
            yield Readable(part, value, whole=True)
        text = "".join(element.itertext())
        if text.strip() and len(text) <= SHORT:
            yield Readable(part, text, whole=True)
