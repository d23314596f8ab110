"""The rules that every workbook must keep once it is written: readable for all, and without anything that runs."""

import re
from collections.abc import Callable, Iterator
from itertools import chain

from report_builder.office.excel_places import on_sheet
from report_builder.office.excel_written import BOOK, MAIN, WORD, Written, WrittenSheet

BookRule = Callable[[Written], Iterator[str]]
SheetRule = Callable[[WrittenSheet, Written], Iterator[str]]

CORE = "{http://purl.org/dc/elements/1.1/}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MAX_SHEET_NAME, MAX_HEADING = 31, 255
EMPTY_NAME = re.compile(r"[^\W\d]+\s*\d+")
"""A word and a number, as Excel itself names sheets."""

LIVE_COUNT = re.compile(rb"<f>SUBTOTAL\(10[39],[A-Z]+\d+:[A-Z]+\d+\)</f><v>\d+</v></c>")


def faults_of_book(workbook: Written) -> Iterator[str]:
    """What is wrong with the workbook as a whole. Nothing, here and in each sheet: it may be published."""
    return (fault for rule in BOOK_RULES for fault in rule(workbook))


def faults_of_sheet(sheet: WrittenSheet, workbook: Written) -> Iterator[str]:
    """What is wrong with a sheet, each fault as a line that names it."""
    return (f"{sheet.name}: {fault}" for rule in SHEET_RULES for fault in rule(sheet, workbook))


def title_and_language(workbook: Written) -> Iterator[str]:
    core = workbook.parts.get("docProps/core.xml")
    for name in ("title", "language"):
        if core is None or not (core.findtext(f"{CORE}{name}") or "").strip():
            yield f"the workbook has no {name}"


def opens_at_first_sheet(workbook: Written) -> Iterator[str]:
    for view in workbook.parts[BOOK].iter(f"{MAIN}workbookView"):
        if view.get("activeTab", "0") != "0":
            yield "the workbook does not open at its first sheet"


def pictures_described(workbook: Written) -> Iterator[str]:
    for part, root in workbook.all_parts("xl/drawings/"):
        for picture in root.iter():
            if picture.tag.endswith("}cNvPr") and not picture.get("descr", "").strip():
                yield f"{part}: a picture or chart has no description"


def charts_labelled(workbook: Written) -> Iterator[str]:
    for part, root in workbook.all_parts("xl/charts/chart"):
        axes = [*root.iter(f"{CHART}catAx"), *root.iter(f"{CHART}valAx")]
        titled = [root.find(f"{CHART}chart/{CHART}title"), *(axis.find(f"{CHART}title") for axis in axes)]
        if any(title is None or not "".join(title.itertext()).strip() for title in titled):
            yield f"{part}: the chart or an axis has no title"


def nothing_outside(workbook: Written) -> Iterator[str]:
    """No link to something outside the file, no macros and no drawings of the old kind."""
    for part, root in workbook.parts.items():
        if part.endswith(".rels") and any(relation.get("TargetMode") == "External" for relation in root):
            yield f"{part}: something leads outside the file"
    if any(name.endswith((".bin", ".vml")) for name in workbook.names):
        yield "the workbook holds macros or old drawings"


