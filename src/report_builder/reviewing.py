"""One review of returned forms: read them, settle every field, look at what the dataset would become, and apply it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from report_builder.build import under_present_names
from report_builder.delivery.lock import only_run
from report_builder.documents.request_form import original_texts
from report_builder.editions import closing_of, past_of
from report_builder.files import replace_together
from report_builder.intake.answers import AnswerRules
from report_builder.intake.baseline import plan_identifier
from report_builder.intake.beside import without_counts
from report_builder.intake.dataset import write_dataset
from report_builder.intake.inputs import Input, read_input
from report_builder.intake.loading import load_snapshot
from report_builder.intake.returned import Expected, Returned
from report_builder.intake.returned_form import read_form
from report_builder.intake.snapshot import Snapshot
from report_builder.intake.trail import Trail, TrailLine, read_trail
from report_builder.model import Change, Measure
from report_builder.problems import ExitCode, Level, Place, Problem, Stop, errors_in
from report_builder.settings import Plan
from report_builder.study.changes import apply
from report_builder.study.checks import check
from report_builder.study.confirmations import settle_confirmations
from report_builder.study.proposals import Proposal, accept, proposals
from report_builder.study.reviews import DATASET, Conflict, Settled, in_order, remarks, settle_fields
from report_builder.texts import load_texts


@dataclass(frozen=True, slots=True)
class ReviewOrder:
    """The files to review, the parties in whose favour conflicts are settled, and whether new measures are accepted."""

    files: tuple[Path, ...]
    takes: tuple[str, ...] = ()
    accept_new: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """What the forms say together. `refused` are the reasons why files were not read at all.

    `measures` are those of the dataset with all changes made. `lines` go to the trail. `proposed` are the rows for new
    measures that were not accepted.
    """

    snapshot: Snapshot
    trail: Trail
    forms: tuple[Returned, ...]
    refused: tuple[str, ...]
    changes: tuple[Change, ...]
    measures: tuple[Measure, ...]
    lines: tuple[TrailLine, ...]
    conflicts: tuple[Conflict, ...]
    proposed: tuple[Proposal, ...]
    problems: tuple[Problem, ...]

    @property
    def obstacle(self) -> ExitCode:
        """Why it cannot be applied; DONE when it can."""
        if self.conflicts:
            return ExitCode.CONFLICT
        if errors_in(self.problems):
            return ExitCode.DATA
        return ExitCode.INPUT if self.refused else ExitCode.DONE


def review(plan: Plan, order: ReviewOrder) -> Review:
    """What these forms would do to the dataset as it is now. Writes nothing."""
    texts = load_texts(*plan.texts)
    raw, _ = load_snapshot(plan, plan.edition, texts, past_of(plan, plan.edition), closing_of(plan))
    snapshot = under_present_names(raw)
    trail = read_trail(plan, plan.edition)
    expected = expected_of(snapshot)
    forms, refused = _read_all(order.files, expected)
    takes = _parties(order.takes, forms)
    fields = settle_fields(forms, snapshot, trail, takes)
    confirmations = settle_confirmations(forms, snapshot, trail, takes)
    settled = Settled.of((*fields, *confirmations))
    found = tuple(proposals(forms, snapshot, expected.rules, trail))
    new, added = accept(found, snapshot, trail) if order.accept_new else ((), ())
    measures = (*_applied(raw, settled.changes), *new)
    faults = [problem for proposal in found for problem in proposal.problems] if order.accept_new else []
    problems = (*(p for form in forms for p in form.problems), *settled.problems, *faults)
    after = _new_problems(raw, measures, (*settled.lines, *added))
    return Review(
        snapshot=snapshot,
        trail=trail,
        forms=forms,
        refused=refused,
        changes=settled.changes,
        measures=measures,
        lines=(*settled.lines, *added, *remarks(forms, trail)),
        conflicts=settled.conflicts,
        proposed=() if order.accept_new else found,
        problems=tuple(sorted((*problems, *after), key=lambda problem: list(Level).index(problem.level))),
    )


def expected_of(snapshot: Snapshot) -> Expected:
    """What a form of this edition looks like."""
    return Expected(
        plan=plan_identifier(snapshot.plan),
        edition=snapshot.edition,
        rules=AnswerRules(snapshot.plan.statuses, snapshot.register, snapshot.as_of, snapshot.texts),
        pillars=snapshot.pillar_titles,
        originals=frozenset(
            without_counts(text) for d in (*snapshot.departments, None) for text in original_texts(snapshot, d)
        ),
    )


def _read_all(files: Sequence[Path], expected: Expected) -> tuple[tuple[Returned, ...], tuple[str, ...]]:
    """The forms, and why each of the others is none. One that is refused does not keep the others from being read."""
    forms: list[Returned] = []
    refused: list[str] = []
    names = [path.name for path in files]
    for path in dict.fromkeys(files):
        name = path.name if names.count(path.name) == 1 else str(path)
        try:
            forms.append(_read(read_input(path, "form"), name, expected))
        except Stop as stop:
            refused.append(stop.message)
    return in_order(forms), tuple(refused)


def _read(source: Input, name: str, expected: Expected) -> Returned:
    match source.path.suffix.lower():
        case ".xlsx":
            return read_form(source, name, expected)
        case ".docx":
            from report_builder.intake.returned_briefing import read_briefing

            return read_briefing(source, name, expected)
        case suffix:
            raise Stop(ExitCode.INPUT, f"{name} is refused: forms are .xlsx or .docx files, not {suffix or 'this'}")


def _parties(takes: Sequence[str], forms: Sequence[Returned]) -> tuple[str, ...]:
    """The parties whose word counts, as they are called here. Raise Stop for one that is none of the forms."""
    known = {DATASET, *(form.file for form in forms)}
    parties = tuple(name if name in known else Path(name).name for name in takes)
    for name, given in zip(parties, takes, strict=True):
        if name not in known:
            raise Stop(ExitCode.USAGE, f"--take {given}: that is none of the forms, nor {DATASET}")
    return parties


def _applied(raw: Snapshot, changes: Sequence[Change]) -> tuple[Measure, ...]:
    """The dataset with these changes. A ministry under its former name stays so until a person writes another."""
    known = {measure.id: measure for measure in raw.measures}
    return apply(raw.measures, (replace(c, old=known[c.measure].text(c.field)) for c in changes))


def _new_problems(raw: Snapshot, measures: tuple[Measure, ...], lines: Sequence[TrailLine]) -> Iterator[Problem]:
    """What is wrong with the dataset as it would be, and was not before, at the cell that would make it so."""
    before = set(map(_key, check(under_present_names(raw))))
    origins = {(line.measure, line.field): line for line in lines}
    after = replace(raw, measures=measures, rows_in=len(measures), lines=())
    for problem in check(under_present_names(after)):
        if _key(problem) not in before:
            place = problem.place
            line = origins.get((place.measure, place.field)) or origins.get((place.measure, "id"))
            if line:
                where = Place(line.file, sheet=line.sheet, cell=line.cell, measure=place.measure, field=place.field)
                problem = replace(problem, place=where)
            yield problem


def _key(problem: Problem) -> tuple[object, ...]:
    parameters = tuple(sorted(problem.parameters.items()))
    return problem.code, problem.place.measure, problem.place.field, parameters


def apply_review(plan: Plan, order: ReviewOrder) -> Review:
    """Review and write dataset and trail in one step, or, with any conflict, error or refused file, nothing.

    Raise Stop when another run holds the lock, or when the dataset was changed meanwhile.
    """
    with only_run(plan.output, f"review {plan.edition}"):
        found = review(plan, order)
        if found.obstacle is not ExitCode.DONE or not found.lines:
            return found
        contents = {plan.trail(plan.edition): found.trail.extended(_stamped(found.lines))}
        if found.changes or len(found.measures) != len(found.snapshot.measures):
            contents[plan.dataset] = write_dataset(found.measures, plan.dataset)
        for source in found.snapshot.inputs:
            if source.path in contents and source.changed:
                message = f"{source.path} was changed while the forms were read; nothing was applied; run it again"
                raise Stop(ExitCode.CONFLICT, message)
        replace_together(contents, plan.journal)
        return found


def _stamped(lines: Sequence[TrailLine]) -> Iterator[TrailLine]:
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return (replace(line, applied=moment) for line in lines)
