"""What changed since the previous edition, in the words in which the documents tell it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from report_builder.intake.snapshot import Snapshot
from report_builder.model import LIST_FIELDS, Measure, split_list
from report_builder.settings import Plan
from report_builder.study.since import Event, Kind, Since, State
from report_builder.texts import Texts


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: what kind it is, of which measure, and what stood there and stands there now."""

    what: str
    measure: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The section on changes. `title` is empty when there is no previous edition; then `lines` say so."""

    title: str
    lines: tuple[str, ...]
    rows: tuple[ChangeRow, ...]


def changes_of(snapshot: Snapshot, since: Since | None, own: Iterable[Measure] | None = None) -> Changes:
    """The changes to all measures, or to a ministry's `own` ones only."""
    texts = snapshot.texts
    if since is None:
        return Changes("", (texts("changes.first"),), ())
    measures = tuple(snapshot.measures if own is None else own)
    previous = texts.quarter(since.previous.edition)
    ids = {measure.id for measure in measures}
    events = tuple(event for event in since.events if own is None or event.measure in ids)
    lines = [texts("changes.figures", edition=previous, figures=_figures(texts, since, measures))]
    if not events:
        lines.append(texts("changes.none"))
    rows = tuple(ChangeRow(*change_texts(snapshot, since, event)) for event in events)
    return Changes(texts("changes.title", edition=previous), tuple(lines), rows)


def _figures(texts: Texts, since: Since, measures: Iterable[Measure]) -> str:
    counts = Counter(since.states[measure.id] for measure in measures)
    shown = (state for state in State if counts[state] or state is not State.ENDED_BEFORE)
    return texts.enumeration(texts(f"changes.counts.{state}", number=counts[state]) for state in shown)


def change_texts(snapshot: Snapshot, since: Since, event: Event) -> tuple[str, str, str, str]:
    """An event as what it is, the measure, and the old and the new text, each as readers see it."""
    measure = since.comparison.new.get(event.measure) or since.comparison.old[event.measure]
    texts = snapshot.texts
    return (
        kind_of(texts, event, snapshot.plan.second.name if snapshot.plan.second else ""),
        texts("changes.measure", id=measure.id, activity=measure.activity),
        _shown(texts, since.previous.plan, event.field, event.old),
        _shown(texts, snapshot.plan, event.field, event.new),
    )


def _shown(texts: Texts, plan: Plan, field: str, text: str) -> str:
    """A value as readers know it: the title that a pillar has in that plan, a date in words, lists with commas."""
    if field == "line":
        return line_title(plan, text)
    if field == "pillar":
        return next((pillar.title for pillar in plan.pillars if pillar.id == text), text)
    if field in ("ended_in", "deadline"):
        return texts.deadline(text)
    return ", ".join(split_list(text)) if field in LIST_FIELDS else text


def line_title(plan: Plan, line: str) -> str:
    """The title of a line of the second classification; an unknown one as it is written."""
    return next((known.title for known in plan.lines if known.id == line), line)


def line_name(plan: Plan) -> str:
    """What a line of the second classification is called, as a heading; empty when the plan has no such."""
    return plan.second.name.capitalize() if plan.second else ""


def kind_of(texts: Texts, event: Event, line: str = "") -> str:
    """What happened to a measure, in a few words, with the measures and ministries it happened with.

    `line` is what the plan calls a line of its second classification.
    """
    others = texts.enumeration(event.others) if event.others else ""
    if event.kind is Kind.DEPARTMENTS:
        return texts("changes.kinds.departments", words=_came_and_went(texts, event))
    if event.kind is Kind.DEADLINE and event.shifts:
        return texts("changes.shifted_before", count=event.shifts)
    if event.kind in (Kind.ENDED, Kind.REMOVED) and others:
        return texts("changes.went_on", kind=texts(f"changes.kinds.{event.kind}"), others=others)
    if event.kind is Kind.MOVED:
        return texts(f"changes.moved.{event.field}", name=line)
    field = texts(f"matrix.fields.{event.field}").lower() if event.kind is Kind.REWORDED else ""
    return texts(f"changes.kinds.{event.kind}", others=others, field=field)


def _came_and_went(texts: Texts, event: Event) -> str:
    before, after = split_list(event.old), split_list(event.new)
    came = [texts("changes.came", code=code) for code in after if code not in before]
    went = [texts("changes.went", code=code) for code in before if code not in after]
    return ", ".join((*came, *went)) or texts("changes.order")


def state_of(snapshot: Snapshot, since: Since | None, measure: Measure) -> str:
    """What a measure is since the previous edition, in words; empty when there is none."""
    if since is None:
        return ""
    state = since.states[measure.id]
    return snapshot.texts(f"changes.states.{state}", ended=snapshot.texts.deadline(measure.ended_in))


def closing_lines(snapshot: Snapshot) -> tuple[str, ...]:
    """How the edition was closed, where a reader must know: without confirmation, or as a correction; else nothing."""
    texts, closing = snapshot.texts, snapshot.closing
    if closing is None:
        return ()
    lines = []
    if closing.version > 1:
        lines.append(texts("closing.version", version=closing.version, reason=closing.reason))
    if closing.unconfirmed:
        lines.append(texts("closing.unconfirmed", count=closing.unconfirmed, reason=closing.force))
    return tuple(lines)
