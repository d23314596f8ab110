"""The columns of a table of measures, as wide as their texts ask for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter
from typing import NamedTuple

from report_builder.documents.changes import line_title, state_of
from report_builder.intake.snapshot import Snapshot
from report_builder.model import FIELDS, LIST_FIELDS, Measure
from report_builder.study.since import Since

TABLE_WIDTH = 14570
"""Twentieths of a point: a landscape A4 page within margins of 2 cm."""

SHARES = {"id": 9, "objective": 21, "activity": 23, "explanation": 46, "progress": 30, "departments": 15}
USUAL_SHARE = 13
LETTER_WIDTH = 118
"""Of a bold letter of a heading or a mark, on the wide side."""

CELL_MARGINS = 230
CODED = ("departments", "lead")
"""The fields that hold codes of ministries."""

ANSWERS = ("lead", "status", "progress", "deadline")
"""The fields that a ministry is asked for each quarter."""

PLAIN = frozenset(FIELDS) - LIST_FIELDS - frozenset(ANSWERS)
"""The fields that are shown as they stand in the dataset: nearly all that are shown."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field it shows, its heading, and its width in twentieths of a point."""

    field: str
    heading: str
    width: int


class Cell(NamedTuple):
    """The text of a measure in one column, and the width of that column.

    In the first cell of a row, `mark` says what the measure is since the previous edition; else it is empty. There are
    so many that it counts how soon one is made, which is twice as soon as a frozen dataclass.
    """

    text: str
    width: int
    mark: str = ""


def columns_of(snapshot: Snapshot, fields: Sequence[str]) -> tuple[Column, ...]:
    """These fields under the plan's own headings, over the whole width of the page."""
    headings = [snapshot.plan.headings.get(field, (field,))[0] for field in fields]
    marks = snapshot.texts("changes.states.not-delivered") if snapshot.past else ""
    words = [f"{heading} {marks}" if number == 0 else heading for number, heading in enumerate(headings)]
    return tuple(map(Column, fields, headings, _widths(fields, words)))


def _widths(fields: Sequence[str], words: Sequence[str]) -> list[int]:
    """By share. Where a word would be cut, the columns with room to spare make way."""
    shares = [SHARES.get(field, USUAL_SHARE) for field in fields]
    widths = [TABLE_WIDTH * share // sum(shares) for share in shares]
    needed = [max(map(len, re.split(r"[\s/]", text))) * LETTER_WIDTH + CELL_MARGINS for text in words]
    short = sum(max(need - width, 0) for need, width in zip(needed, widths, strict=True))
    spare = sum(max(width - need, 0) for need, width in zip(needed, widths, strict=True))
    if not short or short > spare:
        return widths
    return [
        need if width < need else width - (width - need) * short // spare
        for need, width in zip(needed, widths, strict=True)
    ]


def cells_of(
    snapshot: Snapshot, since: Since | None, measures: Sequence[Measure], columns: tuple[Column, ...]
) -> Iterator[tuple[Cell, ...]]:
    """The cells of each measure, made column by column."""
    marks: Iterable[str] = [state_of(snapshot, since, measure) for measure in measures] if since else repeat("")
    made = []
    for column in columns:
        texts = all_shown(snapshot, since, measures, column.field)
        made.append(map(Cell._make, zip(texts, repeat(column.width), marks)))
        marks = repeat("")
    return zip(*made, strict=True)


def all_shown(snapshot: Snapshot, since: Since | None, measures: Sequence[Measure], field: str) -> Iterable[str]:
    """A field of each measure as a reader sees it."""
    if field in PLAIN:
        return map(attrgetter(field), measures)
    if field == "departments" and not since:
        return map(", ".join, map(attrgetter(field), measures))
    return (shown(snapshot, since, measure, field) for measure in measures)


def shown(snapshot: Snapshot, since: Since | None, measure: Measure, field: str) -> str:
    """A field as a reader sees it: a date in words, codes of ministries with commas in the order of the source.

    What the ministries have not answered is said to be not delivered. A ministry that had another name in the previous
    edition is shown with both.
    """
    if field in PLAIN:
        text: str = getattr(measure, field)
        return text
    if field in ANSWERS and not measure.text(field):
        return snapshot.texts("terms.not_delivered")
    if field in CODED:
        codes = measure.departments if field == "departments" else tuple(filter(None, (measure.lead,)))
        return ", ".join(named(snapshot, since, measure, codes))
    if field == "deadline":
        return snapshot.texts.deadline(measure.deadline)
    return line_title(snapshot.plan, measure.line) if field == "line" else measure.text(field)


def named(snapshot: Snapshot, since: Since | None, measure: Measure, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of a measure's ministries, each with the one it had where that is another than in the last edition."""
    former = since.former.get(measure.id) if since else None
    if not former:
        return codes
    texts = snapshot.texts
    return tuple(texts("changes.former", code=code, former=former[code]) if code in former else code for code in codes)
