"""`build`: the documents of an edition, and what was made of how many measures."""

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from report_builder.build import Order, Outcome, build
from report_builder.commands.arguments import edition, jobs
from report_builder.console import Console
from report_builder.delivery.manifest import NAME
from report_builder.editions import closed_edition, departed_from
from report_builder.problems import ExitCode, Level
from report_builder.rendering import KINDS
from report_builder.settings import Plan, load_plan

EXAMPLE = "report-builder build 2021-Q1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("edition", type=edition, nargs="?", metavar="EDITION", help="default: the plan's")
    parser.add_argument("--output", type=Path, metavar="DIR", help="default: the plan's")
    parser.add_argument("--only", choices=KINDS, metavar="KIND", help=f"one of {', '.join(KINDS)}")
    parser.add_argument("--department", metavar="CODE", help="only the documents for this ministry")
    parser.add_argument("--jobs", type=jobs, default=1, metavar="N", help="make documents in N processes")
    parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    order = Order(
        edition=arguments.edition or plan.edition,
        output=arguments.output or plan.output,
        only=arguments.only,
        department=arguments.department,
        jobs=arguments.jobs,
    )
    return build_and_tell(plan, order, console, dry_run=arguments.dry_run)


def build_and_tell(plan: Plan, order: Order, console: Console, *, dry_run: bool = False) -> ExitCode:
    """Build, and end with a summary: what was made, counts in and out, problems, what to do next."""
    outcome = build(plan, order, dry_run=dry_run, progress=console.progress)
    console.problems(outcome.problems, outcome.snapshot.texts)
    for line in summary(outcome, dry_run=dry_run):
        console.say(line)
    for line, level in about_closing(plan, order, outcome, dry_run=dry_run):
        console.say(line, level)
    for path in outcome.changed:
        console.say(f"{path} was changed during the run; the set is of what was read before", "warning")
    console.result(str(outcome.folder))
    return ExitCode.DONE


def about_closing(plan: Plan, order: Order, outcome: Outcome, *, dry_run: bool) -> Iterator[tuple[str, str]]:
    """What an operator must know of a closed edition, each with its level: today's data have no effect on it."""
    closing = outcome.snapshot.closing
    if closing is None:
        return
    closed = closed_edition(plan, order.edition)
    yield f"{order.edition} is closed: made from what was frozen in {closed.folder}", "info"
    departed = departed_from(plan, closed) if order.edition == plan.edition else ()
    if departed:
        names = ", ".join(map(str, departed))
        yield f"not what was frozen, and not used until it is closed as a correction: {names}", "warning"
    manifest = outcome.folder / NAME
    if (
        order.whole
        and not dry_run
        and manifest.is_file()
        and hashlib.sha256(manifest.read_bytes()).hexdigest() != closing.manifest
    ):
        made = f"the set is not byte for byte the one that {closing.program} made on closing"
        yield f"{made}: this program is another, or a frozen file was changed", "warning"


def summary(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    """What was made, of how many measures, and what stands open."""
    snapshot = outcome.snapshot
    mentions = Counter(code for measure in snapshot.measures for code in measure.departments)
    levels = Counter(problem.level for problem in outcome.problems)
    yield f"{snapshot.edition}: {snapshot.rows_in} rows in, {len(snapshot.measures)} measures out"
    groups = "lines" if snapshot.plan.grouped_by == "line" else "pillars"
    yield f"{groups}: " + ", ".join(f"{g.id or '-'} {len(snapshot.measures_in(g))}" for g in snapshot.groups)
    yield "mentions: " + ", ".join(f"{d.code} {mentions[d.code]}" for d in snapshot.departments)
    yield "problems: " + ", ".join(f"{levels[level]} {level}" for level in Level)
    yield from _by_ministry(outcome)
    yield f"{'would write' if dry_run else 'wrote'} {len(outcome.artefacts)} file(s)"
    if snapshot.concept and snapshot.closing is None:
        count = len(snapshot.unconfirmed)
        yield f"next: send the request forms; {count} measure(s) await confirmation, so the set says CONCEPT"


def _by_ministry(outcome: Outcome) -> Iterator[str]:
    """The problems that a ministry must act on: those of its own measures."""
    ministries = {measure.id: measure.departments for measure in outcome.snapshot.measures}
    counts = Counter(code for p in outcome.problems for code in ministries.get(p.place.measure, ()))
    if counts:
        yield "problems by ministry: " + ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
