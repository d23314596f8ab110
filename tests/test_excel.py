"""Workbooks as they are written: text that stays text, sizes that fit, bytes that do not differ, valid everywhere."""

import io
import os
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openxml_audit import OpenXmlValidator
from python_calamine import CalamineWorkbook

from report_builder.documents.matrix import compose_matrix
from report_builder.documents.request_form import compose_request_form
from report_builder.documents.workbook_proofs import prove_matrix, prove_request_form
from report_builder.office import package
from report_builder.office.excel import write_workbook
from report_builder.office.excel_heights import line_count, row_height
from report_builder.office.excel_rows import Body, ColumnCells, Style, row_xml
from report_builder.office.workbook import Column, Kind, Line, Sheet, Table, Workbook, distinct
from report_builder.study.limits import fits_in_a_cell
from tests import made_up
from tests.extremes import PROPERTIES, extreme_editions, extreme_workbooks, written

ROOT = Path(__file__).parent.parent


def one_column(texts: list[str]) -> Workbook:
    """A workbook with these texts under one heading."""
    rows = tuple((f"r{number}", text) for number, text in enumerate(texts))
    table = Table("Teksten", (Column("Nr", 8), Column("Tekst", 40)), rows)
    return Workbook((Sheet("Teksten", "Verzonnen teksten", (Line("Leeg is leeg."),), table),))


