"""The house style of a workbook: Verdana 9, dark blue headings, and the styles that cells and rules refer to."""

from dataclasses import dataclass
from functools import cache

from report_builder.office.excel_rows import Style
from report_builder.office.workbook import Column, Kind, Line

BLUE, LIGHT, ANSWER, EDGE, LINK = "154273", "D9E4F1", "FFF9DB", "C9B458", "0B5394"
RULE = "B8C4D4"
"""The line under a row, for programs that draw no table style."""

FONT, SIZE, TITLE_SIZE = "Verdana", 9, 14
BUTTON, NUMBER = 2, "0_W_W"
"""Room for the button of a filter: in indents beside a heading, and in the format of the numbers under it.

LibreOffice forgets the indents of cells with conditional formats, so the numbers have none.
"""

DAY, TEXT, GENERAL = "yyyy\\-mm\\-dd", "@", "General"
BUILT_IN = {GENERAL: 0, TEXT: 49}
FIRST_OWN = 164
"""Formats of numbers that a program has of its own, and the first number that is free for others."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ALIGNED = {Kind.TEXT: "left", Kind.MARK: "center", Kind.NUMBER: "right"}


def font(*, colour: str = "", bold: bool = False, underlined: bool = False, size: int = SIZE) -> str:
    """A font, its parts in the order of the schema."""
    marks = "<b/>" * bold + '<u val="single"/>' * underlined
    return f'<font>{marks}<sz val="{size}"/>{_colour(colour)}<name val="{FONT}"/><family val="2"/></font>'


def fill(colour: str, *, of_rule: bool = False) -> str:
    """One colour. A conditional format names it as the background, a cell as what lies before it."""
    place = "bgColor" if of_rule else "fgColor"
    return f'<fill><patternFill patternType="solid"><{place} rgb="FF{colour}"/></patternFill></fill>'


def border(*, sides: str = "", bottom: str = "") -> str:
    """Thin lines in these colours; empty: none."""
    edges = "".join(_line(edge, sides) for edge in ("left", "right"))
    return f"<border>{edges}{_line('bottom', bottom)}</border>"


def _line(edge: str, colour: str) -> str:
    return f'<{edge} style="thin">{_colour(colour)}</{edge}>' if colour else ""


def _colour(colour: str) -> str:
    return f'<color rgb="FF{colour}"/>' if colour else ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell looks like, in XML. `open` is whether someone may write there on a locked sheet."""

    font: str
    alignment: str
    fill: str = '<fill><patternFill patternType="none"/></fill>'
    border: str = "<border><left/><right/><top/><bottom/><diagonal/></border>"
    number_format: str = GENERAL
    open: bool = False


PLAIN = Look(font(), "")
GREY = '<fill><patternFill patternType="gray125"/></fill>'
"""The second fill of each workbook: Excel puts it there, whatever a file says."""

RULED = f"<dxf>{border(bottom=RULE)}</dxf>"
RULED_ANSWER = f"<dxf>{border(sides=EDGE, bottom=RULE)}</dxf>"
"""LibreOffice puts these lines in the place of the cell's own, so those of an answer are among them."""

STRESSED = f'<dxf><font><b/><color rgb="FF{BLUE}"/></font>{fill(LIGHT, of_rule=True)}{border(bottom=RULE)}</dxf>'


