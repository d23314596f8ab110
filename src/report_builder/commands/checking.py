"""`check`: every problem in one go."""

import argparse
import csv
import io
import json
from collections.abc import Sequence

from report_builder.build import examine
from report_builder.console import Console, problem_line
from report_builder.problems import ExitCode, Level, Problem, errors_in
from report_builder.settings import load_plan
from report_builder.texts import Texts

EXAMPLE = "report-builder check --format csv > findings.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    snapshot, _, problems = examine(plan, plan.edition)
    shown = {"text": as_text, "json": as_json, "csv": as_csv}[arguments.format](problems, snapshot.texts)
    if shown:
        console.result(shown)
    totals = (f"{sum(p.level is level for p in problems)} {level}(s)" for level in Level)
    console.say(f"{len(snapshot.measures)} measures, {', '.join(totals)}")
    return ExitCode.DATA if errors_in(problems) else ExitCode.DONE


def as_text(problems: Sequence[Problem], texts: Texts) -> str:
    return "\n".join(problem_line(problem, texts) for problem in problems)


def as_json(problems: Sequence[Problem], texts: Texts) -> str:
    return json.dumps([_record(problem, texts) for problem in problems], ensure_ascii=False, indent=2)


def as_csv(problems: Sequence[Problem], texts: Texts) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, ("level", "code", *_PLACE, "found", "remedy"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_record(problem, texts) for problem in problems)
    return text.getvalue().rstrip("\n")


_PLACE = ("file", "line", "sheet", "cell", "measure", "field")


def _record(problem: Problem, texts: Texts) -> dict[str, str | int]:
    return {
        "level": problem.level.value,
        "code": problem.code,
        **{name: getattr(problem.place, name) for name in _PLACE},
        "found": texts.found(problem),
        "remedy": texts.remedy(problem),
    }
