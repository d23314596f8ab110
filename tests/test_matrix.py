"""The matrix: every measure once, every ministry in its column, counts that agree, and words where nothing is known."""

import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from report_builder.departments import Department, Register
from report_builder.documents.findings import write_findings
from report_builder.documents.matrix import compose_matrix
from report_builder.intake.snapshot import Provenance, Snapshot
from report_builder.model import Edition, Measure, Repair
from report_builder.office.excel import write_workbook
from report_builder.office.properties import Properties
from report_builder.office.workbook import Sheet
from report_builder.problems import ExitCode, Place, Stop, error, notice
from report_builder.study.since import Since, since_previous
from report_builder.texts import Texts
from tests import made_up
from tests.extremes import written

GOLDEN = Path(__file__).parent / "golden" / "matrix-made-up.txt"
LED = made_up.measure(9, departments=("AC", "AA"), lead="AA", status="loopt", confirmed_for="2030-Q1")
EDITION = made_up.snapshot(*made_up.measures(5), LED)


def sheets(snapshot: Snapshot = EDITION, since: Since | None = None) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in compose_matrix(snapshot, (), since).sheets}


def body(sheet: Sheet) -> list[tuple[object, ...]]:
    assert sheet.table is not None
    return [tuple(row) for row in sheet.table.rows]


def headings(sheet: Sheet) -> list[str]:
    assert sheet.table is not None
    return [column.heading for column in sheet.table.columns]


def grid(snapshot: Snapshot) -> str:
    """The workbook as text: a line per row, a bar between cells."""
    file = io.BytesIO()
    problems = (error("field-empty", Place(measure="XX-001", field="status")), notice("no-measures"))
    write_workbook(compose_matrix(snapshot, problems), file, Properties("x", "x", "x", snapshot.as_of))
    lines = []
    for sheet in openpyxl.load_workbook(file):
        lines.append(f"== {sheet.title}: {', '.join(f'{t.name} {t.ref}' for t in sheet.tables.values())}".rstrip(": "))
        lines += [
            " | ".join("" if cell is None else str(cell) for cell in row).rstrip(" |")
            for row in sheet.iter_rows(values_only=True)
        ]
    return "\n".join(lines) + "\n"


def test_the_workbook_is_as_it_was_agreed(renew_golden: bool) -> None:
    found = grid(EDITION)
    if renew_golden:
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_a_lead_is_marked_t_an_involved_ministry_b_and_others_are_empty() -> None:
    marks = {row[0]: row[4:-1] for row in body(sheets()["Matrix"])}
    assert marks["XX-009"] == ("T", "", "B")
    assert marks["XX-003"] == ("B", "", "")


def test_mentions_add_up_over_pillars_and_ministries() -> None:
    *pillars, total = body(sheets()["Samenvatting"])
    for column in range(1, len(total)):
        assert total[column] == sum(int(str(row[column])) for row in pillars)
    for row in (*pillars, total):
        assert sum(map(int, map(str, row[1:-2]))) == row[-1]
    assert total[-2] == len(EDITION.measures)


def test_the_chart_is_described_in_words_with_its_figures() -> None:
    chart = sheets()["Samenvatting"].chart
    assert chart is not None
    assert "AA 4, AB 4 en AC 5" in chart.description


def test_ministries_that_work_together_are_counted_both_ways() -> None:
    sheet = sheets()["Samenwerking"]
    table = {str(row[0]): row[2:] for row in body(sheet)}
    assert table["AA"][2] == table["AC"][0] == 3
    assert [table[code][n] for n, code in enumerate(("AA", "AB", "AC"))] == [4, 4, 5]
    assert headings(sheet)[-1] == "Alleen"
    assert [table[code][-1] for code in ("AA", "AB", "AC")] == [1, 0, 0]


def test_the_colours_of_cooperation_are_not_drowned_by_what_a_ministry_does_alone() -> None:
    alone = (made_up.measure(n, departments=("AB",)) for n in range(10, 60))
    table = sheets(made_up.snapshot(*EDITION.measures, *alone))["Samenwerking"].table
    assert table is not None
    assert table.darkest == 4


def test_what_ministries_still_owe_is_counted_and_a_total_counts_each_measure_once() -> None:
    *ministries, total = body(sheets()["Volledigheid"])
    assert ministries[0] == ("AA", "Verzonnen ministerie AA", 4, 1, 3, 3, 3, 4, 4)
    assert total[2:] == (6, 1, 5, 5, 5, 6, 6)


