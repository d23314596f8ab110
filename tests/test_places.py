"""Names of cells: what the workbook writes is what other programs read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer
from openpyxl.utils import quote_sheetname, range_boundaries

from report_builder.office.excel_places import area, bounds, on_sheet

corners = st.tuples(st.integers(1, 16_384), st.integers(1, 1_048_576))


@given(corners, corners, st.booleans())
def test_cells_are_read_as_they_were_named(first: tuple[int, int], last: tuple[int, int], fixed: bool) -> None:
    named = area(first, last, fixed=fixed)
    assert bounds(named) == (*first, *last) == range_boundaries(named)


def test_one_cell_is_an_area_of_its_own() -> None:
    assert bounds("B3") == (2, 3, 2, 3)


@pytest.mark.parametrize("text", ["", "A", "3", "A1:", "A1:B2:C3", "A1 B2", "AAAA1", "A1:B"])
def test_what_names_no_cells_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no cells"):
        bounds(text)


@given(st.text(min_size=1, max_size=31))
def test_whatever_stands_in_the_name_of_a_sheet_a_formula_finds_it(name: str) -> None:
    reference = on_sheet(name, "A1")
    assert reference == f"{quote_sheetname(name)}!A1"
    tokens = Tokenizer(f"={reference}").items
    assert [token.subtype for token in tokens] == ["RANGE"]
