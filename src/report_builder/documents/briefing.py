"""A briefing: what one ministry needs to know of its own measures, and what is asked of it, as plain values."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from report_builder import __version__
from report_builder.departments import Department
from report_builder.documents.appendix import letter_link
from report_builder.documents.changes import Changes, changes_of, closing_lines, state_of
from report_builder.documents.columns import ANSWERS, named
from report_builder.documents.lazily import Lazily
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Edition, Measure, Pillar
from report_builder.rich_text import RichText
from report_builder.study.since import Since
from report_builder.texts import Texts

CONFIRMED = "confirmed_for"
FIELDS = (*ANSWERS, CONFIRMED)
"""The fields to answer in, in the order in which they stand beside a measure."""


@dataclass(frozen=True, slots=True)
class PillarFigures:
    """How many measures a ministry has in a pillar, alone and together with others."""

    title: str
    measures: int
    alone: int
    together: int


@dataclass(frozen=True, slots=True)
class Partner:
    """Another ministry, and how many measures it shares with the reader's."""

    code: str
    name: str
    measures: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A field that is asked for: its name for the reader, what is known, and the tag that finds it again."""

    field: str
    label: str
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class BriefingMeasure:
    """A measure as its ministry sees it. `partners` are the other ministries, or words that there are none.

    `confirmed` says whether all its ministries confirmed it, `confirmation` whether the reader's did, and `awaiting`
    which have yet to.
    """

    id: str
    objective: str
    activity: str
    explanation: str
    partners: str
    lead: Answer
    status: Answer
    progress: Answer
    deadline: Answer
    confirmation: Answer
    confirmed: str
    awaiting: str
    mark: str


@dataclass(frozen=True, slots=True)
class BriefingSection:
    """A pillar with the ministry's measures in it."""

    title: str
    count: str
    measures: Sequence[BriefingMeasure]


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything that the template of a briefing may use."""

    title: str
    overview: str
    code: str
    name: str
    grouping: str
    letter: RichText
    sender: str
    edition: Edition
    as_of: date
    concept: bool
    closing: tuple[str, ...]
    classification: str
    introduction: tuple[str, ...]
    figures: tuple[PillarFigures, ...]
    total: PillarFigures
    partners: tuple[Partner, ...]
    asked: tuple[str, ...]
    changes: Changes
    pillars: tuple[BriefingSection, ...]
    statuses: str
    version: str


def compose_briefing(snapshot: Snapshot, department: Department, since: Since | None = None) -> Briefing:
    """The briefing of one ministry, with its own measures only; of other ministries just their names."""
    texts = snapshot.texts
    own = snapshot.measures_of(department.code)
    sections = [(g, tuple(m for m in own if getattr(m, snapshot.plan.grouped_by) == g.id)) for g in snapshot.groups]
    sections = [(pillar, measures) for pillar, measures in sections if measures]
    return Briefing(
        title=texts("briefing.title", name=department.name),
        overview=snapshot.plan.title,
        code=department.code,
        name=department.name,
        grouping=snapshot.group_name,
        letter=letter_link(snapshot),
        sender=snapshot.plan.sender,
        edition=snapshot.edition,
        as_of=snapshot.as_of,
        concept=snapshot.concept,
        closing=closing_lines(snapshot),
        classification=snapshot.plan.classification.upper(),
        introduction=texts.lines(
            "briefing.introduction",
            name=department.name,
            measures=texts("terms.measures", count=len(own)),
            all=texts("terms.measures", count=len(snapshot.measures)),
        ),
        figures=tuple(_figures(pillar.title, measures) for pillar, measures in sections),
        total=_figures(texts("terms.total"), own),
        partners=_partners(snapshot, department, own),
        asked=_asked(snapshot, department),
        changes=own_changes(snapshot, department, since),
        pillars=tuple(_section(snapshot, since, department, pillar, measures) for pillar, measures in sections),
        statuses=texts.enumeration(snapshot.plan.statuses),
        version=__version__,
    )


def _figures(title: str, measures: tuple[Measure, ...]) -> PillarFigures:
    alone = sum(len(measure.departments) == 1 for measure in measures)
    return PillarFigures(title, len(measures), alone, len(measures) - alone)


def _partners(snapshot: Snapshot, department: Department, own: tuple[Measure, ...]) -> tuple[Partner, ...]:
    shared = Counter(code for measure in own for code in measure.departments if code != department.code)
    return tuple(Partner(d.code, d.name, shared[d.code]) for d in snapshot.departments if shared[d.code])


def requests_of(snapshot: Snapshot, department: Department) -> tuple[str, ...]:
    """What still has to be said about the ministry's measures, in words with numbers; what is complete is left out."""
    own = snapshot.measures_of(department.code)
    open_measures = [measure for measure in own if not measure.ended_in]
    counts = {"confirmed": sum(department.code in snapshot.awaiting(measure) for measure in own)}
    counts |= {name: sum(not measure.text(name) for measure in open_measures) for name in ANSWERS}
    return tuple(snapshot.texts(f"briefing.asked.{name}", count=count) for name, count in counts.items() if count)


