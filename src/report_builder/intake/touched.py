"""What was touched in a form: an answer that means something else than what stood there when the form left."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from report_builder.intake.answers import same
from report_builder.intake.baseline import PROPOSED, REMARK, Baseline
from report_builder.intake.returned import Answer, Expected, Remark
from report_builder.intake.trail import Outcome
from report_builder.problems import Place, Problem, warning

CONFIRMED = "confirmed_for"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in one answer cell."""

    field: str
    text: str
    place: Place


def touched(
    cells: Iterable[Typed], measure: str, baseline: Baseline, expected: Expected
) -> Iterator[Answer | Remark | Problem]:
    """What the answer cells of one measure say that its baseline does not."""
    for cell in cells:
        if cell.field == REMARK:
            if text := cell.text.strip():
                yield Remark(Outcome.REMARK, measure, text, "", cell.place)
        elif cell.field == CONFIRMED:
            yield from _confirmation(cell, measure, baseline, expected)
        elif cell.text.strip() or cell.field not in PROPOSED:
            yield from _answer(cell, measure, baseline, expected)


def _answer(cell: Typed, measure: str, baseline: Baseline, expected: Expected) -> Iterator[Answer | Problem]:
    before = baseline.values.get((measure, cell.field), "")
    if same(cell.text, before):
        return
    value, problems = expected.rules.read(cell.field, cell.text, cell.place)
    yield from problems
    if problems or same(value, before):
        return
    if not value:
        yield warning("answer-emptied", cell.place, old=before)
    yield Answer(measure, cell.field, before, value, cell.place)


def _confirmation(cell: Typed, measure: str, baseline: Baseline, expected: Expected) -> Iterator[Answer | Problem]:
    """Yes where it was not confirmed; no, also where it was not: that a ministry will not confirm must be heard."""
    said, problems = expected.rules.confirmed(cell.text, cell.place)
    yield from problems
    edition = str(expected.edition)
    before = baseline.values.get((measure, CONFIRMED), "")
    was_confirmed = before == edition
    if problems or said is was_confirmed is True or (said is None and not was_confirmed):
        return
    yield Answer(measure, CONFIRMED, before, edition if said else "", cell.place)


def altered(
    shown: Mapping[str, str], places: Mapping[str, Place], measure: str, baseline: Baseline, expected: Expected
) -> Iterator[Problem]:
    """A locked text that is not what the form showed: somebody meant something by it, but it is no answer."""
    for field, text in shown.items():
        before = baseline.values.get((measure, field), "")
        original = expected.pillars.get(before, before) if field == "pillar" else before
        spelled = ", ".join(original.split(";")) if field == "departments" else original
        if not same(text, spelled):
            yield warning("locked-cell-changed", places[field], old=spelled, new=text)
