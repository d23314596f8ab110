"""`import` as an operator meets it: bad files of each kind end in one clear line, and nothing is written."""

import shutil
from pathlib import Path

import openpyxl
import pytest

from report_builder.problems import ExitCode
from tests.test_cli import ROOT, everything, house, run
from tests.test_gate import MUTANTS, good_workbook

__all__ = ["house"]

HEADER = "Pijler;Doelstelling;Activiteit;Toelichting;Ministeries\r\n"

BAD: dict[str, tuple[str, bytes | None, ExitCode, str]] = {
    "a missing file": ("x.csv", None, ExitCode.INPUT, "there is no source at"),
    "an empty file": ("x.csv", b"", ExitCode.INPUT, "is empty"),
    "a file that is no zip": ("x.xlsx", b"zomaar", ExitCode.INPUT, "not a zip file"),
    "an encrypted workbook": ("x.xlsx", MUTANTS["encrypted by Office"][0](b""), ExitCode.INPUT, "encrypted"),
    "a truncated workbook": ("x.xlsx", good_workbook()[:900], ExitCode.INPUT, "cut short"),
    "a truncated document": ("x.docx", good_workbook()[:900], ExitCode.INPUT, "cut short"),
    "a workbook named as a document": ("x.docx", good_workbook(), ExitCode.INPUT, "is no Word document"),
    "a wrong encoding": ("x.csv", HEADER.encode("utf-16-le"), ExitCode.INPUT, "zero bytes"),
    "text in a wrong encoding": ("x.txt", "Doelstelling\té".encode("cp1252"), ExitCode.INPUT, "is not UTF-8"),
    "no header": ("x.csv", b"a;b;c\r\n1;2;3\r\n", ExitCode.INPUT, "looked for the columns"),
    "text without a header": ("x.txt", b"zomaar een regel\n", ExitCode.INPUT, "has no row of headings"),
    "zero rows": ("x.csv", HEADER.encode(), ExitCode.DATA, "has no rows"),
    "an unknown ministry": ("x.csv", f"{HEADER}kennis;a;b;c;QQ\r\n".encode(), ExitCode.DATA, "is niet bekend"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_source_ends_in_its_exit_code_and_writes_nothing(house: Path, name: str) -> None:
    file, content, code, said = BAD[name]
    if content is not None:
        (house / file).write_bytes(content)
    before = everything(house)
    done = run("import", file, "--apply", cwd=house)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    assert everything(house) == before


def test_a_workbook_adds_measures_and_keeps_those_that_are_known(house: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Pijler", "Doelstelling", "Activiteit", "Toelichting", "Ministeries", "Trekker"])
    sheet.append(["Onderzoek en kennisdeling", "Verzonnen doel", "Verzonnen werk", "Verzonnen.", "ocw, J&V", "JenV"])
    book.save(house / "new.xlsx")
    done = run("import", "new.xlsx", "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    before = (ROOT / "data/measures.csv").read_text(encoding="utf-8")
    added = "SG-057,kennis,Verzonnen doel,Verzonnen werk,Verzonnen.,OCW;JenV,JenV,,,,,,,,new.xlsx:Sheet!2\n"
    assert (house / "data/measures.csv").read_text(encoding="utf-8") == before + added
    assert run("import", "new.xlsx", "--apply", cwd=house).stderr.endswith("already holds exactly this\n")


def test_our_own_documents_read_back_as_the_same_measures(house: Path) -> None:
    assert run("build", cwd=house).returncode == ExitCode.DONE
    before = (house / "data/measures.csv").read_text(encoding="utf-8")
    folder = house / "output/2021-Q1"
    done = run("import", folder / "matrix-maatregelen-2021-Q1.xlsx", "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert (house / "data/measures.csv").read_text(encoding="utf-8") == before
    done = run("import", folder / "bijlage-maatregelen-2021-Q1.docx", cwd=house)
    assert "(0 added, 56 updated, 0 not in the source, kept)" in done.stdout, "only the source differs"


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_the_dataset_may_be_a_workbook_or_a_parquet_file(house: Path, suffix: str) -> None:
    source, corrections = "data/source/kst-34843-45-bijlage.txt", "data/source/corrections.toml"
    given = ("import", source, "--corrections", corrections, "--into", f"data/measures.{suffix}", "--apply")
    assert run(*given, cwd=house).returncode == ExitCode.DONE
    plan = house / "data/plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("measures.csv", f"measures.{suffix}"), encoding="utf-8")
    done = run("build", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "56 rows in, 56 measures out" in done.stderr


def test_a_second_plan_works_without_touching_code(tmp_path: Path) -> None:
    """A made-up overview with its own pillars, ministries, columns and prefix, from an import to published files."""
    shutil.copytree(ROOT / "tests/second_plan", tmp_path / "data")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    done = run("import", "data/verzonnen-bron.csv", "--apply", cwd=tmp_path)
    assert done.returncode == ExitCode.DONE, done.stderr
    done = run("build", cwd=tmp_path)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "mentions: Bos 2, Zee 2" in done.stderr
    files = sorted(path.name for path in (tmp_path / "output/2030-Q2").rglob("*.*"))
    assert "briefing-bos-2030-Q2.docx" in files
    assert "briefing-zee-2030-Q2.docx" in files
    book = openpyxl.load_workbook(tmp_path / "output/2030-Q2/matrix-maatregelen-2030-Q2.xlsx")
    sheet = book["Matrix"]
    rows = [tuple(cell.value for cell in row) for row in sheet[sheet.tables["Matrix"].ref]]
    assert rows[1] == ("VZ-001", "Verzonnen pijler van het water", "Schoon zand", "Zeven", "B", "T", 2)


def test_a_part_is_built_alone_and_never_in_place_of_the_whole(house: Path) -> None:
    assert run("build", "--department", "ocw", "--output", "part", cwd=house).returncode == ExitCode.DONE
    made = sorted(path.name for path in (house / "part/2021-Q1").rglob("*.*"))
    assert made == ["briefing-ocw-2021-Q1.docx", "manifest.json", "uitvraag-ocw-2021-Q1.xlsx"]
    assert run("build", cwd=house).returncode == ExitCode.DONE
    before = everything(house)
    done = run("build", "--only", "appendix", cwd=house)
    assert done.returncode == ExitCode.OUTPUT
    assert "another --output" in done.stderr
    assert run("build", "--department", "QQ", cwd=house).returncode == ExitCode.USAGE
    assert everything(house) == before


def test_an_edition_before_the_plans_is_never_built_from_todays_data(house: Path) -> None:
    done = run("build", "2020-Q4", cwd=house)
    assert done.returncode == ExitCode.INPUT
    assert "frozen" in done.stderr