def _asked(snapshot: Snapshot, department: Department) -> tuple[str, ...]:
    """What is asked of the ministry, or that it is nothing; and that others have yet to confirm, if they have."""
    asked = requests_of(snapshot, department) or (snapshot.texts("briefing.asked.nothing"),)
    own = snapshot.measures_of(department.code)
    others = sum(bool(set(snapshot.awaiting(measure)) - {department.code}) for measure in own)
    return (*asked, snapshot.texts("briefing.others_confirm", count=others)) if others else asked


def own_changes(snapshot: Snapshot, department: Department, since: Since | None) -> Changes:
    """What changed in a ministry's own measures. Those that are no longer its own are counted, not shown."""
    own = snapshot.measures_of(department.code)
    changes = changes_of(snapshot, since, own)
    before = since.comparison.old.values() if since else ()
    names = {measure.id for measure in own}
    gone = sum(department.code in measure.departments and measure.id not in names for measure in before)
    if not gone:
        return changes
    return replace(changes, lines=(*changes.lines, snapshot.texts("changes.gone", count=gone, name=department.name)))


def _section(
    snapshot: Snapshot, since: Since | None, department: Department, pillar: Pillar, measures: tuple[Measure, ...]
) -> BriefingSection:
    row = partial(map, partial(_measure, snapshot, since, department.code))
    return BriefingSection(pillar.title, snapshot.texts("terms.measures", count=len(measures)), Lazily(row, measures))


def partners_of(snapshot: Snapshot, since: Since | None, code: str, measure: Measure) -> str:
    """The other ministries of a measure, each with its former name where that changed, or words that there are none."""
    others = tuple(other for other in measure.departments if other != code)
    if not others:
        return snapshot.texts("briefing.alone")
    return snapshot.texts.enumeration(named(snapshot, since, measure, others))


def _measure(snapshot: Snapshot, since: Since | None, code: str, measure: Measure) -> BriefingMeasure:
    texts, edition = snapshot.texts, str(snapshot.edition)
    answers = {name: _answer(texts, measure, name, measure.text(name)) for name in ANSWERS}
    own_word = texts("terms.yes") if snapshot.has_confirmed(code, measure) else ""
    confirmed = texts("terms.yes") if measure.confirmed_for == edition else texts("terms.no")
    return BriefingMeasure(
        id=measure.id,
        objective=measure.objective,
        activity=measure.activity,
        explanation=measure.explanation,
        partners=partners_of(snapshot, since, code, measure),
        confirmation=_answer(texts, measure, CONFIRMED, own_word),
        confirmed=confirmed,
        awaiting=awaiting_of(snapshot, measure),
        mark=state_of(snapshot, since, measure),
        **answers,
    )


def awaiting_of(snapshot: Snapshot, measure: Measure) -> str:
    """The ministries that have yet to confirm a measure, or words that there are none."""
    codes = snapshot.awaiting(measure)
    return snapshot.texts.enumeration(codes) if codes else snapshot.texts("briefing.nobody")


def _answer(texts: Texts, measure: Measure, name: str, known: str) -> Answer:
    label = f"{texts(f'fields.{name}')} {measure.id}"
    return Answer(name, label, known or texts("terms.not_delivered"), f"{measure.id}|{name}")
