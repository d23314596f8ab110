"""`run`: what a scheduler calls. It can be called at any time, and any number of times."""

import argparse
from datetime import date
from pathlib import Path

from report_builder.build import Order
from report_builder.commands.arguments import day, jobs
from report_builder.commands.building import build_and_tell
from report_builder.console import Console
from report_builder.delivery.schedule import agenda
from report_builder.editions import closed_editions
from report_builder.problems import ExitCode, warning
from report_builder.settings import load_plan
from report_builder.texts import load_texts

EXAMPLE = "report-builder run --today 2021-04-21"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--today", type=day, metavar="DATE", help="as 2021-04-21; default: the day it is")
    parser.add_argument("--output", type=Path, metavar="DIR", help="default: the plan's")
    parser.add_argument("--jobs", type=jobs, default=1, metavar="N", help="make documents in N processes")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    today = arguments.today or date.today()  # noqa: DTZ011  the calendar of the ministry's own machine
    found = agenda(today, plan.edition, closed_editions(plan), plan.due_days)
    missed = [warning("edition-missed", edition=str(edition)) for edition in found.missed]
    console.problems(missed, load_texts(*plan.texts))
    if found.due is None or found.closed or found.due < plan.edition:
        why = f"{found.due} is closed" if found.closed else "no edition is due"
        console.say(f"nothing to build on {today}: {why}; the next is due on {found.next_due}")
        return ExitCode.DONE
    return build_and_tell(plan, Order(found.due, arguments.output or plan.output, jobs=arguments.jobs), console)
