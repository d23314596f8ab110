"""One frozen state of plan, ministries and measures, from which all documents of an edition are made."""

from dataclasses import dataclass
from datetime import date

from report_builder.departments import Department, Register
from report_builder.intake.inputs import Input
from report_builder.model import Edition, Measure, Pillar, Repair
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
class Snapshot:
    """Everything that one edition says, and nothing that can change while its documents are made.

    `rows_in` counts the rows of the dataset as read, before any of them could be lost; `lines` are where the
    measures stand in the dataset, in the same order (empty when that is not known). `provenance` is None when the
    plan names no source text. `inputs` are the files that were read.
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

    def department(self, code: str) -> Department:
        """The ministry under this code on the reference date. Raise KeyError when a check should have refused it."""
        found = self.register.resolve(code, self.as_of).department
        if found is None:
            raise KeyError(code)
        return found

    @property
    def concept(self) -> bool:
        """Whether any measure still awaits the ministries' word: such a set may not pass for final."""
        return any(measure.confirmed_for != str(self.edition) for measure in self.measures)

    @property
    def departments(self) -> tuple[Department, ...]:
        """The ministries with at least one measure, in the register's order."""
        codes = {code for measure in self.measures for code in measure.departments}
        return tuple(department for department in self.register.on(self.as_of) if department.code in codes)

    def measures_of(self, code: str) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.measures if code in measure.departments)

    def measures_in(self, pillar: Pillar) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.measures if measure.pillar == pillar.id)
