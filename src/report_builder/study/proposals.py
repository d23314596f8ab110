"""Rows that somebody added to a form: proposals for new measures, which only a person can accept."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from report_builder.intake.answers import AnswerRules, meaning, same
from report_builder.intake.names import read_departments
from report_builder.intake.recognition import clean
from report_builder.intake.returned import NewMeasure, Returned
from report_builder.intake.snapshot import Snapshot
from report_builder.intake.trail import Outcome, Trail, TrailLine
from report_builder.model import LIST_SEPARATOR, Measure
from report_builder.problems import Problem, error
from report_builder.study.reviews import line_of

WORDS = ("pillar", "objective", "activity", "explanation")
"""The words by which a proposal is known when it is made twice."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row that somebody added, read as a measure that has no identifier yet, and what is wrong with it."""

    form: Returned
    row: NewMeasure
    measure: Measure
    problems: tuple[Problem, ...]


def proposals(forms: Sequence[Returned], snapshot: Snapshot, rules: AnswerRules, trail: Trail) -> Iterator[Proposal]:
    """Each proposal that the dataset does not have yet; the same words count once, whoever sent them."""
    known = {_words(measure) for measure in snapshot.measures}
    accepted = {(line.sha256, line.sheet, line.cell) for line in trail.lines if line.outcome is Outcome.ADDED}
    for form in forms:
        for row in form.proposals:
            proposal = _read(form, row, snapshot, rules)
            words = _words(proposal.measure)
            if words not in known and (form.sha256, row.place.sheet, row.place.cell) not in accepted:
                known.add(words)
                yield proposal


def _words(measure: Measure) -> tuple[str, ...]:
    return tuple(meaning(measure.text(name)) for name in WORDS)


def _read(form: Returned, row: NewMeasure, snapshot: Snapshot, rules: AnswerRules) -> Proposal:
    problems: list[Problem] = []
    texts = {name: clean(row.texts[name]) for name in WORDS}
    pillar = next((pillar.id for pillar in snapshot.plan.pillars if same(pillar.title, texts["pillar"])), "")
    if not pillar:
        known = ", ".join(pillar.title for pillar in snapshot.plan.pillars)
        problems.append(error("pillar-unknown", row.place, found=texts["pillar"], known=known))
    named = row.texts["departments"] or form.department
    codes, faults = read_departments(named, rules.register, rules.day, row.place)
    problems.extend(faults)
    for name in ("status", "lead", "deadline", "progress"):
        texts[name], faults = rules.read(name, row.texts[name], row.place)
        problems.extend(faults)
    place = f"{form.file}:{row.place.sheet}!{row.place.cell}"
    fields = {**texts, "id": "", "pillar": pillar, "departments": LIST_SEPARATOR.join(codes), "source": place}
    return Proposal(form, row, Measure.from_texts(fields), tuple(problems))


def accept(
    found: Sequence[Proposal], snapshot: Snapshot, trail: Trail
) -> tuple[tuple[Measure, ...], tuple[TrailLine, ...]]:
    """The proposals as measures, each with a number that no measure ever had, and their lines in the trail."""
    prefix = snapshot.plan.identifier_prefix
    used = [measure.id for past in snapshot.past for measure in past.measures]
    used += [measure.id for measure in snapshot.measures]
    used += [line.measure for line in trail.lines]
    form = re.compile(rf"{re.escape(prefix)}-(\d+)", re.ASCII)
    number = max((int(match[1]) for name in used if (match := form.fullmatch(name))), default=0)
    measures: list[Measure] = []
    lines: list[TrailLine] = []
    for count, proposal in enumerate(found, number + 1):
        measure = proposal.measure.with_texts({"id": f"{prefix}-{count:03}"})
        place, whose = proposal.row.place, proposal.form.department
        measures.append(measure)
        lines.append(line_of(proposal.form, Outcome.ADDED, measure.id, "id", "", measure.id, whose, place))
    return tuple(measures), tuple(lines)
