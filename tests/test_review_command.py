"""`review` as an operator meets it: real files, a second process, LibreOffice, kills; and the dataset afterwards."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from report_builder.delivery.lock import only_run
from report_builder.problems import ExitCode
from tests.forms import SHEET, cell_of, filled, named_cells, opened, saved
from tests.test_delivery import injected, needs_strace, run

ROOT = Path(__file__).parent.parent
EDITION = "2030-Q2"
FORMS = f"output/{EDITION}/uitvraag/uitvraag-{{}}-{EDITION}.xlsx"
BRIEFINGS = f"output/{EDITION}/briefings/briefing-{{}}-{EDITION}.docx"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up second plan, its forms and briefings made and sent: VZ-001 of Bos and Zee, VZ-002 Bos, VZ-003 Zee."""
    house = tmp_path_factory.mktemp("sent")
    shutil.copytree(ROOT / "tests/second_plan", house / "data")
    shutil.copytree(ROOT / "templates", house / "templates")
    assert run("import", "data/verzonnen-bron.csv", "--apply", cwd=house).returncode == 0
    assert run("build", cwd=house).returncode == 0
    return house


@pytest.fixture
def house(sent: Path, tmp_path: Path) -> Path:
    shutil.copytree(sent, tmp_path, dirs_exist_ok=True)
    return tmp_path


def answer(house: Path, code: str, *answers: tuple[str, str, object], name: str = "") -> str:
    """A form of this ministry that came back with these answers; where it stands."""
    target = name or f"terug-{code}.xlsx"
    content = (house / FORMS.format(code)).read_bytes()
    (house / target).write_bytes(filled(content, answers))
    return target


def dataset(house: Path) -> dict[str, dict[str, str]]:
    with (house / "data/measures.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def trail(house: Path) -> list[dict[str, str]]:
    path = house / f"data/reviews/{EDITION}.csv"
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))) if path.exists() else []


def data_files(house: Path) -> dict[str, bytes]:
    return {str(path.relative_to(house)): path.read_bytes() for path in (house / "data").rglob("*") if path.is_file()}


def test_a_review_is_a_dry_run_until_it_is_applied(house: Path) -> None:
    before = data_files(house)
    form = answer(house, "bos", ("VZ-001", "status", "klaar"), ("VZ-002", "remark", "Verzonnen opmerking."))
    dry = run("review", form, cwd=house)
    assert dry.returncode == ExitCode.DONE, dry.stderr
    assert "~ VZ-001 status: '' -> 'klaar' (terug-bos.xlsx, Uitvraag!G4)" in dry.stdout
    assert "VZ-002 remark: 'Verzonnen opmerking.'" in dry.stdout
    assert data_files(house) == before
    applied = run("review", form, "--apply", cwd=house)
    assert applied.returncode == ExitCode.DONE, applied.stderr
    assert dataset(house)["VZ-001"]["status"] == "klaar"
    assert [(line["outcome"], line["measure"], line["new"]) for line in trail(house)] == [
        ("changed", "VZ-001", "klaar"),
        ("remark", "VZ-002", "Verzonnen opmerking."),
    ]
    (line, _) = trail(house)
    assert (line["departments"], line["file"], line["sheet"], line["cell"]) == ("Bos", form, SHEET, "G4")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", line["applied"])
    assert re.fullmatch(r"[0-9a-f]{64}", line["sha256"])


