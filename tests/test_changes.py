"""What changed between two states of the measures, and the laws that hold of it."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report_builder.commands.comparing import as_daff, as_json, as_text, difference
from report_builder.intake.dataset import write_dataset
from report_builder.intake.snapshot import Past
from report_builder.model import ALL_FIELDS, FIELDS, Change, Edition, Measure
from report_builder.problems import ExitCode
from report_builder.study.changes import apply, compare, continuity, joined, left
from tests.made_up import measure, past
from tests.test_cli import house, run

__all__ = ["house"]

NASTY = ("NULL", "_NULL", "->", "-->", "+++", "@@", "!", "...", "a\nb", "a\r\nb", '"', " a ", "=1", "01", "e\u0301")
TEXT = st.sampled_from(NASTY) | st.text(st.characters(codec="utf-8"), max_size=8)
ITEMS = st.lists(st.sampled_from(["AA", "AB", "AC"]), unique=True, max_size=3).map(tuple)


def measures() -> st.SearchStrategy[tuple[Measure, ...]]:
    one = st.builds(
        Measure,
        id=st.sampled_from([f"XX-{number:03}" for number in range(1, 7)]),
        pillar=st.sampled_from(["p1", "p2"]),
        objective=TEXT,
        activity=TEXT,
        explanation=TEXT,
        departments=ITEMS,
        lead=st.sampled_from(["", "AA"]),
        status=st.sampled_from(["", "loopt", "klaar"]),
        progress=TEXT,
        references=ITEMS,
        replaces=st.sampled_from([(), ("XX-009",), ("XX-009", "XX-008")]),
        line=st.sampled_from(["", "", "a"]),
        ended_in=st.sampled_from(["", "2030-Q1"]),
    )
    return st.lists(one, unique_by=lambda made: made.id, max_size=6).map(tuple)


def by_identifier(given_measures: tuple[Measure, ...]) -> dict[str, Measure]:
    return {made.id: made for made in given_measures}


@given(measures(), measures())
def test_applying_what_changed_gives_the_new_state(old: tuple[Measure, ...], new: tuple[Measure, ...]) -> None:
    assert by_identifier(apply(old, compare(old, new).changes)) == by_identifier(new)


@given(measures())
def test_a_state_compared_with_itself_has_no_changes(state: tuple[Measure, ...]) -> None:
    assert compare(state, state).changes == ()
    assert compare(state, tuple(reversed(state))).changes == ()


@given(measures(), measures(), measures())
def test_changes_over_three_editions_compose(
    first: tuple[Measure, ...], second: tuple[Measure, ...], third: tuple[Measure, ...]
) -> None:
    step_by_step = apply(apply(first, compare(first, second).changes), compare(second, third).changes)
    assert by_identifier(step_by_step) == by_identifier(apply(first, compare(first, third).changes))


@given(measures(), measures())
def test_every_measure_is_added_removed_altered_or_the_same(old: tuple[Measure, ...], new: tuple[Measure, ...]) -> None:
    found = compare(old, new)
    same = {name for name in found.old.keys() & found.new.keys() if found.old[name] == found.new[name]}
    parts = [{m.id for m in found.added}, {m.id for m in found.removed}, set(found.altered), same]
    assert set().union(*parts) == found.old.keys() | found.new.keys()
    assert sum(map(len, parts)) == len(found.old.keys() | found.new.keys())


@pytest.mark.parametrize("there", [(measure(1, status="klaar"),), ()], ids=["changed", "gone"])
def test_a_field_that_somebody_else_changed_is_never_overwritten(there: tuple[Measure, ...]) -> None:
    with pytest.raises(ValueError, match="XX-001: status is not"):
        apply(there, (Change("XX-001", "status", "", "loopt"),))


def test_ministries_join_and_leave() -> None:
    (change,) = compare((measure(1, departments=("AA", "AB")),), (measure(1, departments=("AC", "AB")),)).changes
    assert (joined(change), left(change)) == (("AC",), ("AA",))


def test_a_measure_that_vanished_or_came_back_is_a_problem() -> None:
    old = (measure(1), measure(2, ended_in="2030-Q1"), measure(3, ended_in="2029-Q4"), measure(4))
    new = (measure(2), measure(4, ended_in="2030-Q2"))
    found = [(problem.code, problem.place.measure) for problem in continuity(compare(old, new))]
    assert found == [("measure-vanished", "XX-001"), ("measure-came-back", "XX-002")]


def successor(house: Path) -> Path:
    """A made-up later state of the real dataset: one measure more, one ended, one reworded with awkward texts."""
    path = house / "made-up-successor.csv"
    text = (house / "data/measures.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    ended, status = FIELDS.index("ended_in"), FIELDS.index("status")
    rows[3][ended], rows[5][status] = "2021-Q2", "in uitvoering"
    rows[7][FIELDS.index("objective")] = 'Verzonnen -> "pijl", en ook -->'
    rows.append(["SG-057", "kennis", "Verzonnen", "b", "c", "OCW", *[""] * 6, "SG-003", "", "verzonnen"])
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    path.write_text(file.getvalue(), encoding="utf-8")
    return path


def test_changes_between_an_edition_and_a_file_as_text(house: Path) -> None:
    done = run("changes", "2021-Q1", successor(house), cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "1 added, 0 removed, 3 changed" in done.stderr
    assert "+ SG-057: b (replaces SG-003)" in done.stdout
    assert "status: '' -> 'in uitvoering'" in done.stdout


def test_changes_as_json_name_old_and_new_of_each_field(house: Path) -> None:
    record = json.loads(run("changes", "2021-Q1", successor(house), "--format", "json", cwd=house).stdout)
    assert [measure["id"] for measure in record["added"]] == ["SG-057"]
    assert record["removed"] == []
    fields = {entry["id"]: entry["fields"] for entry in record["changed"]}
    assert fields["SG-003"] == {"ended_in": {"old": "", "new": "2021-Q2"}}


DAFF = Path(sys.executable).parent / "daff"


@cache
def daff() -> Any:
    """The real daff, in this process: as a command it takes a second for each table."""
    specification = spec_from_file_location("daff", DAFF.with_suffix(".py"))
    assert specification
    assert specification.loader
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def dataset(given_measures: tuple[Measure, ...]) -> Past:
    columns = ALL_FIELDS if any(made.line for made in given_measures) else FIELDS
    return replace(past(Edition(2030, 1), *given_measures), columns=columns)


def cells(state: Past) -> list[list[str]]:
    return [list(state.columns), *([made.text(field) for field in state.columns] for made in state.measures)]


@settings(max_examples=100, deadline=None)
@given(measures(), measures())
def test_daff_makes_the_new_table_of_the_old_one_whatever_stands_in_it(
    old: tuple[Measure, ...], new: tuple[Measure, ...]
) -> None:
    before, after = dataset(old), dataset(new)
    patch = list(csv.reader(io.StringIO(as_daff(difference(before, after)), newline="")))
    table = daff().PythonTableView(cells(before))
    assert daff().HighlightPatch(table, daff().PythonTableView(patch)).apply()
    columns, *rows = ([value or "" for value in row] for row in table.data)
    assert tuple(columns) == after.columns
    assert sorted(rows) == sorted(cells(after)[1:])


def test_a_line_that_is_new_is_told_in_every_shape() -> None:
    found = difference(dataset((measure(1),)), dataset((measure(1, line="a"), measure(2, line="a"))))
    assert "line: '' -> 'a'" in as_text(found)
    record = json.loads(as_json(found))
    assert record["added"][0]["line"] == "a"
    assert record["changed"] == [{"id": "XX-001", "fields": {"line": {"old": "", "new": "a"}}}]
    assert as_daff(found).splitlines()[0].endswith(",+++")


def test_daff_applies_our_table_and_gets_the_new_state(house: Path) -> None:
    new = successor(house)
    (house / "diff.csv").write_text(
        run("changes", "2021-Q1", new, "--format", "csv", cwd=house).stdout, encoding="utf-8"
    )
    given_files = ["patch", "--output", "patched.csv", "data/measures.csv", "diff.csv"]
    subprocess.run([str(DAFF), *given_files], cwd=house, check=True, capture_output=True)
    done = run("changes", "patched.csv", new, cwd=house)
    assert "0 added, 0 removed, 0 changed" in done.stderr


def test_the_real_edition_compared_with_itself_has_no_changes(house: Path) -> None:
    done = run("changes", "2021-Q1", "data/measures.csv", cwd=house)
    assert (done.returncode, done.stdout) == (ExitCode.DONE, "")


@pytest.mark.parametrize(
    ("old", "code", "said"),
    [
        ("2020-Q4", ExitCode.INPUT, "neither closed nor the edition"),
        ("weg.csv", ExitCode.INPUT, "there is no dataset"),
        ("twice.csv", ExitCode.DATA, "identifiers twice: XX-001"),
    ],
)
def test_what_cannot_be_compared_is_one_line(house: Path, old: str, code: ExitCode, said: str) -> None:
    (house / "twice.csv").write_bytes(write_dataset((measure(1), measure(1)), Path("twice.csv")))
    done = run("changes", old, "data/measures.csv", cwd=house)
    assert done.returncode == code
    assert said in done.stderr
