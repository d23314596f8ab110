"""`history`: the life of one measure over all closed editions, and as it is now."""

import argparse
import json
from itertools import pairwise

from report_builder.console import Console
from report_builder.editions import all_states
from report_builder.intake.snapshot import Past
from report_builder.model import ALL_FIELDS, Change, Measure
from report_builder.problems import ExitCode, Stop
from report_builder.settings import load_plan
from report_builder.study.changes import compare

EXAMPLE = "report-builder history SG-012"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("measure", metavar="ID", help="the identifier of a measure")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    life = [(state, _measure(state, arguments.measure)) for state in all_states(plan)]
    if all(measure is None for _, measure in life):
        raise Stop(ExitCode.INPUT, f"no edition has a measure {arguments.measure}")
    console.result({"text": as_text, "json": as_json}[arguments.format](life))
    return ExitCode.DONE


Life = list[tuple[Past, Measure | None]]
"""A measure in each edition, the oldest first. None: the edition does not have it."""


def _measure(state: Past, name: str) -> Measure | None:
    return next((measure for measure in state.measures if measure.id == name), None)


def as_text(life: Life) -> str:
    """What each edition says for the first time, and what it changes."""
    lines = []
    before: Measure | None = None
    for state, measure in life:
        version = f"closed, version {state.version}" if state.version else "now"
        lines.append(f"{state.edition} ({version})")
        if measure is None:
            lines.append("    is not there")
        elif before is None:
            lines += [f"    {name}: {text}" for name in ALL_FIELDS if (text := measure.text(name))]
        else:
            changes = _changes(before, measure)
            lines += [f"    {c.field}: {c.old!r} -> {c.new!r}" for c in changes] or ["    unchanged"]
        before = measure or before
    return "\n".join(lines)


def _changes(before: Measure | None, after: Measure | None) -> tuple[Change, ...]:
    return compare((before,) if before else (), (after,) if after else ()).changes


def as_json(life: Life) -> str:
    changes = [(), *(_changes(before, after) for (_, before), (_, after) in pairwise(life))]
    record = [
        {
            "edition": str(state.edition),
            "version": state.version or None,
            "measure": {name: measure.text(name) for name in ALL_FIELDS} if measure else None,
            "changed": {change.field: {"old": change.old, "new": change.new} for change in changed},
        }
        for (state, measure), changed in zip(life, changes, strict=True)
    ]
    return json.dumps(record, ensure_ascii=False, indent=2)
