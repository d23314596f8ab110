"""What came back from a ministry: its answers, each with its place, whatever kind of file they stood in."""

from collections.abc import Mapping
from dataclasses import dataclass

from report_builder.intake.answers import AnswerRules
from report_builder.intake.baseline import Baseline
from report_builder.intake.trail import Outcome
from report_builder.model import Edition
from report_builder.problems import ExitCode, Place, Problem, Stop


@dataclass(frozen=True, slots=True)
class Answer:
    """One field that says something else than when the form left, as texts of the dataset.

    Of a confirmation, `new` is the edition for yes and empty for no.
    """

    measure: str
    field: str
    old: str
    new: str
    place: Place


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said beside the fields, of a measure or, with none, of the whole. `author` as far as the file names."""

    outcome: Outcome
    measure: str
    text: str
    author: str
    place: Place


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """A row that somebody added, as texts by field. Only a person can say whether it becomes a measure."""

    texts: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class Doubled:
    """A measure that stands in the form more than once, and where: nobody can tell which row counts."""

    measure: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """A form that came back. `file` is what it is called; `department` is empty for the form with all measures.

    Only what was touched stands in it. `problems` are what was not used, and answers that cannot be understood.
    """

    file: str
    sha256: str
    department: str
    measures: tuple[str, ...]
    answers: tuple[Answer, ...] = ()
    remarks: tuple[Remark, ...] = ()
    proposals: tuple[NewMeasure, ...] = ()
    doubled: tuple[Doubled, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What a form must belong to, how its answers are read, and the texts that stand in a form when it leaves.

    `pillars` are titles by id. `originals` are texts that are nobody's answer.
    """

    plan: str
    edition: Edition
    rules: AnswerRules
    pillars: Mapping[str, str]
    originals: frozenset[str]

    def refuse_foreign(self, baseline: Baseline, file: str) -> None:
        """Raise Stop for a form of another overview or another quarter: its answers are about something else."""
        if baseline.plan != self.plan:
            raise Stop(
                ExitCode.INPUT, f"{file} is refused: it is a form of another plan ({baseline.plan or 'unnamed'})"
            )
        if baseline.edition != self.edition:
            raise Stop(ExitCode.INPUT, f"{file} is refused: it is for {baseline.edition}, not for {self.edition}")
