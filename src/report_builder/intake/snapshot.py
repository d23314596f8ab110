"""One frozen state of plan, ministries and measures, from which all documents of an edition are made."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from operator import attrgetter

from report_builder.departments import Department, Register
from report_builder.intake.inputs import Input
from report_builder.model import FIELDS, Closing, Edition, Measure, Pillar, Repair
from report_builder.settings import Plan
from report_builder.texts import Texts


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the dataset was first read from its source: rows in it, lines joined, and repairs made."""

    file: str
    rows: int
    joins: int
    repairs: tuple[Repair, ...]

    @property
    def doubts(self) -> tuple[Repair, ...]:
        return tuple(repair for repair in self.repairs if not repair.certain)


@dataclass(frozen=True, slots=True)
class Past:
    """An edition as it was closed: its measures under the names of its own date. Version 0 is not closed yet.

    `columns` are those of the dataset file.
    """

    edition: Edition
    version: int
    plan: Plan
    as_of: date
    register: Register
    measures: tuple[Measure, ...]
    inputs: tuple[Input, ...] = ()
    columns: tuple[str, ...] = FIELDS


@dataclass(frozen=True)
class Snapshot:
    """Everything that one edition says, and nothing that can change while its documents are made.

    `rows_in` counts the rows of the dataset as read, before any of them could be lost; `lines` are where the
    measures stand in the dataset, in the same order (empty when that is not known). `provenance` is None when the
    plan names no source text. `inputs` are the files that were read. `past` are the closed editions before this one,
    the oldest first. `closing` is None until this edition is closed. `confirmed_by` are by measure the ministries that
    confirmed it in a returned form, also while others have yet to do so. What is derived from all measures is found
    once.
    """

    plan: Plan
    edition: Edition
    as_of: date
    register: Register
    measures: tuple[Measure, ...]
    rows_in: int
    texts: Texts
    provenance: Provenance | None
    inputs: tuple[Input, ...]
    lines: tuple[int, ...] = ()
    past: tuple[Past, ...] = ()
    closing: Closing | None = None
    confirmed_by: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def department(self, code: str) -> Department:
        """The ministry under this code on the reference date. Raise KeyError when a check should have refused it."""
        found = self.register.resolve(code, self.as_of).department
        if found is None:
            raise KeyError(code)
        return found

    @property
    def concept(self) -> bool:
        """Whether any measure still awaits the ministries' word: such a set may not pass for final."""
        return bool(self.unconfirmed)

    @cached_property
    def unconfirmed(self) -> tuple[Measure, ...]:
        """The measures that nobody confirmed for this edition. What ended in an earlier one is not asked for again."""
        edition = self._edition
        return tuple(m for m in self.measures if m.confirmed_for != edition and not "" < m.ended_in < edition)

    def awaiting(self, measure: Measure) -> tuple[str, ...]:
        """The ministries that have yet to confirm this measure for this edition, in the measure's own order."""
        edition = self._edition
        if measure.confirmed_for == edition or "" < measure.ended_in < edition:
            return ()
        if not (confirmed := self.confirmed_by.get(measure.id)):
            return measure.departments
        return tuple(code for code in measure.departments if code not in confirmed)

    def confirming(self, measure: Measure) -> tuple[str, ...]:
        """The ministries that confirmed this measure for this edition, each by itself or all together."""
        if measure.confirmed_for == self._edition:
            return measure.departments
        if not (confirmed := self.confirmed_by.get(measure.id)):
            return ()
        return tuple(code for code in measure.departments if code in confirmed)

    def has_confirmed(self, code: str, measure: Measure) -> bool:
        """Whether this ministry confirmed its measure for this edition, by itself or with all the others."""
        return code in self.confirming(measure)

    @cached_property
    def _edition(self) -> str:
        """As measures name it, made once since each of them is compared with it."""
        return str(self.edition)

    @cached_property
    def lines_by_measure(self) -> dict[str, int]:
        """Where each measure stands in the dataset, as far as that is known."""
        return dict(zip((measure.id for measure in self.measures), self.lines, strict=False))

    @property
    def previous(self) -> Past | None:
        """The edition to compare with; None when there is no closed edition before this one."""
        return self.past[-1] if self.past else None

    @cached_property
    def doubts(self) -> tuple[tuple[Repair, str], ...]:
        """Each reading of the source that a person has not decided, and the measure that was read there, if known."""
        if self.provenance is None:
            return ()
        read_from = {measure.source: measure.id for measure in self.measures}
        file = self.provenance.file
        return tuple((repair, read_from.get(f"{file}:{repair.lines}", "")) for repair in self.provenance.doubts)

    @cached_property
    def departments(self) -> tuple[Department, ...]:
        """The ministries with at least one measure, in the register's order."""
        codes = set(chain.from_iterable({measure.departments for measure in self.measures}))
        return tuple(department for department in self.register.on(self.as_of) if department.code in codes)

    def measures_of(self, code: str) -> tuple[Measure, ...]:
        return self._by_ministry.get(code, ())

    @cached_property
    def _by_ministry(self) -> dict[str, tuple[Measure, ...]]:
        found: dict[str, list[Measure]] = {}
        for measure in self.measures:
            for code in dict.fromkeys(measure.departments):
                found.setdefault(code, []).append(measure)
        return {code: tuple(measures) for code, measures in found.items()}

    @cached_property
    def pillar_titles(self) -> dict[str, str]:
        """The title of each pillar by its id."""
        return {pillar.id: pillar.title for pillar in self.plan.pillars}

    @cached_property
    def groups(self) -> tuple[Pillar, ...]:
        """The groups in which documents show the measures: the pillars, or the lines and what has no line yet."""
        if self.plan.grouped_by == "pillar" or self.plan.second is None:
            return self.plan.pillars
        without = Pillar("", self.texts("terms.without_line", name=self.plan.second.name))
        return (*self.plan.lines, without) if any(not measure.line for measure in self.measures) else self.plan.lines

    @property
    def group_name(self) -> str:
        """What a group is called, as a noun in lower case."""
        second = self.plan.second if self.plan.grouped_by == "line" else None
        return second.name if second else self.texts("terms.pillar")

    def group_count(self, count: int) -> str:
        """So many groups, in words."""
        second = self.plan.second if self.plan.grouped_by == "line" else None
        if second is None:
            return self.texts("terms.pillars", count=count)
        return self.texts("terms.lines", count=count, name=second.name, plural=second.plural)

    def measures_in(self, group: Pillar) -> tuple[Measure, ...]:
        return self._by_group.get(group.id, ())

    @cached_property
    def _by_group(self) -> dict[str, tuple[Measure, ...]]:
        found: defaultdict[str, list[Measure]] = defaultdict(list)
        for group, measure in zip(map(attrgetter(self.plan.grouped_by), self.measures), self.measures, strict=True):
            found[group].append(measure)
        return {group: tuple(measures) for group, measures in found.items()}
