"""The request form: a ministry's own measures, open where it answers, with the baseline to compare answers with."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import range_boundaries

from report_builder.documents.request_form import OPEN, SHOWN, compose_request_form, form_title
from report_builder.intake import baseline
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Edition, Measure
from report_builder.office.excel import write_workbook
from report_builder.office.properties import Properties
from report_builder.problems import ExitCode, Stop
from report_builder.texts import Texts
from tests import made_up
from tests.forms import form_bytes

ANSWERED = made_up.measure(
    2, departments=("AB", "AC"), lead="AB", status="loopt", progress="=Verzonnen stand", deadline="2030-Q3"
)
CONFIRMED = made_up.measure(3, departments=("AB",), confirmed_for="2030-Q1")
EDITION = made_up.snapshot(made_up.measure(1), ANSWERED, CONFIRMED)


def form(code: str | None = "AB", snapshot: Snapshot = EDITION) -> openpyxl.Workbook:
    """The form as a ministry opens it; None: the one with all measures."""
    workbook = compose_request_form(snapshot, snapshot.department(code) if code else None)
    file = io.BytesIO()
    write_workbook(workbook, file, Properties("x", "x", "x", snapshot.as_of))
    return openpyxl.load_workbook(file)


def cells(book: openpyxl.Workbook, name: str) -> list[openpyxl.cell.Cell]:
    """The cells of a defined name, as a later program finds them."""
    ((sheet, area),) = book.defined_names[name].destinations
    return [row[0] for row in book[sheet][area.replace("$", "")]]


def values(book: openpyxl.Workbook, field: str) -> list[object]:
    name = baseline.shown_name(field) if field == "id" else baseline.cell_name(field)
    return [cell.value for cell in cells(book, name)]


def test_a_form_holds_the_ministrys_own_measures_with_what_is_known_of_them() -> None:
    book = form()
    assert book.sheetnames == ["Toelichting", "Uitvraag", "Lijsten", "baseline"]
    assert values(book, "id") == ["XX-002", "XX-003"]
    assert values(book, "status") == ["loopt", None]
    assert values(book, "lead") == ["AB", None]
    assert values(book, "progress") == ["=Verzonnen stand", None]
    assert values(book, "deadline") == ["2030-Q3", None]
    assert values(book, "confirmed_for") == [None, "ja"]
    assert values(book, "remark") == values(book, "objective") == [None, None]


def test_the_form_for_all_holds_all_measures() -> None:
    assert values(form(None), "id") == ["XX-001", "XX-002", "XX-003"]


def test_only_the_answers_are_open_and_there_is_no_password() -> None:
    sheet = form()["Uitvraag"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    for row in sheet.iter_rows(min_row=sheet.min_row):
        locked = [bool(cell.protection.locked) for cell in row]
        in_table = row[0].value in ("XX-002", "XX-003")
        assert locked == [True] * len(SHOWN) + [not in_table] * len(OPEN)


@pytest.mark.parametrize(
    ("field", "choices"),
    [("status", ["loopt", "klaar"]), ("lead", ["AA", "AB", "AC"]), ("confirmed_for", ["ja", "nee"])],
)
def test_a_choice_is_made_from_a_list_on_another_sheet(field: str, choices: list[str]) -> None:
    book = form()
    place = cells(book, baseline.cell_name(field))[0].coordinate
    (rule,) = [rule for rule in book["Uitvraag"].data_validations.dataValidation if place in rule.sqref]
    sheet, _, area = rule.formula1.partition("!")
    assert [row[0].value for row in book[sheet.strip("'")][area.replace("$", "")]] == choices
    assert rule.showErrorMessage
    assert rule.error


def test_every_answer_has_a_hint() -> None:
    hints = form()["Uitvraag"].data_validations.dataValidation
    assert len(hints) == len(OPEN)
    assert all(hint.showInputMessage and hint.prompt and hint.promptTitle for hint in hints)


def test_on_paper_all_answers_stand_together_beside_the_number_of_their_measure() -> None:
    sheet: Any = form()["Uitvraag"]
    assert [column.id for column in sheet.col_breaks.brk] == [len(SHOWN)]
    assert sheet.print_title_cols == "$A:$A"


def test_a_long_text_of_a_measure_can_be_read_in_its_row() -> None:
    long = replace(EDITION, measures=(made_up.measure(departments=("AB",), explanation="woord " * 700),))
    widths = [form(snapshot=given)["Uitvraag"].column_dimensions["E"].width for given in (EDITION, long)]
    assert widths[1] > 2 * widths[0]


def test_lists_may_be_of_any_length() -> None:
    many = replace(EDITION, register=made_up.register(300))
    assert len([row for row in form(snapshot=many)["Lijsten"].iter_rows() if row[0].value == "Trekker"]) == 300


def test_a_hint_that_excel_would_call_damage_stops_the_program() -> None:
    long = {"request_form": {"fields": {"status": "x" * 33}}}
    known = EDITION.texts

    class Longer(Texts):
        def _lookup(self, name: str) -> object:
            return super()._lookup(name) or known._lookup(name)

    with pytest.raises(Stop, match="may have 32 characters") as stop:
        compose_request_form(replace(EDITION, texts=Longer(long, Path("texts.toml"), b"")), None)
    assert stop.value.exit_code is ExitCode.PLAN


def read_baseline(book: openpyxl.Workbook) -> baseline.Baseline:
    rows = book[baseline.SHEET].iter_rows(values_only=True)
    return baseline.parse([str(cell or "") for cell in row] for row in rows)


def test_the_hidden_baseline_says_what_the_dataset_held_when_the_form_left() -> None:
    book = form()
    assert book[baseline.SHEET].sheet_state == "hidden"
    found = read_baseline(book)
    assert (found.edition, found.department) == (Edition(2030, 1), "AB")
    assert found.run == baseline.run_identifier(EDITION.measures_of("AB"))
    own = {measure.id: measure for measure in (ANSWERED, CONFIRMED)}
    assert {name for name, _ in found.values} == own.keys()
    for (name, field), text in found.values.items():
        assert text == own[name].text(field)


def test_answers_are_found_after_columns_were_moved_and_headings_rewritten() -> None:
    """Names go with the cells; here the sheet is changed as Excel would change it, and the names with it."""
    book = form()
    _, first, _, _ = range_boundaries(next(iter(book.defined_names["answer_status"].destinations))[1].replace("$", ""))
    heading = book["Uitvraag"].cell(int(first or 0) - 1, cells(book, "answer_status")[0].column)
    heading.value = "Iets anders"
    assert values(book, "status") == ["loopt", None]


def test_a_change_to_the_measures_of_others_changes_nothing_in_a_form() -> None:
    other = replace(EDITION.measures[0], progress="Verzonnen stand van een ander.")
    assert form_bytes(replace(EDITION, measures=(other, *EDITION.measures[1:])), "AB") == form_bytes(EDITION, "AB")
    assert "AB" not in other.departments


def test_the_same_measures_make_the_same_run_and_any_change_another() -> None:
    measures = made_up.measures(5)
    changed = (*measures[:4], replace(measures[4], progress="Anders"))
    assert baseline.run_identifier(measures) == baseline.run_identifier(made_up.measures(5))
    assert len({baseline.run_identifier(given) for given in (measures, changed, measures[:4], measures[::-1])}) == 4


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@given(st.lists(st.builds(lambda n, s, p: made_up.measure(n, status=s, progress=p), st.integers(1, 999), TEXTS, TEXTS)))
def test_a_baseline_reads_back_as_it_was_written(measures: list[Measure]) -> None:
    own = {measure.id: measure for measure in measures}
    facts = [(fact, "", "") for fact in baseline.facts("XX 12 345", Edition(2030, 1), "run", "")]
    rows = [("baseline",), *facts, baseline.heading(), *map(baseline.row, own.values())]
    found = baseline.parse(rows)
    assert (found.edition, found.run, found.department) == (Edition(2030, 1), "run", "")
    assert found.values == {
        (measure.id, field): measure.text(field) for measure in own.values() for field in baseline.COLUMNS
    }


@pytest.mark.parametrize("rows", [[], [("iets",)], [("edition: 2030-Q1",)], [("measure", "status")]])
def test_what_is_no_baseline_is_refused(rows: list[tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match=r"baseline|edition"):
        baseline.parse(rows)


def test_a_form_is_named_for_its_ministry_and_quarter() -> None:
    assert form_title(EDITION, EDITION.department("AB")) == "Uitvraag eerste kwartaal 2030: Verzonnen ministerie AB"
