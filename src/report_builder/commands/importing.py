"""`import`: a source to the dataset, with an account of every line."""

import argparse
from pathlib import Path

from report_builder.console import Console
from report_builder.intake.importing import Import, read_source
from report_builder.problems import ExitCode, Stop, errors_in
from report_builder.settings import load_plan
from report_builder.texts import load_texts

EXAMPLE = "report-builder import data/source/kst-34843-45-bijlage.txt --corrections data/source/corrections.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="SOURCE", help="a .txt, .csv, .xlsx or .docx file")
    parser.add_argument("--corrections", type=Path, metavar="FILE", help="repairs that no rule can make (.toml)")
    parser.add_argument("--into", type=Path, metavar="FILE", help="the dataset; default: the plan's")
    parser.add_argument("--apply", action="store_true", help="write the dataset; without it nothing is written")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    texts = load_texts(*plan.texts)
    target = arguments.into or plan.dataset
    found = read_source(arguments.source, arguments.corrections, target, plan, texts)
    if errors := errors_in(found.problems):
        raise Stop(ExitCode.DATA, f"{arguments.source}: {len(errors)} error(s); nothing was written", found.problems)
    for line in account(found):
        console.result(line)
    console.problems(found.problems, texts)
    if not found.changes_dataset:
        console.say(f"{target} already holds exactly this")
    elif arguments.apply:
        found.write()
        console.say(f"wrote {len(found.arrival.measures)} measures to {target}")
    else:
        console.say(f"nothing written; --apply writes {target}")
    return ExitCode.DONE


def account(found: Import) -> list[str]:
    """What was read and done, a line for each repair: the dataset must be traceable to its source by hand."""
    lines = [f"{found.name}: " + ", ".join(f"{count} {name}" for name, count in found.rows.counts.items())]
    for repair in found.rows.repairs:
        doubt = "" if repair.certain else "DOUBTFUL "
        change = f"{_on_one_line(repair.found)!r} -> {_on_one_line(repair.corrected)!r}"
        lines.append(f"  {doubt}lines {repair.lines}: {change} ({repair.reason})")
    arrival = found.arrival
    lines.append(
        f"measures: {len(arrival.measures)} "
        f"({len(arrival.added)} added, {len(arrival.updated)} updated, {len(arrival.kept)} not in the source, kept)"
    )
    return lines


def _on_one_line(text: str) -> str:
    return text.replace("\t", " | ").replace("\n", " / ")
