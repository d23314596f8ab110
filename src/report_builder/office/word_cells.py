"""The cells of a table, and the grid that must agree with them: else a table is drawn wrongly."""

from typing import Any

from lxml import etree

from report_builder.office.word_names import qn

BEFORE_SHADE = {qn(f"w:{name}") for name in ("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders")}


def mark_grid(cell: Any, token: str) -> None:
    """Let the columns of the grid repeat with the cells: a table whose grid and rows differ is drawn wrongly."""
    row = cell.getparent()
    table = next(row.iterancestors(qn("w:tbl")))
    if table.find(qn("w:tr")) is not row:
        return
    columns = table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
    at = row.findall(qn("w:tc")).index(cell)
    if at < len(columns):
        columns[at].set("lifted", columns[at].get("lifted", "") + token)


def shade(properties: Any, token: str) -> Any:
    for old in properties.findall(qn("w:shd")):
        properties.remove(old)
    shade = etree.Element(qn("w:shd"))
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", token)):
        shade.set(qn(f"w:{name}"), value)
    properties.insert(sum(1 for child in properties if child.tag in BEFORE_SHADE), shade)
    return shade


def widen(cell: Any, properties: Any, token: str) -> Any:
    width = properties.find(qn("w:tcW"))
    if width is None:
        width = etree.Element(qn("w:tcW"))
        properties.insert(0, width)
    width.set(qn("w:w"), token)
    width.set(qn("w:type"), "dxa")
    row = cell.getparent()
    table = next(row.iterancestors(qn("w:tbl")))
    if table.find(qn("w:tr")) is row:
        columns = table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
        at = row.findall(qn("w:tc")).index(cell)
        if at < len(columns):
            columns[at].set(qn("w:w"), token)
    return width
