"""A made-up successor of the real edition, for the tests: every kind of change, none of it true of any measure."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

from report_builder.model import FIELDS
from report_builder.problems import ExitCode
from tests.test_cli import ROOT, edit, run

REASON = "Verzonnen reden: zo gepubliceerd."
ADDED = {
    "pillar": "kennis",
    "objective": "Verzonnen doel",
    "explanation": "Verzonnen toelichting.",
    "departments": "VWS",
    "source": "verzonnen",
}

Rows = dict[str, dict[str, str]]


def new_house(folder: Path) -> Path:
    """A copy of the real data and templates, of before any edition was closed."""
    for name in ("data", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("editions"))
    return folder


def close_edition(house: Path, edition: str, *given: str) -> None:
    done = run("close", edition, "--force", REASON, *given, "--apply", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr


def open_edition(house: Path, before: str, edition: str, as_of: tuple[str, str]) -> None:
    """Let the plan stand for a next edition."""
    edit(house / "data/plan.toml", f'edition = "{before}"', f'edition = "{edition}"')
    edit(house / "data/plan.toml", f"as_of = {as_of[0]}", f"as_of = {as_of[1]}")


def change_measures(house: Path, change: Callable[[Rows], None]) -> None:
    path = house / "data/measures.csv"
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))}
    change(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows.values())
    path.write_text(text.getvalue(), encoding="utf-8")


def made_up_changes(rows: Rows) -> None:
    rows["SG-001"] |= {"status": "in uitvoering", "confirmed_for": "2021-Q2"}
    rows["SG-002"] |= {"confirmed_for": "2021-Q2"}
    rows["SG-003"]["explanation"] = rows["SG-003"]["explanation"].replace("Vier", "Vijf", 1) + " Verzonnen zin."
    rows["SG-004"]["departments"] = "OCW;VWS;BZ"
    rows["SG-005"]["pillar"] = "stoppen"
    rows["SG-006"]["ended_in"] = "2021-Q2"
    rows["SG-007"] |= {"lead": rows["SG-007"]["departments"].split(";")[0], "deadline": "2021-Q4"}
    rows["SG-008"] |= {"progress": "Verzonnen voortgang.", "references": "34 843, nr. 45"}
    rows["SG-009"]["ended_in"] = "2021-Q2"
    rows["SG-010"]["ended_in"] = "2021-Q2"
    for number, replaced in ((57, "SG-006"), (58, "SG-006"), (59, "SG-009;SG-010"), (60, "")):
        name = f"SG-{number:03}"
        rows[name] = {"id": name, "activity": f"Verzonnen activiteit {number}", "replaces": replaced, **ADDED}


def made_up_successor(folder: Path) -> Path:
    """A house in which 2021-Q1 is closed and 2021-Q2 is being made, with every kind of change."""
    house = new_house(folder)
    close_edition(house, "2021-Q1")
    open_edition(house, "2021-Q1", "2021-Q2", ("2021-02-04", "2021-06-30"))
    change_measures(house, made_up_changes)
    return house