def test_nothing_is_owed_of_a_measure_that_ended_in_an_earlier_edition() -> None:
    ended = replace(EDITION.measures[0], ended_in="2029-Q4")
    edition = replace(EDITION, measures=(ended, *EDITION.measures[1:]))
    *_, total = body(sheets(edition)["Volledigheid"])
    assert total[2:] == (6, 1, 4, 4, 4, 5, 5)
    assert total[4] == len(edition.unconfirmed), "as the first sheet says"


def test_without_changes_the_sheet_says_why_it_is_empty() -> None:
    first = sheets()["Wijzigingen"]
    assert first.table is None
    assert "geen vorige editie" in first.lines[-1].text
    edition = replace(EDITION, past=(made_up.past(Edition(2029, 4), *EDITION.measures),))
    same = sheets(edition, since_previous(edition))["Wijzigingen"]
    assert same.table is None
    assert "niets gewijzigd" in same.lines[-1].text


def test_a_change_shows_measure_field_old_and_new() -> None:
    old = (made_up.measure(1), made_up.measure(2))
    new = (made_up.measure(1, status="loopt"), made_up.measure(2, departments=("AA", "AB"), pillar="p2"))
    edition = replace(made_up.snapshot(*new), past=(made_up.past(Edition(2029, 4), *old),))
    found = sheets(edition, since_previous(edition))
    assert headings(found["Wijzigingen"]) == ["Maatregel", "Wijziging", "Activiteit/product", "Gegeven", "Was", "Is"]
    assert body(found["Wijzigingen"]) == [
        ("XX-001", "status", "Verzonnen activiteit 1", "Status", "", "loopt"),
        (
            "XX-002",
            "naar een andere pijler",
            "Verzonnen activiteit 2",
            "Pijler",
            "Verzonnen pijler 1",
            "Verzonnen pijler 2",
        ),
        ("XX-002", "departementen: AB erbij", "Verzonnen activiteit 2", "Samenwerkende departementen", "AA", "AA, AB"),
    ]
    assert [row[-1] for row in body(found["Maatregelen"])] == ["bijgewerkt", "bijgewerkt"]
    assert [row[:2] for row in body(found["Historie"])] == [
        ("XX-001", "2029-Q4"),
        ("XX-001", "2030-Q1"),
        ("XX-002", "2029-Q4"),
        ("XX-002", "2030-Q1"),
    ]


def test_a_finding_names_who_must_act() -> None:
    """The ministries of the measure; its lead where it has one; the coordinator where it is about no measure."""
    about = ("XX-001", "XX-009", "")
    problems = tuple(error("field-empty", Place(measure=name, field="status")) for name in about)
    sheet = {sheet.name: sheet for sheet in compose_matrix(EDITION, problems).sheets}["Bevindingen"]
    assert [row[2] for row in body(sheet)] == ["AB, AC", "AA", "Ministerie van Verzinsels"]
    assert b";AA;" in write_findings(EDITION, problems), "and so in the file of findings"


def test_pillars_stay_together_whatever_the_order_of_the_dataset() -> None:
    mixed = replace(EDITION, measures=EDITION.measures[::-1])
    for name in ("Matrix", "Maatregelen"):
        pillars = [row[1] for row in body(sheets(mixed)[name])]
        assert pillars == ["Verzonnen pijler 1"] * 3 + ["Verzonnen pijler 2"] * 3
    assert [row[0] for row in body(sheets(mixed)["Matrix"])][:3] == ["XX-009", "XX-004", "XX-002"]


def test_a_long_text_gets_a_wide_column_and_an_empty_field_a_narrow_one() -> None:
    def widths(measure: Measure) -> dict[str, int]:
        table = sheets(made_up.snapshot(measure))["Maatregelen"].table
        assert table is not None
        return {column.heading: column.width for column in table.columns}

    short, long = widths(made_up.measure()), widths(made_up.measure(explanation="woord " * 700, progress="Loopt."))
    assert long["Toelichting"] > 2 * short["Toelichting"]
    assert long["Voortgang"] > short["Voortgang"] >= len("Voortgang")
    assert long["Doelstelling"] == short["Doelstelling"]


def test_a_text_that_no_row_can_show_whole_is_announced() -> None:
    def lines(length: int) -> str:
        sheet = sheets(made_up.snapshot(made_up.measure(explanation="x" * length)))["Maatregelen"]
        return "\n".join(line.text for line in sheet.lines)

    assert "past in de hoogte" not in lines(4_000)
    assert "past in de hoogte" in lines(10_000)


def test_codes_that_excel_takes_for_one_heading_are_told_apart() -> None:
    register = Register(Department(code, f"Verzonnen {code}", f"x{code}") for code in ("id", "Def", "DEF"))
    measure = made_up.measure(departments=("id", "Def", "DEF"))
    snapshot = replace(made_up.snapshot(measure), register=register)
    assert headings(sheets(snapshot)["Matrix"])[4:-1] == ["id (2)", "Def", "DEF (2)"]
    assert body(sheets(snapshot)["Matrix"])[0][4:-1] == ("B", "B", "B")


