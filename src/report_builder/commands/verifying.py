"""`verify`: the published files against their manifest."""

import argparse
from pathlib import Path

from report_builder.commands.arguments import edition
from report_builder.console import Console
from report_builder.delivery.verification import verify
from report_builder.problems import ExitCode, Stop
from report_builder.settings import load_plan

EXAMPLE = "report-builder verify 2021-Q1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("edition", type=edition, nargs="?", metavar="EDITION", help="default: the plan's")
    parser.add_argument("--output", type=Path, metavar="DIR", help="default: the plan's")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    folder = (arguments.output or plan.output) / str(arguments.edition or plan.edition)
    if problems := verify(folder):
        raise Stop(ExitCode.VERIFICATION, f"{folder}: {len(problems)} difference(s) from the manifest", problems)
    console.result(f"{folder}: every file is as it was published")
    return ExitCode.DONE
