"""Closing an edition, building it again, and what the next one says has changed. Every change here is made up."""

import csv
import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from report_builder.problems import ExitCode
from tests.successor import (
    REASON,
    Rows,
    change_measures,
    close_edition,
    made_up_successor,
    new_house,
    open_edition,
)
from tests.test_cli import ROOT, edit, everything, house, run

__all__ = ["house"]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up second quarter, built. Tests only read it."""
    folder = made_up_successor(tmp_path_factory.mktemp("story"))
    done = run("build", "2021-Q2", cwd=folder)
    assert done.returncode == ExitCode.DONE, done.stderr
    return folder


def paragraphs(path: Path) -> list[str]:
    return [paragraph.text for paragraph in Document(str(path)).paragraphs]


def table(path: Path, first_heading: str) -> list[tuple[str, ...]]:
    """The rows under the first table with this first heading."""
    for found in Document(str(path)).tables:
        if found.rows[0].cells[0].text == first_heading:
            return [tuple(cell.text for cell in row.cells) for row in found.rows[1:]]
    return []


def sheet(path: Path, name: str) -> list[tuple[object, ...]]:
    return list(load_workbook(path)[name].iter_rows(values_only=True))


def files(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


# Closing


def test_an_edition_that_nobody_confirmed_is_not_closed(house: Path) -> None:
    before = everything(house)
    done = run("close", "2021-Q1", "--apply", cwd=house)
    assert done.returncode == ExitCode.DATA
    assert "56 measure(s) are not confirmed; nothing was closed" in done.stderr
    assert everything(house) == before


def test_an_edition_with_errors_is_not_closed_even_by_force(house: Path) -> None:
    edit(house / "data/measures.csv", "voorkomen", "onbekend")
    done = run("close", "2021-Q1", "--force", "verzonnen", "--apply", cwd=house)
    assert done.returncode == ExitCode.DATA
    assert not (house / "data/editions").exists()


def test_closing_is_a_dry_run_until_it_is_applied(house: Path) -> None:
    before = everything(house)
    done = run("close", "2021-Q1", "--force", "verzonnen", cwd=house)
    assert done.returncode == ExitCode.DONE
    assert "would freeze 2021-Q1, version 1" in done.stderr
    assert everything(house) == before


def test_a_confirmed_edition_is_closed_without_force_and_is_no_concept(house: Path) -> None:
    change_measures(house, confirm_all)
    assert run("close", "2021-Q1", "--apply", cwd=house).returncode == ExitCode.DONE
    assert run("build", "2021-Q1", cwd=house).returncode == ExitCode.DONE
    texts = paragraphs(house / "output/2021-Q1/bijlage-maatregelen-2021-Q1.docx")
    assert not [text for text in texts if "Concept" in text or "afgesloten" in text]


def without(*names: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        for name in names:
            del rows[name]

    return change


def confirm_all(rows: Rows) -> None:
    for row in rows.values():
        row["confirmed_for"] = "2021-Q1"


def test_only_the_edition_that_the_dataset_stands_for_can_be_closed(house: Path) -> None:
    done = run("close", "2020-Q4", "--force", "verzonnen", "--apply", cwd=house)
    assert (done.returncode, "the dataset stands for 2021-Q1" in done.stderr) == (ExitCode.INPUT, True)


def test_a_closed_edition_gives_the_same_bytes_whatever_happens_to_the_dataset(house: Path) -> None:
    close_edition(house, "2021-Q1")
    assert run("build", "2021-Q1", "--output", "before", cwd=house).returncode == ExitCode.DONE
    edit(house / "data/measures.csv", "Burgerschapsonderwijs", "Later")
    edit(house / "templates/texts.toml", 'nothing = "Dit', 'nothing = "Iets anders dan dit')
    (house / "templates/appendix.docx").unlink()
    edit(house / "data/departments.csv", "Volksgezondheid", "Iets anders")
    done = run("build", "2021-Q1", "--output", "after", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert files(house / "after/2021-Q1") == files(house / "before/2021-Q1")
    manifest = (house / "after/2021-Q1/manifest.json").read_bytes()
    record = (house / "data/editions/2021-Q1/version-1/closing.toml").read_text(encoding="utf-8")
    assert f'manifest = "{hashlib.sha256(manifest).hexdigest()}"' in record


def test_a_closed_edition_lacks_no_sentence_that_came_later(house: Path) -> None:
    edit(house / "templates/texts.toml", 'total = "Totaal"', 'later_total = "Totaal"')
    shutil.copy(ROOT / "templates/texts.toml", house / "now.toml")
    done = run("close", "2021-Q1", "--force", "verzonnen", "--apply", cwd=house)
    assert done.returncode == ExitCode.PLAN
    shutil.copy(house / "now.toml", house / "templates/texts.toml")
    close_edition(house, "2021-Q1")
    edit(house / "data/editions/2021-Q1/version-1/templates/texts.toml", 'total = "Totaal"\n', "")
    assert run("build", "2021-Q1", cwd=house).returncode == ExitCode.DONE


def test_why_an_edition_was_closed_unconfirmed_stands_in_every_document(house: Path) -> None:
    close_edition(house, "2021-Q1")
    assert run("build", "2021-Q1", cwd=house).returncode == ExitCode.DONE
    folder = house / "output/2021-Q1"
    for document in ("bijlage-maatregelen-2021-Q1.docx", "briefings/briefing-bz-2021-Q1.docx"):
        texts = paragraphs(folder / document)
        assert [text for text in texts if REASON in text and "56 maatregelen niet waren bevestigd" in text]
        assert [text for text in texts if text.startswith("Concept.")]
    lines = [str(row[0]) for row in sheet(folder / "matrix-maatregelen-2021-Q1.xlsx", "Toelichting")]
    assert [line for line in lines if REASON in line]


def test_a_closed_edition_is_never_overwritten_and_a_correction_is_a_next_version(house: Path) -> None:
    close_edition(house, "2021-Q1")
    first = files(house / "data/editions/2021-Q1/version-1")
    done = run("close", "2021-Q1", "--force", "nog eens", "--apply", cwd=house)
    assert (done.returncode, "nothing has changed since" in done.stderr) == (ExitCode.USAGE, True)
    edit(house / "data/measures.csv", "Burgerschapsonderwijs", "Burgerschapsonderwijs (verzonnen)")
    change_measures(house, confirm_all)
    done = run("close", "2021-Q1", "--apply", cwd=house)
    assert (done.returncode, "needs --reason" in done.stderr) == (ExitCode.USAGE, True)
    done = run("close", "2021-Q1", "--reason", "Verzonnen tikfout.", "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert files(house / "data/editions/2021-Q1/version-1") == first
    assert run("build", "2021-Q1", cwd=house).returncode == ExitCode.DONE
    texts = paragraphs(house / "output/2021-Q1/bijlage-maatregelen-2021-Q1.docx")
    assert [text for text in texts if "versie 2" in text and "Verzonnen tikfout." in text]


def test_a_correction_that_nobody_confirmed_tells_both_reasons(house: Path) -> None:
    close_edition(house, "2021-Q1")
    edit(house / "data/measures.csv", "Burgerschapsonderwijs", "Burgerschapsonderwijs (verzonnen)")
    done = run("close", "2021-Q1", "--force", REASON, "--apply", cwd=house)
    assert (done.returncode, "needs --reason" in done.stderr) == (ExitCode.USAGE, True)
    close_edition(house, "2021-Q1", "--reason", "Verzonnen tikfout.")
    assert run("build", "2021-Q1", cwd=house).returncode == ExitCode.DONE
    texts = paragraphs(house / "output/2021-Q1/bijlage-maatregelen-2021-Q1.docx")
    assert [text for text in texts if text.endswith("Reden van de correctie: Verzonnen tikfout.")]
    assert [text for text in texts if text.endswith(f"Reden: {REASON}")]


def test_what_stands_in_the_place_of_a_version_is_never_overwritten(house: Path) -> None:
    """The number of a version that was taken away is not used again, and a folder without a record is no free place."""
    versions = house / "data/editions/2021-Q1"
    close_edition(house, "2021-Q1")
    edit(house / "data/measures.csv", "Burgerschapsonderwijs", "Burgerschapsonderwijs (verzonnen)")
    close_edition(house, "2021-Q1", "--reason", "Verzonnen.")
    shutil.rmtree(versions / "version-1")
    (versions / "version-3").mkdir()
    (versions / "version-3/kladje.txt").write_text("verzonnen", encoding="utf-8")
    before = files(versions)
    edit(house / "data/measures.csv", "Burgerschapsonderwijs", "Nog eens")
    done = run("close", "2021-Q1", "--force", REASON, "--reason", "Verzonnen.", "--apply", cwd=house)
    assert (done.returncode, "version-3 is there already" in done.stderr) == (ExitCode.OUTPUT, True)
    assert files(versions) == before


@pytest.mark.parametrize("option", ["--force", "--reason"])
def test_a_reason_that_no_document_can_hold_is_refused(house: Path, option: str) -> None:
    done = run("close", "2021-Q1", option, "een\x07twee", "--apply", cwd=house)
    assert (done.returncode, "cannot be printed" in done.stderr) == (ExitCode.USAGE, True)


def test_the_operator_is_told_that_a_closed_edition_is_made_from_what_was_frozen(house: Path) -> None:
    close_edition(house, "2021-Q1")
    told = "2021-Q1 is closed: made from what was frozen in"
    done = run("build", "2021-Q1", cwd=house)
    assert told in done.stderr
    assert "not used" not in done.stderr
    edit(house / "data/measures.csv", "Burgerschapsonderwijs", "Later")
    (house / "templates/appendix.docx").unlink()
    done = run("build", "2021-Q1", cwd=house)
    assert told in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "not used" in line]
    assert line.endswith(f"{Path('data/measures.csv')}, {Path('templates/appendix.docx')}")
    assert "byte for byte" not in done.stderr


def test_the_operator_is_told_when_a_frozen_file_was_changed(house: Path) -> None:
    close_edition(house, "2021-Q1")
    edit(house / "data/editions/2021-Q1/version-1/measures.csv", "Burgerschapsonderwijs", "Later")
    done = run("build", "2021-Q1", cwd=house)
    assert "the set is not byte for byte the one that report-builder" in done.stderr


def test_a_closed_edition_gives_the_same_bytes_in_another_place(tmp_path: Path) -> None:
    first = made_up_successor(tmp_path / "first")
    close_edition(first, "2021-Q2")
    assert run("build", cwd=first).returncode == ExitCode.DONE
    second = tmp_path / "elsewhere" / "second"
    shutil.copytree(first, second, ignore=shutil.ignore_patterns("output"))
    shutil.rmtree(first / "data")
    done = run("build", "--plan", second / "data/plan.toml", cwd=tmp_path)
    assert "byte for byte" not in done.stderr
    assert files(second / "output/2021-Q2") == files(first / "output/2021-Q2")


def test_a_later_correction_of_an_earlier_quarter_does_not_change_a_closed_one(tmp_path: Path) -> None:
    house = made_up_successor(tmp_path)
    close_edition(house, "2021-Q2")
    assert run("build", "2021-Q2", "--output", "before", cwd=house).returncode == ExitCode.DONE
    open_edition(house, "2021-Q2", "2021-Q1", ("2021-06-30", "2021-02-04"))
    shutil.copy(ROOT / "data/measures.csv", house / "data/measures.csv")
    edit(house / "data/measures.csv", "Burgerschapsonderwijs", "Burgerschapsonderwijs (verzonnen)")
    close_edition(house, "2021-Q1", "--reason", "Verzonnen tikfout.")
    assert (house / "data/editions/2021-Q1/version-2").is_dir()
    assert run("build", "2021-Q2", "--output", "after", cwd=house).returncode == ExitCode.DONE
    assert files(house / "after/2021-Q2") == files(house / "before/2021-Q2")


def test_the_real_edition_is_closed_as_it_was_published() -> None:
    folder = ROOT / "data/editions/2021-Q1/version-1"
    for name, source in (
        ("measures.csv", "data/measures.csv"),
        ("plan.toml", "data/plan.toml"),
        ("departments.csv", "data/departments.csv"),
    ):
        assert (folder / name).read_bytes() == (ROOT / source).read_bytes(), name


# The next edition


def test_the_appendix_tells_every_kind_of_change(story: Path) -> None:
    path = story / "output/2021-Q2/bijlage-maatregelen-2021-Q2.docx"
    assert "Wijzigingen sinds het eerste kwartaal 2021" in paragraphs(path)
    (figures,) = [text for text in paragraphs(path) if text.startswith("Sinds het eerste kwartaal")]
    counts = "4 nieuw, 6 bijgewerkt, 1 ongewijzigd bevestigd, 46 niet aangeleverd en 3 beëindigd."
    assert figures == f"Sinds het eerste kwartaal 2021: {counts}"
    found = [(what, measure.partition(":")[0]) for what, measure, _, _ in table(path, "Wijziging")]
    assert found == [
        ("status", "SG-001"),
        ("andere tekst: toelichting", "SG-003"),
        ("departementen: VWS erbij, BZ erbij", "SG-004"),
        ("naar een andere pijler", "SG-005"),
        ("beëindigd, verder als SG-057 en SG-058", "SG-006"),
        ("trekker", "SG-007"),
        ("deadline", "SG-007"),
        ("voortgang", "SG-008"),
        ("verwijzingen", "SG-008"),
        ("beëindigd, verder als SG-059", "SG-009"),
        ("beëindigd, verder als SG-059", "SG-010"),
        ("nieuw, door splitsing van SG-006", "SG-057"),
        ("nieuw, door splitsing van SG-006", "SG-058"),
        ("nieuw, door samenvoeging van SG-009 en SG-010", "SG-059"),
        ("nieuw", "SG-060"),
    ]


def test_each_measure_says_what_it_is_since_the_previous_edition(story: Path) -> None:
    rows = sheet(story / "output/2021-Q2/matrix-maatregelen-2021-Q2.xlsx", "Maatregelen")
    states = {row[0]: row[-1] for row in rows}
    assert states["SG-001"] == "bijgewerkt"
    assert states["SG-002"] == "ongewijzigd bevestigd"
    assert states["SG-006"] == "beëindigd in het tweede kwartaal 2021"
    assert states["SG-011"] == "niet aangeleverd"
    assert states["SG-060"] == "nieuw"
    first = table(story / "output/2021-Q2/bijlage-maatregelen-2021-Q2.docx", "Doelstelling(en)")[0][0]
    assert first.startswith("bijgewerkt\n")


def test_a_briefing_tells_only_the_changes_of_its_own_measures(story: Path) -> None:
    for code in ("bz", "ezk", "vws"):
        path = story / f"output/2021-Q2/briefings/briefing-{code}-2021-Q2.docx"
        changed = {measure.partition(":")[0] for _, measure, _, _ in table(path, "Wijziging")}
        assert changed <= {row.cells[0].text for found in Document(str(path)).tables for row in found.rows}
        assert ("SG-004" in changed) == (code in ("bz", "vws"))


def test_the_workbook_shows_old_beside_new_and_the_life_of_each_measure(story: Path) -> None:
    path = story / "output/2021-Q2/matrix-maatregelen-2021-Q2.xlsx"
    changes = {row[:2]: row[3:] for row in sheet(path, "Wijzigingen")}
    assert changes["SG-001", "status"] == ("Status", None, "in uitvoering")
    assert changes["SG-004", "departementen: VWS erbij, BZ erbij"][1:] == ("OCW", "OCW, VWS, BZ")
    lives = [row[1] for row in sheet(path, "Historie") if row[0] == "SG-001"]
    assert lives == ["2021-Q1", "2021-Q2"]


def test_the_manifest_names_the_previous_edition(story: Path) -> None:
    assert '"previous_edition": "2021-Q1"' in (story / "output/2021-Q2/manifest.json").read_text(encoding="utf-8")


def test_without_a_previous_edition_each_document_says_so(tmp_path: Path) -> None:
    house = new_house(tmp_path)
    assert run("build", cwd=house).returncode == ExitCode.DONE
    folder = house / "output/2021-Q1"
    for path in (folder / "bijlage-maatregelen-2021-Q1.docx", *(folder / "briefings").iterdir()):
        texts = paragraphs(path)
        assert [text for text in texts if "Er is geen vorige editie om mee te vergelijken" in text]
        assert not [text for text in texts if text.startswith("Wijzigingen sinds")]
    assert not (folder / "bijlage-wijzigingen-2021-Q1.docx").exists()
    for path in (folder / "uitvraag").iterdir():
        texts = [str(row[0]) for row in sheet(path, load_workbook(path).sheetnames[0])]
        assert [text for text in texts if "Er is geen vorige editie om mee te vergelijken" in text]
    book = load_workbook(folder / "matrix-maatregelen-2021-Q1.xlsx")
    assert "Historie" not in book.sheetnames
    assert "geen vorige editie" in str(book["Wijzigingen"]["A3"].value)


def test_a_measure_that_vanished_stops_the_build(tmp_path: Path) -> None:
    house = made_up_successor(tmp_path)
    change_measures(house, without("SG-020", "SG-060"))
    done = run("check", cwd=house)
    assert done.returncode == ExitCode.DATA
    assert "SG-020" in done.stdout
    assert "SG-060" not in done.stdout


def test_a_number_is_never_used_again(tmp_path: Path) -> None:
    house = made_up_successor(tmp_path)
    close_edition(house, "2021-Q2")
    open_edition(house, "2021-Q2", "2021-Q3", ("2021-06-30", "2021-09-30"))
    change_measures(house, without("SG-006"))
    for name in ("SG-057", "SG-058"):
        change_measures(house, lambda rows, name=name: rows[name].update(replaces=""))  # type: ignore[misc]
    assert run("check", cwd=house).returncode == ExitCode.DONE
    close_edition(house, "2021-Q3")
    open_edition(house, "2021-Q3", "2021-Q4", ("2021-09-30", "2021-12-31"))
    change_measures(house, lambda rows: rows.update({"SG-006": {**rows["SG-001"], "id": "SG-006"}}))
    done = run("check", cwd=house)
    assert done.returncode == ExitCode.DATA
    assert "SG-006" in done.stdout
    assert "2021-Q2" in done.stdout


def test_the_life_of_a_measure_is_told_over_all_editions(story: Path) -> None:
    done = run("history", "SG-007", cwd=story)
    assert done.returncode == ExitCode.DONE
    assert "2021-Q1 (closed, version 1)" in done.stdout
    assert "deadline: '' -> '2021-Q4'" in done.stdout
    assert run("history", "SG-999", cwd=story).returncode == ExitCode.INPUT


# Ministries through time


def for_2024(rows: Rows) -> None:
    rows["SG-001"]["departments"] = "LNV;VWS"
    rows["SG-002"]["departments"] = "EZK"
    rows["SG-003"] |= {"departments": "LNV", "lead": "LNV"}


def test_a_renamed_ministry_is_shown_with_both_names_and_listed_for_confirmation(tmp_path: Path) -> None:
    """2024-Q2, 2024-Q3 and 2026-Q1 with the real register, and made-up measures of the ministries that changed."""
    house = new_house(tmp_path)
    open_edition(house, "2021-Q1", "2024-Q2", ("2021-02-04", "2024-06-30"))
    change_measures(house, for_2024)
    close_edition(house, "2024-Q2")
    open_edition(house, "2024-Q2", "2024-Q3", ("2024-06-30", "2024-09-30"))
    done = run("build", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "ligt op de peildatum bij LVVN" in done.stderr
    folder = house / "output/2024-Q3"
    rows = table(folder / "bijlage-maatregelen-2024-Q3.docx", "Doelstelling(en)")
    assert rows[0][3] == "LVVN (voorheen LNV), VWS"
    assert rows[1][3] == "EZ (voorheen EZK)"
    assert rows[0][0].startswith("niet aangeleverd"), "a change of name is no change of content"
    kinds = {row[0] for row in table(folder / "bijlage-maatregelen-2024-Q3.docx", "Wijziging")}
    assert kinds == {"andere naam van een ministerie"}
    assert (folder / "briefings/briefing-lvvn-2024-Q3.docx").exists()
    findings = (folder / "bevindingen.csv").read_text(encoding="utf-8-sig")
    assert findings.count("ligt op de peildatum bij LVVN") == 2

    done = run("changes", "2024-Q2", "2024-Q3", cwd=house)
    assert {line[:9] for line in done.stdout.splitlines()} == {"= SG-001:", "= SG-002:", "= SG-003:", "= SG-041:"}

    rename = {"LNV": "LVVN", "EZK": "EZ"}

    def rewrite(rows: Rows) -> None:
        for row in rows.values():
            row["departments"] = ";".join(rename.get(code, code) for code in row["departments"].split(";"))
            row["lead"] = rename.get(row["lead"], row["lead"])
        rows["SG-004"]["departments"] = "EZ;KGG;VRO"

    change_measures(house, rewrite)
    assert run("build", cwd=house).returncode == ExitCode.DONE
    assert table(folder / "bijlage-maatregelen-2024-Q3.docx", "Doelstelling(en)")[0][3] == "LVVN (voorheen LNV), VWS"
    close_edition(house, "2024-Q3")
    open_edition(house, "2024-Q3", "2026-Q1", ("2024-09-30", "2026-03-31"))
    done = run("build", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    rows = table(house / "output/2026-Q1/bijlage-maatregelen-2026-Q1.docx", "Doelstelling(en)")
    assert rows[0][3] == "LVVN, VWS"
    assert rows[1][3] == "EZK (voorheen EZ)"
    assert rows[3][3] == "EZK (voorheen EZ, KGG), BZK (voorheen VRO)"
    done = run("changes", "2024-Q2", "2026-Q1", cwd=house)
    assert "= SG-001: LNV is now LVVN" in done.stdout
    assert "EZK is now" not in done.stdout


def test_a_former_name_that_the_previous_edition_did_not_have_stays_an_error(tmp_path: Path) -> None:
    house = made_up_successor(tmp_path)
    change_measures(house, lambda rows: rows["SG-001"].update(departments="VenJ"))
    done = run("check", cwd=house)
    assert done.returncode == ExitCode.DATA
    assert "VenJ" in done.stdout


# A second classification


SECOND = """
grouped_by = "line"