def with_openpyxl(content: bytes, sheet: str) -> list[list[object]]:
    """As Excel shows it: openpyxl leaves escapes in a text as they are."""
    rows = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[sheet].iter_rows(values_only=True)
    return [[unescape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def with_calamine(content: bytes, sheet: str) -> list[list[object]]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [[None if cell == "" else cell for cell in row] for row in rows]


def with_pandas(content: bytes, sheet: str) -> list[list[object]]:
    given: Any = {"header": None, "keep_default_na": False, "na_values": [""], "engine": "openpyxl"}
    frame = pd.read_excel(io.BytesIO(content), sheet_name=sheet, **given)
    rows = frame.to_numpy(dtype=object).tolist()
    return [
        [None if pd.isna(cell) else unescape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    ]


RISKY = [
    "=1+1",
    '=HYPERLINK("x")',
    "+31 70",
    "-5",
    "@naam",
    "\tingesprongen",
    "#N/A",
    "#REF!",
    "TRUE",
    "007",
    "1E5",
    "2021-02-04",
    " spatie voor en na ",
    "regel één\nregel twee\n",
    "<b>&amp;</b> \"citaat\" 'enkel' ]]>",
    "_x000D_ en _x0041_",
    "€ é ß 漢 \U0001f600 \u202f \u200b",
    "_x005F_x0041_",
    "x" * 32_767,
]


def test_no_text_becomes_a_formula_a_link_or_an_error() -> None:
    content = written(one_column(RISKY))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Teksten"]
    cells = [row[1] for row in sheet.iter_rows(min_row=4)]
    assert [unescape(str(cell.value)) for cell in cells] == RISKY
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


def test_a_text_that_looks_like_a_formula_stays_text_when_someone_edits_it() -> None:
    """Excel runs `=1+1` when a cell is edited, unless the cell bears the mark of an apostrophe before it."""
    sheet = openpyxl.load_workbook(io.BytesIO(written(one_column(RISKY))))["Teksten"]
    marked = [row[1].value for row in sheet.iter_rows(min_row=4) if row[1].quotePrefix]
    assert marked == RISKY[:6]


@pytest.mark.parametrize("reader", [with_openpyxl, with_calamine, with_pandas])
def test_every_reader_sees_the_same_texts(reader: object) -> None:
    rows = reader(written(one_column(RISKY)), "Teksten")  # type: ignore[operator]
    assert [row[1] for row in rows[3:]] == RISKY


CHECKED = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n\t_x=+-@&<>0")
)
"""Texts that the checks on control characters let pass."""


@settings(max_examples=60)
@given(st.lists(CHECKED, min_size=1, max_size=20))
def test_any_text_that_the_checks_let_pass_is_read_back_as_it_was(texts: list[str]) -> None:
    rows = with_openpyxl(written(one_column(texts)), "Teksten")
    assert [row[1] or "" for row in rows[3:]] == texts


@pytest.mark.parametrize("text", ["a\x0bb", "a\rb", "a\x00", "\ud800", "\uffff", "x" * 32_768, "\U0001f600" * 16_384])
def test_what_no_cell_can_hold_is_refused_and_never_cut(text: str) -> None:
    with pytest.raises(ValueError, match=r"cannot stand in a workbook|longer than a cell can hold"):
        written(one_column([text]))


def test_a_text_that_is_too_long_is_reported_with_its_place() -> None:
    fits, too_long = made_up.measure(1, explanation="x" * 32_767), made_up.measure(2, progress="\U0001f600" * 16_384)
    (problem,) = fits_in_a_cell(made_up.snapshot(fits, too_long))
    assert (problem.code, problem.place.measure, problem.place.field) == ("text-too-long", "XX-002", "progress")
    assert problem.parameters == {"length": 32_768, "most": 32_767}


def test_headings_that_differ_only_in_capitals_are_told_apart() -> None:
    assert distinct(("ID", "Def", "DEF", "id", "id (2)")) == ("ID", "Def", "DEF (2)", "id (2)", "id (2) (2)")


WORDS = st.text(st.sampled_from("ab "), max_size=200)


@given(WORDS, st.integers(1, 50))
def test_a_line_never_holds_more_than_fits(text: str, characters: int) -> None:
    lines = line_count(text, characters)
    assert lines * characters >= len(text.rstrip()) - text.count(" ")
    assert lines <= max(1, len(text))
    assert line_count(text, characters + 1) <= lines


def test_a_row_is_as_high_as_its_longest_cell_up_to_what_excel_draws() -> None:
    wrapped = [(0, 10), (1, 20)]
    one, three = row_height(("kort", "ook kort"), wrapped), row_height(("kort", "woord " * 9), wrapped)
    assert three - one == 2 * (row_height(("a\nb", ""), wrapped) - one)
    assert row_height(("x" * 10_000, ""), wrapped) == 409


@pytest.mark.parametrize("name", extreme_editions())
def test_extreme_editions_make_good_workbooks(name: str, tmp_path: Path) -> None:
    edition = extreme_editions()[name]
    made = extreme_workbooks(edition)
    assert prove_matrix(edition, made["matrix"], "x.xlsx") == ()
    assert prove_request_form(edition, edition.departments[0], made["form"], "x.xlsx") == ()
    for kind, content in made.items():
        (tmp_path / kind).write_bytes(content)
        errors = [str(error) for error in OpenXmlValidator().validate(str(tmp_path / kind)).errors]
        assert [error for error in errors if "inline-string" not in error] == []


def test_a_small_column_of_numbers_and_marks_is_right_in_a_preview() -> None:
    """The figures above the headings are formulas that carry their values, so nothing needs to calculate."""
    columns = (Column("Naam", 20), Column("AA", 8, Kind.MARK, visible=1), Column("Aantal", 10, Kind.NUMBER, visible=7))
    table = Table("Tabel", columns, (("x", "B", 3), ("y", "", 4)), visible="Zichtbaar:")
    content = written(Workbook((Sheet("Tabel", "Titel", (Line("Uitleg"),), table),)))
    assert with_calamine(content, "Tabel")[2] == ["Zichtbaar:", 1, 7]
    formulas = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content))["Tabel"][3]]
    assert formulas == ["Zichtbaar:", "=SUBTOTAL(103,B5:B6)", "=SUBTOTAL(109,C5:C6)"]


def made_up_workbooks() -> dict[str, bytes]:
    """A matrix and a form with every risky text in them, but the two last: LibreOffice does not save those as read."""
    risky = (
        made_up.measure(n, objective=text, explanation=text, lead="AA", status="loopt", deadline="2030-Q3")
        for n, text in enumerate(RISKY[:-2], 500)
    )
    snapshot = made_up.snapshot(*made_up.measures(40, departments=5), *risky, departments=5)
    ministry = snapshot.departments[0]
    return {
        "matrix.xlsx": written(compose_matrix(snapshot, tuple(fits_in_a_cell(snapshot)))),
        "form.xlsx": written(compose_request_form(snapshot, ministry)),
    }


