"""What a measure may not hold because no cell of a workbook can."""

from collections.abc import Iterator

from report_builder.intake.snapshot import Snapshot
from report_builder.model import ALL_FIELDS
from report_builder.problems import Place, Problem, error

MAX_CELL = 32_767
"""Excel's limit for the text in one cell, in UTF-16 units."""


def fits_in_a_cell(snapshot: Snapshot) -> Iterator[Problem]:
    """A text that is too long is reported, never cut: the workbook cannot be made with it."""
    for measure in snapshot.measures:
        for name in ALL_FIELDS:
            text = measure.text(name)
            if len(text) > MAX_CELL // 2 and (length := len(text.encode("utf-16-le", "surrogatepass")) // 2) > MAX_CELL:
                yield error("text-too-long", Place(measure=measure.id, field=name), length=length, most=MAX_CELL)
