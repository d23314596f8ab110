"""What only a measure's own ministries may read of it, and whether any of it stands where it does not belong."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from report_builder.intake.snapshot import Snapshot
from report_builder.intake.trail import Outcome, TrailLine
from report_builder.model import split_list
from report_builder.office.readable import Readable
from report_builder.problems import Place, Problem, error

PRIVATE = ("id", "objective", "activity", "explanation", "progress")
"""The fields with words of a ministry's own. Status, lead and deadline say nothing without the measure they belong to,
and references name papers that are public."""

WINDOW = 8
"""So many words of a text in a row are a quotation of it, whatever stands around them."""

FEWEST = 3
"""A text of fewer words is one that others may use by chance, so it counts only where it stands by itself."""

SAID = (Outcome.REMARK, Outcome.COMMENT, Outcome.SET_ASIDE)
"""What ministries said in returned forms that does not stand in the dataset: for whoever keeps it, and nobody else."""

Words = tuple[str, ...]
Holders = dict[str, tuple[str, str]]
"""Whose a text is, as measures and as ministries that said it; with each, the measure and the field that it is of."""


class PrivateTexts:
    """The private texts of an edition and of those before it, to look for in files.

    They are those of all measures, and what ministries `said` of them in returned forms. What stands in the plan or in
    `texts.toml` as well says nothing of one measure, and is no secret.
    """

    def __init__(self, snapshot: Snapshot, said: Iterable[TrailLine] = ()) -> None:
        known = (*_of_measures(snapshot), *_of_forms(said))
        self._wholes: dict[Words, Holders] = {}
        self._windows: dict[Words, Holders] = {}
        for holder, measure, field, words in known:
            if field == "id" or len(words) >= FEWEST:
                self._windows |= {window: {} for window in _windows(words, [min(len(words), WINDOW)])}
            else:
                self._wholes.setdefault(words, {})[holder] = measure, field
        self._sizes = sorted({len(window) for window in self._windows})
        for words in map(_words, (*_of_plan(snapshot), *snapshot.texts.sentences())):
            for window in _windows(words, self._sizes):
                self._windows.pop(window, None)
            self._wholes.pop(words, None)
        for holder, measure, field, words in known:
            for window in _windows(words, self._sizes):
                if window in self._windows:
                    self._windows[window][holder] = measure, field

    def strangers_in(self, texts: Iterable[Readable], reader: "Reader") -> Iterator[Problem]:
        """Every private text that is not the reader's, once for each part of the file that it stands in.

        A text that one of the own measures has as well is the reader's too.
        """
        seen: set[tuple[str, str, str]] = set()
        for text in texts:
            words = _words(text.text)
            found = [holders for window in _windows(words, self._sizes) if (holders := self._windows.get(window))]
            found += [self._wholes[words]] if text.whole and words in self._wholes else []
            for holders in found:
                measure, field = next(iter(holders.values()))
                if (text.part, measure, field) not in seen and not reader.may_read(holders):
                    seen.add((text.part, measure, field))
                    yield error("letter-stranger", Place(file=text.part, measure=measure, field=field))


@dataclass(frozen=True, slots=True)
class Reader:
    """A ministry as a reader of files: by its code, with its own measures, and those that may be named to it."""

    code: str
    own: frozenset[str]
    kin: frozenset[str]

    @classmethod
    def of(cls, snapshot: Snapshot, code: str) -> "Reader":
        own = frozenset(measure.id for measure in snapshot.measures_of(code))
        return cls(code, own, kin_of(snapshot, own))

    def may_read(self, holders: Holders) -> bool:
        """Whether a text is its own. Of kin it may read the number, and no more."""
        return any(
            holder in self.own or holder == f"@{self.code}" or (field == "id" and holder in self.kin)
            for holder, (_, field) in holders.items()
        )


def kin_of(snapshot: Snapshot, own: frozenset[str]) -> frozenset[str]:
    """The measures that own ones replace, and those that own ones went on in: the account of changes names them."""
    replaced = {name for measure in snapshot.measures if measure.id in own for name in measure.replaces}
    return frozenset(replaced | {measure.id for measure in snapshot.measures if not own.isdisjoint(measure.replaces)})


def _of_measures(snapshot: Snapshot) -> Iterator[tuple[str, str, str, Words]]:
    before = (measure for past in snapshot.past for measure in past.measures)
    for measure in (*before, *snapshot.measures):
        for field in PRIVATE:
            if words := _words(measure.text(field)):
                yield measure.id, measure.id, field, words


def _of_forms(said: Iterable[TrailLine]) -> Iterator[tuple[str, str, str, Words]]:
    """With nobody named, it was said by whoever keeps the dataset, and is no ministry's."""
    for line in said:
        words = _words(line.new) if line.outcome in SAID else ()
        for code in split_list(line.departments) or ("",):
            if words:
                yield f"@{code}", line.measure, line.field, words


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
