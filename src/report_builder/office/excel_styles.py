"""The house style of a workbook: Verdana 9, dark blue headings, and the cell styles that rows are written in."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Protection, Side
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.writer.theme import theme_xml

from report_builder.office.excel_rows import Style
from report_builder.office.workbook import Column, Kind, Line

BLUE, LIGHT, ANSWER, EDGE, LINK = "154273", "D9E4F1", "FFF9DB", "C9B458", "0B5394"
FONT, SIZE, TITLE_SIZE = "Verdana", 9, 14
BUTTON, NUMBER = 2, "0_W_W"
"""Room for the button of a filter: in indents beside a heading, and in the format of the numbers under it.

LibreOffice forgets the indents of cells with conditional formats, so the numbers have none.
"""


class HouseFont(Font):
    """A font whose parts stand in the order of the schema; openpyxl's own is an error to Microsoft's validator."""

    tagname = "font"
    __attrs__ = Font.__attrs__
    __nested__ = Font.__nested__
    __elements__ = (
        *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign"),
        *("sz", "color", "name", "family", "charset", "scheme"),
    )


def font(**options: Any) -> Font:
    return HouseFont(**{"name": FONT, "sz": SIZE, "family": 2, **options})


def styled_workbook() -> Any:
    """An empty workbook without sheets, in which everything that has no style of its own is in Verdana 9."""
    workbook: Any = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook._fonts = IndexedList([font()])
    workbook._named_styles["Normal"].font = font()
    workbook.loaded_theme = theme_xml.replace("4F81BD", BLUE).replace("Calibri", FONT).replace("Cambria", FONT)
    return workbook


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """What a cell looks like, in openpyxl's terms. `filled` is whether an empty cell is written too.

    A look is made once for all workbooks, so that it is known by itself: comparing two costs openpyxl as much as
    making them, and a set has some thousand columns in a dozen looks.
    """

    options: Mapping[str, Any]
    filled: bool = False


class Styles:
    """Cell styles of one workbook, as the numbers that cells refer to."""

    def __init__(self, workbook: Any) -> None:
        self._sheet = workbook.worksheets[0]
        self._known: dict[Look, Style] = {}

    def of_title(self, *, wrap: bool) -> Style:
        return self._style(_title(wrap=wrap))

    def of_line(self, line: Line, *, wrap: bool) -> Style:
        return self._style(_line(heading=line.heading, link=bool(line.link), wrap=wrap))

    def of_heading(self, column: Column) -> Style:
        return self._style(_heading(column.kind))

    def of_figure(self, column: Column) -> Style:
        """For the figure above a heading that follows the filter."""
        return self._style(_figure(column.kind))

    def of_body(self, column: Column, *, total: bool = False) -> Style:
        answer = column.answer
        if answer is None:
            return self._style(_body(column.kind, total=total))
        number_format = "yyyy\\-mm\\-dd" if answer.days else "General" if answer.choices else "@"
        return self._style(_body(column.kind, total=total, number_format=number_format))

    def _style(self, look: Look) -> Style:
        if look not in self._known:
            plain: Any = Cell(self._sheet, 1, 1)
            quoted: Any = Cell(self._sheet, 1, 1)
            for cell in (plain, quoted):
                for name, value in look.options.items():
                    setattr(cell, name, value)
            quoted._style.quotePrefix = 1
            self._known[look] = Style(plain.style_id, quoted.style_id, filled=look.filled)
        return self._known[look]


@cache
def _title(*, wrap: bool) -> Look:
    look = font(b=True, sz=TITLE_SIZE, color=BLUE)
    return Look({"font": look, "alignment": Alignment(vertical="top", wrap_text=wrap)})


@cache
def _line(*, heading: bool, link: bool, wrap: bool) -> Look:
    look = {"b": True, "color": BLUE} if heading else {"u": "single", "color": LINK} if link else {}
    return Look({"font": font(**look), "alignment": Alignment(vertical="bottom" if heading else "top", wrap_text=wrap)})


@cache
def _heading(kind: Kind) -> Look:
    return Look(
        {
            "font": font(b=True, color="FFFFFF"),
            "fill": PatternFill("solid", fgColor=BLUE),
            "alignment": _alignment(kind, vertical="top", wrap_text=True, indent=_room(kind)),
        }
    )


@cache
def _figure(kind: Kind) -> Look:
    return Look({"font": font(b=True, color=BLUE), "alignment": _alignment(kind, indent=_room(kind))})


@cache
def _body(kind: Kind, *, total: bool, number_format: str = "") -> Look:
    """A cell under a heading. One to answer in has a format of numbers, and is open and yellow."""
    wrap = kind is Kind.TEXT or None
    options: dict[str, Any] = {"alignment": _alignment(kind, vertical="top", wrap_text=wrap)}
    if kind is Kind.NUMBER:
        options["number_format"] = NUMBER
    if total:
        options |= {"font": font(b=True), "fill": PatternFill("solid", fgColor=LIGHT)}
    if number_format:
        options |= {
            "fill": PatternFill("solid", fgColor=ANSWER),
            "border": Border(left=Side("thin", Color(EDGE)), right=Side("thin", Color(EDGE))),
            "protection": Protection(locked=False),
            "number_format": number_format,
        }
    return Look(options, filled=bool(number_format))


def _room(kind: Kind) -> int:
    """Indents on the right, so that the button of the filter hides nothing of a heading above numbers."""
    return BUTTON if kind is Kind.NUMBER else 0


def _alignment(kind: Kind, **options: Any) -> Alignment:
    return Alignment(horizontal={Kind.TEXT: "left", Kind.MARK: "center", Kind.NUMBER: "right"}[kind], **options)
