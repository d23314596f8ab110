"""The columns of a table of measures, as wide as their texts ask for."""

from collections.abc import Sequence
from dataclasses import dataclass

from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure

TABLE_WIDTH = 14570
"""Twentieths of a point: a landscape A4 page within margins of 2 cm."""

SHARES = {"id": 9, "objective": 21, "activity": 23, "explanation": 46, "progress": 30, "departments": 15}
USUAL_SHARE = 13


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field it shows, its heading, and its width in twentieths of a point."""

    field: str
    heading: str
    width: int


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a measure in one column, and the width of that column."""

    text: str
    width: int


def columns_of(snapshot: Snapshot, fields: Sequence[str]) -> tuple[Column, ...]:
    """These fields under the plan's own headings, over the whole width of the page."""
    shares = [SHARES.get(field, USUAL_SHARE) for field in fields]
    widths = [TABLE_WIDTH * share // sum(shares) for share in shares]
    headings = (snapshot.plan.headings.get(field, (field,))[0] for field in fields)
    return tuple(map(Column, fields, headings, widths))


def cells_of(measure: Measure, columns: tuple[Column, ...]) -> tuple[Cell, ...]:
    return tuple(Cell(shown(measure, column.field), column.width) for column in columns)


def shown(measure: Measure, field: str) -> str:
    """A field as a reader sees it: the codes of ministries with commas between, in the order of the source."""
    return ", ".join(measure.departments) if field == "departments" else measure.text(field)
