"""Ministries through time: a measure goes on under the name that its ministry has now.

An edition keeps the names of its date. Where a ministry was renamed or went on in another since the previous edition,
that is a change of name and not of the measure; it is shown with both names, and listed for a person to confirm.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from report_builder.departments import Department, Register
from report_builder.intake.snapshot import Past
from report_builder.model import Measure
from report_builder.problems import Place, Problem, warning

Names = Mapping[str, Department]
"""Codes of the previous edition, each with the ministry that has its work now under another code or name."""


@dataclass(frozen=True, slots=True)
class Rename:
    """A ministry of a measure that now has another name: as the previous edition had it, and as it is."""

    measure: str
    former: Department
    present: Department


def new_names(previous: Past, register: Register, day: date) -> Names:
    """The codes of an earlier edition whose ministries have another code or name on this day."""
    codes = {code for measure in previous.measures for code in (*measure.departments, measure.lead) if code}
    found = {}
    for code in sorted(codes):
        former = previous.register.resolve(code, previous.as_of).department
        present = former and register.present_of(former, day)
        if former and present and (former.code, former.name) != (present.code, present.name):
            found[code] = present
    return found


def under_own_names(past: Iterable[Past]) -> tuple[Past, ...]:
    """Each of these editions, the oldest first, as its own documents named the ministries."""
    found: list[Past] = []
    for edition in past:
        before = found[-1] if found else None
        measures = continued(before, edition.measures, edition.register, edition.as_of)
        found.append(replace(edition, measures=measures))
    return tuple(found)


def continued(
    previous: Past | None, measures: tuple[Measure, ...], register: Register, day: date
) -> tuple[Measure, ...]:
    """The measures with each former name of a ministry replaced that the same measure had in the previous edition.

    Any other name that is not of the date stays as it is, for the checks to refuse.
    """
    names = new_names(previous, register, day) if previous else {}
    names = {code: present for code, present in names.items() if register.resolve(code, day).department is None}
    if not previous or not names:
        return measures
    codes = {measure.id: {*measure.departments, measure.lead} & names.keys() for measure in previous.measures}
    return tuple(renamed(m, {code: names[code] for code in codes.get(m.id, ())}) for m in measures)


def renamed(measure: Measure, names: Names) -> Measure:
    """The measure under the present names of its ministries; two that became one count once."""
    if names.keys().isdisjoint((*measure.departments, measure.lead)):
        return measure
    codes = (names[code].code if code in names else code for code in measure.departments)
    lead = names[measure.lead].code if measure.lead in names else measure.lead
    return replace(measure, departments=tuple(dict.fromkeys(codes)), lead=lead)


def renames(previous: Past, measures: Iterable[Measure], names: Names) -> Iterator[Rename]:
    """Each ministry of each measure that has another name than in the previous edition, and still takes part."""
    former = {code: previous.register.resolve(code, previous.as_of).department for code in names}
    before = {m.id: m for m in previous.measures if not names.keys().isdisjoint(m.departments)}
    for measure in measures:
        old = before.get(measure.id)
        for code in old.departments if old else ():
            known, present = former.get(code), names.get(code)
            gone = present is not None and (code not in measure.departments or present.code == code)
            if known and present and gone and present.code in measure.departments:
                yield Rename(measure.id, known, present)


def to_confirm(found: Iterable[Rename]) -> Iterator[Problem]:
    """Every rename, for a person to confirm: the register knows who went on, not who took over this measure."""
    for rename in found:
        place = Place(measure=rename.measure, field="departments")
        former, present = rename.former, rename.present
        yield warning(
            "ministry-renamed",
            place,
            former=former.code,
            former_name=former.name,
            present=present.code,
            present_name=present.name,
        )
