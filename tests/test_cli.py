"""The command line as an operator meets it: a second process, real files, exit codes and single lines."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from report_builder.model import FIELDS
from report_builder.problems import ExitCode

ROOT = Path(__file__).parent.parent


def run(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "report_builder", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of data and templates that a test may break, of before the real edition was closed."""
    for name in ("data", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("editions"))
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_build_publishes_and_prints_where(house: Path) -> None:
    done = run("build", "2021-Q1", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert done.stdout.strip() == str(Path("output/2021-Q1"))
    assert "56 rows in, 56 measures out" in done.stderr
    assert "voorkomen 16, signaleren 11, stoppen 14, samenwerken 8, kennis 7" in done.stderr
    assert "BZ 2, EZK 1, JenV 32, OCW 12, SZW 5, VWS 29" in done.stderr


def test_a_dry_run_writes_nothing(house: Path) -> None:
    before = everything(house)
    assert run("build", "--dry-run", cwd=house).returncode == ExitCode.DONE
    assert everything(house) == before


def test_the_import_gives_the_dataset_that_is_there(house: Path) -> None:
    before = everything(house)
    source, corrections = "data/source/kst-34843-45-bijlage.txt", "data/source/corrections.toml"
    done = run("import", source, "--corrections", corrections, "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "already holds exactly this" in done.stderr
    assert "DOUBTFUL lines 39-55" in done.stdout
    assert everything(house) == before


def test_the_import_into_a_new_file_is_a_dry_run_until_asked(house: Path) -> None:
    source, corrections = "data/source/kst-34843-45-bijlage.txt", "data/source/corrections.toml"
    given = ("import", source, "--corrections", corrections, "--into", "new.csv")
    assert run(*given, cwd=house).returncode == ExitCode.DONE
    assert not (house / "new.csv").exists()
    assert run(*given, "--apply", cwd=house).returncode == ExitCode.DONE
    assert (house / "new.csv").read_bytes() == (ROOT / "data/measures.csv").read_bytes()


def test_a_source_without_its_corrections_changes_nothing_and_names_every_line(house: Path) -> None:
    before = everything(house)
    done = run("import", "data/source/kst-34843-45-bijlage.txt", "--apply", cwd=house)
    assert done.returncode == ExitCode.DATA
    assert (
        len([line for line in done.stderr.splitlines() if line.startswith("fout: kst-34843-45-bijlage.txt, regel")])
        > 20
    )
    assert everything(house) == before


def test_five_faults_in_the_plan_are_five_lines(house: Path) -> None:
    plan = house / "data/plan.toml"
    edit(plan, 'dossier = "34 843"', 'dossier = "34843"')
    edit(plan, "as_of = 2021-02-04", 'as_of = "gisteren"')
    edit(plan, 'edition = "2021-Q1"', 'edition = "2021-Q5"')
    edit(plan, 'id = "signaleren"', 'id = "Signaleren!"')
    edit(plan, "letter = 45\n", "colour = 1\n")
    done = run("check", cwd=house)
    assert done.returncode == ExitCode.PLAN
    lines = done.stderr.splitlines()
    assert "6 fault(s)" in lines[-1]
    for field in ("dossier", "as_of", "edition", "pillars.1.id", "letter", "colour"):
        assert any(f"veld {field}:" in line for line in lines), field
    assert sum("plan.toml, regel" in line for line in lines) == 5, "all but the missing one have a line"


BROKEN: dict[str, tuple[Callable[[Path], object], ExitCode, str]] = {
    "no plan": (lambda house: (house / "data/plan.toml").unlink(), ExitCode.PLAN, "there is no plan"),
    "plan is no TOML": (lambda house: (house / "data/plan.toml").write_text("a = ["), ExitCode.PLAN, "not valid TOML"),
    "no dataset": (lambda house: (house / "data/measures.csv").unlink(), ExitCode.INPUT, "there is no dataset"),
    "empty dataset": (lambda house: (house / "data/measures.csv").write_bytes(b""), ExitCode.INPUT, "is empty"),
    "dataset in Windows-1252": (
        lambda house: (house / "data/measures.csv").write_bytes(f"{','.join(FIELDS)}\né\n".encode("cp1252")),
        ExitCode.INPUT,
        "is not UTF-8: e9 in line 2 is no letter",
    ),
    "dataset without its columns": (
        lambda house: (house / "data/measures.csv").write_text("a,b\n1,2\n"),
        ExitCode.INPUT,
        "must have the columns",
    ),
    "zero rows": (
        lambda house: (house / "data/measures.csv").write_text(
            (ROOT / "data/measures.csv").read_text(encoding="utf-8").splitlines()[0] + "\n"
        ),
        ExitCode.DATA,
        "geen enkele maatregel",
    ),
    "no texts": (lambda house: (house / "templates/texts.toml").unlink(), ExitCode.PLAN, "the texts are not at"),
    "no ministries": (lambda house: (house / "data/departments.csv").unlink(), ExitCode.PLAN, "there is no list of"),
    "no corrections": (
        lambda house: (house / "data/source/corrections.toml").unlink(),
        ExitCode.INPUT,
        "there is no list of corrections",
    ),
    "output is a file": (lambda house: (house / "output").write_text("x"), ExitCode.OUTPUT, "cannot be written"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_ends_in_its_exit_code_and_one_clear_line(house: Path, name: str) -> None:
    break_it, code, said = BROKEN[name]
    break_it(house)
    before = everything(house)
    done = run("build", cwd=house)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert everything(house) == before


def test_errors_in_the_data_stop_publication_and_leave_the_last_set(house: Path) -> None:
    assert run("build", cwd=house).returncode == ExitCode.DONE
    edit(house / "data/measures.csv", "OCW,,,,", "OCWW,,,,")
    edit(house / "data/measures.csv", ",voorkomen,", ",voorkomne,")
    before = everything(house)
    done = run("build", cwd=house)
    assert done.returncode == ExitCode.DATA
    assert "maatregel SG-001, veld pillar" in done.stderr
    assert "lijkt op OCW" in done.stderr
    assert everything(house) == before


@pytest.mark.parametrize("given", [(), ("onzin",), ("build", "2021-Q5"), ("build", "--colour")])
def test_wrong_usage_is_exit_code_2(given: tuple[str, ...]) -> None:
    assert run(*given).returncode == ExitCode.USAGE


@pytest.mark.parametrize("command", ["build", "check", "import"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = run(command, "-h")
    assert done.returncode == ExitCode.DONE
    assert f"example:\n  report-builder {command}" in done.stdout
    assert "--plan PATH" in done.stdout


def test_check_reports_as_text_json_and_csv(house: Path) -> None:
    for form, sign in (
        ("text", "opmerking: kst-34843"),
        ("json", '"code": "source-doubtful"'),
        ("csv", "level,code,file"),
    ):
        done = run("check", "--format", form, cwd=house)
        assert done.returncode == ExitCode.DONE
        assert sign in done.stdout
