"""A native chart of a sheet's table, with its figures stored in it so that a preview shows bars too."""

from typing import Any

from openpyxl.chart import BarChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.utils import get_column_letter, quote_sheetname

from report_builder.office.excel_layout import Layout
from report_builder.office.workbook import Row

COLOURS = ("154273", "8FCAE7", "39870C", "F9E11E", "A90061", "E17000", "777BAE", "275937")
"""Dark and light by turns, so that neighbouring layers differ without colour."""

DARK = frozenset({"154273", "39870C", "A90061", "275937"})
NO_ZERO = "#"
WIDTH, HEIGHT = 26, 12
"""Centimetres."""


def stacked_bars(layout: Layout) -> BarChart:
    """A bar for each column that the chart names, with a layer for each row of the table but the total."""
    table, described = layout.table, layout.chart
    first, last = described.columns
    rows = list(table.rows)[: -1 if table.total else None]
    headings = [column.heading for column in table.columns]
    name, heading_row = quote_sheetname(layout.sheet.name), layout.heading_row
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 60
    chart.title, chart.x_axis.title, chart.y_axis.title = described.title, described.categories, described.values
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.y_axis.majorUnit = "0", None
    chart.legend.position = "b"
    chart.width, chart.height = WIDTH, HEIGHT
    span = f"${get_column_letter(first + 1)}${{row}}:${get_column_letter(last + 1)}${{row}}"
    categories = StrRef(f=f"{name}!{span.format(row=heading_row)}", strCache=_texts(headings[first : last + 1]))
    for number, row in enumerate(rows):
        place = heading_row + 1 + number
        chart.series.append(
            _layer(row, f"{name}!$A${place}", f"{name}!{span.format(row=place)}", (first, last), number, categories)
        )
    return chart


def _layer(row: Row, title: str, values: str, columns: tuple[int, int], number: int, categories: StrRef) -> Series:
    first, last = columns
    figures = [NumVal(idx=index, v=str(value)) for index, value in enumerate(row[first : last + 1])]
    layer = Series(
        idx=number,
        order=number,
        tx=SeriesLabel(strRef=StrRef(f=title, strCache=_texts([str(row[0])]))),
        cat=AxDataSource(strRef=categories),
        val=NumDataSource(
            numRef=NumRef(f=values, numCache=NumData(formatCode=NO_ZERO, ptCount=len(figures), pt=figures))
        ),
    )
    colour = COLOURS[number % len(COLOURS)]
    layer.graphicalProperties.solidFill = colour
    layer.graphicalProperties.line.solidFill = "FFFFFF"
    layer.dLbls = DataLabelList(showVal=True, numFmt=NO_ZERO, **_hidden_labels())
    layer.dLbls.txPr = _label_text("FFFFFF" if colour in DARK else "000000")
    return layer


def _hidden_labels() -> dict[str, Any]:
    names = ("showLegendKey", "showCatName", "showSerName", "showPercent", "showBubbleSize")
    return dict.fromkeys(names, False)


def _label_text(colour: str) -> Any:
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties

    looks = CharacterProperties(sz=800, solidFill=colour)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=looks), endParaRPr=looks)])


def _texts(texts: list[str]) -> StrData:
    return StrData(ptCount=len(texts), pt=[StrVal(idx=index, v=text) for index, text in enumerate(texts)])
