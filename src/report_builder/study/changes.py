"""What differs between two states of the measures, as values: one for each measure and field.

The same value says what changed since last quarter and what an analyst changed in a form. Measures are matched by their
identifier alone, so their order is no difference: `apply(old, compare(old, new))` holds the measures of `new`, and
`compare(x, x)` has no changes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from report_builder.model import ALL_FIELDS, Change, Measure, split_list
from report_builder.problems import Place, Problem, error

COMPARED = tuple(name for name in ALL_FIELDS if name != "id")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two states, each by identifier, and the changes from one to the other in the order of the new state."""

    old: Mapping[str, Measure]
    new: Mapping[str, Measure]
    changes: tuple[Change, ...]

    @property
    def added(self) -> tuple[Measure, ...]:
        return tuple(measure for name, measure in self.new.items() if name not in self.old)

    @property
    def removed(self) -> tuple[Measure, ...]:
        return tuple(measure for name, measure in self.old.items() if name not in self.new)

    @property
    def altered(self) -> dict[str, tuple[Change, ...]]:
        """The changes to each measure that is in both states."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            if change.old is not None and change.new is not None:
                found.setdefault(change.measure, []).append(change)
        return {name: tuple(changes) for name, changes in found.items()}


def compare(old: Iterable[Measure], new: Iterable[Measure]) -> Comparison:
    """Every difference between two states. Raise ValueError when an identifier stands in one of them twice."""
    before, after = _by_identifier(old), _by_identifier(new)
    altered = [(before.get(name), measure) for name, measure in after.items() if measure != before.get(name)]
    removed = [measure for name, measure in before.items() if name not in after]
    changes = [change for pair in altered for change in _differences(*pair)]
    changes += [change for measure in removed for change in _differences(measure, None)]
    return Comparison(before, after, tuple(changes))


def apply(measures: Iterable[Measure], changes: Iterable[Change]) -> tuple[Measure, ...]:
    """The measures with these changes made, new ones at the end.

    Raise ValueError when a field is not what the change says it was: then somebody else changed it, and nothing may be
    overwritten unseen.
    """
    texts = {m.id: {name: m.text(name) for name in ALL_FIELDS} for m in measures}
    removed: set[str] = set()
    for change in changes:
        if change.old is None:
            texts.setdefault(change.measure, {"id": change.measure})
        known = texts.get(change.measure, {})
        if known.get(change.field) != change.old:
            raise ValueError(f"{change.measure}: {change.field} is not {change.old!r}")
        if change.new is None:
            removed.add(change.measure)
        else:
            known[change.field] = change.new
    return tuple(Measure.from_texts(fields) for name, fields in texts.items() if name not in removed)


def continuity(comparison: Comparison) -> Iterator[Problem]:
    """Measures that are gone without having ended, and those that had ended and came back."""
    for measure in comparison.removed:
        if not measure.ended_in:
            yield error("measure-vanished", Place(measure=measure.id))
    for name, measure in comparison.new.items():
        before = comparison.old.get(name)
        if before and before.ended_in and not measure.ended_in:
            yield error("measure-came-back", Place(measure=name, field="ended_in"), ended=before.ended_in)


def joined(change: Change) -> tuple[str, ...]:
    """The items that a change adds to a list field, such as the ministries that joined."""
    before = split_list(change.old or "")
    return tuple(item for item in split_list(change.new or "") if item not in before)


def left(change: Change) -> tuple[str, ...]:
    """The items that a change takes out of a list field, such as the ministries that left."""
    after = split_list(change.new or "")
    return tuple(item for item in split_list(change.old or "") if item not in after)


def _by_identifier(measures: Iterable[Measure]) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    for measure in measures:
        if measure.id in found:
            raise ValueError(f"{measure.id} stands there twice")
        found[measure.id] = measure
    return found


def _differences(old: Measure | None, new: Measure | None) -> Iterator[Change]:
    measure = new or old
    if measure is None:
        return
    for name in COMPARED:
        before, after = old.text(name) if old else None, new.text(name) if new else None
        if before != after:
            yield Change(measure.id, name, before, after)
