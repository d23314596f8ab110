"""`review`: returned forms to changes, conflicts and, if asked, the dataset."""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from report_builder.console import Console
from report_builder.editions import closed_editions
from report_builder.intake.returned import Returned
from report_builder.intake.trail import Outcome, TrailLine
from report_builder.problems import ExitCode, Level, Place, Stop
from report_builder.reviewing import Review, ReviewOrder, apply_review, review
from report_builder.settings import load_plan
from report_builder.study.reviews import DATASET, Conflict

EXAMPLE = "report-builder review forms/*.xlsx --take uitvraag-jenv-2021-Q1.xlsx --apply"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="a returned form (.xlsx) or briefing (.docx)"
    )
    parser.add_argument(
        "--take",
        action="append",
        default=[],
        metavar="FILE",
        help=f"settle conflicts in favour of this form, or of the {DATASET}; the first one given counts most",
    )
    parser.add_argument("--accept-new", action="store_true", help="add the rows without an identifier as new measures")
    parser.add_argument("--apply", action="store_true", help="write it; without this, only tell what would change")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    order = ReviewOrder(tuple(arguments.files), tuple(arguments.take), arguments.accept_new)
    found = (apply_review if arguments.apply else review)(plan, order)
    for line in report(found):
        console.result(line)
    console.problems(found.problems, found.snapshot.texts)
    for reason in found.refused:
        console.say(f"report-builder: {reason}", "error")
    return _conclude(found, console, applied=arguments.apply, closed=plan.edition in closed_editions(plan))


def _conclude(found: Review, console: Console, *, applied: bool, closed: bool) -> ExitCode:
    levels = Counter(problem.level for problem in found.problems)
    counts = ", ".join(f"{levels[level]} {level}" for level in Level)
    console.say(f"{len(found.forms)} form(s) read, {len(found.refused)} refused; problems: {counts}")
    if found.obstacle is ExitCode.CONFLICT:
        message = (
            f"{len(found.conflicts)} conflict(s); nothing was applied (--take FILE or --take {DATASET} settles them)"
        )
        raise Stop(ExitCode.CONFLICT, message)
    if found.obstacle is ExitCode.DATA:
        raise Stop(ExitCode.DATA, f"{levels[Level.ERROR]} error(s) in the forms; nothing was applied")
    if found.obstacle is not ExitCode.DONE:
        raise Stop(found.obstacle, f"{len(found.refused)} file(s) refused; nothing was applied")
    if not found.lines:
        console.say("the forms say nothing new")
    elif not applied:
        console.say(f"would write {len(found.lines)} line(s) to the trail; --apply does it")
    else:
        console.say(f"wrote {len(found.changes)} change(s), and {len(found.lines)} line(s) in the trail")
        edition = found.snapshot.edition
        if closed:
            console.say(
                f"next: {edition} is closed; report-builder close {edition} --reason TEXT makes its next version"
            )
        elif left := len(found.snapshot.unconfirmed):
            console.say(
                f"next: report-builder build {edition}; before this review {left} measure(s) awaited confirmation"
            )
    return ExitCode.DONE


def report(found: Review) -> Iterator[str]:
    """Per form what it did, and per measure and field what would change, is contested, or was said beside it."""
    for form in found.forms:
        yield _summary(form)
    for line in found.lines:
        yield _line(line)
    for proposal in found.proposed:
        at = _at(proposal.row.place)
        yield f"+ new measure proposed: {proposal.measure.activity!r} ({at}); --accept-new adds it"
    for conflict in found.conflicts:
        yield _conflict(conflict)


def _summary(form: Returned) -> str:
    counts = f"{len(form.answers)} answer(s), {len(form.remarks)} remark(s), {len(form.proposals)} new row(s)"
    return f"{form.file}: {form.department or 'all'}, {len(form.measures)} measures, {counts}"


def _line(line: TrailLine) -> str:
    at = _at(Place(file=line.file, sheet=line.sheet, cell=line.cell))
    match line.outcome:
        case Outcome.CHANGED:
            return f"~ {line.measure} {line.field}: {line.old!r} -> {line.new!r} ({at})"
        case Outcome.ADDED:
            return f"+ {line.measure} is a new measure ({at})"
        case Outcome.SET_ASIDE:
            return f"  {line.measure} {line.field}: {line.new!r} is set aside ({at})"
        case Outcome.CONFIRMED | Outcome.NOT_CONFIRMED:
            return f"  {line.measure} {line.outcome} by {line.departments} ({at})"
        case Outcome.REMARK | Outcome.COMMENT:
            author = f" by {line.author}" if line.author else ""
            return f"  {line.measure or '-'} {line.outcome}{author}: {line.new!r} ({at})"


def _conflict(conflict: Conflict) -> str:
    if conflict.field == "id":
        places = " and ".join(_at(claim.place) for claim in conflict.claims)
        return f"! {conflict.measure} stands there twice: {places}"
    parties = " against ".join(f"{claim.value!r} ({_at(claim.place)})" for claim in conflict.claims)
    return f"! {conflict.measure} {conflict.field}: {parties}; it was {conflict.base!r}"


def _at(place: Place) -> str:
    if place.sheet:
        return f"{place.file}, {place.sheet}!{place.cell}"
    return f"{place.file}, line {place.line}" if place.line else place.file
