"""What returned forms say together: each field is settled from what it was, what is asked and what it is now.

No answer is lost and none counts twice, in whatever order the forms come and however often. Where two of them, or one
and the dataset, changed the same field to something else, that is a conflict for a person: nothing is overwritten.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from report_builder.intake.returned import Answer, Returned
from report_builder.intake.snapshot import Snapshot
from report_builder.intake.trail import Outcome, Trail, TrailLine
from report_builder.model import Change
from report_builder.problems import Place, Problem, error

DATASET = "dataset"
"""The name by which a conflict is settled in favour of what stands in the dataset."""

CONFIRMED = "confirmed_for"
IDENTIFIER = "id"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one party has for a field, and where. The dataset is a party too; its `file` is DATASET."""

    value: str
    file: str
    place: Place


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field for which there is more than one answer, and what stood there when the forms left.

    The field `id` means that the measure itself stands in a form more than once.
    """

    measure: str
    field: str
    base: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer and the form in which it stands."""

    form: Returned
    answer: Answer

    @property
    def claim(self) -> Claim:
        return Claim(self.answer.new, self.form.file, self.answer.place)

    def line(self, outcome: Outcome, old: str, departments: str = "") -> TrailLine:
        """What became of it, for the trail. Whose word it is follows from the form unless it is said."""
        answer = self.answer
        whose = departments or self.form.department
        return line_of(self.form, outcome, answer.measure, answer.field, old, answer.new, whose, answer.place)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the answers to some fields: changes to make, lines for the trail, and what nobody settled yet."""

    changes: tuple[Change, ...] = ()
    lines: tuple[TrailLine, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, parts: Iterable["Settled"]) -> "Settled":
        """All parts as one, in their order."""
        known = tuple(parts)
        return cls(
            tuple(change for part in known for change in part.changes),
            tuple(line for part in known for line in part.lines),
            tuple(conflict for part in known for conflict in part.conflicts),
            tuple(problem for part in known for problem in part.problems),
        )


def line_of(
    form: Returned,
    outcome: Outcome,
    measure: str,
    field: str,
    old: str,
    new: str,
    departments: str,
    place: Place,
    author: str = "",
) -> TrailLine:
    return TrailLine(
        outcome=outcome,
        measure=measure,
        field=field,
        old=old,
        new=new,
        departments=departments,
        author=author,
        file=form.file,
        sha256=form.sha256,
        sheet=place.sheet,
        cell=place.cell,
    )


def in_order(forms: Iterable[Returned]) -> tuple[Returned, ...]:
    """Each content once, in an order that does not depend on how the files were named on the command line."""
    ordered = sorted(forms, key=lambda form: (form.file, form.sha256))
    return tuple({form.sha256: form for form in reversed(ordered)}.values())[::-1]


def settle_fields(
    forms: Sequence[Returned], snapshot: Snapshot, trail: Trail, takes: Sequence[str]
) -> Iterator[Settled]:
    """Every answer to a field, but for confirmations, against each other and against the dataset."""
    known = {measure.id: measure for measure in snapshot.measures}
    for (name, field), answers in _by_field(forms, trail).items():
        if name in known:
            yield _settle(answers, known[name].text(field), dataset_place(snapshot, name, field), takes)
        else:
            yield Settled(problems=tuple(error("review-measure-gone", said.answer.place) for said in answers))
    yield from _doubled(forms, trail, takes)


def _by_field(forms: Sequence[Returned], trail: Trail) -> Mapping[tuple[str, str], list[Said]]:
    dealt_with = trail.said
    found: dict[tuple[str, str], list[Said]] = {}
    for form in forms:
        for answer in form.answers:
            said = Said(form, answer)
            if answer.field != CONFIRMED and said.line(Outcome.CHANGED, "").said not in dealt_with:
                found.setdefault((answer.measure, answer.field), []).append(said)
    return dict(sorted(found.items()))


def dataset_place(snapshot: Snapshot, measure: str, field: str) -> Place:
    line = snapshot.lines_by_measure.get(measure, 0)
    return Place(file=snapshot.plan.files.dataset, line=line, measure=measure, field=field)


def _settle(answers: Sequence[Said], now: str, place: Place, takes: Sequence[str]) -> Settled:
    """One field of one measure: its answers that are not what stands there already."""
    live = [said for said in answers if said.answer.new != now]
    if not live:
        return Settled()
    claims, first, dataset = [said.claim for said in live], live[0].answer, Claim(now, DATASET, place)
    if any(said.answer.old != now for said in live):
        claims.insert(0, dataset)
    chosen = first.new
    if len({claim.value for claim in claims}) > 1:
        taken = taken_claim(claims, takes, dataset)
        if taken is None:
            return Settled(conflicts=(Conflict(first.measure, first.field, first.old, tuple(claims)),))
        chosen = taken.value
    changes = (Change(first.measure, first.field, now, chosen),) if chosen != now else ()
    lines = (said.line(Outcome.CHANGED if said.answer.new == chosen else Outcome.SET_ASIDE, now) for said in live)
    return Settled(changes, tuple(lines))


def taken_claim(claims: Sequence[Claim], takes: Sequence[str], dataset: Claim) -> Claim | None:
    """The claim of the first party in `takes` that has one; None when a person has yet to choose.

    A file that claims two things settles nothing.
    """
    for name in takes:
        if name == DATASET:
            return dataset
        own = [claim for claim in claims if claim.file == name]
        if own and len({claim.value for claim in own}) == 1:
            return own[0]
    return None


def _doubled(forms: Sequence[Returned], trail: Trail, takes: Sequence[str]) -> Iterator[Settled]:
    """A measure with two rows in one form: which of them counts only the ministry can say."""
    for form in forms:
        for doubled in form.doubled:
            place = doubled.places[0]
            line = line_of(form, Outcome.SET_ASIDE, doubled.measure, IDENTIFIER, "", "", form.department, place)
            if line.said in trail.said:
                continue
            if DATASET in takes:
                yield Settled(lines=(line,))
            else:
                claims = tuple(Claim(doubled.measure, form.file, place) for place in doubled.places)
                yield Settled(conflicts=(Conflict(doubled.measure, IDENTIFIER, "", claims),))


def remarks(forms: Sequence[Returned], trail: Trail) -> Iterator[TrailLine]:
    """Everything that was remarked and is not in the trail yet: the same words of the same ministry count once."""
    known = {_words(line) for line in trail.lines}
    for form in forms:
        for remark in form.remarks:
            line = line_of(
                form,
                remark.outcome,
                remark.measure,
                str(remark.outcome),
                "",
                remark.text,
                form.department,
                remark.place,
                remark.author,
            )
            if _words(line) not in known:
                known.add(_words(line))
                yield line


def _words(line: TrailLine) -> tuple[str, ...]:
    return line.outcome, line.measure, line.departments, line.author, line.new
