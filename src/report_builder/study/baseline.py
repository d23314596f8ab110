"""What a request form said when it left: the values that a returned form is compared with.

They stand on a hidden sheet named `baseline` of the form, apart from what people see, so that they can be read back
whatever was done to the visible sheet:

- A1 holds the sheet's name; each cell under it in column A one fact, as `key: value`: `edition`, `run` (the SHA-256 of
  the measures, see `run_identifier`) and `department` (a code; empty in the form that holds all measures).
- Then comes a table. Its first row names `measure` and the FIELDS of the dataset, in English; each row under it is a
  measure with the text of those fields as it stood in the dataset.

The visible sheet says which measure a row is about in the cells of the defined name `answer_id`, and has the cells of
each asked field under `answer_<field>`. Excel and LibreOffice keep those names on the cells when rows are sorted and
when columns are moved or their headings rewritten. What a cell means against its baseline:

- `status`, `lead`, `progress`, `deadline`: the cell was filled with the baseline. What stands there now is the answer.
- `objective`, `activity`, `explanation`: the cell was left empty for a proposal. Empty means: no proposal.
- `confirmed_for`: the cell said yes if the edition was already confirmed and was empty otherwise.
- `remark`: no field of the dataset, so it has no baseline; the cell was empty.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from report_builder.model import ALL_FIELDS, Edition, Measure

SHEET = "baseline"
MEASURE = "measure"
ASKED = ("status", "lead", "progress", "deadline", "confirmed_for")
"""Fields of which the form shows the present value, or whether it is confirmed."""

PROPOSED = ("objective", "activity", "explanation")
"""Fields of which the form shows the source's text, locked, beside an empty cell for another wording."""

REMARK = "remark"
COLUMNS = (*ASKED, *PROPOSED)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A form as it left. `department` is empty where the form held all measures. `values` are texts by (id, field)."""

    edition: Edition
    run: str
    department: str
    values: dict[tuple[str, str], str]


def cell_name(field: str) -> str:
    """The defined name under which the cells of this field stand in a form."""
    return f"answer_{field}"


def run_identifier(measures: Iterable[Measure]) -> str:
    """What tells one state of the dataset from another: the same measures always give the same identifier."""
    digest = hashlib.sha256()
    for measure in measures:
        digest.update("\x1f".join(map(measure.text, ALL_FIELDS)).encode("utf-8", "surrogatepass") + b"\x1e")
    return digest.hexdigest()


def facts(edition: Edition, run: str, department: str) -> tuple[str, ...]:
    return f"edition: {edition}", f"run: {run}", f"department: {department}"


def heading() -> tuple[str, ...]:
    return MEASURE, *COLUMNS


def row(measure: Measure) -> tuple[str, ...]:
    return measure.id, *map(measure.text, COLUMNS)


def parse(rows: Iterable[Sequence[str]]) -> Baseline:
    """The baseline from the cells of its sheet, row by row. Raise ValueError when they are not those of a form."""
    known: dict[str, str] = {}
    remaining = iter(rows)
    for cells in remaining:
        first = cells[0] if cells else ""
        if first == MEASURE:
            return Baseline(
                edition=Edition.parse(known.get("edition", "")),
                run=known.get("run", ""),
                department=known.get("department", ""),
                values=dict(_values(cells, remaining)),
            )
        key, _, value = first.partition(":")
        known[key] = value.strip()
    raise ValueError("this is no baseline of a request form")


def _values(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[tuple[tuple[str, str], str]]:
    for name, *texts in filter(None, rows):
        if name:
            yield from (((name, field), text) for field, text in zip(columns[1:], texts, strict=False) if field)
