"""`build`: the documents of an edition, and what was made of how many measures."""

import argparse
from collections import Counter
from pathlib import Path

from report_builder.build import KINDS, Order, Outcome, build
from report_builder.commands.arguments import edition
from report_builder.console import Console
from report_builder.problems import ExitCode, Level
from report_builder.settings import load_plan

EXAMPLE = "report-builder build 2021-Q1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("edition", type=edition, nargs="?", metavar="EDITION", help="default: the plan's")
    parser.add_argument("--output", type=Path, metavar="DIR", help="default: the plan's")
    parser.add_argument("--only", choices=KINDS, metavar="KIND", help=f"one of {', '.join(KINDS)}")
    parser.add_argument("--department", metavar="CODE", help="only the documents for this ministry")
    parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    order = Order(
        edition=arguments.edition or plan.edition,
        output=arguments.output or plan.output,
        only=arguments.only,
        department=arguments.department,
    )
    outcome = build(plan, order, dry_run=arguments.dry_run)
    console.problems(outcome.problems, outcome.snapshot.texts)
    for line in summary(outcome, dry_run=arguments.dry_run):
        console.say(line)
    console.result(str(outcome.folder))
    return ExitCode.DONE


def summary(outcome: Outcome, *, dry_run: bool) -> list[str]:
    """What was made, of how many measures, and what stands open."""
    snapshot = outcome.snapshot
    mentions = Counter(code for measure in snapshot.measures for code in measure.departments)
    levels = Counter(problem.level for problem in outcome.problems)
    return [
        f"{snapshot.edition}: {snapshot.rows_in} rows in, {len(snapshot.measures)} measures out",
        "pillars: " + ", ".join(f"{p.id} {len(snapshot.measures_in(p))}" for p in snapshot.plan.pillars),
        "mentions: " + ", ".join(f"{d.code} {mentions[d.code]}" for d in snapshot.departments),
        "problems: " + ", ".join(f"{levels[level]} {level}" for level in Level),
        f"{'would write' if dry_run else 'wrote'} {len(outcome.artefacts)} file(s)",
    ]
