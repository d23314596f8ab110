"""What only a measure's own ministries may read of it, and whether any of it stands where it does not belong."""

import re
from collections.abc import Container, Iterable, Iterator

from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure
from report_builder.office.readable import Readable
from report_builder.problems import Place, Problem, error

PRIVATE = ("id", "objective", "activity", "explanation", "progress")
"""The fields with words of a ministry's own. Status, lead and deadline say nothing without the measure they belong to,
and references name papers that are public."""

WINDOW = 8
"""So many words of a text in a row are a quotation of it, whatever stands around them."""

FEWEST = 3
"""A text of fewer words is one that others may use by chance, so it counts only where it stands by itself."""

Words = tuple[str, ...]


class PrivateTexts:
    """The private texts of all measures of an edition and of those before it, to look for in files.

    What stands in the plan or in `texts.toml` as well says nothing of one measure, and is no secret.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        measures = (*(measure for past in snapshot.past for measure in past.measures), *snapshot.measures)
        self._wholes: dict[Words, dict[str, str]] = {}
        self._windows: dict[Words, dict[str, str]] = {}
        for measure in measures:
            for field, words in _private(measure):
                if field == "id" or len(words) >= FEWEST:
                    self._windows |= {window: {} for window in _windows(words, [min(len(words), WINDOW)])}
                else:
                    self._wholes.setdefault(words, {})[measure.id] = field
        self._sizes = sorted({len(window) for window in self._windows})
        for words in map(_words, (*_of_plan(snapshot), *snapshot.texts.sentences())):
            for window in _windows(words, self._sizes):
                self._windows.pop(window, None)
            self._wholes.pop(words, None)
        for measure in measures:
            for field, words in _private(measure):
                for window in _windows(words, self._sizes):
                    if window in self._windows:
                        self._windows[window][measure.id] = field

    def strangers_in(self, texts: Iterable[Readable], own: Container[str], named: Container[str]) -> Iterator[Problem]:
        """Every private text of a measure that is not among `own`, once for each part of the file that it stands in.

        A text that one of the own measures has as well is the reader's too. Those `named` may be named by their number.
        """
        seen: set[tuple[str, str, str]] = set()
        for text in texts:
            words = _words(text.text)
            found = [holders for window in _windows(words, self._sizes) if (holders := self._windows.get(window))]
            found += [self._wholes[words]] if text.whole and words in self._wholes else []
            for holders in found:
                measure, field = next(iter(holders.items()))
                if any(name in own or (kind == "id" and name in named) for name, kind in holders.items()):
                    continue
                if (text.part, measure, field) not in seen:
                    seen.add((text.part, measure, field))
                    yield error("letter-stranger", Place(file=text.part, measure=measure, field=field))


def kin_of(snapshot: Snapshot, own: frozenset[str]) -> frozenset[str]:
    """The measures that own ones replace, and those that own ones went on in: the account of changes names them."""
    replaced = {name for measure in snapshot.measures if measure.id in own for name in measure.replaces}
    return frozenset(replaced | {measure.id for measure in snapshot.measures if not own.isdisjoint(measure.replaces)})


def _private(measure: Measure) -> Iterator[tuple[str, Words]]:
    return ((field, words) for field in PRIVATE if (words := _words(measure.text(field))))


def _of_plan(snapshot: Snapshot) -> Iterator[str]:
    plan = snapshot.plan
    yield from (plan.title, plan.sender, *plan.statuses)
    for group in (*plan.pillars, *plan.lines):
        yield from (group.title, group.note)
    yield from (department.name for department in snapshot.register.departments)


def _words(text: str) -> Words:
    return tuple(re.findall(r"\w+", text.casefold()))


def _windows(words: Words, sizes: Iterable[int]) -> Iterator[Words]:
    """Every run of so many words."""
    return (words[start : start + size] for size in sizes for start in range(len(words) - size + 1))
