"""Sheets with everything but rows, links and page breaks: tables, panes, rules, hints, protection, print, chart."""

import io
import re
import zipfile
from itertools import groupby
from typing import Any

from openpyxl import Workbook as Skeleton
from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
from openpyxl.styles import Border, Color, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break, ColBreak
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.writer.excel import ExcelWriter

from report_builder.office.excel_chart import stacked_bars
from report_builder.office.excel_layout import MARGIN_INCHES, Layout
from report_builder.office.excel_styles import BLUE, EDGE, LIGHT, HouseFont
from report_builder.office.workbook import MAX_HINT, MAX_HINT_TITLE, PAGE, PAGES, Answer, Workbook

TABLE_STYLE = "TableStyleMedium2"
RULE = "B8C4D4"
"""The line under a row, for programs that draw no table style."""

BOOK = "xl/workbook.xml"
REPEATED = re.compile(rb">([^<,]*\$\d+:\$\d+),([^<,]*\$[A-Z]+:\$[A-Z]+)<")
"""What repeats on each page: openpyxl writes rows before columns, Excel itself columns before rows."""

LAST_ROW = 1_048_575
"""The last row of a sheet as a page break counts it, from 0."""

SCALE = ("FFFFFF", "8FB4DE")
"""White to a blue on which black text keeps a contrast above 4.5 to 1."""


def saved(skeleton: Skeleton) -> dict[str, bytes]:
    """The parts of the file by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        ExcelWriter(skeleton, archive).write_data()
    with zipfile.ZipFile(buffer) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    return parts | {BOOK: REPEATED.sub(rb">\2,\1<", parts[BOOK])}


def add_sheet(skeleton: Skeleton, layout: Layout, layouts: dict[str, Layout], workbook: Workbook, footer: str) -> None:
    sheet = layout.sheet
    worksheet: Any = skeleton.create_sheet(sheet.name)
    worksheet.sheet_state = "hidden" if sheet.hidden else "visible"
    for number, width in enumerate(layout.widths, 1):
        worksheet.column_dimensions[get_column_letter(number)].width = width
    _set_up_printing(worksheet, layout, workbook, footer)
    if sheet.table:
        _add_table(worksheet, layout)
        _add_looks(worksheet, layout)
        for number, column in enumerate(layout.table.columns, 1):
            if column.note:
                note = DataValidation(promptTitle=column.heading[:MAX_HINT_TITLE], prompt=column.note[:MAX_HINT])
                note.showInputMessage = True
                note.add(f"{get_column_letter(number)}{layout.heading_row}")
                worksheet.add_data_validation(note)
            if column.answer:
                validation = _validation(column.answer, layouts)
                validation.add(_span(layout, number))
                worksheet.add_data_validation(validation)
            if column.name:
                cells = f"{quote_sheetname(sheet.name)}!{_span(layout, number, absolute=True)}"
                skeleton.defined_names[column.name] = DefinedName(column.name, attr_text=cells)
    if sheet.chart:
        worksheet.add_chart(stacked_bars(layout), f"A{layout.last_row + 2}")
    if sheet.locked:
        _lock(worksheet)


def _span(layout: Layout, number: int, *, absolute: bool = False) -> str:
    letter, sign = get_column_letter(number), "$" if absolute else ""
    return f"{sign}{letter}{sign}{layout.first_row}:{sign}{letter}{sign}{layout.last_row}"


def _set_up_printing(worksheet: Any, layout: Layout, workbook: Workbook, footer: str) -> None:
    setup = worksheet.page_setup
    setup.orientation = "landscape" if layout.sheet.table else "portrait"
    setup.paperSize, setup.scale = layout.paper, layout.scale
    margin = MARGIN_INCHES
    worksheet.page_margins = PageMargins(margin, margin, margin, margin, header=margin / 2, footer=margin / 2)
    head, foot = worksheet.oddHeader, worksheet.oddFooter
    head.center.text = _plain(workbook.mark) or None
    foot.left.text = _plain(f"{footer}: {layout.sheet.name}")
    foot.right.text = _plain(workbook.page).replace(PAGE, "&P").replace(PAGES, "&N") or None
    if layout.sheet.table:
        worksheet.print_title_rows = f"{layout.heading_row}:{layout.heading_row}"
        worksheet.freeze_panes = f"{get_column_letter(layout.table.frozen + 1)}{layout.first_row}"
    if layout.across:
        head.left.text = _plain(layout.sheet.title)
        worksheet.print_area = layout.printed
        setup.pageOrder = "overThenDown"
        worksheet.col_breaks = ColBreak(brk=[Break(id=number, max=LAST_ROW) for number in layout.across])
        if layout.repeated:
            worksheet.print_title_cols = f"A:{get_column_letter(layout.repeated)}"


def _plain(text: str) -> str:
    """An ampersand begins a code in the head and foot of a page. All three parts share 255 characters."""
    return text[:100].replace("&", "&&")


def _add_table(worksheet: Any, layout: Layout) -> None:
    table = layout.table
    area = f"A{layout.heading_row}:{get_column_letter(len(table.columns))}{layout.last_row}"
    made = Table(displayName=table.name, ref=area)
    made.tableColumns = [TableColumn(id=n, name=column.heading) for n, column in enumerate(table.columns, 1)]
    made.autoFilter = None if table.total else AutoFilter(ref=area)
    made.tableStyleInfo = TableStyleInfo(name=TABLE_STYLE, showRowStripes=True)
    worksheet.add_table(made)


def _add_looks(worksheet: Any, layout: Layout) -> None:
    """A line under each row, edges of answers, marks that stand out, colours by number: rules for each run of columns.

    No two sets may overlap, because LibreOffice then applies only one of them.
    """
    table = layout.table
    scaled = range(table.scale[0], table.scale[1] + 1) if table.scale else range(0)
    numbered = enumerate(table.columns)
    looks = groupby(numbered, lambda pair: (pair[1].stress, pair[0] in scaled, pair[1].answer is not None))
    for (stress, coloured, answer), run in looks:
        numbers = [number for number, _ in run]
        first, last = get_column_letter(numbers[0] + 1), get_column_letter(numbers[-1] + 1)
        bottom = layout.last_row - (coloured and table.total)
        area = f"{first}{layout.first_row}:{last}{bottom}"
        rules = [_stress(stress)] * bool(stress) + [_scale(table.darkest)] * coloured + [_ruled(answer=answer)]
        for rule in rules:
            worksheet.conditional_formatting.add(area, rule)
        if bottom < layout.last_row:
            worksheet.conditional_formatting.add(f"{first}{layout.last_row}:{last}{layout.last_row}", _ruled())


def _ruled(*, answer: bool = False) -> Rule:
    """LibreOffice puts these lines in the place of the cell's own, so those of an answer are among them."""
    edge = Side("thin", Color(EDGE)) if answer else None
    border = Border(left=edge, right=edge, bottom=Side("thin", Color(RULE)))
    return Rule("expression", formula=["TRUE"], dxf=DifferentialStyle(border=border))