class Styles:
    """The styles of one workbook, numbered as they are asked for, and the part that holds them."""

    def __init__(self) -> None:
        self._fonts = {PLAIN.font: 0}
        self._fills = {PLAIN.fill: 0, GREY: 1}
        self._borders = {PLAIN.border: 0}
        self._formats: dict[str, int] = {}
        self._cells = {(PLAIN, False): 0}
        self._rules: dict[str, int] = {}

    def of_title(self, *, wrap: bool) -> Style:
        return self._style(_title(wrap=wrap))

    def of_line(self, line: Line, *, wrap: bool) -> Style:
        return self._style(_line_of_text(heading=line.heading, link=bool(line.link), wrap=wrap))

    def of_heading(self, column: Column) -> Style:
        return self._style(_heading(column.kind))

    def of_figure(self, column: Column) -> Style:
        """For the figure above a heading that follows the filter."""
        return self._style(_figure(column.kind))

    def of_body(self, column: Column, *, total: bool = False) -> Style:
        answer = column.answer
        if answer is None:
            return self._style(_body(column.kind, total=total))
        return self._style(_answer(column.kind, DAY if answer.days else GENERAL if answer.choices else TEXT))

    def of_rule(self, rule: str) -> int:
        """The number by which a conditional format names what it shows."""
        return self._rules.setdefault(rule, len(self._rules))

    def _style(self, look: Look) -> Style:
        plain, quoted = (self._cells.setdefault((look, quoted), len(self._cells)) for quoted in (False, True))
        return Style(plain, quoted, filled=look.open)

    def part(self) -> bytes:
        """The part `xl/styles.xml`, once nobody asks for another style."""
        cells = "".join(self._cell(look, quoted=quoted) for look, quoted in self._cells)
        formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{code}"/>' for code, n in self._formats.items())
        return (
            f'<styleSheet xmlns="{MAIN}">{_list("numFmts", formats, len(self._formats))}'
            f"{_list('fonts', ''.join(self._fonts), len(self._fonts))}"
            f"{_list('fills', ''.join(self._fills), len(self._fills))}"
            f"{_list('borders', ''.join(self._borders), len(self._borders))}"
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f"{_list('cellXfs', cells, len(self._cells))}"
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            f"{_list('dxfs', ''.join(self._rules), len(self._rules))}</styleSheet>"
        ).encode()

    def _cell(self, look: Look, *, quoted: bool) -> str:
        """A format of cells. `quoted` ones hold text that Excel would else run as a formula when it is edited."""
        numbers = (
            f'numFmtId="{self._format(look.number_format)}" fontId="{_number(self._fonts, look.font)}"'
            f' fillId="{_number(self._fills, look.fill)}" borderId="{_number(self._borders, look.border)}" xfId="0"'
        )
        marks = ' quotePrefix="1"' * quoted + ' applyAlignment="1"' * bool(look.alignment)
        marks += ' applyProtection="1"' * look.open
        protection = '<protection locked="0"/>' * look.open
        return f"<xf {numbers}{marks}>{look.alignment}{protection}</xf>"

    def _format(self, code: str) -> int:
        return BUILT_IN[code] if code in BUILT_IN else self._formats.setdefault(code, FIRST_OWN + len(self._formats))


def _number(known: dict[str, int], part: str) -> int:
    return known.setdefault(part, len(known))


def _list(name: str, parts: str, count: int) -> str:
    return f'<{name} count="{count}">{parts}</{name}>' if count else ""


@cache
def _title(*, wrap: bool) -> Look:
    return Look(font(bold=True, size=TITLE_SIZE, colour=BLUE), _alignment(vertical="top", wrap=wrap))


@cache
def _line_of_text(*, heading: bool, link: bool, wrap: bool) -> Look:
    if heading:
        return Look(font(bold=True, colour=BLUE), _alignment(vertical="bottom", wrap=wrap))
    look = font(underlined=True, colour=LINK) if link else font()
    return Look(look, _alignment(vertical="top", wrap=wrap))


@cache
def _heading(kind: Kind) -> Look:
    return Look(font(bold=True, colour="FFFFFF"), _alignment(kind, vertical="top", wrap=True, room=True), fill(BLUE))


@cache
def _figure(kind: Kind) -> Look:
    return Look(font(bold=True, colour=BLUE), _alignment(kind, room=True))


@cache
def _body(kind: Kind, *, total: bool) -> Look:
    alignment = _alignment(kind, vertical="top", wrap=kind is Kind.TEXT)
    number_format = NUMBER if kind is Kind.NUMBER else GENERAL
    if total:
        return Look(font(bold=True), alignment, fill(LIGHT), number_format=number_format)
    return Look(font(), alignment, number_format=number_format)


@cache
def _answer(kind: Kind, number_format: str) -> Look:
    """A cell to answer in: open, yellow, with an edge."""
    alignment = _alignment(kind, vertical="top", wrap=kind is Kind.TEXT)
    return Look(font(), alignment, fill(ANSWER), border(sides=EDGE), number_format, open=True)


def _alignment(kind: Kind | None = None, *, vertical: str = "", wrap: bool = False, room: bool = False) -> str:
    """`room` leaves place on the right of numbers, so that the button of the filter hides nothing of their heading."""
    across = f' horizontal="{ALIGNED[kind]}"' if kind else ""
    down = f' vertical="{vertical}"' if vertical else ""
    wrapped = ' wrapText="1"' * wrap
    indent = f' indent="{BUTTON}"' * (room and kind is Kind.NUMBER)
    return f"<alignment{across}{down}{wrapped}{indent}/>"