def test_a_heading_tells_the_name_of_its_ministry() -> None:
    table = sheets()["Matrix"].table
    assert table is not None
    assert {column.heading: column.note for column in table.columns if column.note} == {
        code: f"Verzonnen ministerie {code}" for code in ("AA", "AB", "AC")
    }


def explanation(snapshot: Snapshot) -> str:
    return "\n".join(line.text for line in sheets(snapshot)["Toelichting"].lines)


def test_the_explanation_counts_names_and_doubts() -> None:
    doubt = Repair("39-55", "a", "b", "Verzonnen twijfel.", certain=False)
    read = replace(LED, source="verzonnen.txt:39-55")
    edition = replace(EDITION, measures=(*EDITION.measures[:-1], read), rows_in=7)
    text = explanation(replace(edition, provenance=Provenance("verzonnen.txt", 6, 1, (doubt,))))
    for words in (
        "Gelezen rijen: 7. Maatregelen in dit werkboek: 6.",
        "AB: Verzonnen ministerie AB",
        "regel 39-55 van de bron (XX-009). Verzonnen twijfel.",
        "eerste kwartaal 2030, stand per 1 april 2030",
        "T: trekker. B: betrokken.",
    ):
        assert words in text


def test_ministries_without_a_measure_are_named_on_the_explanation_only() -> None:
    snapshot = made_up.snapshot(made_up.measure())
    assert "AB" not in headings(sheets(snapshot)["Matrix"])
    assert "Verzonnen ministerie AB en Verzonnen ministerie AC" in explanation(snapshot)


def test_a_draft_says_so_on_the_first_sheet_and_on_every_page() -> None:
    final = replace(EDITION, measures=tuple(replace(m, confirmed_for="2030-Q1") for m in EDITION.measures))
    assert "CONCEPT" in explanation(EDITION)
    assert compose_matrix(EDITION, ()).mark == "CONCEPT"
    assert "CONCEPT" not in explanation(final)
    assert compose_matrix(final, ()).mark == ""


def test_a_classification_stands_on_the_first_sheet_and_on_every_page() -> None:
    classified = replace(EDITION, plan=replace(EDITION.plan, classification="VERZONNEN GEHEIM"))
    assert "VERZONNEN GEHEIM" in explanation(classified)
    assert compose_matrix(classified, ()).mark == "VERZONNEN GEHEIM  CONCEPT"


def test_every_sheet_is_linked_from_the_first() -> None:
    first, *others = compose_matrix(EDITION, ()).sheets
    assert [line.link for line in first.lines if line.link] == [sheet.name for sheet in others]


def test_every_sheet_leads_back_to_the_first() -> None:
    first, *others = compose_matrix(EDITION, ()).sheets
    assert [[line.link for line in sheet.lines if line.link] for sheet in others] == [[first.name]] * len(others)


def test_links_are_links_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "matrix.xlsx"
    path.write_bytes(written(compose_matrix(EDITION, ())))
    first, *others = openpyxl.load_workbook(path).worksheets
    links = [cell.hyperlink.location for (cell,) in first.iter_rows(max_col=1) if cell.hyperlink]
    assert links == [f"'{sheet.title}'!A1" for sheet in others]
    assert {sheet["A2"].hyperlink.location for sheet in others} == {f"'{first.title}'!A1"}


@pytest.mark.parametrize("name", ["Mijn matrix", "A1", "Jan2021", "x" * 32, "Matrix/1", "samenvatting", ""])
def test_a_sheet_that_excel_cannot_name_so_stops_the_program(name: str) -> None:
    """The names are texts that authors may change."""
    known = EDITION.texts

    class Renamed(Texts):
        def _lookup(self, asked: str) -> object:
            return name if asked == "matrix.sheets.matrix" else known._lookup(asked)

    with pytest.raises(Stop, match=re.escape(f"a sheet cannot be named {name!r}")) as stop:
        compose_matrix(replace(EDITION, texts=Renamed({}, Path("texts.toml"), b"")), ())
    assert stop.value.exit_code is ExitCode.PLAN


def test_the_explanation_says_truly_which_sheets_are_for_large_paper() -> None:
    past = made_up.past(Edition(2029, 4), *EDITION.measures)
    edition = replace(EDITION, past=(past,))
    for since in (None, since_previous(edition)):
        first, *others = compose_matrix(edition, (), since).sheets
        wide = edition.texts.enumeration(sheet.name for sheet in others if sheet.wide)
        assert any(line.text.startswith(f"Afdrukken: {wide} staan klaar voor A3") for line in first.lines)