[second]
name = "actielijn"
plural = "actielijnen"
lines = [
  { id = "a", title = "Verzonnen actielijn A" },
  { id = "b", title = "Verzonnen actielijn B" },
]
"""


def with_lines(house: Path) -> None:
    path = house / "data/plan.toml"
    plan = path.read_text(encoding="utf-8")
    grouped, _, second = SECOND.partition("\n\n")
    path.write_text(f"{grouped}\n{plan}\n{second}", encoding="utf-8")
    rows = list(csv.reader(io.StringIO((house / "data/measures.csv").read_text(encoding="utf-8"), newline="")))
    rows[0].append("line")
    for number, row in enumerate(rows[1:]):
        row.append(("a", "b", "")[number % 3])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (house / "data/measures.csv").write_text(text.getvalue(), encoding="utf-8")


def test_documents_can_be_grouped_by_the_second_classification(house: Path) -> None:
    with_lines(house)
    done = run("build", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    folder = house / "output/2021-Q1"
    path = folder / "bijlage-maatregelen-2021-Q1.docx"
    texts = paragraphs(path)
    assert {"Verzonnen actielijn A", "Verzonnen actielijn B", "Zonder actielijn"} <= set(texts)
    assert not {"Stoppen en duurzaam oplossen"} & set(texts)
    counts = table(path, "Actielijn")
    assert [row[-2] for row in counts] == ["19", "19", "18", "56"]
    book = load_workbook(folder / "matrix-maatregelen-2021-Q1.xlsx")
    first = next(row for row in book["Maatregelen"].iter_rows(values_only=True) if row[0] == "SG-001")
    assert first[-1] == "Verzonnen actielijn A"
    assert [row[0] for row in book["Samenvatting"].iter_rows(values_only=True)].count("Zonder actielijn") == 1


def test_the_second_classification_can_be_there_without_grouping_by_it(house: Path) -> None:
    with_lines(house)
    edit(house / "data/plan.toml", 'grouped_by = "line"', 'grouped_by = "pillar"')
    assert run("build", cwd=house).returncode == ExitCode.DONE
    texts = paragraphs(house / "output/2021-Q1/bijlage-maatregelen-2021-Q1.docx")
    assert "Stoppen en duurzaam oplossen" in texts
    assert "Verzonnen actielijn A" not in texts


def test_a_line_that_the_plan_does_not_know_is_an_error(house: Path) -> None:
    with_lines(house)
    edit(house / "data/plan.toml", 'id = "a"', 'id = "c"')
    done = run("check", cwd=house)
    assert (done.returncode, done.stdout.count("tweede indeling")) == (ExitCode.DATA, 19)


def test_grouping_by_what_is_not_there_is_a_fault_of_the_plan(house: Path) -> None:
    path = house / "data/plan.toml"
    path.write_text('grouped_by = "line"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert run("check", cwd=house).returncode == ExitCode.PLAN
