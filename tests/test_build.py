"""The main job on the real dataset: one command, and every document holds exactly its measures."""

from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from report_builder.build import Order, build
from report_builder.documents.references import linked
from report_builder.intake.snapshot import Snapshot
from report_builder.model import FIELDS, Measure
from report_builder.office.word_reading import read_tables
from report_builder.settings import load_plan

ROOT = Path(__file__).parent.parent
MINISTRIES = ["BZ", "EZK", "JenV", "OCW", "SZW", "VWS"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot]:
    plan = load_plan(ROOT / "data/plan.toml")
    outcome = build(plan, Order(plan.edition, tmp_path_factory.mktemp("output")))
    return outcome.folder, outcome.snapshot


def table_rows(path: Path) -> list[list[tuple[str, ...]]]:
    """The tables of a Word file, each as its rows of cell texts."""
    return [[tuple(cell.text for cell in row.cells) for row in table.rows] for table in Document(str(path)).tables]


def as_in_the_source(measure: Measure) -> tuple[str, ...]:
    return (measure.objective, measure.activity, measure.explanation, ", ".join(measure.departments))


def test_the_published_set_is_that_of_the_contract(published: tuple[Path, Snapshot]) -> None:
    folder, _ = published
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert files == sorted(
        [
            "bevindingen.csv",
            "manifest.json",
            "bijlage-maatregelen-2021-Q1.docx",
            "matrix-maatregelen-2021-Q1.xlsx",
            *(f"briefings/briefing-{code.lower()}-2021-Q1.docx" for code in MINISTRIES),
            *(f"uitvraag/uitvraag-{code.lower()}-2021-Q1.xlsx" for code in MINISTRIES),
            "uitvraag/uitvraag-alle-2021-Q1.xlsx",
        ]
    )


def test_the_appendix_holds_every_measure_word_for_word_in_its_pillar(published: tuple[Path, Snapshot]) -> None:
    folder, snapshot = published
    heading = ("Doelstelling(en)", "Activiteit(en)/product(en)", "Toelichting", "Samenwerkende departementen")
    tables = [table for table in table_rows(folder / "bijlage-maatregelen-2021-Q1.docx") if table[0] == heading]
    assert [len(table) - 1 for table in tables] == [16, 11, 14, 8, 7]
    for pillar, table in zip(snapshot.plan.pillars, tables, strict=True):
        assert table[1:] == [as_in_the_source(measure) for measure in snapshot.measures_in(pillar)]


@pytest.mark.parametrize("code", MINISTRIES)
def test_a_briefing_holds_its_ministrys_measures_and_no_other(published: tuple[Path, Snapshot], code: str) -> None:
    folder, snapshot = published
    tables = table_rows(folder / f"briefings/briefing-{code.lower()}-2021-Q1.docx")
    rows = [row[:4] for table in tables for row in table[1:] if table[0][-1] == "Samen met"]
    own = [measure for measure in snapshot.measures if code in measure.departments]
    assert rows == [(m.id, m.objective, m.activity, m.explanation) for m in own]
    grids, _ = read_tables((folder / f"briefings/briefing-{code.lower()}-2021-Q1.docx").read_bytes(), "briefing")
    answers = [row.cells for grid in grids for row in grid.rows[1:] if "Deadline" in grid.rows[0].cells]
    awaited = [snapshot.texts.enumeration(m.departments) for m in own]
    assert answers == [
        (m.id, m.activity, *["(nog niet aangeleverd)"] * 5, who) for m, who in zip(own, awaited, strict=True)
    ]


def sheet_table(path: Path, name: str) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path)[name]
    return [tuple(cell.value for cell in row) for row in sheet[sheet.tables[name].ref]]


def test_the_workbook_has_the_sheets_of_the_contract_in_order(published: tuple[Path, Snapshot]) -> None:
    workbook = openpyxl.load_workbook(published[0] / "matrix-maatregelen-2021-Q1.xlsx")
    assert workbook.sheetnames[:6] == [
        "Toelichting",
        "Matrix",
        "Samenvatting",
        "Maatregelen",
        "Wijzigingen",
        "Bevindingen",
    ]


def test_the_matrix_marks_every_involved_ministry_and_no_lead(published: tuple[Path, Snapshot]) -> None:
    folder, snapshot = published
    header, *rows = sheet_table(folder / "matrix-maatregelen-2021-Q1.xlsx", "Matrix")
    assert header == (
        *("ID", "Pijler", "Doelstelling", "Activiteit/product"),
        *MINISTRIES,
        "Aantal departementen",
    )
    for measure, row in zip(snapshot.measures, rows, strict=True):
        marks = ["B" if code in measure.departments else None for code in MINISTRIES]
        assert row[0] == measure.id
        assert row[2:] == (measure.objective, measure.activity, *marks, len(measure.departments))


def test_the_summary_counts_measures_once_and_mentions_per_ministry(published: tuple[Path, Snapshot]) -> None:
    header, *rows = sheet_table(published[0] / "matrix-maatregelen-2021-Q1.xlsx", "Samenvatting")
    assert header == ("Pijler", *MINISTRIES, "Maatregelen", "Vermeldingen")
    assert rows[-1] == ("Totaal", 2, 1, 32, 12, 5, 29, 56, 81)
    assert [row[-2] for row in rows[:-1]] == [16, 11, 14, 8, 7]


def test_the_sheet_of_measures_holds_every_field(published: tuple[Path, Snapshot]) -> None:
    folder, snapshot = published
    _, *rows = sheet_table(folder / "matrix-maatregelen-2021-Q1.xlsx", "Maatregelen")
    for measure, row in zip(snapshot.measures, rows, strict=True):
        texts = [measure.text(name) or None for name in FIELDS]
        assert [row[0], *row[2:]] == [texts[0], *texts[2:]]


def test_counts_in_are_counts_out(published: tuple[Path, Snapshot]) -> None:
    _, snapshot = published
    assert snapshot.rows_in == len(snapshot.measures) == 56
    assert Counter(m.pillar for m in snapshot.measures).total() == 56


def test_the_findings_open_in_dutch_excel(published: tuple[Path, Snapshot]) -> None:
    content = (published[0] / "bevindingen.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfNiveau;Code;")
    assert content.count(b"\r\n") == 2


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Zie 34 843, nr. 45.", ["https://zoek.officielebekendmakingen.nl/kst-34843-45.html"]),
        ("Zie 34\u00a0843, nr.\u00a0109", ["https://zoek.officielebekendmakingen.nl/kst-34843-109.html"]),
        ("Bedrag 134 843, nr. 45", []),
        ("Motie Van Nispen", []),
    ],
)
def test_a_paper_is_linked_where_its_number_is_known(text: str, links: list[str]) -> None:
    runs = list(linked(text))
    assert "".join(run.text for run in runs) == text
    assert [run.link for run in runs if run.link] == links
