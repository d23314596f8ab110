"""The parts of a workbook: its sheets, and what leads from one part to another."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import defusedxml.ElementTree as SafeXml

from report_builder.office.excel_written import LINK, MAIN, targets_of

WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A worksheet as the workbook lists it. `dates_from_1904` is how old files of Macs count days."""

    name: str
    part: str
    hidden: bool
    dates_from_1904: bool


def sheets_in(parts: Mapping[str, bytes]) -> Iterator[SheetEntry]:
    """The worksheets in their order; sheets that are but a chart are no such."""
    roots = {name: root_of(parts, name) for name in (WORKBOOK, "xl/_rels/workbook.xml.rels")}
    targets = targets_of(roots, WORKBOOK)
    properties = roots[WORKBOOK].find(f"{MAIN}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    for entry in roots[WORKBOOK].iter(f"{MAIN}sheet"):
        part = targets.get(entry.get(f"{LINK}id", ""), "")
        if "/worksheets/" in part:
            yield SheetEntry(entry.get("name", ""), part, entry.get("state", "visible") != "visible", from_1904)


def related(parts: Mapping[str, bytes], part: str) -> Iterator[tuple[str, str]]:
    """The type and the part of each relation of this part, as far as that part is in the file."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in parts:
        return
    for relation in root_of(parts, relations):
        target = posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", ""))).lstrip("/")
        if target in parts:
            yield relation.get("Type", ""), target


def root_of(parts: Mapping[str, bytes], part: str) -> Element:
    root: Element = SafeXml.fromstring(parts[part], forbid_dtd=True)
    return root
