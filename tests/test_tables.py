"""Tables that others made: found by their headings in CSV, Excel and Word, or refused with what was looked for."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from report_builder.intake.inputs import Input
from report_builder.intake.recognition import clean
from report_builder.intake.tables import read_tables
from report_builder.problems import ExitCode, Problem, Stop
from tests import made_up

HEADINGS = ("Doel", "Wat", "Uitleg", "Wie")
ROWS = (
    ("Verzonnen pijler 1", "", "", ""),
    ("Doel één", "Actie; met puntkomma", "Uitleg, met komma", "AA, AB"),
    ("Doel twee", 'Actie met "aanhaling"', "Regel één\nregel twee", "ab"),
    ("Verzonnen pijler 2", "", "", ""),
    ("Doel drie", "Actie drie", "€ 5 – ‘slim’", "AC"),
)
EXPECTED = [
    ("p1", "Doel één", "Actie; met puntkomma", "Uitleg, met komma", "AA;AB"),
    ("p1", "Doel twee", 'Actie met "aanhaling"', "Regel één\nregel twee", "AB"),
    ("p2", "Doel drie", "Actie drie", "€ 5 – ‘slim’", "AC"),
]
FIELDS = ("pillar", "objective", "activity", "explanation", "departments")


def read(path: Path) -> tuple[list[tuple[str, ...]], tuple[Problem, ...]]:
    source = Input(path, path.read_bytes())
    rows, problems = read_tables(source, made_up.plan(), made_up.register())
    return [tuple(row.get(name, "") for name in FIELDS) for row in rows], problems


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def csv_text(delimiter: str = ";", rows: tuple[tuple[str, ...], ...] = (HEADINGS, *ROWS)) -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if set(cell) & {delimiter, '"', "\n"} else cell

    return "\r\n".join(delimiter.join(map(quoted, row)) for row in rows) + "\r\n"


def workbook(path: Path, rows: tuple[tuple[str, ...], ...] = (HEADINGS, *ROWS), title: str = "Blad1") -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append([cell or None for cell in row])
    book.save(path)
    return path


def word_file(path: Path) -> Path:
    """A table per pillar, under the pillar as a heading, as an appendix has it."""
    document = Document()
    for heading, rows in (("Verzonnen pijler 1", (1, 2)), ("Verzonnen pijler 2", (4,))):
        document.add_heading(heading, level=2)
        table = document.add_table(rows=0, cols=4)
        for row in (HEADINGS, *(ROWS[number] for number in rows)):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(str(path))
    return path


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 big endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "Windows-1252": lambda text: text.encode("cp1252"),
    "with sep=": lambda text: f"sep=;\r\n{text}".encode("cp1252"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_csv_as_excel_writes_it_is_read_right(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(ENCODINGS[encoding](csv_text()))
    assert read(path) == (EXPECTED, ())


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_is_read_whatever_parts_its_cells(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(csv_text(delimiter).encode())
    assert read(path) == (EXPECTED, ())


def test_a_row_of_a_csv_is_named_by_the_line_on_which_it_starts(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(csv_text().encode())
    rows, _ = read_tables(Input(path, path.read_bytes()), made_up.plan(), made_up.register())
    assert [row["source"] for row in rows] == ["x.csv:3", "x.csv:4", "x.csv:7"]


def test_workbooks_and_word_files_give_the_same_measures(tmp_path: Path) -> None:
    assert read(workbook(tmp_path / "x.xlsx")) == (EXPECTED, ())
    assert read(word_file(tmp_path / "x.docx")) == (EXPECTED, ())


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
def test_files_saved_by_libreoffice_give_the_same_measures(tmp_path: Path, suffix: str) -> None:
    made = workbook(tmp_path / "x.xlsx") if suffix == "xlsx" else word_file(tmp_path / "x.docx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    saved = tmp_path / "saved"
    command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(saved), str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert read(saved / made.name) == (EXPECTED, ())


def test_the_header_may_stand_below_a_title_and_columns_in_any_order(tmp_path: Path) -> None:
    moved = tuple((row[3], "iets", *row[:3]) if any(row[1:]) else row for row in ROWS)
    header = ("WIE ", "Kleur", " doel", "wat", "Uit\nleg")
    path = workbook(tmp_path / "x.xlsx", (("Overzicht",), (), header, *moved))
    rows, problems = read(path)
    assert [(row[0], row[1], row[2], row[4]) for row in rows] == [(e[0], e[1], e[2], e[4]) for e in EXPECTED]
    assert codes(problems) == ["row-above-table", "column-unused", "column-unused"]
    assert problems[1].place.cell == "B3"


def test_a_pillar_may_stand_in_a_column_by_title_or_id(tmp_path: Path) -> None:
    rows = (("Pijler", *HEADINGS), ("P1", "a", "b", "c", "AA"), ("verzonnen  pijler 2", "d", "e", "f", "AB"))
    plan = replace(made_up.plan(), headings={**made_up.plan().headings, "pillar": ("Pijler",)})
    path = workbook(tmp_path / "x.xlsx", rows)
    found, problems = read_tables(Input(path, path.read_bytes()), plan, made_up.register())
    assert [row["pillar"] for row in found] == ["p1", "p2"]
    assert problems == ()


FAULTS: dict[str, tuple[tuple[tuple[str, ...], ...], str]] = {
    "two columns for one field": ((("Doel", "Wat", "Doel", "Wie"), ROWS[0], ROWS[1]), "column-twice"),
    "a row under no pillar": ((HEADINGS, ROWS[1]), "row-without-pillar"),
    "a lone cell that is no pillar": ((HEADINGS, *ROWS, ("Los", "", "", "")), "row-not-understood"),
    "text beside the table": ((HEADINGS, ROWS[0], (*ROWS[1], "los")), "cell-without-column"),
    "a ministry that is unknown": ((HEADINGS, ROWS[0], (*ROWS[1][:3], "QQ")), "ministry-unknown"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_understood_is_reported_with_its_place(tmp_path: Path, name: str) -> None:
    rows, code = FAULTS[name]
    _, problems = read(workbook(tmp_path / "x.xlsx", rows))
    assert codes(problems) == [code]
    assert problems[0].place.sheet == "Blad1"
    assert problems[0].place.cell


def test_sheets_without_measures_and_hidden_sheets_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    book.create_sheet("Kladblok").append(["zomaar"])
    book.create_sheet("Geheim").sheet_state = "hidden"
    book.save(path)
    rows, problems = read(path)
    assert rows == EXPECTED
    assert {(p.code, p.place.sheet) for p in problems} == {("table-unused", "Kladblok"), ("sheet-hidden", "Geheim")}


def test_hidden_rows_are_read_and_reported(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.worksheets[0].column_dimensions["C"].hidden = True
    book.save(path)
    rows, problems = read(path)
    assert rows == EXPECTED
    assert codes(problems) == ["rows-hidden", "columns-hidden"]


def test_merged_cells_errors_and_formulas_without_result_are_never_read_as_blanks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["C3"] = "#N/A"
    sheet["C4"] = '="uit" & "leg"'
    sheet.merge_cells("A3:A4")
    book.save(path)
    _, problems = read(path)
    assert {(p.code, p.place.cell) for p in problems} == {
        ("formula-without-result", "C4"),
        ("cells-merged", "A3:A4"),
        ("cell-error", "C3"),
    }


def test_numbers_and_dates_become_the_text_that_the_dataset_would_have(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    for cell, value in (("A3", 3.0), ("B3", 2.5), ("C3", date(2021, 2, 4))):
        book.worksheets[0][cell] = value
    book.save(path)
    rows, _ = read(path)
    assert rows[0][1:4] == ("3", "2.5", "2021-02-04")


def test_tracked_changes_in_word_are_read_as_accepted(tmp_path: Path) -> None:
    path = word_file(tmp_path / "x.docx")
    document = Document(str(path))
    paragraph = document.tables[0].rows[1].cells[0].paragraphs[0]._p
    run = paragraph.find(qn("w:r"))
    deletion, insertion, kept = OxmlElement("w:del"), OxmlElement("w:ins"), OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "Doel nieuw"
    kept.append(text)
    insertion.append(kept)
    paragraph.append(deletion)
    deletion.append(run)
    paragraph.append(insertion)
    document.save(str(path))
    rows, problems = read(path)
    assert [row[1] for row in rows] == ["Doel nieuw", "Doel twee", "Doel drie"]
    assert problems == ()


def test_a_word_cell_merged_over_rows_is_reported(tmp_path: Path) -> None:
    path = word_file(tmp_path / "x.docx")
    document = Document(str(path))
    table = document.tables[0]
    table.cell(1, 0).merge(table.cell(2, 0))
    document.save(str(path))
    assert "cells-merged" in codes(read(path)[1])


REFUSED: dict[str, tuple[str, bytes, ExitCode, str]] = {
    "no table of measures": ("x.csv", b"a;b\n1;2\n", ExitCode.INPUT, "looked for the columns Doel, Wat, Wie"),
    "a header and no rows": ("x.csv", csv_text(rows=(HEADINGS,)).encode(), ExitCode.DATA, "has no rows"),
    "two encodings in one file": (
        "x.csv",
        csv_text().encode("cp1252", "replace") + "Doel vijf;één;é;AA\r\n".encode(),
        ExitCode.INPUT,
        "UTF-8 in one line and something else in another",
    ),
    "UTF-16 without a mark": ("x.csv", csv_text().encode("utf-16-le"), ExitCode.INPUT, "zero bytes"),
    "bytes that are no text": ("x.csv", b"\x81\x8d\x8f", ExitCode.INPUT, "neither UTF-8 nor Windows-1252"),
    "a broken byte order mark": ("x.csv", b"\xef\xbb\xbf\xff", ExitCode.INPUT, "says that it is"),
    "a quote that never ends": ("x.csv", b'Doel,Wat,Wie\n"a,b,c\n', ExitCode.INPUT, "no valid CSV"),
    "another kind of file": ("x.pdf", b"%PDF-1.7", ExitCode.INPUT, "files of this kind are not read"),
    "an old workbook": ("x.xls", b"\xd0\xcf\x11\xe0", ExitCode.INPUT, "files of this kind are not read"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    file, content, code, said = REFUSED[name]
    path = tmp_path / file
    path.write_bytes(content)
    with pytest.raises(Stop, match=said) as stop:
        read(path)
    assert stop.value.exit_code is code
    assert "\n" not in stop.value.message


CELL = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zs", "Zl", "Zp")), min_size=1, max_size=20)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5), st.sampled_from([";", ",", "\t"]))
def test_any_text_comes_through_a_csv_as_it_went_in(texts: list[tuple[str, str, str]], delimiter: str) -> None:
    rows = (HEADINGS, ROWS[0], *((*cells, "AA") for cells in texts))
    content = f"sep={delimiter}\r\n{csv_text(delimiter, rows)}".encode("utf-8-sig")
    found, _ = read_tables(Input(Path("x.csv"), content), made_up.plan(), made_up.register())
    assert [(row["objective"], row["activity"], row["explanation"]) for row in found] == texts


@given(st.text(st.sampled_from("ab \u00a0\t\r\né")))
def test_an_empty_line_above_it_changes_nothing_of_a_cell(cell: str) -> None:
    assert clean(f"\n{cell}") == clean(cell)
    assert not any(line != line.strip() or "\u00a0" in line or "\r" in line for line in clean(cell).split("\n"))
