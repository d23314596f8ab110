"""A Word document of headings, lines and tables."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from report_builder.office.package import write_package

HOUSE_BLUE = RGBColor(0x15, 0x42, 0x73)
LANGUAGE = "nl-NL"

Section = tuple[str, Sequence[str], Iterable[Sequence[str]]]
"""A title, the headings of the table under it, and its rows."""


def write_tables(
    target: BinaryIO, title: str, sender: str, day: date, lines: Iterable[str], sections: Iterable[Section]
) -> None:
    """Write a landscape document with a table per section, each with a header row that is marked and repeats."""
    document = Document()
    _set_up(document, title, sender, day)
    document.add_heading(title, level=1)
    for line in lines:
        document.add_paragraph(line)
    for heading, headings, rows in sections:
        document.add_heading(heading, level=2)
        _add_table(document, headings, rows)
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as made:
        write_package(target, {name: made.read(name) for name in made.namelist()})


def _set_up(document: Any, title: str, sender: str, day: date) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, sender, LANGUAGE
    properties.last_modified_by = sender
    properties.comments = ""
    properties.created = properties.modified = datetime.combine(day, time())
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = Cm(2)
    for name, size in (("Normal", 9), ("Heading 1", 16), ("Heading 2", 12)):
        style = document.styles[name]
        style.font.name, style.font.size = "Verdana", Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{attribute}"), None)
        if size > 9:
            style.font.color.rgb = HOUSE_BLUE
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)


def _add_table(document: Any, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    _fill(table.rows[0], headings, bold=True)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        added = table.add_row()
        _fill(added, row, bold=False)
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    document.add_paragraph()


def _fill(row: Any, texts: Sequence[str], *, bold: bool) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        cell.paragraphs[0].add_run(text).bold = bold
