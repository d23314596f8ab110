"""Confirmation: a ministry speaks for itself, and a measure is confirmed when every ministry in it has done so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from report_builder.intake.returned import Returned
from report_builder.intake.snapshot import Snapshot
from report_builder.intake.trail import Outcome, Trail, TrailLine
from report_builder.model import LIST_SEPARATOR, Change, Measure
from report_builder.problems import error
from report_builder.study.reviews import (
    CONFIRMED,
    DATASET,
    Claim,
    Conflict,
    Said,
    Settled,
    dataset_place,
    line_of,
    taken_claim,
)


def settle_confirmations(
    forms: Sequence[Returned], snapshot: Snapshot, trail: Trail, takes: Sequence[str]
) -> Iterator[Settled]:
    """Who confirms what, or will not. The form that holds all measures speaks for all ministries of a measure.

    The dataset says that a measure is confirmed once its last ministry has confirmed it, and no longer when one of them
    takes that back.
    """
    known = {measure.id: measure for measure in snapshot.measures}
    words: dict[str, list[Said]] = {}
    for form in forms:
        for answer in form.answers:
            if answer.field == CONFIRMED:
                words.setdefault(answer.measure, []).append(Said(form, answer))
    for name, said in sorted(words.items()):
        if name in known:
            yield _Measure(known[name], snapshot, trail, takes).settle(said)
        else:
            yield Settled(problems=tuple(error("review-measure-gone", s.answer.place) for s in said))


class _Measure:
    """One measure, with what its ministries said of it before."""

    def __init__(self, measure: Measure, snapshot: Snapshot, trail: Trail, takes: Sequence[str]) -> None:
        self._measure, self._snapshot, self._trail, self._takes = measure, snapshot, trail, takes

    def settle(self, said: Sequence[Said]) -> Settled:
        fresh = [s for s in said if self._line(s, self._speakers(s)).said not in self._trail.said]
        codes: dict[int, list[str]] = {}
        for code in sorted({code for s in fresh for code in self._speakers(s)}):
            own = [s for s in fresh if code in self._speakers(s)]
            one = self._one(own)
            if one is None:
                claims = tuple(s.claim for s in own)
                return Settled(conflicts=(Conflict(self._measure.id, CONFIRMED, own[0].answer.old, claims),))
            if isinstance(one, Said) and self._word(code) is not bool(one.answer.new):
                codes.setdefault(fresh.index(one), []).append(code)
        return self._with_dataset(tuple(self._line(fresh[at], whose) for at, whose in sorted(codes.items())))

    def _one(self, own: Sequence[Said]) -> Said | Claim | None:
        """The word that counts of those that speak for one ministry; None when a person has yet to choose.

        A claim when it is the dataset that counts.
        """
        claims = [s.claim for s in own]
        if len({claim.value for claim in claims}) == 1:
            return own[0]
        place = dataset_place(self._snapshot, self._measure.id, CONFIRMED)
        taken = taken_claim(claims, self._takes, Claim(self._measure.confirmed_for, DATASET, place))
        return next((s for s in own if s.claim == taken), taken)

    def _with_dataset(self, lines: tuple[TrailLine, ...]) -> Settled:
        """These words, and what follows from them for what the dataset says of the whole measure."""
        words = {code: self._word(code) for code in self._measure.departments}
        for line in lines:
            words |= dict.fromkeys(line.departments.split(LIST_SEPARATOR), line.outcome is Outcome.CONFIRMED)
        now, edition = self._measure.confirmed_for, str(self._snapshot.edition)
        after = now
        if now != edition and all(words[code] for code in self._measure.departments):
            after = edition
        elif now == edition and any(word is False for word in words.values()):
            after = self._before()
        if not lines or after == now:
            return Settled(lines=lines)
        of_all = replace(lines[-1], outcome=Outcome.CHANGED, old=now, new=after)
        return Settled((Change(self._measure.id, CONFIRMED, now, after),), (*lines, of_all))

    def _before(self) -> str:
        """The edition for which the measure was confirmed before this one, as far as the trail knows it."""
        wanted = (Outcome.CHANGED, self._measure.id, CONFIRMED, str(self._snapshot.edition))
        found = (s.old for s in reversed(self._trail.lines) if (s.outcome, s.measure, s.field, s.new) == wanted)
        return next(found, "")

    def _word(self, code: str) -> bool | None:
        """What this ministry last said of the measure; None when it said nothing."""
        return self._trail.words.get((self._measure.id, code))

    def _speakers(self, said: Said) -> tuple[str, ...]:
        return (said.form.department,) if said.form.department else self._measure.departments

    def _line(self, said: Said, codes: Sequence[str]) -> TrailLine:
        answer = said.answer
        outcome = Outcome.CONFIRMED if answer.new else Outcome.NOT_CONFIRMED
        whose = LIST_SEPARATOR.join(codes)
        return line_of(said.form, outcome, answer.measure, CONFIRMED, answer.old, answer.new, whose, answer.place)
