"""`template`: faults in the Word templates with their place, and the fields that an author may use."""

import argparse
import io
from pathlib import Path

from report_builder.build import examine
from report_builder.console import Console, problem_line
from report_builder.documents.field_guide import compose_field_guide
from report_builder.files import replace_file
from report_builder.intake.inputs import read_input
from report_builder.office.properties import Properties
from report_builder.office.word import WordTemplate
from report_builder.office.word_comments import annotate
from report_builder.problems import ExitCode, errors_in
from report_builder.rendering import TEMPLATE_CONTENTS, read_template, real_contents
from report_builder.settings import Plan, load_plan
from report_builder.texts import load_texts

EXAMPLE = "report-builder template check --annotate"
CHECKED = ".checked.docx"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("check", "fields"), help="report every fault, or list the fields")
    parser.add_argument("--annotate", action="store_true", help=f"also write a copy, *{CHECKED}, with comments")
    parser.add_argument("--into", type=Path, metavar="FILE", help="also write the fields as a Word file")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    if arguments.action == "fields":
        return _fields(plan, arguments.into, console)
    return _check(plan, console, with_copies=arguments.annotate)


def _check(plan: Plan, console: Console, *, with_copies: bool) -> ExitCode:
    texts = load_texts(*plan.texts)
    wrong = False
    for name, contents in TEMPLATE_CONTENTS.items():
        path = plan.templates / name
        content = read_input(path, "template", ExitCode.PLAN).content
        problems = WordTemplate.read(content, name, texts).check(contents)
        for problem in problems:
            console.result(problem_line(problem, texts))
        if problems and with_copies:
            copy = path.with_suffix(CHECKED)
            replace_file(copy, annotate(content, problems, texts))
            console.say(f"wrote {copy}")
        console.say(f"{name}: {len(problems)} fault(s)")
        wrong = wrong or bool(errors_in(problems))
    return ExitCode.PLAN if wrong else ExitCode.DONE


def _fields(plan: Plan, into: Path | None, console: Console) -> ExitCode:
    snapshot, _, _ = examine(plan, plan.edition)
    guide = compose_field_guide(snapshot.texts, real_contents(snapshot))
    if into:
        template = read_template(plan, "fields.docx", snapshot.texts)
        made = io.BytesIO()
        template.render(guide, made, Properties(guide.title, plan.sender, guide.title, snapshot.as_of))
        replace_file(into, made.getvalue())
        console.say(f"wrote {into}")
    for group in guide.groups:
        console.result(group.title)
        for field in group.fields:
            console.result(f"  {field.tag}\n      {field.meaning}" + (f" ({field.example})" if field.example else ""))
    return ExitCode.DONE
