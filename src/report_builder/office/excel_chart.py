"""A native chart of a sheet's table, with its figures stored in it so that a preview shows bars too."""

import math
from collections.abc import Sequence

from report_builder.office.excel_layout import Layout
from report_builder.office.excel_places import area, on_sheet
from report_builder.office.excel_rows import attribute, escaped
from report_builder.office.excel_styles import BLUE, FONT

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

EMU = 12_700
"""English metric units in a point."""

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
ANCHOR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WHOLE_NUMBERS = '<c:numFmt formatCode="0" sourceLinked="0"/>'
ACROSS, UPWARDS = 10, 100
"""The numbers by which the axes know each other."""


def drawing_part(layout: Layout) -> bytes:
    """The place of the chart, under the table, with the text for who cannot see it."""
    width, height = (int(points * EMU) for points in layout.chart_size)
    return (
        f'<xdr:wsDr xmlns:xdr="{ANCHOR}" xmlns:a="{DRAWING}"><xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col>'
        f"<xdr:colOff>0</xdr:colOff><xdr:row>{layout.last_row + 1}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
        f'<xdr:ext cx="{width}" cy="{height}"/><xdr:graphicFrame><xdr:nvGraphicFramePr>'
        f'<xdr:cNvPr id="1" name="Chart 1" descr="{attribute(layout.chart.description)}"/><xdr:cNvGraphicFramePr/>'
        '</xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>'
        f'<a:graphicData uri="{CHART}"><c:chart xmlns:c="{CHART}" xmlns:r="{RELATIONS}" r:id="rId1"/></a:graphicData>'
        "</a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"
    ).encode()


def chart_part(layout: Layout) -> bytes:
    """Stacked bars: one for each column that the chart names, with a layer for each row of the table but the total."""
    described = layout.chart
    bars = (
        '<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
        f'{"".join(_layers(layout))}<c:gapWidth val="60"/><c:overlap val="100"/>'
        f'<c:axId val="{ACROSS}"/><c:axId val="{UPWARDS}"/></c:barChart>'
    )
    categories = (
        f"<c:catAx>{_axis(ACROSS, 'b')}{_title(described.categories, AXIS_SIZE)}{_ticks(crossing=UPWARDS)}"
        '<c:lblOffset val="100"/></c:catAx>'
    )
    lines = (
        f'<c:majorGridlines><c:spPr><a:ln>{_solid(GRID)}<a:prstDash val="solid"/></a:ln></c:spPr></c:majorGridlines>'
    )
    values = (
        f"<c:valAx>{_axis(UPWARDS, 'l')}{lines}{_title(described.values, AXIS_SIZE)}{WHOLE_NUMBERS}"
        f'{_ticks(crossing=ACROSS)}<c:crossBetween val="between"/></c:valAx>'
    )
    legend = f'<c:legend><c:legendPos val="b"/>{_letters("000000")}</c:legend>'
    return (
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}"><c:chart>{_title(described.title, TITLE_SIZE)}'
        f'<c:autoTitleDeleted val="0"/><c:plotArea>{bars}{categories}{values}</c:plotArea>{legend}'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart></c:chartSpace>'
    ).encode()


def _layers(layout: Layout) -> list[str]:
    table, (first, last) = layout.table, layout.chart.columns
    name, heading = layout.sheet.name, layout.heading_row
    rows = list(table.rows)[: -1 if table.total else None]
    figures = [[int(value) for value in row[first : last + 1]] for row in rows]

    def cells(row: int, start: int, end: int) -> str:
        return on_sheet(name, area((start + 1, row), (end + 1, row), fixed=True))

    headings = [column.heading for column in table.columns[first : last + 1]]
    categories = f"<c:cat>{_texts(cells(heading, first, last), headings)}</c:cat>"
    thinnest = max(map(sum, zip(*figures, strict=True)), default=0) / THINNEST
    if layout.chart_size[0] < NARROWEST * (last - first + 1):
        thinnest = math.inf
    layers: list[str] = []
    for number, (row, values) in enumerate(zip(rows, figures, strict=True)):
        place, colour = heading + 1 + number, COLOURS[number % len(COLOURS)]
        title = f"<c:tx>{_texts(cells(place, 0, 0).partition(':')[0], [str(row[0])])}</c:tx>"
        looks = f'{_solid(colour)}<a:ln>{_solid("FFFFFF")}<a:prstDash val="solid"/></a:ln>'
        layers.append(
            f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>{title}<c:spPr>{looks}</c:spPr>'
            f"{_labels(values, thinnest, colour)}{categories}{_figures(cells(place, first, last), values)}</c:ser>"
        )
    return layers


def _labels(values: Sequence[int], thinnest: float, colour: str) -> str:
    """The figure in each layer that has room for it."""
    thin = (index for index, value in enumerate(values) if value < thinnest)
    without = "".join(f'<c:dLbl><c:idx val="{index}"/>{_shown(value=False)}</c:dLbl>' for index in thin)
    letters = _letters("FFFFFF" if colour in DARK else "000000")
    return f"<c:dLbls>{without}{WHOLE_NUMBERS}{letters}{_shown(value=True)}</c:dLbls>"


def _shown(*, value: bool) -> str:
    parts = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    return "".join(f'<c:show{part} val="{int(value and part == "Val")}"/>' for part in parts)


def _figures(cells: str, values: Sequence[int]) -> str:
    points = _points(list(map(str, values)))
    cache = f"<c:numCache><c:formatCode>0</c:formatCode>{points}</c:numCache>"
    return f"<c:val><c:numRef><c:f>{escaped(cells)}</c:f>{cache}</c:numRef></c:val>"


def _texts(cells: str, texts: Sequence[str]) -> str:
    return f"<c:strRef><c:f>{escaped(cells)}</c:f><c:strCache>{_points(texts)}</c:strCache></c:strRef>"


def _points(texts: Sequence[str]) -> str:
    points = "".join(f'<c:pt idx="{index}"><c:v>{escaped(text)}</c:v></c:pt>' for index, text in enumerate(texts))
    return f'<c:ptCount val="{len(texts)}"/>{points}'


def _axis(number: int, place: str) -> str:
    scaling = '<c:scaling><c:orientation val="minMax"/></c:scaling>'
    return f'<c:axId val="{number}"/>{scaling}<c:delete val="0"/><c:axPos val="{place}"/>'


def _ticks(*, crossing: int) -> str:
    marks = '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
    return f'{marks}{_letters("000000")}<c:crossAx val="{crossing}"/><c:crosses val="autoZero"/>'


def _title(text: str, size: int) -> str:
    looks = _characters("rPr", size, BLUE, bold=True)
    default = looks.replace("a:rPr", "a:defRPr")
    paragraph = f"<a:p><a:pPr>{default}</a:pPr><a:r>{looks}<a:t>{escaped(text)}</a:t></a:r></a:p>"
    return f'<c:title><c:tx><c:rich><a:bodyPr/>{paragraph}</c:rich></c:tx><c:overlay val="0"/></c:title>'


def _letters(colour: str) -> str:
    looks = _characters("defRPr", TEXT_SIZE, colour)
    return f'<c:txPr><a:bodyPr/><a:p><a:pPr>{looks}</a:pPr><a:endParaRPr lang="nl-NL"/></a:p></c:txPr>'


def _characters(name: str, size: int, colour: str, *, bold: bool = False) -> str:
    looks = f'{_solid(colour)}<a:latin typeface="{FONT}"/>'
    return f'<a:{name} sz="{size}" b="{int(bold)}">{looks}</a:{name}>'


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
