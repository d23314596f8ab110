"""Sheets that hold nothing but values are read by another library than the others, and must read the same."""

import io
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from report_builder.office import excel_reading
from report_builder.office.excel_plain import is_plain, sheets_in
from report_builder.office.gate import pass_gate

VALUES = st.one_of(
    st.none(),
    st.text(st.sampled_from("ab <&>é_x0041_\n"), max_size=6),
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3)),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2099, 12, 31)),
    st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
)


def workbook_of(rows: list[list[object]]) -> Workbook:
    workbook = Workbook()
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = workbook.worksheets[0].cell(number, column)
            cell.value = value  # type: ignore[assignment]
            if isinstance(value, str):
                cell.data_type = "s"
    return workbook


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def plain(content: bytes) -> bool:
    with pass_gate(content, "x.xlsx") as archive:
        return all(is_plain(archive, sheet) for sheet in sheets_in(archive))


def read(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    (grid,), problems = excel_reading.read_sheets(content, "x.xlsx")
    assert not problems
    rows = [(row.number, row.cells) for row in grid.rows]
    return [(number, cells[: max(at for at, cell in enumerate(cells, 1) if cell)]) for number, cells in rows]


@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_a_sheet_of_values_reads_the_same_quickly_and_slowly(rows: list[list[object]]) -> None:
    content = saved(workbook_of(rows))
    assert plain(content)
    quickly = read(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(excel_reading, "is_plain", lambda *_: False)
        assert read(content) == quickly


def test_a_sheet_with_anything_else_than_values_is_not_read_quickly() -> None:
    formula, error, hidden_row, hidden_column, merged, far = (workbook_of([["x", "y"], [1, 2]]) for _ in range(6))
    formula.worksheets[0]["C1"] = "=A2+B2"
    error.worksheets[0]["C1"] = "#N/A"
    hidden_row.worksheets[0].row_dimensions[2].hidden = True
    hidden_column.worksheets[0].column_dimensions["B"].hidden = True
    merged.worksheets[0].merge_cells("A1:A2")
    far.worksheets[0]["SG900000"] = "far from all other cells"
    made = {
        "formula": formula,
        "error": error,
        "row": hidden_row,
        "column": hidden_column,
        "merged": merged,
        "far": far,
    }
    assert [name for name, workbook in made.items() if plain(saved(workbook))] == []