@pytest.fixture(scope="module")
def workbooks() -> dict[str, bytes]:
    return made_up_workbooks()


@pytest.mark.parametrize("name", ["matrix.xlsx", "form.xlsx"])
def test_a_workbook_is_valid_open_xml(workbooks: dict[str, bytes], name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(workbooks[name])
    errors = [str(error) for error in OpenXmlValidator().validate(str(path)).errors]
    assert [error for error in errors if "inline-string" not in error] == [], "inline is valid; Excel shares on saving"


@pytest.mark.parametrize("name", ["matrix.xlsx", "form.xlsx"])
def test_pandas_openpyxl_and_calamine_read_the_same(workbooks: dict[str, bytes], name: str) -> None:
    content = workbooks[name]
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).sheetnames:
        assert with_openpyxl(content, sheet) == with_calamine(content, sheet) == with_pandas(content, sheet), sheet


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_values_are_intact_after_libreoffice_opened_and_saved_them(workbooks: dict[str, bytes], tmp_path: Path) -> None:
    """LibreOffice undoes the escape of `_x0041_` when it reads, and does not put it back when it saves."""
    for name, content in workbooks.items():
        (tmp_path / name).write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "saved"]
    subprocess.run([*command, *workbooks], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    for name, content in workbooks.items():
        saved = (tmp_path / "saved" / name).read_bytes()
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).sheetnames:
            rows = openpyxl.load_workbook(io.BytesIO(saved), data_only=True)[sheet].iter_rows(values_only=True)
            assert [list(row) for row in rows] == with_openpyxl(content, sheet), (name, sheet)


def test_the_same_edition_gives_the_same_bytes_whatever_the_machine_is_set_to(workbooks: dict[str, bytes]) -> None:
    code = (
        "import sys, hashlib; from tests.test_excel import made_up_workbooks;"
        "print(*(hashlib.sha256(content).hexdigest() for content in made_up_workbooks().values()))"
    )
    settings_of_machines = ({"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C"})
    made = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **variables}, check=True, capture_output=True
        ).stdout
        for variables in settings_of_machines
    }
    assert len(made) == 1


def test_a_file_says_what_it_is_and_nothing_of_who_made_it_or_when(workbooks: dict[str, bytes]) -> None:
    properties = openpyxl.load_workbook(io.BytesIO(workbooks["matrix.xlsx"])).properties
    assert (properties.title, properties.creator, properties.language) == (
        PROPERTIES.title,
        PROPERTIES.sender,
        "nl-NL",
    )
    assert properties.modified.date() == properties.created.date() == PROPERTIES.day
    with zipfile.ZipFile(io.BytesIO(workbooks["matrix.xlsx"])) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(info.extract_version < 45 for info in archive.infolist()), "Excel offers to repair a ZIP64 file"


def test_memory_does_not_grow_with_the_number_of_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as many rows may take a little more, for what recurs is kept; not ten times as much.

    A few pieces are in memory while they are compressed: here one at a time, so that few rows show whether more are.
    """
    monkeypatch.setattr(package, "PIECES", 1)

    def peak(count: int) -> int:
        workbook = compose_matrix(made_up.snapshot(*made_up.measures(count)), ())
        with io.BytesIO() as file:
            tracemalloc.start()
            write_workbook(workbook, file, PROPERTIES)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return most - len(file.getvalue())

    assert peak(8_000) < 2 * peak(800)


@given(
    st.lists(
        st.lists(st.sampled_from(("a", " ", "&", "<", ">", "_x0041_", "=", "\n")), max_size=9).map("".join)
        | st.integers(0, 9),
        min_size=1,
        max_size=5,
    )
)
@example(["a_x0041_"])
@example(["a "])
def test_a_cell_is_the_same_whatever_stands_above_and_below_it(values: list[str | int]) -> None:
    cells, alone = (ColumnCells("A", Style(1, 2)) for _ in range(2))
    expected = [row_xml(n, alone[value], row_height((value,), ((0, 4),))) for n, value in enumerate(values, 7)]
    assert "".join(Body((cells,), ((0, 4),), None).write([(value,) for value in values], 7)) == "".join(expected)
