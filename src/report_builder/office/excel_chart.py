"""A native chart of a sheet's table, with its figures stored in it so that a preview shows bars too."""

import math
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.utils import get_column_letter, quote_sheetname

from report_builder.office.excel_layout import Layout
from report_builder.office.excel_styles import BLUE, FONT
from report_builder.office.workbook import Row

DARK = ("154273", "275937", "A90061", "42145F", "673327", "4A4A4A", "01689B", "CA005D")
LIGHT = ("8FCAE7", "F9E11E", "FFB612", "76D2B6", "F092CD", "D7E6A5", "B2D7EE", "E5CFF0")
COLOURS = tuple(colour for pair in zip(DARK, LIGHT, strict=True) for colour in pair)
"""Dark and light by turns, so that neighbouring layers differ without colour: each at least 3 to 1."""

GRID = "D9D9D9"
TITLE_SIZE, AXIS_SIZE, TEXT_SIZE = 1200, 900, 800
"""Hundredths of a point."""

THINNEST, NARROWEST = 20, 30
"""A layer has no room for its figure where it is thinner than this part of the highest bar, or where bar and gap are
narrower than so many points; the table has the figure."""

CENTIMETRES = 2.54 / 72
"""In a point."""


def stacked_bars(layout: Layout) -> Any:
    """A bar for each column that the chart names, with a layer for each row of the table but the total."""
    table, described = layout.table, layout.chart
    first, last = described.columns
    rows = list(table.rows)[: -1 if table.total else None]
    figures = [[int(value) for value in row[first : last + 1]] for row in rows]
    headings = [column.heading for column in table.columns]
    name, heading_row = quote_sheetname(layout.sheet.name), layout.heading_row
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 60
    chart.width, chart.height = (points * CENTIMETRES for points in layout.chart_size)
    _add_words(chart, described.title, described.categories, described.values)
    span = f"${get_column_letter(first + 1)}${{row}}:${get_column_letter(last + 1)}${{row}}"
    categories = StrRef(f=f"{name}!{span.format(row=heading_row)}", strCache=_texts(headings[first : last + 1]))
    thinnest = max(map(sum, zip(*figures, strict=True)), default=0) / THINNEST
    if layout.chart_size[0] < NARROWEST * (last - first + 1):
        thinnest = math.inf
    for number, (row, values) in enumerate(zip(rows, figures, strict=True)):
        place = heading_row + 1 + number
        title, numbers = f"{name}!$A${place}", f"{name}!{span.format(row=place)}"
        chart.series.append(_layer(number, _title(row, title), _numbers(values, numbers), categories))
        chart.series[-1].dLbls = _labels(values, thinnest, COLOURS[number % len(COLOURS)])
    return chart


def _add_words(chart: Any, title: str, categories: str, values: str) -> None:
    chart.title = _words(title, TITLE_SIZE)
    chart.x_axis.title, chart.y_axis.title = _words(categories, AXIS_SIZE), _words(values, AXIS_SIZE)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.y_axis.majorUnit = "0", None
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID))
    chart.legend.position = "b"
    chart.x_axis.txPr = chart.y_axis.txPr = chart.legend.txPr = _looks(TEXT_SIZE, "000000")


def _title(row: Row, place: str) -> SeriesLabel:
    return SeriesLabel(strRef=StrRef(f=place, strCache=_texts([str(row[0])])))


def _numbers(values: Sequence[int], place: str) -> NumDataSource:
    points = [NumVal(idx=index, v=str(value)) for index, value in enumerate(values)]
    return NumDataSource(numRef=NumRef(f=place, numCache=NumData(formatCode="0", ptCount=len(points), pt=points)))


def _layer(number: int, title: SeriesLabel, numbers: NumDataSource, categories: StrRef) -> Series:
    layer = Series(idx=number, order=number, tx=title, cat=AxDataSource(strRef=categories), val=numbers)
    layer.graphicalProperties.solidFill = COLOURS[number % len(COLOURS)]
    layer.graphicalProperties.line.solidFill = "FFFFFF"
    return layer


def _labels(values: Sequence[int], thinnest: float, colour: str) -> DataLabelList:
    """The figure in each layer that has room for it."""
    hidden = dict.fromkeys(("showLegendKey", "showCatName", "showSerName", "showPercent", "showBubbleSize"), False)
    thin = [index for index, value in enumerate(values) if value < thinnest]
    unlabelled = [DataLabel(idx=index, showVal=False, **hidden) for index in thin]
    labels = DataLabelList(dLbl=unlabelled, showVal=True, numFmt="0", **hidden)
    labels.txPr = _looks(TEXT_SIZE, "FFFFFF" if colour in DARK else "000000")
    return labels


def _words(text: str, size: int) -> Title:
    looks = _characters(size, BLUE, bold=True)
    run = RegularTextRun(rPr=looks, t=text)
    return Title(tx=Text(rich=RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=looks), r=[run])])), overlay=False)


def _looks(size: int, colour: str) -> RichText:
    looks = _characters(size, colour)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=looks), endParaRPr=looks)])


def _characters(size: int, colour: str, *, bold: bool = False) -> Any:
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface=FONT))


def _texts(texts: list[str]) -> StrData:
    return StrData(ptCount=len(texts), pt=[StrVal(idx=index, v=text) for index, text in enumerate(texts)])