def cursor_at_the_start(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    """The first sheet is in sight, and the cursor stands in its first cell."""
    if sheet.number == 0 and sheet.hidden:
        yield "the first sheet is hidden"
    cursors = (selection.get("activeCell", "A1") for selection in sheet.frame.iter(f"{MAIN}selection"))
    if sheet.number == 0 and any(cursor != "A1" for cursor in cursors):
        yield "the cursor is not in A1"


def meaningful_names(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    if EMPTY_NAME.fullmatch(sheet.name) or len(sheet.name) > MAX_SHEET_NAME:
        yield "the name says nothing or is too long"
    if any(not table.name or EMPTY_NAME.fullmatch(table.name) for table in sheet.tables):
        yield "the name of its table says nothing"


def title_in_first_cell(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    if not sheet.above or not str(sheet.above[0][0]).strip():
        yield "A1 holds no title"


def at_most_one_table(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    if len(sheet.tables) > 1:
        yield f"there are {len(sheet.tables)} tables"


def data_stands_in_tables(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    """Outside a table there is text in the first column, and figures in the row above the headings; nothing else."""
    table, (height, width) = sheet.table, sheet.size
    above = sheet.above[: table.first_row - 2] if table else sheet.above
    if any(any(map(_filled, row[1:])) for row in above):
        yield "there is data above or without a table"
    below = sheet.rows(table.last_row + 1) if table and height > table.last_row else ()
    beside = (row[table.last_column :] for row in sheet.rows()) if table and width > table.last_column else ()
    if any(any(map(_filled, row)) for row in chain(below, beside)):
        yield "there is data below or beside the table"


def distinct_headings(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    """One row of headings, none empty, too long or only a symbol; no two alike; the same in table and cells."""
    for table in sheet.tables:
        shown = tuple(map(str, next(sheet.rows(table.first_row), ())[: table.last_column]))
        if shown != table.headings:
            yield "the headings of the table are not those in the cells"
        if len({heading.casefold() for heading in shown}) < len(shown):
            yield "two headings are alike"
        if not all(WORD.search(heading) and len(heading) <= MAX_HEADING for heading in shown):
            yield "a heading is empty, too long or only a symbol"


def no_blank_rows(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    if sheet.body.blank_rows or not all(any(map(_filled, row)) for row in sheet.above):
        yield "there is a blank row"


def words_in_every_cell(sheet: WrittenSheet, workbook: Written) -> Iterator[str]:
    """None but what people gave is only a symbol: the checks of the dataset speak of that."""
    if any(text not in workbook.given for text in sheet.body.wordless):
        yield "a cell holds only a symbol"


def no_merged_cells(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    if sheet.frame.find(f"{MAIN}mergeCells") is not None:
        yield "cells are merged"


def empty_cells_explained(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    """Where a table has empty cells, or a sheet no table, a line under the title says what that means."""
    if (not sheet.table or sheet.body.empty_cells) and not _lines(sheet):
        yield "nothing explains what is empty"


def long_texts_wrap(sheet: WrittenSheet, workbook: Written) -> Iterator[str]:
    if not sheet.hidden and not all(workbook.wrapping[style] for style in sheet.long_text_styles):
        yield "a long text does not wrap"


def headings_repeat_in_print(sheet: WrittenSheet, workbook: Written) -> Iterator[str]:
    """The headings on each page; and what a row is about, where its columns stand on several pages across."""
    repeated = workbook.repeated.get(sheet.number, "")
    if sheet.table and str(sheet.table.first_row) not in re.findall(r"\$(\d+)(?=,|$)", repeated):
        yield "the headings do not repeat on each page"
    if sheet.frame.find(f"{MAIN}colBreaks") is not None and "$A:" not in repeated:
        yield "the first columns do not repeat on the second page across"


def links_lead_to_sheets(sheet: WrittenSheet, workbook: Written) -> Iterator[str]:
    """Every link leads to a sheet that is in sight, and has words to go by."""
    places = {on_sheet(name, "A1") for name in workbook.in_sight}
    for link in sheet.frame.iter(f"{MAIN}hyperlink"):
        row = int(re.sub(r"\D", "", link.get("ref", "")) or 1)
        words = any(WORD.search(str(cells[0])) for cells in sheet.above[row - 1 : row])
        if link.get("location") not in places or not words:
            yield "a link leads to no sheet or has no words"


def true_size(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    """A false dimension makes readers reserve room for billions of cells, or miss rows."""
    dimension, (height, _) = sheet.frame.find(f"{MAIN}dimension"), sheet.size
    ends = re.search(r"(\d+)$", dimension.get("ref", "")) if dimension is not None else None
    if not ends or int(ends[1]) != height:
        yield "the size it states is not the size it has"


def nothing_runs(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    """No formula but the counts that follow the filter, each with its value; no error."""
    if not all(LIVE_COUNT.fullmatch(formula) for formula in sheet.formulas):
        yield "there is a formula that no column asked for"
    if sheet.has_errors:
        yield "a cell holds an error"


def protection_without_password(sheet: WrittenSheet, _workbook: Written) -> Iterator[str]:
    for protection in sheet.frame.iter(f"{MAIN}sheetProtection"):
        if {"password", "hashValue", "saltValue"}.intersection(protection.keys()):
            yield "the protection has a password"


BOOK_RULES: tuple[BookRule, ...] = (
    title_and_language,
    opens_at_first_sheet,
    pictures_described,
    charts_labelled,
    nothing_outside,
)
SHEET_RULES: tuple[SheetRule, ...] = (
    cursor_at_the_start,
    meaningful_names,
    title_in_first_cell,
    at_most_one_table,
    data_stands_in_tables,
    distinct_headings,
    no_blank_rows,
    words_in_every_cell,
    no_merged_cells,
    empty_cells_explained,
    long_texts_wrap,
    headings_repeat_in_print,
    links_lead_to_sheets,
    true_size,
    nothing_runs,
    protection_without_password,
)


def _filled(cell: object) -> bool:
    return cell != ""


def _lines(sheet: WrittenSheet) -> bool:
    """Whether text that is no link stands between the title and the table, or the end of the sheet."""
    links = {link.get("ref") for link in sheet.frame.iter(f"{MAIN}hyperlink")}
    lines = enumerate(sheet.above[1:-1] if sheet.table else sheet.above[1:], 2)
    return any(str(row[0]).strip() and f"A{number}" not in links for number, row in lines)
