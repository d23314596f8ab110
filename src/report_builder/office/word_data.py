"""Rows of texts that travel inside a Word file, in a custom XML part that Word and LibreOffice keep on saving."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element

import defusedxml.ElementTree as SafeXml
from markupsafe import escape

from report_builder.office.package import CONTENT_TYPES

NAMESPACE = "urn:report-builder:rows"
ITEM, PROPERTIES = "customXml/item1.xml", "customXml/itemProps1.xml"
ITEM_ID = "{5D0B6F3A-7C54-4E0C-9A52-3F1D8C2B7A10}"
"""What the part is called within the file; the same in every file, since each has but one."""

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
DOCUMENT_RELATIONS = "word/_rels/document.xml.rels"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def attach_rows(parts: dict[str, bytes], rows: Iterable[Sequence[str]]) -> None:
    """Add the rows to the parts of a document."""
    parts[ITEM] = "".join(_item(rows)).encode()
    parts[PROPERTIES] = (
        f'{DECLARATION}<ds:datastoreItem ds:itemID="{ITEM_ID}"'
        ' xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"><ds:schemaRefs>'
        f'<ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    ).encode()
    parts["customXml/_rels/item1.xml.rels"] = (
        f'{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}Props" Target="itemProps1.xml"/></Relationships>'
    ).encode()
    _insert(parts, CONTENT_TYPES, f'<Override PartName="/{PROPERTIES}" ContentType="{PROPERTIES_TYPE}"/>', "</Types>")
    relation = f'<Relationship Id="rows" Type="{RELATION}" Target="../{ITEM}"/>'
    _insert(parts, DOCUMENT_RELATIONS, relation, "</Relationships>")


def _item(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f'{DECLARATION}<rows xmlns="{NAMESPACE}">'
    for row in rows:
        yield f"<row>{''.join(f'<cell>{escape(text)}</cell>' for text in row)}</row>"
    yield "</rows>"


def _insert(parts: dict[str, bytes], name: str, text: str, before: str) -> None:
    head, mark, tail = parts[name].rpartition(before.encode())
    parts[name] = head + text.encode() + mark + tail


def rows_in(content: bytes) -> tuple[tuple[str, ...], ...]:
    """The rows that travel in a file of our own."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return attached_rows(archive)


def attached_rows(archive: zipfile.ZipFile) -> tuple[tuple[str, ...], ...]:
    """The rows that travel in this file; none when there are none, or somebody had them removed."""
    for name in archive.namelist():
        if name.startswith("customXml/item") and name.endswith(".xml"):
            root: Element = SafeXml.fromstring(archive.read(name), forbid_dtd=True)
            if root.tag == f"{{{NAMESPACE}}}rows":
                return tuple(tuple(cell.text or "" for cell in row) for row in root)
    return ()
