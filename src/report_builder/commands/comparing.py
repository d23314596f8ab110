"""`changes`: what differs between two editions or files, for people, for programs, and for daff."""

import argparse
import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from report_builder.console import Console
from report_builder.editions import measures_in, state_of_edition
from report_builder.intake.inputs import read_input
from report_builder.intake.register import read_register
from report_builder.intake.snapshot import Past
from report_builder.model import ALL_FIELDS, FIELDS, LIST_FIELDS, Edition, Measure
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
    old, new = (state_of(plan, name) for name in (arguments.old, arguments.new))
    names = new_names(old, new.register, new.as_of)
    name_changes = tuple(renames(old, new.measures, names))
    comparison = compare((renamed(measure, names) for measure in old.measures), new.measures)
    if shown := SHAPES[arguments.format](comparison, name_changes):
        console.result(shown)
    counts = f"{len(comparison.added)} added, {len(comparison.removed)} removed, {len(comparison.altered)} changed"
    console.say(f"{arguments.old} to {arguments.new}: {counts}, {len(name_changes)} renamed ministry(s)")
    problems = tuple(continuity(comparison))
    console.problems(problems, texts)
    return ExitCode.DATA if errors_in(problems) else ExitCode.DONE


def state_of(plan: Plan, name: str) -> Past:
    """The measures of an edition, closed or being made, or of a dataset file, which then counts as of the plan's date.

    Raise Stop when they cannot be read.
    """
    try:
        edition = Edition.parse(name)
    except ValueError:
        measures = measures_in(read_input(Path(name), "dataset"))
        register = read_register(read_input(plan.departments, "list of ministries", ExitCode.PLAN))
        return Past(plan.edition, 0, plan, plan.as_of, register, measures)
    return state_of_edition(plan, edition)


def as_text(comparison: Comparison, name_changes: Sequence[Rename]) -> str:
    lines = [f"+ {measure.id}: {measure.activity}" for measure in comparison.added]
    lines += [f"- {measure.id}: {measure.activity}" for measure in comparison.removed]
    for name, changes in comparison.altered.items():
        lines.append(f"~ {name}: {comparison.new[name].activity}")
        for change in changes:
            kind = f"{known}: " if (known := KINDS.get(change.field)) and known != change.field else ""
            if change.field in LIST_FIELDS and (joined(change) or left(change)):
                words = [f"+{item}" for item in joined(change)] + [f"-{item}" for item in left(change)]
                lines.append(f"    {kind}{change.field}: {' '.join(words)}")
            else:
                lines.append(f"    {kind}{change.field}: {change.old!r} -> {change.new!r}")
    lines += [f"= {r.measure}: {r.former.code} is now {r.present.code} ({r.present.name})" for r in name_changes]
    return "\n".join(lines)


def as_json(comparison: Comparison, name_changes: Sequence[Rename]) -> str:
    record = {
        "added": [_fields(measure) for measure in comparison.added],
        "removed": [_fields(measure) for measure in comparison.removed],
        "changed": [
            {"id": name, "fields": {change.field: {"old": change.old, "new": change.new} for change in changes}}
            for name, changes in comparison.altered.items()
        ],
        "renamed": [{"id": r.measure, "former": r.former.code, "present": r.present.code} for r in name_changes],
    }
    return json.dumps(record, ensure_ascii=False, indent=2)


def _fields(measure: Measure) -> dict[str, str]:
    return {name: measure.text(name) for name in FIELDS}


def as_daff(comparison: Comparison, _name_changes: Sequence[Rename]) -> str:
    """daff's highlighter format: `+++` and `---` before rows, and `old->new` in cells. It knows no change of name.

    The arrow is made longer until it stands in none of the texts, as daff wants it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fields = _columns(comparison)
    writer.writerow(["@@", *fields])
    for name, changes in comparison.altered.items():
        touched = {change.field: change for change in changes}
        cells = [comparison.new[name].text(field) for field in fields]
        arrow = "->"
        while any(arrow in value for value in (*cells, *(change.old or "" for change in changes))):
            arrow = f"-{arrow}"
        shown = [
            f"{change.old}{arrow}{change.new}" if (change := touched.get(field)) else cell
            for field, cell in zip(fields, cells, strict=True)
        ]
        writer.writerow([arrow, *shown])
    for sign, measures in (("+++", comparison.added), ("---", comparison.removed)):
        writer.writerows([sign, *(measure.text(field) for field in fields)] for measure in measures)
    return text.getvalue().rstrip("\n")


def _columns(comparison: Comparison) -> tuple[str, ...]:
    """The columns of the dataset: with `line` when a measure has one."""
    measures = (*comparison.old.values(), *comparison.new.values())
    return ALL_FIELDS if any(measure.line for measure in measures) else FIELDS


SHAPES = {"text": as_text, "json": as_json, "csv": as_daff}
