"""Measures in the tables of others: found by the headings of their columns, never by position."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from report_builder.model import FIELDS, Pillar
from report_builder.office.grids import Grid, GridRow
from report_builder.problems import Place, Problem, error, notice, warning
from report_builder.settings import Plan

NEEDED = ("objective", "activity", "departments")
"""Without these three columns a table is no table of measures."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of measures: its texts by field (only the columns that the table has), and where it stands."""

    texts: Mapping[str, str]
    place: Place
    source: str


class Headings:
    """What a plan calls its columns and pillars; capitals, spaces and line breaks do not count."""

    def __init__(self, plan: Plan) -> None:
        spellings = {name: (name, *plan.headings.get(name, ())) for name in FIELDS}
        self._fields = {key(text): name for name, texts in spellings.items() for text in texts}
        self._pillars = {key(text): pillar for pillar in plan.pillars for text in (pillar.id, pillar.title)}
        self.looked_for = ", ".join(plan.headings.get(name, (name,))[0] for name in NEEDED)

    def columns(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """The field of each cell, empty for one that is none; nothing when this is no row of headings."""
        fields = tuple(self._fields.get(key(cell), "") for cell in cells)
        return fields if set(NEEDED) <= set(fields) else ()

    def is_header(self, cells: tuple[str, ...]) -> bool:
        return bool(self.columns(cells))

    def pillar(self, text: str) -> Pillar | None:
        return self._pillars.get(key(text))


def recognise(grid: Grid, headings: Headings) -> tuple[tuple[FoundRow, ...], tuple[Problem, ...]]:
    """The measures in this table, and everything in it that was not used. No header row: no measures, one notice."""
    reading = _Reading(grid, headings)
    for row in grid.rows:
        reading.take(row)
    if not reading.columns:
        return (), (notice("table-unused", grid.place()),)
    return tuple(reading.rows), (*grid.problems, *reading.problems)


@dataclass(slots=True)
class _Reading:
    grid: Grid
    headings: Headings
    columns: tuple[str, ...] = ()
    pillar: Pillar | None = None
    rows: list[FoundRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        titled = (self.headings.pillar(text) for text in self.grid.above)
        self.pillar = next((pillar for pillar in titled if pillar), None)

    def take(self, row: GridRow) -> None:
        filled = [cell for cell in row.cells if cell.strip()]
        if columns := self.headings.columns(row.cells):
            if columns != self.columns:
                self._start(row, columns)
        elif len(filled) == 1 and (pillar := self.headings.pillar(filled[0])):
            self.pillar = pillar
        elif filled and not self.columns:
            self.problems.append(notice("row-above-table", self.grid.place(row.number), text=filled[0]))
        elif len(filled) == 1:
            self.problems.append(error("row-not-understood", self.grid.place(row.number), text=filled[0]))
        elif filled:
            self._measure(row)

    def _start(self, row: GridRow, columns: tuple[str, ...]) -> None:
        self.columns = columns
        for number, (name, cell) in enumerate(zip(columns, row.cells, strict=True), 1):
            place = self.grid.place(row.number, number)
            if name and columns.index(name) < number - 1:
                self.problems.append(error("column-twice", place, heading=cell))
            elif not name and cell.strip():
                self.problems.append(notice("column-unused", place, heading=cell))

    def _measure(self, row: GridRow) -> None:
        texts: dict[str, str] = {}
        for name, cell in zip(self.columns, row.cells, strict=False):
            if name:
                texts.setdefault(name, clean(cell))
        self.problems.extend(self._strays(row))
        place = self.grid.place(row.number)
        if stated := texts.get("pillar", ""):
            pillar = self.headings.pillar(stated)
            if not pillar:
                self.problems.append(error("row-pillar-unknown", place, found=stated))
        else:
            pillar = self.pillar
            if not pillar:
                self.problems.append(error("row-without-pillar", place, text=texts.get("objective", "")))
        texts["pillar"] = pillar.id if pillar else ""
        self.rows.append(FoundRow(texts, place, self.grid.source(row.number)))

    def _strays(self, row: GridRow) -> Iterator[Problem]:
        """Text in a row beyond the last heading belongs to no column; nobody may lose it unseen."""
        for number, cell in enumerate(row.cells[len(self.columns) :], len(self.columns) + 1):
            if cell.strip():
                yield warning("cell-without-column", self.grid.place(row.number, number), text=cell.strip())


def key(text: str) -> str:
    return " ".join(text.split()).casefold()


def clean(cell: str) -> str:
    """A cell as the dataset has it: no spaces around it, ordinary spaces and line feeds within."""
    if cell.isprintable():
        return cell.strip()
    text = cell.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return "\n".join(line.strip() for line in text.split("\n")).strip()
