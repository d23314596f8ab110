"""Workbooks: a skeleton with styles, tables, hints and chart, into which the rows are streamed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import BinaryIO

from markupsafe import escape
from openpyxl.utils import get_column_letter, quote_sheetname

from report_builder.office.excel_layout import Layout
from report_builder.office.excel_rows import HERE, Body, ColumnCells, Style, row_height, row_xml
from report_builder.office.excel_skeleton import add_sheet, saved
from report_builder.office.excel_styles import Styles, styled_workbook
from report_builder.office.package import Part, write_package
from report_builder.office.properties import CORE_PART, Properties, core_properties
from report_builder.office.workbook import Kind, Workbook

CHUNK_ROWS = 500
MAX_ROWS = 1_048_576
COUNT_VISIBLE, SUM_VISIBLE = 103, 109
"""Excel's numbers for counting and adding up only the rows that are shown."""

NO_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")
DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')
LABEL_FORMAT = re.compile(rb"(<numFmt formatCode=\"[^\"]*\")/>")
MARGINS = b"<pageMargins "
HEADER_END = b"</headerFooter>"


def write_workbook(workbook: Workbook, target: BinaryIO, properties: Properties) -> None:
    """Write the workbook as .xlsx to a seekable file.

    Text stays text, whatever sign it starts with. Raise ValueError for what no cell can hold: a text over 32,767
    characters or a control character, which a check should have reported before.
    """
    skeleton = styled_workbook()
    layouts = {sheet.name: Layout(sheet) for sheet in workbook.sheets}
    for layout in layouts.values():
        add_sheet(skeleton, layout, layouts, workbook, properties.title)
    styles = Styles(skeleton)
    writers = [SheetWriter(layout, styles) for layout in layouts.values()]
    parts = saved(skeleton)
    sheets = ((f"xl/worksheets/sheet{number}.xml", writer) for number, writer in enumerate(writers, 1))
    streams: dict[str, Part] = {name: writer.stream(parts[name]) for name, writer in sheets}
    write_package(
        target, {**parts, **dict(_described(parts, workbook)), **streams, CORE_PART: core_properties(properties)}
    )


def _described(parts: Mapping[str, bytes], workbook: Workbook) -> Iterator[tuple[str, bytes]]:
    """The charts' drawings with the text for who cannot see them, and their labels: openpyxl writes neither in full."""
    for number, chart in enumerate((sheet.chart for sheet in workbook.sheets if sheet.chart), 1):
        name = f"xl/drawings/drawing{number}.xml"
        before, mark, after = parts[name].partition(b"<cNvPr ")
        yield name, before + mark + f'descr="{escape(chart.description)}" '.encode() + after
        name = f"xl/charts/chart{number}.xml"
        yield name, LABEL_FORMAT.sub(rb'\1 sourceLinked="0"/>', parts[name])


class SheetWriter:
    """The rows of one sheet, from its title to the last row of its table, put into its skeleton."""

    def __init__(self, layout: Layout, styles: Styles) -> None:
        if layout.last_row > MAX_ROWS:
            raise ValueError(f"{layout.last_row} rows do not fit on a sheet")
        sheet = layout.sheet
        columns = sheet.table.columns if sheet.table else ()
        self._layout, self._title = layout, styles.of_title(wrap=not columns)
        self._lines = [styles.of_line(line, wrap=not columns) for line in layout.lines]
        self._figures = [styles.of_figure(column) for column in columns]
        self._headings = _cells([styles.of_heading(column) for column in columns])
        self._body = _cells([styles.of_body(column) for column in columns])
        self._total = _cells([styles.of_body(column, total=True) for column in columns])

    def stream(self, skeleton: bytes) -> Iterator[bytes]:
        """The part of the sheet in chunks. Page breaks come last, since they depend on the rows' heights."""
        head, tail = NO_ROWS.split(skeleton, maxsplit=1)
        corner = f"{get_column_letter(len(self._layout.widths))}{self._layout.last_row}"
        yield DIMENSION.sub(f'<dimension ref="A1:{corner}"/>'.encode(), head) + b"<sheetData>"
        groups: list[tuple[int, float]] = []
        rows = self._rows(groups)
        while chunk := "".join(islice(rows, CHUNK_ROWS)):
            yield chunk.encode()
        breaks = self._layout.breaks(groups)
        tail = tail.replace(MARGINS, _links_xml(self._layout) + MARGINS)
        yield b"</sheetData>" + tail.replace(HEADER_END, HEADER_END + _breaks_xml(breaks))

    def _rows(self, groups: list[tuple[int, float]]) -> Iterator[str]:
        layout, sheet = self._layout, self._layout.sheet
        yield row_xml(1, ColumnCells("A", self._title)[sheet.title], layout.title_height)
        for number, (line, style) in enumerate(zip(layout.lines, self._lines, strict=True), 2):
            yield row_xml(number, ColumnCells("A", style)[line.text], layout.line_height(line))
        if not sheet.table:
            return
        if layout.has_figures:
            yield self._figure_row()
        headings = [cells[column.heading] for cells, column in zip(self._headings, sheet.table.columns, strict=True)]
        yield row_xml(layout.heading_row, "".join(headings), layout.heading_height)
        running = layout.running
        body = Body(self._body, running, sheet.table.group)
        count = len(sheet.table.rows) - sheet.table.total
        rows = iter(sheet.table.rows)
        yield from body.write(islice(rows, count), layout.first_row)
        yield from Body(self._total, running, None).write(rows, layout.first_row + count)
        groups.extend(body.groups)

    def _figure_row(self) -> str:
        """What the filter lets through, counted by a formula that carries its value: a preview does not calculate."""
        layout, table = self._layout, self._layout.table
        cells = [ColumnCells("A", self._figures[0])[table.visible]]
        for number, (column, style) in enumerate(zip(table.columns, self._figures, strict=True), 1):
            if column.visible is not None:
                letter = get_column_letter(number)
                function = SUM_VISIBLE if column.kind is Kind.NUMBER else COUNT_VISIBLE
                span = f"{letter}{layout.first_row}:{letter}{layout.last_row}"
                formula = f"<f>SUBTOTAL({function},{span})</f><v>{column.visible}</v>"
                cells.append(f'<c r="{letter}{HERE}" s="{style.plain}">{formula}</c>')
        return row_xml(layout.heading_row - 1, "".join(cells), row_height(("",), ()))


def _cells(styles: Sequence[Style]) -> list[ColumnCells]:
    return [ColumnCells(get_column_letter(number), style) for number, style in enumerate(styles, 1)]


def _links_xml(layout: Layout) -> bytes:
    """The links of the lines to other sheets, which openpyxl writes only for cells of its own."""
    places = ((row, line.link) for row, line in enumerate(layout.lines, 2) if line.link)
    links = "".join(f'<hyperlink ref="A{row}" location="{escape(f"{quote_sheetname(to)}!A1")}"/>' for row, to in places)
    return f"<hyperlinks>{links}</hyperlinks>".encode() if links else b""


def _breaks_xml(rows: Sequence[int]) -> bytes:
    if not rows:
        return b""
    breaks = "".join(f'<brk id="{row}" max="16383" man="1"/>' for row in rows)
    return f'<rowBreaks count="{len(rows)}" manualBreakCount="{len(rows)}">{breaks}</rowBreaks>'.encode()
