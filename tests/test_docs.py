"""The reference is what the code says: commands, exit codes, keys of the plan, columns of the dataset."""

import csv
import re
import subprocess
import sys
from pathlib import Path

from report_builder.cli import COMMANDS
from report_builder.intake.register import COLUMNS
from report_builder.intake.trail import COLUMNS as TRAIL
from report_builder.intake.trail import Outcome
from report_builder.model import ALL_FIELDS, FIELDS
from report_builder.problems import ExitCode
from report_builder.settings import PLAN

ROOT = Path(__file__).parent.parent

MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.USAGE: "wrong usage: an unknown command or argument",
    ExitCode.DATA: "errors in the data; nothing was published",
    ExitCode.PLAN: "plan, settings or templates are wrong",
    ExitCode.INPUT: "an input cannot be read",
    ExitCode.OUTPUT: "the output cannot be written",
    ExitCode.LOCKED: "another run holds the lock",
    ExitCode.CONFLICT: "the review has conflicts; nothing was applied",
    ExitCode.VERIFICATION: "verification failed: files were changed, are missing, or are too many",
    ExitCode.INTERNAL: "internal error; the place of the report is printed",
    ExitCode.INTERRUPTED: "interrupted",
}


def help_of(*command: str) -> str:
    environment = {"COLUMNS": "100", "PATH": "", "PYTHONPATH": str(ROOT / "src")}
    given = [sys.executable, "-m", "report_builder", *command, "-h"]
    return subprocess.run(given, capture_output=True, text=True, check=True, env=environment, cwd=ROOT).stdout.strip()


def reference() -> str:
    """The page as the code would have it."""
    parts = [
        "# Commands and exit codes",
        "This page is made from the code by `make golden`; a test keeps it true. Standard output is for results,\n"
        "standard error for progress and messages. An expected error never shows a traceback.",
        "## Exit codes",
        "| code | meaning |\n|---|---|\n" + "\n".join(f"| {code.value} | {MEANINGS[code]} |" for code in ExitCode),
        f"## report-builder\n\n```\n{help_of()}\n```",
        *(f"## {name}\n\n```\n{help_of(name)}\n```" for name in COMMANDS),
    ]
    return "\n\n".join(parts) + "\n"


def test_the_page_of_commands_is_what_the_commands_say(renew_golden: bool) -> None:
    page = ROOT / "docs/commands.md"
    if renew_golden:
        page.write_text(reference(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == reference()


def keys_in(page: str, heading: str) -> set[str]:
    """The names in the first column of the table under this heading."""
    section = page.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0]
    return {
        name for row in re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }


def test_the_page_of_the_plan_names_every_key_and_column() -> None:
    page = (ROOT / "docs/plan.md").read_text(encoding="utf-8")
    keys = PLAN.keys - {"path", "content"}
    assert keys_in(page, "# The plan: `data/plan.toml`") == keys
    assert keys_in(page, "## The list of ministries: `data/departments.csv`") == set(COLUMNS)
    assert keys_in(page, "## The dataset: `data/measures.csv`") == set(ALL_FIELDS)


def test_the_page_of_reviews_names_every_column_of_the_trail() -> None:
    page = (ROOT / "docs/review.md").read_text(encoding="utf-8")
    assert keys_in(page, "## The trail") == set(TRAIL)
    assert all(f"`{outcome}`" in page for outcome in Outcome)


def test_the_dataset_has_the_columns_of_the_reference() -> None:
    with (ROOT / "data/measures.csv").open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == FIELDS


def test_every_page_that_is_linked_exists() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"
