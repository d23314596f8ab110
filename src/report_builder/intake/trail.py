"""`reviews/<edition>.csv`: what returned forms said and what became of it, a line each, never rewritten."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from report_builder.intake.inputs import Input
from report_builder.model import Edition, split_list
from report_builder.problems import ExitCode, Stop
from report_builder.settings import Plan


class Outcome(StrEnum):
    """What became of something that a form said. Set aside is a value that lost a conflict."""

    CHANGED = "changed"
    ADDED = "added"
    SET_ASIDE = "set aside"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not confirmed"
    REMARK = "remark"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One thing that a form said.

    `old` and `new` are texts of the dataset, or `new` is what was remarked. `departments` are the ministries on whose
    behalf it was said, codes with semicolons between. `author` is empty unless the form names one. `sha256` is of the
    file as it came back; `cell` is empty for a Word file, where measure and field say which answer it is. `applied` is
    the moment, in UTC, and empty until then.
    """

    outcome: Outcome
    measure: str
    field: str
    old: str
    new: str
    departments: str
    author: str
    file: str
    sha256: str
    sheet: str
    cell: str
    applied: str = ""

    @property
    def said(self) -> tuple[str, ...]:
        """What was said, as a key: in which file and cell, of which field, and what."""
        return self.sha256, self.measure, self.field, self.new, self.sheet, self.cell


COLUMNS = tuple(TrailLine.__slots__)


@dataclass(frozen=True)
class Trail:
    """The lines of an edition. `source` is None while there is no such file yet."""

    source: Input | None
    lines: tuple[TrailLine, ...]

    def extended(self, lines: Iterable[TrailLine]) -> bytes:
        """The bytes of the file with these lines after all that stand in it, which stay as they are."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if self.source is None:
            writer.writerow(COLUMNS)
        writer.writerows([getattr(line, name) for name in COLUMNS] for line in lines)
        return (self.source.content if self.source else b"") + text.getvalue().encode()

    @cached_property
    def words(self) -> Mapping[tuple[str, str], bool]:
        """What each ministry last said of each measure, by identifier and code: whether it confirms it."""
        meant = {Outcome.CONFIRMED: True, Outcome.NOT_CONFIRMED: False}
        return {
            (line.measure, code): meant[line.outcome]
            for line in self.lines
            if line.outcome in meant
            for code in split_list(line.departments)
        }

    @cached_property
    def confirmed_by(self) -> Mapping[str, frozenset[str]]:
        """By measure: the ministries that confirmed it, as far as they did not take that back since."""
        found: dict[str, frozenset[str]] = {}
        for (measure, code), confirmed in self.words.items():
            if confirmed:
                found[measure] = found.get(measure, frozenset()) | {code}
        return found

    @cached_property
    def said(self) -> frozenset[tuple[str, ...]]:
        """Everything that was dealt with, so that a form that comes back a second time changes nothing."""
        return frozenset(line.said for line in self.lines)


def read_trail(plan: Plan, edition: Edition) -> Trail:
    """What was reviewed for this edition. Raise Stop when the file is not as this program writes it."""
    path = plan.trail(edition)
    if not path.exists():
        return Trail(None, ())
    try:
        content = path.read_bytes()
        lines = tuple(_lines(content.decode("utf-8")))
    except (OSError, ValueError, csv.Error) as fault:
        raise Stop(ExitCode.INPUT, f"the trail of reviews {path} cannot be read: {fault}") from None
    return Trail(Input(path, content), lines)


def _lines(text: str) -> Iterator[TrailLine]:
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    if tuple(header) != COLUMNS:
        raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
    for row in rows:
        fields: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
        yield TrailLine(**fields | {"outcome": Outcome(fields["outcome"])})
