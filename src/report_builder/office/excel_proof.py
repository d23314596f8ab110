"""The rules that every workbook must keep once it is written: readable for all, and without anything that runs."""

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from report_builder.office.excel_places import on_sheet
from report_builder.office.excel_written import MAIN, Written, WrittenSheet

Rule = Callable[[Written], Iterator[str]]

CORE = "{http://purl.org/dc/elements/1.1/}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MAX_SHEET_NAME, MAX_HEADING = 31, 255
EMPTY_NAME = re.compile(r"[^\W\d]+\s*\d+")
"""A word and a number, as Excel itself names sheets."""

WORD = re.compile(r"\w")
LIVE_COUNT = re.compile(rb"<f>SUBTOTAL\(10[39],[A-Z]+\d+:[A-Z]+\d+\)</f><v>\d+</v></c>")


def broken_rules(workbook: Written) -> tuple[str, ...]:
    """Every fault, as a line that names the sheet. Empty: the workbook may be published."""
    return tuple(fault for rule in RULES for fault in rule(workbook))


def title_and_language(workbook: Written) -> Iterator[str]:
    core = workbook.parts.get("docProps/core.xml")
    for name in ("title", "language"):
        if core is None or not (core.findtext(f"{CORE}{name}") or "").strip():
            yield f"the workbook has no {name}"


def opens_at_the_start(workbook: Written) -> Iterator[str]:
    """The cursor stands in A1 of the first sheet."""
    for view in workbook.parts["xl/workbook.xml"].iter(f"{MAIN}workbookView"):
        if view.get("activeTab", "0") != "0":
            yield "the workbook does not open at its first sheet"
    first = workbook.sheets[0]
    if first.hidden:
        yield f"{first.name}: the first sheet is hidden"
    for selection in first.frame.iter(f"{MAIN}selection"):
        if selection.get("activeCell", "A1") != "A1":
            yield f"{first.name}: the cursor is not in A1"


def meaningful_names(workbook: Written) -> Iterator[str]:
    for sheet in workbook.sheets:
        if EMPTY_NAME.fullmatch(sheet.name) or len(sheet.name) > MAX_SHEET_NAME:
            yield f"{sheet.name}: the name says nothing or is too long"
        if any(not table.name or EMPTY_NAME.fullmatch(table.name) for table in sheet.tables):
            yield f"{sheet.name}: the name of its table says nothing"


def title_in_first_cell(workbook: Written) -> Iterator[str]:
    for sheet in workbook.sheets:
        if not sheet.values or not str(sheet.values[0][0]).strip():
            yield f"{sheet.name}: A1 holds no title"


def at_most_one_table(workbook: Written) -> Iterator[str]:
    for sheet in workbook.sheets:
        if len(sheet.tables) > 1:
            yield f"{sheet.name}: there are {len(sheet.tables)} tables"


def data_stands_in_tables(workbook: Written) -> Iterator[str]:
    """Outside a table there is text in the first column, and figures in the row above the headings; nothing else."""
    for sheet in workbook.sheets:
        table = sheet.table
        last = (table.first_row - 2) if table else len(sheet.values)
        below = sheet.values[table.last_row :] if table else ()
        beside = (row[table.last_column :] for row in sheet.values) if table else ()
        if any(any(_filled(cell) for cell in row[1:]) for row in sheet.values[:last]):
            yield f"{sheet.name}: there is data above or without a table"
        if any(any(map(_filled, row)) for row in (*below, *beside)):
            yield f"{sheet.name}: there is data below or beside the table"


def distinct_headings(workbook: Written) -> Iterator[str]:
    """One row of headings, none empty, too long or only a symbol; no two alike; the same in table and cells."""
    for sheet in workbook.sheets:
        for table in sheet.tables:
            shown = tuple(map(str, sheet.values[table.first_row - 1][: table.last_column]))
            if shown != table.headings:
                yield f"{sheet.name}: the headings of the table are not those in the cells"
            if len({heading.casefold() for heading in shown}) < len(shown):
                yield f"{sheet.name}: two headings are alike"
            if not all(re.search(r"\w", heading) and len(heading) <= MAX_HEADING for heading in shown):
                yield f"{sheet.name}: a heading is empty, too long or only a symbol"


def no_blank_rows(workbook: Written) -> Iterator[str]:
    for sheet in workbook.sheets:
        lines = sheet.values[: sheet.table.last_row] if sheet.table else sheet.values
        if not all(any(map(_filled, row)) for row in lines):
            yield f"{sheet.name}: there is a blank row"


def words_in_every_cell(workbook: Written) -> Iterator[str]:
    """None but what people gave is only a symbol: the checks of the dataset speak of that."""
    for sheet in workbook.sheets:
        texts = (cell for row in sheet.body for cell in row if isinstance(cell, str) and cell)
        if any(not WORD.search(text) and text not in workbook.given for text in texts):
            yield f"{sheet.name}: a cell holds only a symbol"


