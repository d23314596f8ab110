"""`close`: an edition frozen, so that it can always be made again and the next one can be compared with it."""

import argparse

from report_builder.closing import close, prepare
from report_builder.commands.arguments import edition, reason
from report_builder.console import Console
from report_builder.problems import ExitCode
from report_builder.settings import load_plan
from report_builder.texts import load_texts

EXAMPLE = "report-builder close 2021-Q1 --apply"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("edition", type=edition, metavar="EDITION", help="the edition that the plan names")
    parser.add_argument(
        "--reason", type=reason, default="", metavar="TEXT", help="why a closed edition gets a next version"
    )
    parser.add_argument(
        "--force",
        type=reason,
        default="",
        metavar="REASON",
        help="close though measures are unconfirmed; the documents tell why",
    )
    parser.add_argument("--apply", action="store_true", help="freeze it; without this, only tell what would be frozen")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    prepared = prepare(plan, arguments.edition, reason=arguments.reason, force=arguments.force)
    console.problems(prepared.problems, load_texts(*plan.texts))
    closing = prepared.closing
    what = f"{arguments.edition}, version {closing.version}: {len(prepared.files)} files"
    if closing.unconfirmed:
        console.say(f"{closing.unconfirmed} measure(s) are not confirmed; the documents say so, and why", "warning")
    if not arguments.apply:
        console.say(f"would freeze {what} in {prepared.folder}; --apply does it")
        return ExitCode.DONE
    close(plan, prepared)
    console.say(f"froze {what}")
    console.say(f"next: report-builder build {arguments.edition} publishes the closed edition")
    console.result(str(prepared.folder))
    return ExitCode.DONE