def _stress(mark: str) -> Rule:
    fill = PatternFill("solid", bgColor=LIGHT)
    looks = DifferentialStyle(font=HouseFont(b=True, color=BLUE), fill=fill, border=_line_below())
    return Rule("cellIs", operator="equal", formula=[f'"{mark}"'], dxf=looks)


def _scale(darkest: int | None) -> Rule:
    colours = [Color(colour) for colour in SCALE]
    end = FormatObject("max") if darkest is None else FormatObject("num", val=darkest)
    return Rule("colorScale", colorScale=ColorScale([FormatObject("num", val=0), end], colours))


def _line_below() -> Border:
    return Border(bottom=Side("thin", Color(RULE)))


def _validation(answer: Answer, layouts: dict[str, Layout]) -> DataValidation:
    hint: Any = {"promptTitle": answer.title, "prompt": answer.hint, "showInputMessage": True, "allow_blank": True}
    if not answer.choices:
        return DataValidation(**hint)
    choices, letter = answer.choices, get_column_letter(answer.choices.column + 1)
    start = layouts[choices.sheet].heading_row
    cells = f"{quote_sheetname(choices.sheet)}!${letter}${start + choices.first}:${letter}${start + choices.last}"
    return DataValidation(
        type="list",
        formula1=cells,
        showErrorMessage=True,
        errorStyle="stop",
        errorTitle=answer.title,
        error=answer.complaint,
        **hint,
    )


def _lock(worksheet: Any) -> None:
    """Against accidents only: there is no password. Filtering and changing widths and heights stay possible."""
    protection = worksheet.protection
    protection.sheet = True
    protection.autoFilter = protection.sort = protection.formatColumns = protection.formatRows = False