def no_merged_cells(workbook: Written) -> Iterator[str]:
    for sheet in workbook.sheets:
        if sheet.frame.find(f"{MAIN}mergeCells") is not None:
            yield f"{sheet.name}: cells are merged"


def empty_cells_explained(workbook: Written) -> Iterator[str]:
    """Where a table has empty cells, or a sheet no table, a line under the title says what that means."""
    for sheet in workbook.sheets:
        empty = not sheet.table or any(not _filled(cell) for row in sheet.body for cell in row)
        if empty and not _lines(sheet):
            yield f"{sheet.name}: nothing explains what is empty"


def long_texts_wrap(workbook: Written) -> Iterator[str]:
    formats = workbook.parts["xl/styles.xml"].find(f"{MAIN}cellXfs")
    wraps = [_wraps(entry) for entry in formats] if formats is not None else []
    for sheet in workbook.sheets:
        if not sheet.hidden and any(not wraps[style] for style in sheet.long_text_styles):
            yield f"{sheet.name}: a long text does not wrap"


def headings_repeat_in_print(workbook: Written) -> Iterator[str]:
    """The headings on each page; and what a row is about, where its columns stand on several pages across."""
    places = {
        name.get("localSheetId"): name.text or ""
        for name in workbook.parts["xl/workbook.xml"].iter(f"{MAIN}definedName")
        if name.get("name") == "_xlnm.Print_Titles"
    }
    for number, sheet in enumerate(workbook.sheets):
        repeated = places.get(str(number), "")
        if sheet.table and str(sheet.table.first_row) not in re.findall(r"\$(\d+)(?=,|$)", repeated):
            yield f"{sheet.name}: the headings do not repeat on each page"
        if sheet.frame.find(f"{MAIN}colBreaks") is not None and "$A:" not in repeated:
            yield f"{sheet.name}: the first columns do not repeat on the second page across"


def links_lead_to_sheets(workbook: Written) -> Iterator[str]:
    """Every link leads to a sheet that is in sight, and has words to go by."""
    places = {on_sheet(sheet.name, "A1") for sheet in workbook.sheets if not sheet.hidden}
    for sheet in workbook.sheets:
        for link in sheet.frame.iter(f"{MAIN}hyperlink"):
            row = int(re.sub(r"\D", "", link.get("ref", "")) or 1)
            if link.get("location") not in places or not re.search(r"\w", str(sheet.values[row - 1][0])):
                yield f"{sheet.name}: a link leads to no sheet or has no words"


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


def true_size(workbook: Written) -> Iterator[str]:
    """A false dimension makes readers reserve room for billions of cells, or miss rows."""
    for sheet in workbook.sheets:
        dimension = sheet.frame.find(f"{MAIN}dimension")
        ends = re.search(r"(\d+)$", dimension.get("ref", "")) if dimension is not None else None
        if not ends or int(ends[1]) != len(sheet.values):
            yield f"{sheet.name}: the size it states is not the size it has"


def nothing_runs(workbook: Written) -> Iterator[str]:
    """No formula but the counts that follow the filter, each with its value; no error; nothing outside the file."""
    for sheet in workbook.sheets:
        if not all(LIVE_COUNT.fullmatch(formula) for formula in sheet.formulas):
            yield f"{sheet.name}: there is a formula that no column asked for"
        if sheet.has_errors:
            yield f"{sheet.name}: a cell holds an error"
    for part, root in workbook.parts.items():
        if part.endswith(".rels") and any(relation.get("TargetMode") == "External" for relation in root):
            yield f"{part}: something leads outside the file"
    if any(name.endswith((".bin", ".vml")) for name in workbook.names):
        yield "the workbook holds macros or old drawings"


def protection_without_password(workbook: Written) -> Iterator[str]:
    for sheet in workbook.sheets:
        for protection in sheet.frame.iter(f"{MAIN}sheetProtection"):
            if {"password", "hashValue", "saltValue"}.intersection(protection.keys()):
                yield f"{sheet.name}: the protection has a password"


RULES: tuple[Rule, ...] = (
    title_and_language,
    opens_at_the_start,
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
    pictures_described,
    charts_labelled,
    true_size,
    nothing_runs,
    protection_without_password,
)


def _filled(cell: object) -> bool:
    return cell != ""


def _lines(sheet: WrittenSheet) -> bool:
    """Whether text that is no link stands between the title and the table, or the end of the sheet."""
    last = sheet.table.first_row - 1 if sheet.table else len(sheet.values)
    links = {link.get("ref") for link in sheet.frame.iter(f"{MAIN}hyperlink")}
    lines = enumerate(sheet.values[1:last], 2)
    return any(str(row[0]).strip() and f"A{number}" not in links for number, row in lines)


def _wraps(style: Element) -> bool:
    alignment = style.find(f"{MAIN}alignment")
    return alignment is not None and alignment.get("wrapText") in ("1", "true")
