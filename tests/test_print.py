"""How a sheet falls on paper and how its chart looks: readable letters, nothing cut in two, colours that differ."""

import io
from dataclasses import replace
from itertools import pairwise
from typing import Any

import openpyxl
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart.chartspace import ChartSpace
from openpyxl.chart.reader import read_chart
from openpyxl.xml.functions import fromstring

from report_builder.documents.matrix import compose_matrix
from report_builder.office.excel_chart import COLOURS, DARK, chart_part
from report_builder.office.excel_chart import LIGHT as LIGHT_LAYERS
from report_builder.office.excel_layout import Layout
from report_builder.office.excel_rules import SCALE
from report_builder.office.excel_styles import ANSWER, BLUE, LIGHT, LINK
from report_builder.office.workbook import Chart, Column, Kind, Line, Sheet, Table, Workbook
from tests import made_up
from tests.extremes import written


def layout_of(*widths: int, **options: Any) -> Layout:
    """Of a sheet whose columns have these widths."""
    columns = tuple(Column(f"Kolom {number}", width) for number, width in enumerate(widths))
    table = Table("Blad", columns, (tuple("x" for _ in widths),), **options)
    return Layout(Sheet("Blad", "Titel", (), table))


def test_a_page_ends_between_groups_that_fit_on_a_page() -> None:
    layout = layout_of(10, 20, group=1)
    assert layout.breaks([(3, 200.0), (20, 150.0), (40, 300.0)]) == [39]
    assert layout.breaks([(3, 200.0), (20, 300.0)]) == [], "where half a page is left, a pillar begins there"
    assert layout.breaks([(3, 850.0), (90, 20.0), (91, 120.0)]) == [90], "after one that takes nearly two pages"
    assert layout.breaks([]) == []


@given(st.lists(st.integers(6, 60), min_size=2, max_size=60), st.integers(0, 1))
def test_columns_that_do_not_fit_in_readable_letters_go_over_pages_across(widths: list[int], frozen: int) -> None:
    """Each column stands on one page; each page fits on paper, small letters only where a column alone is too wide."""
    layout = layout_of(*widths, frozen=frozen)
    starts = [1, *layout.across, len(widths)]
    pages = [widths[:1] + widths[a:b] for a, b in pairwise(starts)]
    assert starts == sorted(set(starts))
    assert layout.scale >= 70 or any(len(page) == 2 for page in pages)
    assert all(sum(page) * layout.scale / 100 * 6.1 <= 842 - 2 * 0.6 * 72 for page in pages)
    assert (not layout.across) == (sum(widths) * 0.7 * 6.1 <= 842 - 2 * 0.6 * 72)


def test_a_page_across_begins_where_the_table_turns() -> None:
    assert layout_of(20, 60, 60, 30, 30, turn=4).across == (4,)
    assert layout_of(20, 60, 60, 30, 30).across == (3,)
    assert layout_of(20, 30, 30, 30, 30, turn=3).across == ()


def test_pages_across_repeat_what_a_row_is_about_and_print_the_table_alone() -> None:
    columns = tuple(Column(f"Kolom {number}", 60) for number in range(6))
    shown = Sheet("Blad", "Verzonnen & titel", (Line("Uitleg"),), Table("Blad", columns, (tuple("abcdef"),), frozen=1))
    hidden = replace(shown, name="Verborgen", table=replace(shown.table, name="Verborgen"), hidden=True)  # type: ignore[type-var]
    book = openpyxl.load_workbook(io.BytesIO(written(Workbook((shown, hidden)))))
    sheet: Any = book["Blad"]
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$3:$3", "$A:$A")
    assert sheet.print_area == "'Blad'!$A$3:$F$4"
    assert [column.id for column in sheet.col_breaks.brk] == list(Layout(shown).across) != []
    assert sheet.page_setup.pageOrder == "overThenDown"
    assert sheet.oddHeader.left.text == "Verzonnen && titel"
    assert not book["Verborgen"].print_area, "LibreOffice prints a hidden sheet that has one"


def test_a_line_above_a_table_is_no_wider_than_a_page() -> None:
    text = "Een verzonnen zin die nogal lang is. " * 10
    layout = layout_of(40, 40)
    sheet = replace(layout.sheet, lines=(Line(text.strip()), Line("Kort")))
    lines = [line.text for line in Layout(sheet).lines]
    assert " ".join(lines) == text.strip() + " Kort"
    assert 100 < max(map(len, lines)) < 140, "A4 takes some 160 letters of Verdana 9"
    assert Layout(sheet).heading_row == 2 + len(lines)
    hidden = replace(sheet, hidden=True)
    assert Layout(hidden).lines == hidden.lines, "programs read a whole line"


def contrast(one: str, other: str) -> float:
    """As WCAG counts it: 1 for equal colours, 21 for black on white."""

    def light(colour: str) -> float:
        parts = (int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    darker, lighter = sorted((light(one), light(other)))
    return lighter / darker


def test_every_colour_lets_its_text_be_read() -> None:
    pairs = [("FFFFFF", BLUE), (BLUE, "FFFFFF"), (BLUE, LIGHT), (LINK, "FFFFFF"), ("000000", ANSWER)]
    pairs += [("FFFFFF", colour) for colour in DARK]
    pairs += [("000000", colour) for colour in (*LIGHT_LAYERS, *SCALE, LIGHT)]
    assert min(contrast(text, ground) for text, ground in pairs) >= 4.5


def test_neighbouring_layers_of_a_chart_differ_without_colour() -> None:
    assert len(set(COLOURS)) == 16
    around = zip(COLOURS, (*COLOURS[1:], COLOURS[0]), strict=True)
    assert min(contrast(one, other) for one, other in around) >= 3


def summary_of(departments: int, pillars: int) -> Layout:
    given = made_up.measures(40 * departments, departments=departments, pillars=pillars)
    workbook = compose_matrix(made_up.snapshot(*given, departments=departments, pillars=pillars), ())
    return next(Layout(sheet) for sheet in workbook.sheets if sheet.chart)


def test_a_chart_stands_on_one_page() -> None:
    few, many = summary_of(3, 2), summary_of(5, 20)
    for layout in (few, many, summary_of(40, 15)):
        width, height = layout.chart_size
        page_width, page_height = ((side - 2 * 0.6 * 72) * 100 / layout.scale for side in (842, 595))
        assert 0.3 * width <= height <= page_height
        assert width <= page_width
    assert few.breaks([]) == []
    assert many.breaks([]) == [many.last_row], "a long table leaves no room on its page"


def test_a_layer_of_a_chart_bears_its_figure_where_there_is_room() -> None:
    rows = (("Eerste", 40, 1), ("Tweede", 2, 2))
    columns = (Column("Pijler", 20), Column("AA", 10, Kind.NUMBER), Column("AB", 10, Kind.NUMBER))
    sheet = Sheet("Blad", "Titel", (), Table("Blad", columns, rows), Chart("a", "b", "c", "d", (1, 2)))
    space: Any = ChartSpace.from_tree(fromstring(chart_part(Layout(sheet))))  # type: ignore[arg-type]
    first, second = read_chart(space).series  # type: ignore[no-untyped-call]
    assert [label.idx for label in first.dLbls.dLbl] == [1]
    assert [label.idx for label in second.dLbls.dLbl] == [0, 1]
    assert not any(label.showVal for label in (*first.dLbls.dLbl, *second.dLbls.dLbl))
    assert first.dLbls.showVal