def test_an_untouched_form_writes_not_a_byte(house: Path) -> None:
    before = data_files(house)
    form = answer(house, "zee")
    done = run("review", form, FORMS.format("bos"), FORMS.format("alle"), "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "the forms say nothing new" in done.stderr
    assert data_files(house) == before


def test_applying_twice_changes_nothing(house: Path) -> None:
    form = answer(house, "bos", ("VZ-001", "status", "klaar"), ("VZ-002", "confirmed_for", "ja"))
    assert run("review", form, "--apply", cwd=house).returncode == ExitCode.DONE
    before = data_files(house)
    again = run("review", form, "--apply", cwd=house)
    assert again.returncode == ExitCode.DONE, again.stderr
    assert data_files(house) == before


def test_once_all_ministries_confirmed_the_set_is_no_concept(house: Path) -> None:
    bos = answer(house, "bos", ("VZ-001", "confirmed_for", "ja"), ("VZ-002", "confirmed_for", "ja"))
    assert run("review", bos, "--apply", cwd=house).returncode == ExitCode.DONE
    assert [row["confirmed_for"] for row in dataset(house).values()] == ["", EDITION, ""]
    half = run("build", cwd=house)
    assert "2 measure(s) await confirmation" in half.stderr
    book = opened((house / f"output/{EDITION}/matrix-maatregelen-{EDITION}.xlsx").read_bytes())
    owed = {row[0].value: (row[3].value, row[4].value) for row in book["Volledigheid"].iter_rows(min_row=4)}
    assert owed["Bos"] == (2, 0)
    assert owed["Zee"] == (0, 2)
    own_form = opened((house / FORMS.format("bos")).read_bytes())
    assert cell_of(own_form, "VZ-001", "confirmed_for").value == "ja"
    zee = answer(house, "zee", ("VZ-001", "confirmed_for", "ja"), ("VZ-003", "confirmed_for", "ja"))
    assert run("review", zee, "--apply", cwd=house).returncode == ExitCode.DONE
    whole = run("build", cwd=house)
    assert "CONCEPT" not in whole.stderr
    assert "false" in re.findall(r'"concept": (\w+)', (house / f"output/{EDITION}/manifest.json").read_text())
    closed = run("close", EDITION, "--apply", cwd=house)
    assert closed.returncode == ExitCode.DONE, closed.stderr
    frozen = house / f"data/editions/{EDITION}/version-1/reviews/{EDITION}.csv"
    assert frozen.read_bytes() == (house / f"data/reviews/{EDITION}.csv").read_bytes()


def test_a_conflict_stops_everything_and_names_both_values_and_places(house: Path) -> None:
    before = data_files(house)
    bos = answer(house, "bos", ("VZ-001", "status", "klaar"), ("VZ-002", "status", "loopt"))
    zee = answer(house, "zee", ("VZ-001", "status", "loopt"))
    done = run("review", bos, zee, "--apply", cwd=house)
    assert done.returncode == ExitCode.CONFLICT
    one, other = "'klaar' (terug-bos.xlsx, Uitvraag!G4)", "'loopt' (terug-zee.xlsx, Uitvraag!G4)"
    assert f"! VZ-001 status: {one} against {other}; it was ''" in done.stdout
    assert data_files(house) == before
    settled = run("review", bos, zee, "--take", zee, "--apply", cwd=house)
    assert settled.returncode == ExitCode.DONE, settled.stderr
    assert [dataset(house)[name]["status"] for name in ("VZ-001", "VZ-002")] == ["loopt", "loopt"]
    assert ("set aside", "klaar") in [(line["outcome"], line["new"]) for line in trail(house)]
    told = run("history", "VZ-001", cwd=house).stdout
    assert "status set aside by Bos: '' -> 'klaar' (terug-bos.xlsx)" in told
    assert "status changed by Zee: '' -> 'loopt' (terug-zee.xlsx)" in told


def test_a_form_against_a_dataset_that_went_on_is_a_conflict(house: Path) -> None:
    path = house / "data/measures.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",Bos,,,,,,,,,", ",Bos,,loopt,,,,,,,"), encoding="utf-8")
    assert dataset(house)["VZ-002"]["status"] == "loopt"
    bos = answer(house, "bos", ("VZ-002", "status", "klaar"))
    done = run("review", bos, cwd=house)
    assert done.returncode == ExitCode.CONFLICT
    assert "'loopt' (measures.csv, line 3) against 'klaar' (terug-bos.xlsx, Uitvraag!G5)" in done.stdout
    assert run("review", bos, "--take", "dataset", "--apply", cwd=house).returncode == ExitCode.DONE
    assert dataset(house)["VZ-002"]["status"] == "loopt"


def test_who_is_named_to_settle_a_conflict_must_be_there(house: Path) -> None:
    done = run("review", answer(house, "bos"), "--take", "elders.xlsx", cwd=house)
    assert done.returncode == ExitCode.USAGE
    assert "elders.xlsx: that is none of the forms" in done.stderr


def test_an_answer_that_cannot_be_stops_everything_and_names_its_cell(house: Path) -> None:
    before = data_files(house)
    bos = answer(house, "bos", ("VZ-001", "status", "misschien"), ("VZ-002", "status", "klaar"))
    zee = answer(house, "zee", ("VZ-003", "lead", "Bos"))
    done = run("review", bos, zee, "--apply", cwd=house)
    assert done.returncode == ExitCode.DATA
    assert (
        "fout: terug-bos.xlsx, blad Uitvraag, cel G4, maatregel VZ-001, veld status: De status „misschien”"
        in done.stderr
    )
    assert "fout: terug-zee.xlsx, blad Uitvraag, cel H5, maatregel VZ-003, veld lead: De trekker Bos" in done.stderr
    assert data_files(house) == before


def test_a_new_row_is_added_only_when_that_is_accepted(house: Path) -> None:
    book = opened((house / FORMS.format("zee")).read_bytes())
    sheet = book[SHEET]
    row = sheet.max_row + 1
    texts = {
        "pillar": "Verzonnen pijler van het zand",
        "objective": "Nieuw",
        "activity": "Graven",
        "explanation": "Zo.",
    }
    for field, text in texts.items():
        sheet.cell(row, named_cells(book, f"shown_{field}")[0].column).value = text
    (house / "terug.xlsx").write_bytes(saved(book))
    listed = run("review", "terug.xlsx", "--apply", cwd=house)
    assert listed.returncode == ExitCode.DONE, listed.stderr
    assert "+ new measure proposed: 'Graven' (terug.xlsx, Uitvraag!A6)" in listed.stdout
    assert len(dataset(house)) == 3
    for _ in range(2):
        assert run("review", "terug.xlsx", "--accept-new", "--apply", cwd=house).returncode == ExitCode.DONE
    added = dataset(house)["VZ-004"]
    assert (added["pillar"], added["activity"], added["departments"]) == ("zand", "Graven", "Zee")
    assert len(dataset(house)) == 4
    assert run("check", cwd=house).returncode == ExitCode.DONE


def encrypted(_content: bytes) -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def with_macros(content: bytes) -> bytes:
    return repacked(content, "xl/vbaProject.bin", b"x")


def with_link(content: bytes) -> bytes:
    return repacked(content, "xl/externalLinks/externalLink1.xml", b"<a/>")


def with_doctype(content: bytes) -> bytes:
    return repacked(content, "xl/extra.xml", b"<!DOCTYPE a><a/>")


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def repacked(content: bytes, name: str, part: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for known in old.namelist():
            new.writestr(known, old.read(known))
        new.writestr(name, part)
    return file.getvalue()


def no_zip(_content: bytes) -> bytes:
    return b"geen werkboek"


HOSTILE = {
    encrypted: "it is encrypted",
    with_macros: "it holds macros",
    with_link: "it links to other workbooks",
    with_doctype: "has a DOCTYPE",
    cut_short: "it is a zip file that was cut short",
    no_zip: "it is not a zip file",
}


def test_every_hostile_or_broken_form_is_refused_by_name_and_the_others_are_read(house: Path) -> None:
    before = data_files(house)
    good = answer(house, "bos", ("VZ-001", "status", "klaar"))
    content = (house / FORMS.format("zee")).read_bytes()
    names = []
    for number, spoil in enumerate(HOSTILE):
        names.append(f"fout-{number}.xlsx")
        (house / names[-1]).write_bytes(spoil(content))
    (house / "brief.pdf").write_bytes(b"%PDF")
    done = run("review", *names, good, "brief.pdf", "weg.xlsx", "--apply", cwd=house)
    assert done.returncode == ExitCode.INPUT
    for name, reason in zip(names, HOSTILE.values(), strict=True):
        assert re.search(rf"report-builder: {name} is refused: .*{reason}", done.stderr), reason
    assert "brief.pdf is refused" in done.stderr
    assert "there is no form at weg.xlsx" in done.stderr
    assert "~ VZ-001 status: '' -> 'klaar'" in done.stdout
    assert "Traceback" not in done.stderr
    assert data_files(house) == before


def test_a_review_waits_for_nobody(house: Path) -> None:
    form = answer(house, "bos", ("VZ-001", "status", "klaar"))
    with only_run(house / "output", "a test"):
        assert run("review", form, "--apply", cwd=house).returncode == ExitCode.LOCKED
        assert run("review", form, cwd=house).returncode == ExitCode.DONE, "looking needs no lock"


def consistent(house: Path, old: dict[str, bytes], new: dict[str, bytes]) -> str:
    """Whether dataset and trail are both old or both new, once the next command has looked at them."""
    assert run("check", cwd=house).returncode == ExitCode.DONE
    now = {name: content for name, content in data_files(house).items() if not Path(name).name.startswith(".")}
    statuses = {b"klaar" in now["data/measures.csv"], f"data/reviews/{EDITION}.csv" in now}
    assert len(statuses) == 1, "a mixture"
    if statuses == {False}:
        assert now == old
        return "old"
    assert now["data/measures.csv"] == new["data/measures.csv"]
    return "new"


def test_kills_leave_dataset_and_trail_both_old_or_both_new(house: Path) -> None:
    if not shutil.which("strace"):
        pytest.skip("kills are injected with strace")
    check_kills(house, ["fsync:{}", "rename:{}"], (1, 2, 3))


@needs_strace
@pytest.mark.torture
def test_a_kill_at_every_call_leaves_dataset_and_trail_both_old_or_both_new(house: Path) -> None:
    check_kills(house, ["write:{}", "fsync:{}", "rename:{}", "unlink:{}", "close:{}"], range(1, 60))


def check_kills(house: Path, calls: list[str], numbers: Iterable[int]) -> None:
    form = answer(house, "bos", ("VZ-001", "status", "klaar"))
    old = data_files(house)
    done = house.parent / f"{house.name}-done"
    shutil.copytree(house, done)
    assert run("review", form, "--apply", cwd=done).returncode == ExitCode.DONE
    new = data_files(done)
    seen = set()
    for call in calls:
        for number in numbers:
            shutil.rmtree(house / "data")
            shutil.copytree(done / "data", house / "data", ignore=lambda *_: ["reviews"])
            (house / "data/measures.csv").write_bytes(old["data/measures.csv"])
            killed = run(
                "review", form, "--apply", cwd=house, under=injected(call.format(f"signal=SIGKILL:when={number}"))
            )
            seen.add((killed.returncode == 0, consistent(house, old, new)))
            if killed.returncode == 0:
                break
    assert {state for _, state in seen} == {"old", "new"}


@needs_strace
@pytest.mark.parametrize("fault", ["fsync:error=EIO:when=1", "fsync:error=ENOSPC:when=2", "rename:error=EIO:when=1"])
def test_a_fault_of_the_disk_changes_nothing(house: Path, fault: str) -> None:
    form = answer(house, "bos", ("VZ-001", "status", "klaar"))
    old = data_files(house)
    done = run("review", form, "--apply", cwd=house, under=injected(fault))
    assert done.returncode == ExitCode.OUTPUT, done.stderr
    assert consistent(house, old, {}) == "old"


@cache
def has_uno() -> bool:
    python = shutil.which("python3", path="/usr/bin")
    return bool(
        python
        and shutil.which("soffice")
        and subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode == 0
    )


def in_libreoffice(house: Path, form: str, *steps: list[Any]) -> str:
    """The form after a person did these steps in LibreOffice and saved it."""
    if not has_uno():
        pytest.skip("LibreOffice with Python is not installed")
    script = Path(__file__).parent / "libreoffice_session.py"
    given = [str(house / form), str(house / f"lo-{form}"), str(house / "profile"), json.dumps(steps)]
    command = ["/usr/bin/python3", str(script), *given]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=clean)
    return f"lo-{form}"


def test_a_form_that_libreoffice_only_opened_and_saved_says_nothing_new(house: Path) -> None:
    before = data_files(house)
    form = in_libreoffice(house, answer(house, "zee"))
    done = run("review", form, "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "problems: 0 error, 0 warning, 0 notice" in done.stderr
    assert "the forms say nothing new" in done.stderr
    assert data_files(house) == before


def test_a_form_that_was_turned_upside_down_in_libreoffice_says_what_was_typed(house: Path) -> None:
    steps: list[list[Any]] = [
        ["type_text", "VZ-001", "status", "klaar"],
        ["type_formula", "VZ-003", "deadline", "2030-12-24"],
        ["type_text", "VZ-003", "confirmed_for", "ja"],
        ["note", "VZ-001", "status", "Verzonnen vraag?"],
        ["colour", "VZ-003", "lead"],
        ["unprotect"],
        ["sort_backwards"],
        ["move_column", "answer_status", 2],
        ["hide_column", "shown_explanation"],
        ["rename_sheet", "Antwoord"],
        ["add_sheet", "Kladblad", "los briefje"],
    ]
    form = in_libreoffice(house, answer(house, "zee"), *steps)
    done = run("review", form, "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert {name: (row["status"], row["deadline"], row["confirmed_for"]) for name, row in dataset(house).items()} == {
        "VZ-001": ("klaar", "", ""),
        "VZ-002": ("", "", ""),
        "VZ-003": ("", "2030-12-24", EDITION),
    }
    assert "VZ-001 comment: 'Verzonnen vraag?'" in done.stdout
    assert "problems: 0 error, 1 warning, 1 notice" in done.stderr, "the sheet of their own, and the colour"


def test_a_briefing_is_reviewed_together_with_the_forms(house: Path) -> None:
    content = (house / BRIEFINGS.format("bos")).read_bytes()
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                text = data.decode()
                before, tag, after = text.partition('w:val="VZ-002|status"/>')
                assert tag
                data = (before + tag + after.replace("(nog niet aangeleverd)", "loopt", 1)).encode()
            new.writestr(name, data)
    (house / "terug.docx").write_bytes(file.getvalue())
    zee = answer(house, "zee", ("VZ-003", "status", "klaar"))
    done = run("review", "terug.docx", zee, BRIEFINGS.format("zee"), "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert [dataset(house)[name]["status"] for name in ("VZ-002", "VZ-003")] == ["loopt", "klaar"]
