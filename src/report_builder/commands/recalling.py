"""`history`: the life of one measure over all closed editions and as it is now, and what was reviewed of it."""

import argparse
import json
from dataclasses import asdict, dataclass
from itertools import pairwise

from report_builder.console import Console
from report_builder.editions import all_states
from report_builder.intake.snapshot import Past
from report_builder.intake.trail import Outcome, TrailLine, read_trail
from report_builder.model import ALL_FIELDS, Change, Measure
from report_builder.problems import ExitCode, Stop
from report_builder.settings import Plan, load_plan
from report_builder.study.changes import compare

EXAMPLE = "report-builder history SG-012"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("measure", metavar="ID", help="the identifier of a measure")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    life = [_stage(plan, state, arguments.measure) for state in all_states(plan)]
    if all(stage.measure is None for stage in life):
        raise Stop(ExitCode.INPUT, f"no edition has a measure {arguments.measure}")
    console.result({"text": as_text, "json": as_json}[arguments.format](life))
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class Stage:
    """A measure in one edition, None when the edition does not have it, and what returned forms said of it."""

    state: Past
    measure: Measure | None
    reviewed: tuple[TrailLine, ...]


Life = list[Stage]
"""A measure in each edition, the oldest first."""


def _stage(plan: Plan, state: Past, name: str) -> Stage:
    measure = next((measure for measure in state.measures if measure.id == name), None)
    reviewed = tuple(line for line in read_trail(plan, state.edition).lines if line.measure == name)
    return Stage(state, measure, reviewed)


def as_text(life: Life) -> str:
    """What each edition says for the first time, and what it changes."""
    lines = []
    before: Measure | None = None
    for stage in life:
        state, measure = stage.state, stage.measure
        version = f"closed, version {state.version}" if state.version else "now"
        lines.append(f"{state.edition} ({version})")
        if measure is None:
            lines.append("    is not there")
        elif before is None:
            lines += [f"    {name}: {text}" for name in ALL_FIELDS if (text := measure.text(name))]
        else:
            changes = _changes(before, measure)
            lines += [f"    {c.field}: {c.old!r} -> {c.new!r}" for c in changes] or ["    unchanged"]
        lines += [f"    {_reviewed(line)}" for line in stage.reviewed]
        before = measure or before
    return "\n".join(lines)


def _reviewed(line: TrailLine) -> str:
    """One thing that a form said: when it was applied, who said it, and in which file."""
    who = ", ".join(filter(None, (line.departments, line.author))) or "all"
    what = f"{line.outcome} by {who}"
    if line.outcome in (Outcome.CHANGED, Outcome.SET_ASIDE):
        what = f"{line.field} {line.outcome} by {who}: {line.old!r} -> {line.new!r}"
    elif line.outcome in (Outcome.REMARK, Outcome.COMMENT):
        what += f": {line.new!r}"
    return f"[{line.applied}] {what} ({line.file})"


def _changes(before: Measure | None, after: Measure | None) -> tuple[Change, ...]:
    return compare((before,) if before else (), (after,) if after else ()).changes


def as_json(life: Life) -> str:
    changes = [(), *(_changes(before.measure, after.measure) for before, after in pairwise(life))]
    record = [
        {
            "edition": str(stage.state.edition),
            "version": stage.state.version or None,
            "measure": {name: stage.measure.text(name) for name in ALL_FIELDS} if stage.measure else None,
            "changed": {change.field: {"old": change.old, "new": change.new} for change in changed},
            "reviewed": [asdict(line) for line in stage.reviewed],
        }
        for stage, changed in zip(life, changes, strict=True)
    ]
    return json.dumps(record, ensure_ascii=False, indent=2)
