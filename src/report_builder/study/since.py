"""What happened since the previous edition, in the terms in which parliament and ministries ask for it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from report_builder.intake.snapshot import Past, Snapshot
from report_builder.model import LINE, Change, Measure, deadline_end
from report_builder.problems import Place, Problem, error
from report_builder.study.changes import Comparison, compare, continuity, joined, left
from report_builder.study.renames import Rename, new_names, renamed, renames, to_confirm


class State(StrEnum):
    """What a measure of this edition is in respect of the previous one."""

    NEW = "new"
    UPDATED = "updated"
    CONFIRMED_UNCHANGED = "confirmed-unchanged"
    NOT_DELIVERED = "not-delivered"
    ENDED = "ended"
    ENDED_BEFORE = "ended-before"
    """It had ended in the previous edition already."""


class Kind(StrEnum):
    """What an event says of a measure."""

    ADDED = "added"
    SPLIT = "split"
    MERGED = "merged"
    REPLACING = "replacing"
    TAKING_OVER = "taking-over"
    ENDED = "ended"
    RESUMED = "resumed"
    REMOVED = "removed"
    MOVED = "moved"
    REWORDED = "reworded"
    DEPARTMENTS = "departments"
    LEAD = "lead"
    STATUS = "status"
    PROGRESS = "progress"
    DEADLINE = "deadline"
    REFERENCES = "references"
    RENAMED = "renamed"


KINDS = {
    "pillar": Kind.MOVED,
    "line": Kind.MOVED,
    "objective": Kind.REWORDED,
    "activity": Kind.REWORDED,
    "explanation": Kind.REWORDED,
    "departments": Kind.DEPARTMENTS,
    "lead": Kind.LEAD,
    "status": Kind.STATUS,
    "progress": Kind.PROGRESS,
    "deadline": Kind.DEADLINE,
    "references": Kind.REFERENCES,
}
"""The fields of which a change is told. That a measure was confirmed, or read elsewhere, does not change it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a measure, as texts of the dataset.

    `others` are the measures it replaces, or that replace it. `shifts` counts how often its deadline had moved before
    this edition.
    """

    measure: str
    kind: Kind
    field: str = ""
    old: str = ""
    new: str = ""
    others: tuple[str, ...] = ()
    shifts: int = 0


@dataclass(frozen=True, slots=True)
class Since:
    """The previous edition, what happened since to whom, and the state of each measure. Names are those of today."""

    previous: Past
    comparison: Comparison
    renames: tuple[Rename, ...]
    events: tuple[Event, ...]
    states: Mapping[str, State]
    former: Mapping[str, Mapping[str, str]]
    """By measure: the codes of its ministries that have another name now, each with the codes it had."""

    problems: tuple[Problem, ...]
    """Measures that are gone or came back without a word, and ministries whose new name is to be confirmed."""


def since_previous(snapshot: Snapshot) -> Since | None:
    """What changed since the previous edition; None when there is none. Raise ValueError on an identifier twice."""
    previous = snapshot.previous
    if previous is None:
        return None
    names = new_names(previous, snapshot.register, snapshot.as_of)
    comparison = compare((renamed(measure, names) for measure in previous.measures), snapshot.measures)
    name_changes = tuple(renames(previous, snapshot.measures, names))
    problems = (*continuity(comparison), *_returned(snapshot, comparison), *to_confirm(name_changes))
    file, lines = snapshot.plan.files.dataset, snapshot.lines_by_measure
    return Since(
        previous=previous,
        comparison=comparison,
        renames=name_changes,
        events=tuple(_events(snapshot, previous, comparison, name_changes)),
        states=_states(snapshot, comparison),
        former=_former(previous, name_changes),
        problems=tuple(problem.within(file, lines.get(problem.place.measure, 0)) for problem in problems),
    )


def _former(previous: Past, name_changes: tuple[Rename, ...]) -> dict[str, dict[str, str]]:
    """A ministry that took over from another and took part before is named among those that were."""
    present: dict[str, dict[str, str]] = {}
    for rename in name_changes:
        present.setdefault(rename.measure, {})[rename.former.code] = rename.present.code
    found = {}
    for measure in previous.measures:
        if names := present.get(measure.id):
            had = [(names.get(code, code), code) for code in measure.departments]
            found[measure.id] = {
                now: ", ".join(code for name, code in had if name == now) for now in dict.fromkeys(names.values())
            }
    return found


def _returned(snapshot: Snapshot, comparison: Comparison) -> Iterator[Problem]:
    """Measures of an edition before the previous one, taken out since, whose number is in use again."""
    added = {measure.id for measure in comparison.added}
    last = {m.id: earlier.edition for earlier in snapshot.past[:-1] for m in earlier.measures if m.id in added}
    for name, edition in last.items():
        yield error("measure-came-back", Place(measure=name, field="id"), ended=str(edition))


def _states(snapshot: Snapshot, comparison: Comparison) -> dict[str, State]:
    edition = str(snapshot.edition)
    altered = {change.measure for change in comparison.changes if _alters(change)}
    states = {}
    for measure in snapshot.measures:
        before = comparison.old.get(measure.id)
        if measure.ended_in:
            states[measure.id] = State.ENDED_BEFORE if before and before.ended_in else State.ENDED
        elif before is None:
            states[measure.id] = State.NEW
        elif measure.id in altered:
            states[measure.id] = State.UPDATED
        elif measure.confirmed_for == edition:
            states[measure.id] = State.CONFIRMED_UNCHANGED
        else:
            states[measure.id] = State.NOT_DELIVERED
    return states


def _alters(change: Change) -> bool:
    """Whether a change is one of content: not the line of a second classification, nor the order of the ministries."""
    if change.field == "departments":
        return bool(joined(change) or left(change))
    if change.field == "replaces":
        return bool(joined(change))
    return change.field in KINDS and change.field != LINE


def _shifts(past: tuple[Past, ...]) -> Counter[str]:
    """How often the deadline of each measure moved to another day in the closed editions. A gap is no day."""
    found: Counter[str] = Counter()
    known: dict[str, str] = {}
    for edition in past:
        for measure in edition.measures:
            deadline = measure.deadline
            before = known.get(measure.id, deadline)
            if deadline:
                found[measure.id] += deadline != before and deadline_end(deadline) != deadline_end(before)
                known[measure.id] = deadline
    return found


def _events(
    snapshot: Snapshot, previous: Past, comparison: Comparison, name_changes: tuple[Rename, ...]
) -> Iterator[Event]:
    """A second classification that is new, or was given up, is a change of the plan and not of each measure."""
    shifts = _shifts(snapshot.past)
    successors = _successors(comparison)
    altered = comparison.altered
    in_two_ways = previous.plan.second is not None and snapshot.plan.second is not None
    by_measure: dict[str, list[Rename]] = {}
    for rename in name_changes:
        by_measure.setdefault(rename.measure, []).append(rename)
    for name, measure in comparison.new.items():
        if name not in comparison.old:
            yield _arrival(measure, successors)
        for change in altered.get(name, ()):
            if change.field == "ended_in":
                yield _ending(change, successors.get(name, ()))
            elif change.field == "replaces" and (others := joined(change)):
                yield Event(name, Kind.TAKING_OVER, "replaces", change.old or "", change.new or "", others)
            elif change.field in KINDS and (change.field != LINE or in_two_ways):
                moved = shifts[name] if change.field == "deadline" else 0
                old, new = change.old or "", change.new or ""
                yield Event(name, KINDS[change.field], change.field, old, new, shifts=moved)
        for rename in by_measure.get(name, ()):
            old, new = (f"{d.code} ({d.name})" for d in (rename.former, rename.present))
            yield Event(name, Kind.RENAMED, "departments", old, new)
    for measure in comparison.removed:
        yield Event(measure.id, Kind.REMOVED, old=measure.activity, others=successors.get(measure.id, ()))


def _successors(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    """Which measures came in the place of each since the previous edition: new ones, and others that took it over."""
    found: dict[str, list[str]] = {}
    for measure in comparison.new.values():
        before = comparison.old.get(measure.id)
        for name in measure.replaces:
            if before is None or name not in before.replaces:
                found.setdefault(name, []).append(measure.id)
    return {name: tuple(successors) for name, successors in found.items()}


def _arrival(measure: Measure, successors: Mapping[str, tuple[str, ...]]) -> Event:
    """A measure that was not there: of its own, or in the place of others."""
    kind = Kind.ADDED
    if len(measure.replaces) > 1:
        kind = Kind.MERGED
    elif measure.replaces:
        kind = Kind.SPLIT if len(successors[measure.replaces[0]]) > 1 else Kind.REPLACING
    return Event(measure.id, kind, new=measure.activity, others=measure.replaces)


def _ending(change: Change, successors: tuple[str, ...]) -> Event:
    kind = Kind.ENDED if change.new else Kind.RESUMED
    return Event(change.measure, kind, "ended_in", change.old or "", change.new or "", others=successors)
