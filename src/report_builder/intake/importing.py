"""A source of measures, of whatever kind, to the dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from report_builder.departments import Register
from report_builder.files import replace_file
from report_builder.intake.corrections import Corrections, read_corrections
from report_builder.intake.dataset import read_dataset, write_dataset
from report_builder.intake.extraction import extract, source_label
from report_builder.intake.identity import Arrival, identify
from report_builder.intake.inputs import Input, read_input
from report_builder.intake.register import read_register
from report_builder.intake.tables import read_tables
from report_builder.model import Measure, Repair
from report_builder.problems import ExitCode, Problem
from report_builder.settings import Plan
from report_builder.texts import Texts


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read from a source: texts by field per measure, and an account of how."""

    texts: tuple[Mapping[str, str], ...]
    counts: Mapping[str, int]
    repairs: tuple[Repair, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """A source as it would stand in the dataset. `before` are the bytes of the dataset now; None: there is none."""

    name: str
    rows: Rows
    arrival: Arrival
    before: bytes | None
    target: Path

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self.rows.problems, *self.arrival.problems)

    @property
    def changes_dataset(self) -> bool:
        return self.content != self.before

    @property
    def content(self) -> bytes:
        return write_dataset(self.arrival.measures, self.target)

    def write(self) -> None:
        replace_file(self.target, self.content)


def read_source(path: Path, corrections: Path | None, target: Path, plan: Plan, texts: Texts) -> Import:
    """The measures of this source beside those that `target` holds. Raise Stop when it holds no measures at all."""
    source = read_input(path, "source")
    register = read_register(read_input(plan.departments, "list of ministries", ExitCode.PLAN))
    if path.suffix.lower() == ".txt":
        rows = read_text(source, corrections, plan, register, texts)
    else:
        found, problems = read_tables(source, plan, register)
        rows = Rows(found, {"rows": len(found)}, (), problems)
    before = read_input(target, "dataset") if target.exists() else None
    known: tuple[Measure, ...] = read_dataset(before).measures if before else ()
    arrival = identify(rows.texts, known, plan.identifier_prefix)
    return Import(path.name, rows, arrival, before.content if before else None, target)


def read_text(source: Input, corrections: Path | None, plan: Plan, register: Register, texts: Texts) -> Rows:
    repairs = read_corrections(read_input(corrections, "list of corrections")) if corrections else Corrections("")
    extraction = extract(source, repairs, plan, register, texts)
    rows = tuple(
        {**row.texts, "pillar": row.pillar, "source": source_label(extraction, row)} for row in extraction.rows
    )
    counts = {"rows": len(rows), "joins": extraction.joins, "repairs": len(extraction.repairs)}
    doubts = sum(not repair.certain for repair in extraction.repairs)
    return Rows(rows, {**counts, "doubts": doubts}, extraction.repairs, extraction.problems)
