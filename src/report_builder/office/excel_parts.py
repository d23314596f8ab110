"""The parts of a workbook that are no sheet: what is in the file, its sheets and names, and its tables."""

from collections.abc import Iterator, Sequence

from report_builder.office.excel_chart import chart_part, drawing_part
from report_builder.office.excel_frame import RELATIONS
from report_builder.office.excel_layout import Layout
from report_builder.office.excel_places import area, on_sheet
from report_builder.office.excel_rows import attribute, escaped
from report_builder.office.excel_styles import MAIN
from report_builder.office.excel_theme import theme_part
from report_builder.office.grids import column_letters
from report_builder.office.properties import CORE_PART, CORE_RELATION, CORE_TYPE

OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "xl/workbook.xml": f"{OFFICE}.spreadsheetml.sheet.main+xml",
    "xl/worksheets/sheet": f"{OFFICE}.spreadsheetml.worksheet+xml",
    "xl/tables/": f"{OFFICE}.spreadsheetml.table+xml",
    "xl/styles.xml": f"{OFFICE}.spreadsheetml.styles+xml",
    "xl/theme/": f"{OFFICE}.theme+xml",
    "xl/drawings/drawing": f"{OFFICE}.drawing+xml",
    "xl/charts/": f"{OFFICE}.drawingml.chart+xml",
    "docProps/app.xml": f"{OFFICE}.extended-properties+xml",
    CORE_PART: CORE_TYPE,
}
"""The kind of each part, by how its name begins."""

TABLE_STYLE = "TableStyleMedium2"
PROGRAM = "Microsoft Excel Compatible / report-builder"
"""LibreOffice calculates anew what comes from a program that it does not know, and so marks the file as changed."""


def sheet_part(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def book_parts(layouts: Sequence[Layout]) -> dict[str, bytes]:
    """All parts but the sheets, their styles and the core properties."""
    charts = [layout for layout in layouts if layout.sheet.chart]
    tables = [layout for layout in layouts if layout.sheet.table]
    parts = {
        "_rels/.rels": _relations(
            (f"{RELATIONS}/officeDocument", "xl/workbook.xml"),
            (CORE_RELATION, CORE_PART),
            (f"{RELATIONS}/extended-properties", "docProps/app.xml"),
        ),
        "docProps/app.xml": _program(),
        "xl/workbook.xml": _workbook(layouts),
        "xl/_rels/workbook.xml.rels": _relations(
            *((f"{RELATIONS}/worksheet", f"/{sheet_part(number)}") for number, _ in enumerate(layouts, 1)),
            (f"{RELATIONS}/styles", "/xl/styles.xml"),
            (f"{RELATIONS}/theme", "/xl/theme/theme1.xml"),
        ),
        "xl/theme/theme1.xml": theme_part(),
    }
    for number, layout in enumerate(tables, 1):
        parts[f"xl/tables/table{number}.xml"] = _table(number, layout)
    for number, layout in enumerate(charts, 1):
        parts[f"xl/charts/chart{number}.xml"] = chart_part(layout)
        parts[f"xl/drawings/drawing{number}.xml"] = drawing_part(layout)
        chart = (f"{RELATIONS}/chart", f"/xl/charts/chart{number}.xml")
        parts[f"xl/drawings/_rels/drawing{number}.xml.rels"] = _relations(chart)
    for number, layout in enumerate(layouts, 1):
        drawing = [
            (f"{RELATIONS}/drawing", f"/xl/drawings/drawing{n}.xml") for n, c in enumerate(charts, 1) if c is layout
        ]
        table = [(f"{RELATIONS}/table", f"/xl/tables/table{n}.xml") for n, t in enumerate(tables, 1) if t is layout]
        if drawing or table:
            parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = _relations(*drawing, *table)
    return parts


def content_types(names: Sequence[str]) -> bytes:
    """The part that names the kind of each of these."""
    kinds = ((name, kind) for name in sorted(names) for start, kind in TYPES.items() if name.startswith(start))
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds)
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    ).encode()


def _relations(*targets: tuple[str, str]) -> bytes:
    """Relations to these parts, each with its kind; they are called rId1, rId2 and so on."""
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{listed}</Relationships>'.encode()


def _program() -> bytes:
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return f'<Properties xmlns="{namespace}"><Application>{PROGRAM}</Application></Properties>'.encode()


def _workbook(layouts: Sequence[Layout]) -> bytes:
    states = {False: "visible", True: "hidden"}
    sheets = "".join(
        f'<sheet name="{attribute(sheet.name)}" sheetId="{number}" state="{states[sheet.hidden]}" r:id="rId{number}"/>'
        for number, sheet in enumerate((layout.sheet for layout in layouts), 1)
    )
    names = "".join(_names(layouts))
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr/><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets>{f'<definedNames>{names}</definedNames>' if names else ''}"
        '<calcPr calcId="124519" fullCalcOnLoad="1"/></workbook>'
    ).encode()


def _names(layouts: Sequence[Layout]) -> Iterator[str]:
    """Names of columns for programs, and of what repeats and is printed on paper for Excel."""
    for number, layout in enumerate(layouts):
        name = layout.sheet.name
        for column, described in enumerate(layout.sheet.table.columns if layout.sheet.table else (), 1):
            if described.name:
                yield _name(described.name, on_sheet(name, layout.column_cells(column, fixed=True)))
        if layout.sheet.table:
            row = layout.heading_row
            columns = [f"$A:${column_letters(layout.repeated)}"] if layout.across and layout.repeated else []
            repeated = [on_sheet(name, cells) for cells in (*columns, f"${row}:${row}")]
            yield _name("_xlnm.Print_Titles", ",".join(repeated), number)
        if layout.printed:
            yield _name("_xlnm.Print_Area", on_sheet(name, layout.printed), number)


def _name(name: str, cells: str, sheet: int | None = None) -> str:
    local = "" if sheet is None else f' localSheetId="{sheet}"'
    return f'<definedName name="{attribute(name)}"{local}>{escaped(cells)}</definedName>'


def _table(number: int, layout: Layout) -> bytes:
    """A table whose last row adds up the others has no filter: it would take part in it."""
    table = layout.table
    cells = area((1, layout.heading_row), (len(table.columns), layout.last_row))
    filters = "" if table.total else f'<autoFilter ref="{cells}"/>'
    columns = "".join(
        f'<tableColumn id="{n}" name="{attribute(column.heading)}"/>' for n, column in enumerate(table.columns, 1)
    )
    return (
        f'<table xmlns="{MAIN}" id="{number}" name="{attribute(table.name)}" displayName="{attribute(table.name)}"'
        f' ref="{cells}">{filters}<tableColumns count="{len(table.columns)}">{columns}</tableColumns>'
        f'<tableStyleInfo name="{TABLE_STYLE}" showFirstColumn="0" showLastColumn="0" showRowStripes="1"'
        ' showColumnStripes="0"/></table>'
    ).encode()
