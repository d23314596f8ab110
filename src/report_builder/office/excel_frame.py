"""A sheet but for its rows: widths, panes, rules, hints, protection, and how it is printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from report_builder.office.excel_layout import MARGIN_INCHES, Layout
from report_builder.office.excel_places import area, on_sheet
from report_builder.office.excel_rows import attribute, escaped
from report_builder.office.excel_rules import hints, looks
from report_builder.office.excel_styles import MAIN, Styles
from report_builder.office.grids import column_letters
from report_builder.office.workbook import PAGE, PAGES, Workbook

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LAST_ROW, LAST_COLUMN = 1_048_575, 16_383
"""The last row and column of a sheet as a page break counts them, from 0."""

LOCKED = (
    '<sheetProtection sheet="1" objects="0" scenarios="0" formatColumns="0" formatRows="0" sort="0" autoFilter="0"/>'
)
"""Against accidents only: there is no password. Filtering and changing widths and heights stay possible."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands before the rows of a sheet, and what after them; in the latter, where page breaks come."""

    head: str
    tail: str
    end: str

    def closed(self, breaks: Sequence[int]) -> str:
        """What stands after the rows, with a page break after each of these."""
        return f"{self.tail}{_breaks('rowBreaks', breaks, LAST_COLUMN)}{self.end}"


@dataclass(frozen=True, slots=True)
class Framing:
    """What a frame takes from the workbook around it. `title` is that of the file, for the foot of each page."""

    workbook: Workbook
    layouts: Mapping[str, Layout]
    styles: Styles
    title: str

    def frame(self, layout: Layout) -> Frame:
        """The frame of one sheet. In the package the first relation of a sheet is its drawing, the next its table."""
        sheet = layout.sheet
        corner = area((1, 1), (len(layout.widths), layout.last_row))
        first = ' tabSelected="1"' if sheet is self.workbook.sheets[0] else ""
        head = (
            f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"><dimension ref="{corner}"/>'
            f'<sheetViews><sheetView{first} workbookViewId="0">{_panes(layout)}</sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/>{_columns(layout.widths)}<sheetData>'
        )
        tail = (
            f"</sheetData>{LOCKED * sheet.locked}{looks(layout, self.styles) if sheet.table else ''}"
            f"{hints(layout, self.layouts) if sheet.table else ''}{_links(layout)}{self._paper(layout)}"
        )
        drawing = '<drawing r:id="rId1"/>' * bool(sheet.chart)
        table = f'<tableParts count="1"><tablePart r:id="rId{1 + bool(sheet.chart)}"/></tableParts>' * bool(sheet.table)
        across = _breaks("colBreaks", layout.across, LAST_ROW)
        return Frame(head, tail, f"{across}{drawing}{table}</worksheet>")

    def _paper(self, layout: Layout) -> str:
        margin = MARGIN_INCHES
        orientation = "landscape" if layout.sheet.table else "portrait"
        order = ' pageOrder="overThenDown"' if layout.across else ""
        page = _plain(self.workbook.page).replace(PAGE, "&P").replace(PAGES, "&N")
        head = _sections(L=_plain(layout.sheet.title) if layout.across else "", C=_plain(self.workbook.mark))
        foot = _sections(L=_plain(f"{self.title}: {layout.sheet.name}"), R=page)
        return (
            f'<pageMargins left="{margin}" right="{margin}" top="{margin}" bottom="{margin}" header="{margin / 2}"'
            f' footer="{margin / 2}"/><pageSetup paperSize="{layout.paper}" scale="{layout.scale}"{order}'
            f' orientation="{orientation}"/><headerFooter>{f"<oddHeader>{head}</oddHeader>" if head else ""}'
            f"<oddFooter>{foot}</oddFooter></headerFooter>"
        )


def _plain(text: str) -> str:
    """An ampersand begins a code in the head and foot of a page. All three parts share 255 characters."""
    return text[:100].replace("&", "&&")


def _sections(**texts: str) -> str:
    """The left, middle and right of a head or foot, each after its code."""
    return escaped("".join(f"&{place}{text}" for place, text in texts.items() if text))


def _panes(layout: Layout) -> str:
    """The headings and what a row is about stay in sight; the cursor is in A1."""
    start = 'activeCell="A1" sqref="A1"'
    if not layout.sheet.table:
        return f"<selection {start}/>"
    frozen, corner = layout.table.frozen, f"{column_letters(layout.table.frozen + 1)}{layout.first_row}"
    panes = ("topRight", "bottomLeft", "bottomRight") if frozen else ("bottomLeft",)
    across = f'xSplit="{frozen}" ' if frozen else ""
    pane = f'{across}ySplit="{layout.heading_row}" topLeftCell="{corner}" activePane="{panes[-1]}" state="frozen"'
    beside = "".join(f'<selection pane="{name}"/>' for name in panes[:-1])
    return f'<pane {pane}/>{beside}<selection pane="{panes[-1]}" {start}/>'


def _columns(widths: Sequence[int]) -> str:
    numbered = enumerate(widths, 1)
    columns = (f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>' for number, width in numbered)
    return f"<cols>{''.join(columns)}</cols>"


def _links(layout: Layout) -> str:
    places = ((row, line.link) for row, line in enumerate(layout.lines, 2) if line.link)
    links = "".join(f'<hyperlink ref="A{row}" location="{attribute(on_sheet(to, "A1"))}"/>' for row, to in places)
    return f"<hyperlinks>{links}</hyperlinks>" if links else ""


def _breaks(name: str, after: Sequence[int], last: int) -> str:
    """Page breaks after these rows or columns, over the whole breadth or height of the sheet."""
    breaks = "".join(f'<brk id="{place}" max="{last}" man="1"/>' for place in after)
    return f'<{name} count="{len(after)}" manualBreakCount="{len(after)}">{breaks}</{name}>' if after else ""
