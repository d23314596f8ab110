"""`changes`: what differs between two editions or files, for people, for programs, and for daff."""

import argparse
import csv
import io
import json
from pathlib import Path

from report_builder.console import Console
from report_builder.editions import closed_editions, plan_of
from report_builder.intake.dataset import read_dataset
from report_builder.intake.inputs import read_input
from report_builder.model import FIELDS, LIST_FIELDS, Edition, Measure
from report_builder.problems import ExitCode, Stop, errors_in
from report_builder.settings import Plan, load_plan
from report_builder.study.changes import Comparison, compare, continuity, joined, left
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
    comparison = compare(measures_of(plan, arguments.old), measures_of(plan, arguments.new))
    shown = {"text": as_text, "json": as_json, "csv": as_daff}[arguments.format](comparison)
    if shown:
        console.result(shown)
    counts = f"{len(comparison.added)} added, {len(comparison.removed)} removed, {len(comparison.altered)} changed"
    console.say(f"{arguments.old} to {arguments.new}: {counts}")
    problems = tuple(continuity(comparison))
    console.problems(problems, texts)
    return ExitCode.DATA if errors_in(problems) else ExitCode.DONE


def measures_of(plan: Plan, name: str) -> tuple[Measure, ...]:
    """The measures of an edition, frozen or present, or of a dataset file. Raise Stop when they cannot be read."""
    path = _dataset(plan, name)
    found = read_dataset(read_input(path, "dataset"))
    if found.problems:
        raise Stop(ExitCode.INPUT, f"the dataset {path} has {len(found.problems)} faulty row(s)", found.problems)
    names = [measure.id for measure in found.measures]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Stop(ExitCode.DATA, f"the dataset {path} has identifiers twice: {', '.join(twice)}")
    return found.measures


def _dataset(plan: Plan, name: str) -> Path:
    try:
        edition = Edition.parse(name)
    except ValueError:
        return Path(name)
    if edition not in (plan.edition, *closed_editions(plan)):
        raise Stop(ExitCode.INPUT, f"{edition} is neither frozen nor the edition that the dataset stands for")
    return plan_of(plan, edition).dataset


def as_text(comparison: Comparison) -> str:
    lines = [f"+ {measure.id}: {measure.activity}" for measure in comparison.added]
    lines += [f"- {measure.id}: {measure.activity}" for measure in comparison.removed]
    for name, changes in comparison.altered.items():
        lines.append(f"~ {name}: {comparison.new[name].activity}")
        for change in changes:
            if change.field in LIST_FIELDS and (joined(change) or left(change)):
                words = [f"+{item}" for item in joined(change)] + [f"-{item}" for item in left(change)]
                lines.append(f"    {change.field}: {' '.join(words)}")
            else:
                lines.append(f"    {change.field}: {change.old!r} -> {change.new!r}")
    return "\n".join(lines)


def as_json(comparison: Comparison) -> str:
    record = {
        "added": [_fields(measure) for measure in comparison.added],
        "removed": [_fields(measure) for measure in comparison.removed],
        "changed": [
            {"id": name, "fields": {change.field: {"old": change.old, "new": change.new} for change in changes}}
            for name, changes in comparison.altered.items()
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=2)


def _fields(measure: Measure) -> dict[str, str]:
    return {name: measure.text(name) for name in FIELDS}


def as_daff(comparison: Comparison) -> str:
    """daff's highlighter format: `+++` and `---` before rows, and `old->new` in cells.

    The arrow is made longer until it stands in none of the texts, as daff wants it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["@@", *FIELDS])
    for name, changes in comparison.altered.items():
        touched = {change.field: change for change in changes}
        cells = [comparison.new[name].text(field) for field in FIELDS]
        arrow = "->"
        while any(arrow in value for value in (*cells, *(change.old or "" for change in changes))):
            arrow = f"-{arrow}"
        shown = [
            f"{change.old}{arrow}{change.new}" if (change := touched.get(field)) else cell
            for field, cell in zip(FIELDS, cells, strict=True)
        ]
        writer.writerow([arrow, *shown])
    for sign, measures in (("+++", comparison.added), ("---", comparison.removed)):
        writer.writerows([sign, *(measure.text(field) for field in FIELDS)] for measure in measures)
    return text.getvalue().rstrip("\n")
