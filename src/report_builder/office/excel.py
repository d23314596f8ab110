"""Workbooks: parts and frames with styles, tables, hints and chart, into which the rows are streamed."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from report_builder.office.excel_frame import Frame, Framing
from report_builder.office.excel_layout import Layout
from report_builder.office.excel_parts import book_parts, content_types, sheet_part
from report_builder.office.excel_rows import HERE, Body, ColumnCells, Style, row_height, row_xml
from report_builder.office.excel_styles import Styles
from report_builder.office.grids import column_letters
from report_builder.office.package import CONTENT_TYPES, Part, write_package
from report_builder.office.properties import CORE_PART, Properties, core_properties
from report_builder.office.workbook import Kind, Workbook

CHUNK_ROWS = 500
MAX_ROWS = 1_048_576
COUNT_VISIBLE, SUM_VISIBLE = 103, 109
"""Excel's numbers for counting and adding up only the rows that are shown."""


def write_workbook(workbook: Workbook, target: BinaryIO, properties: Properties) -> None:
    """Write the workbook as .xlsx to a seekable file.

    Text stays text, whatever sign it starts with. Raise ValueError for what no cell can hold: a text over 32,767
    characters or a control character, which a check should have reported before.
    """
    layouts = {sheet.name: Layout(sheet) for sheet in workbook.sheets}
    styles = Styles()
    framing = Framing(workbook, layouts, styles, properties.title)
    writers = [SheetWriter(layout, styles, framing.frame(layout)) for layout in layouts.values()]
    parts: dict[str, Part] = {
        **book_parts(tuple(layouts.values())),
        **{sheet_part(number): writer.stream() for number, writer in enumerate(writers, 1)},
        "xl/styles.xml": styles.part(),
        CORE_PART: core_properties(properties),
    }
    write_package(target, {**parts, CONTENT_TYPES: content_types(tuple(parts))})


class SheetWriter:
    """The rows of one sheet, from its title to the last row of its table, put into its frame."""

    def __init__(self, layout: Layout, styles: Styles, frame: Frame) -> None:
        if layout.last_row > MAX_ROWS:
            raise ValueError(f"{layout.last_row} rows do not fit on a sheet")
        sheet = layout.sheet
        columns = sheet.table.columns if sheet.table else ()
        self._layout, self._frame = layout, frame
        self._title = styles.of_title(wrap=not columns)
        self._lines = [styles.of_line(line, wrap=not columns) for line in layout.lines]
        self._figures = [styles.of_figure(column) for column in columns]
        self._headings = _cells([styles.of_heading(column) for column in columns])
        self._body = _cells([styles.of_body(column) for column in columns])
        self._total = _cells([styles.of_body(column, total=True) for column in columns])

    def stream(self) -> Iterator[bytes]:
        """The part of the sheet in chunks. Page breaks come last, since they depend on the rows' heights."""
        yield self._frame.head.encode()
        groups: list[tuple[int, float]] = []
        rows = self._rows(groups)
        while chunk := "".join(islice(rows, CHUNK_ROWS)):
            yield chunk.encode()
        yield self._frame.closed(self._layout.breaks(groups)).encode()

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
                function = SUM_VISIBLE if column.kind is Kind.NUMBER else COUNT_VISIBLE
                formula = f"<f>SUBTOTAL({function},{layout.column_cells(number)})</f><v>{column.visible}</v>"
                cells.append(f'<c r="{column_letters(number)}{HERE}" s="{style.plain}">{formula}</c>')
        return row_xml(layout.heading_row - 1, "".join(cells), row_height(("",), ()))


def _cells(styles: Sequence[Style]) -> list[ColumnCells]:
    return [ColumnCells(column_letters(number), style) for number, style in enumerate(styles, 1)]
