"""`bevindingen.csv`: every problem of a run, for whoever must act on it."""

import csv
import io
from collections.abc import Callable, Iterable

from report_builder.intake.snapshot import Snapshot
from report_builder.problems import Problem

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_findings(snapshot: Snapshot, problems: Iterable[Problem]) -> bytes:
    """A CSV file as Dutch Excel reads it: UTF-8 with byte order mark, semicolons, no cell that becomes a formula."""
    texts = snapshot.texts
    acts = acting(snapshot)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(texts.lines("findings.headings"))
    for problem in problems:
        place = problem.place
        row = (
            texts(f"levels.{problem.level}"),
            problem.code,
            place.file,
            place.line or "",
            place.sheet,
            place.cell,
            place.measure,
            place.field,
            acts(problem),
            texts.found(problem),
            texts.remedy(problem),
        )
        writer.writerow([_as_text(str(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def acting(snapshot: Snapshot) -> Callable[[Problem], str]:
    """Who must act on a problem: the measure's lead, while it has none all its ministries, else the coordinator."""
    ministries = {measure.id: measure.lead or ", ".join(measure.departments) for measure in snapshot.measures}
    return lambda problem: ministries.get(problem.place.measure) or snapshot.plan.sender


def _as_text(cell: str) -> str:
    """Excel runs a cell that starts with one of these signs; an apostrophe before it keeps it text."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
