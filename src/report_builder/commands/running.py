"""`run`: what a scheduler calls. It can be called at any time, and any number of times."""

import argparse
import json
from datetime import date
from pathlib import Path

from report_builder.build import Order
from report_builder.commands.arguments import day, jobs
from report_builder.commands.building import build_and_tell
from report_builder.console import Console
from report_builder.delivery.manifest import NAME
from report_builder.delivery.schedule import agenda
from report_builder.delivery.verification import verify
from report_builder.editions import closed_edition, closed_editions
from report_builder.model import Edition
from report_builder.problems import ExitCode, Stop, warning
from report_builder.settings import Plan, load_plan
from report_builder.texts import load_texts

EXAMPLE = "report-builder run --today 2021-04-21"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--today", type=day, metavar="DATE", help="as 2021-04-21; default: the day it is")
    parser.add_argument("--output", type=Path, metavar="DIR", help="default: the plan's")
    parser.add_argument("--jobs", type=jobs, default=1, metavar="N", help="make documents in N processes")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    output = arguments.output or plan.output
    today = arguments.today or date.today()  # noqa: DTZ011  the calendar of the ministry's own machine
    found = agenda(today, plan.edition, closed_editions(plan), plan.due_days)
    missed = [warning("edition-missed", edition=str(edition)) for edition in found.missed]
    console.problems(missed, load_texts(*plan.texts))
    wanted = [edition for edition in closed_editions(plan) if found.due and edition <= found.due]
    wanted = [edition for edition in wanted if not is_published(plan, edition, output)]
    if found.due and not found.closed and found.due >= plan.edition:
        wanted.append(found.due)
    if not wanted:
        why = f"{found.due} is closed and published" if found.closed else "no edition is due"
        console.say(f"nothing to build on {today}: {why}; the next is due on {found.next_due}")
    for edition in wanted:
        build_and_tell(plan, Order(edition, output, jobs=arguments.jobs), console)
    return ExitCode.DONE


def is_published(plan: Plan, edition: Edition, output: Path) -> bool:
    """Whether the set in the output folder is that of the edition's newest version, and every file of it is there."""
    folder = output / str(edition)
    try:
        published = json.loads((folder / NAME).read_bytes())
        whole = not verify(folder)
    except (OSError, ValueError, Stop):
        return False
    return whole and bool(published.get("version") == closed_edition(plan, edition).closing.version)
