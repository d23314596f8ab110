"""`changes`: what differs between two editions or files, for people, for programs, and for daff."""

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from report_builder.console import Console
from report_builder.editions import faultless, state_of_edition
from report_builder.intake.dataset import csv_text
from report_builder.intake.inputs import read_input
from report_builder.intake.register import read_register
from report_builder.intake.snapshot import Past
from report_builder.model import LINE, LIST_FIELDS, Change, Edition, Measure
from report_builder.problems import ExitCode, errors_in
from report_builder.settings import Plan, load_plan
from report_builder.study.changes import Comparison, compare, continuity, joined, left
from report_builder.study.renames import Rename, new_names, renamed, renames
from report_builder.study.since import KINDS
from report_builder.texts import load_texts

EXAMPLE = "report-builder changes 2021-Q1 data/measures.csv --format json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="an edition such as 2021-Q1, or a dataset file")
    parser.add_argument("new", metavar="NEW", help="the same")
    parser.add_argument(
        "--format", choices=("text", "json", "csv"), default="text", help="csv is daff's highlighter format"
    )


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    texts = load_texts(*plan.texts)
    found = difference(*(state_of(plan, name) for name in (arguments.old, arguments.new)))
    if shown := SHAPES[arguments.format](found):
        console.result(shown)
    comparison = found.comparison
    counts = f"{len(comparison.added)} added, {len(comparison.removed)} removed, {len(comparison.altered)} changed"
    console.say(f"{arguments.old} to {arguments.new}: {counts}, {len(found.renames)} renamed ministry(s)")
    problems = tuple(continuity(comparison))
    console.problems(problems, texts)
    return ExitCode.DATA if errors_in(problems) else ExitCode.DONE


@dataclass(frozen=True, slots=True)
class Difference:
    """Two states and what differs. In `comparison` the old one has the present names of its ministries."""

    old: Past
    new: Past
    comparison: Comparison
    renames: tuple[Rename, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of both datasets together."""
        return max(self.old.columns, self.new.columns, key=len)


def difference(old: Past, new: Past) -> Difference:
    names = new_names(old, new.register, new.as_of)
    comparison = compare((renamed(measure, names) for measure in old.measures), new.measures)
    return Difference(old, new, comparison, tuple(renames(old, new.measures, names)))


def state_of(plan: Plan, name: str) -> Past:
    """The measures of an edition, closed or being made, or of a dataset file, which then counts as of the plan's date.

    Raise Stop when they cannot be read.
    """
    try:
        edition = Edition.parse(name)
    except ValueError:
        dataset = faultless(read_input(Path(name), "dataset"))
        register = read_register(read_input(plan.departments, "list of ministries", ExitCode.PLAN))
        return Past(plan.edition, 0, plan, plan.as_of, register, dataset.measures, columns=dataset.columns)
    return state_of_edition(plan, edition)


def as_text(found: Difference) -> str:
    """A line for each measure that came, went or changed, and under it one for each field that is another."""
    comparison = found.comparison
    lines = [f"+ {measure.id}: {measure.activity}{_instead_of(measure)}" for measure in comparison.added]
    lines += [f"- {measure.id}: {measure.activity}" for measure in comparison.removed]
    for name, changes in comparison.altered.items():
        lines.append(f"~ {name}: {comparison.new[name].activity}")
        lines += [f"    {_in_words(change)}" for change in changes]
    lines += [f"= {r.measure}: {r.former.code} is now {r.present.code} ({r.present.name})" for r in found.renames]
    return "\n".join(lines)


def _instead_of(measure: Measure) -> str:
    return f" (replaces {', '.join(measure.replaces)})" if measure.replaces else ""


def _in_words(change: Change) -> str:
    kind = f"{known}: " if (known := KINDS.get(change.field)) and known != change.field else ""
    if change.field in LIST_FIELDS and (joined(change) or left(change)):
        words = [f"+{item}" for item in joined(change)] + [f"-{item}" for item in left(change)]
        return f"{kind}{change.field}: {' '.join(words)}"
    return f"{kind}{change.field}: {change.old!r} -> {change.new!r}"


def as_json(found: Difference) -> str:
    comparison = found.comparison
    record = {
        "added": [_fields(measure, found.new.columns) for measure in comparison.added],
        "removed": [_fields(measure, found.old.columns) for measure in comparison.removed],
        "changed": [
            {"id": name, "fields": {change.field: {"old": change.old, "new": change.new} for change in changes}}
            for name, changes in comparison.altered.items()
        ],
        "renamed": [{"id": r.measure, "former": r.former.code, "present": r.present.code} for r in found.renames],
    }
    return json.dumps(record, ensure_ascii=False, indent=2)


def _fields(measure: Measure, columns: tuple[str, ...]) -> dict[str, str]:
    return {name: measure.text(name) for name in columns}


def as_daff(found: Difference) -> str:
    """daff's highlighter format, which makes the new table of the old one: so a change of name is one of text too.

    A row `!` names a column that came or went. `+++` and `---` stand before whole rows, `->` before those with changed
    cells, `+` before those with a text in a new column alone.
    """
    return csv_text(_daff_rows(found)).rstrip("\n")


def _daff_rows(found: Difference) -> Iterator[list[str]]:
    comparison = compare(found.old.measures, found.new.measures)
    fields = found.columns
    apart = LINE if found.old.columns != found.new.columns else ""
    came = apart and apart in found.new.columns
    if apart:
        yield ["!", *("" for _ in fields[1:]), "+++" if came else "---"]
    yield ["@@", *fields]
    added, removed = list(comparison.added), list(comparison.removed)
    for name, changes in comparison.altered.items():
        old, new = comparison.old[name], comparison.new[name]
        if any(map(_of_spaces, changes)):
            removed.append(old)
            added.append(new)
        elif came or any(change.field != apart for change in changes):
            yield _daff_row(old, new, fields, apart)
    for sign, measures in (("+++", added), ("---", removed)):
        yield from ([sign, *(measure.text(field) for field in fields)] for measure in measures)


def _of_spaces(change: Change) -> bool:
    """Whether only spaces differ. daff would write a sign for a space into such a cell, so the whole row is another."""
    return (change.old or "").replace(" ", "") == (change.new or "").replace(" ", "")


def _daff_row(old: Measure, new: Measure, fields: tuple[str, ...], apart: str) -> list[str]:
    """A changed row, with `old->new` in its changed cells. A column that only one table has, `apart`, has its own text.

    The arrow is made longer until it stands in none of the texts, as daff wants it.
    """
    texts = [(old.text(field), new.text(field)) for field in fields]
    arrow = "->"
    while any(arrow in text for pair in texts for text in pair):
        arrow = f"-{arrow}"
    changed = [before != after and field != apart for field, (before, after) in zip(fields, texts, strict=True)]
    cells = (
        f"{_not_null(before)}{arrow}{_not_null(after)}" if differs else after or (before if field == apart else "")
        for field, (before, after), differs in zip(fields, texts, changed, strict=True)
    )
    return [arrow if any(changed) else "+", *cells]


def _not_null(text: str) -> str:
    """daff reads the word NULL in a changed cell as no value, and takes one underscore off where there are some."""
    return f"_{text}" if re.fullmatch("_*NULL", text) else text


SHAPES = {"text": as_text, "json": as_json, "csv": as_daff}
