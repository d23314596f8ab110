"""What a form said when it left: the values that a returned form is compared with.

A request form carries them on a hidden sheet named `baseline`, a briefing in a part of its own (see `office/`), apart
from what people see, so that they can be read back whatever was done to the visible pages:

- Facts, as `key: value`: `plan` (see `plan_identifier`), `edition`, `run` (the SHA-256 of its measures, see
  `run_identifier`) and `department` (a code; empty in the form that holds all measures).
- Then a table. Its first row names `measure` and the COLUMNS of the dataset, in English; each row under it is a measure
  with the text of those fields as it stood in the dataset.

The visible sheet has the locked cells of each shown field under the defined name `shown_<field>`, `shown_id` among
them, and those of each asked field under `answer_<field>`. Excel and LibreOffice keep those names on the cells when
rows are sorted and when columns are moved or their headings rewritten. What a cell means against its baseline:

- `status`, `lead`, `progress`, `deadline`: the cell was filled with the baseline. What stands there now is the answer.
- `objective`, `activity`, `explanation`: the cell was left empty for a proposal. Empty means: no proposal.
- `confirmed_for`: the cell said yes if it had been confirmed already, by this ministry or by all, else it was empty.
- `remark`: no field of the dataset, so it has no baseline; the cell was empty.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from report_builder.model import ALL_FIELDS, Edition, Measure
from report_builder.settings import Plan

SHEET = "baseline"
MEASURE = "measure"
ASKED = ("status", "lead", "progress", "deadline", "confirmed_for")
"""Fields of which the form shows the present value, or whether it is confirmed."""

PROPOSED = ("objective", "activity", "explanation")
"""Fields of which the form shows the source's text, locked, beside an empty cell for another wording."""

LOCKED = ("pillar", *PROPOSED, "departments")
"""Fields that the form shows and does not ask for."""

REMARK = "remark"
COLUMNS = (*ASKED, *LOCKED)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A form as it left. `department` is empty where the form held all measures. `values` are texts by (id, field)."""

    plan: str
    edition: Edition
    run: str
    department: str
    values: dict[tuple[str, str], str]

    @property
    def measures(self) -> tuple[str, ...]:
        """The identifiers of the measures that the form held, in its order."""
        return tuple(dict.fromkeys(name for name, _ in self.values))


def cell_name(field: str) -> str:
    """The defined name under which the cells to answer in for this field stand in a form."""
    return f"answer_{field}"


def shown_name(field: str) -> str:
    """The defined name under which the locked cells of this field stand in a form."""
    return f"shown_{field}"


def plan_identifier(plan: Plan) -> str:
    """What tells one overview from another, whatever its title becomes."""
    return f"{plan.identifier_prefix} {plan.dossier}"


def run_identifier(measures: Iterable[Measure]) -> str:
    """What tells one state of the dataset from another: the same measures always give the same identifier."""
    digest = hashlib.sha256()
    for measure in measures:
        digest.update("\x1f".join(map(measure.text, ALL_FIELDS)).encode("utf-8", "surrogatepass") + b"\x1e")
    return digest.hexdigest()


def facts(plan: str, edition: Edition, run: str, department: str) -> tuple[str, ...]:
    return f"plan: {plan}", f"edition: {edition}", f"run: {run}", f"department: {department}"


def heading() -> tuple[str, ...]:
    return MEASURE, *COLUMNS


def row(measure: Measure, confirmed_for: str = "") -> tuple[str, ...]:
    """The measure's values. `confirmed_for` is the edition when the ministry of the form had already confirmed it."""
    shown = replace(measure, confirmed_for=confirmed_for or measure.confirmed_for)
    return shown.id, *map(shown.text, COLUMNS)


def parse(rows: Iterable[Sequence[str]]) -> Baseline:
    """The baseline from its rows of cells. Raise ValueError when they are not those of a form."""
    known: dict[str, str] = {}
    remaining = iter(rows)
    for cells in remaining:
        first = cells[0] if cells else ""
        if first == MEASURE:
            return Baseline(
                plan=known.get("plan", ""),
                edition=Edition.parse(known.get("edition", "")),
                run=known.get("run", ""),
                department=known.get("department", ""),
                values=dict(_values(cells, remaining)),
            )
        key, _, value = first.partition(":")
        known[key] = value.strip()
    raise ValueError("this is no baseline of a form")


def _values(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[tuple[tuple[str, str], str]]:
    for name, *texts in filter(None, rows):
        if name:
            padded = (*texts, *[""] * (len(columns) - 1 - len(texts)))
            yield from (((name, field), text) for field, text in zip(columns[1:], padded, strict=False) if field)
