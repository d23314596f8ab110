"""A request form that came back, whatever was done to its sheets, to what it says."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from report_builder.intake import baseline as baselines
from report_builder.intake.answers import same
from report_builder.intake.baseline import LOCKED, PROPOSED, Baseline
from report_builder.intake.beside import said_beside
from report_builder.intake.form_columns import IDENTIFIER, FormColumns, find_columns
from report_builder.intake.inputs import Input
from report_builder.intake.returned import Answer, Doubled, Expected, NewMeasure, Remark, Returned
from report_builder.intake.touched import Typed, altered, touched
from report_builder.office.excel_form import FormBook, FormSheet, read_form_book
from report_builder.office.grids import column_letters
from report_builder.problems import ExitCode, Place, Problem, Stop, error, warning

NEW = ("pillar", "objective", "activity", "explanation", "departments")
NEW_ANSWERS = ("status", "lead", "progress", "deadline")
"""The columns from which a row that somebody added is read."""


def read_form(source: Input, file: str, expected: Expected) -> Returned:
    """Everything that a form says; `file` is what it is called. Raise Stop when it cannot be taken for one of ours."""
    book = read_form_book(source.content, file)
    sheet, baseline = _baseline(book, file)
    expected.refuse_foreign(baseline, file)
    columns = find_columns(book, expected.rules.texts, sheet)
    if columns is None:
        raise Stop(ExitCode.INPUT, f"{file} is refused: the sheet to answer in is not there any more")
    reading = _Reading(file, columns, baseline, expected)
    reading.read()
    doubled = reading.doubled()
    measures = {(columns.sheet.name, row): name for name, rows in reading.rows.items() for row in rows}
    beside = tuple(said_beside(book, columns, measures, sheet, expected.originals, file))
    unknown = (problem for problem in book.problems if problem.place.sheet == columns.sheet.name)
    return Returned(
        file=file,
        sha256=source.digest,
        department=baseline.department,
        measures=tuple(reading.rows),
        answers=tuple(answer for answer in reading.answers if answer.measure not in doubled),
        remarks=(*reading.remarks, *(said for said in beside if isinstance(said, Remark))),
        proposals=tuple(reading.proposals),
        doubled=tuple(Doubled(name, places) for name, places in doubled.items()),
        problems=(*unknown, *reading.problems, *(said for said in beside if isinstance(said, Problem))),
    )


def _baseline(book: FormBook, file: str) -> tuple[FormSheet, Baseline]:
    """The sheet that holds the baseline, also after somebody renamed it or took it out of hiding, and what it says."""
    for sheet in book.sheets:
        if sheet.texts(1)[:1] == (baselines.SHEET,):
            try:
                return sheet, baselines.parse(sheet.texts(row) for row in sorted(sheet.rows))
            except ValueError:
                raise Stop(ExitCode.INPUT, f"{file} is refused: its baseline was changed and cannot be read") from None
    raise Stop(ExitCode.INPUT, f"{file} is refused: it has no baseline, so there is nothing to compare it with")


@dataclass(slots=True)
class _Reading:
    """The rows of the sheet to answer in, one by one. `rows` are the rows of each measure."""

    file: str
    columns: FormColumns
    baseline: Baseline
    expected: Expected
    rows: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    answers: list[Answer] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    proposals: list[NewMeasure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def doubled(self) -> dict[str, tuple[Place, ...]]:
        """The measures that have more than one row, and where those begin."""
        number = self.columns.shown[IDENTIFIER]
        return {
            name: tuple(self._place(row, number, name) for row in rows)
            for name, rows in self.rows.items()
            if len(rows) > 1
        }

    def read(self) -> None:
        known, numbers = set(self.baseline.measures), self.columns.numbers
        for row, cells in sorted(self.columns.sheet.rows.items()):
            if row >= self.columns.first and any(cells[number].text for number in numbers & cells.keys()):
                name = self.columns.text(row, self.columns.shown[IDENTIFIER]).strip()
                if name in known:
                    self.rows[name].append(row)
                    self._measure(row, name)
                elif name:
                    self.problems.append(
                        error("form-measure-unknown", self._place(row, self.columns.shown[IDENTIFIER]), found=name)
                    )
                else:
                    self._unnamed(row)
        place = Place(file=self.file, sheet=self.columns.sheet.name)
        gone = (name for name in self.baseline.measures if name not in self.rows)
        self.problems.extend(warning("form-row-gone", replace(place, measure=name)) for name in gone)
        self.problems.extend(warning("form-column-gone", replace(place, field=name)) for name in self.columns.missing)

    def _measure(self, row: int, name: str) -> None:
        typed = (
            Typed(asked, self.columns.text(row, number), self._place(row, number, name, asked))
            for asked, number in self.columns.answered.items()
        )
        for said in touched(typed, name, self.baseline, self.expected):
            match said:
                case Answer():
                    self.answers.append(said)
                case Remark():
                    self.remarks.append(said)
                case Problem():
                    self.problems.append(said)
        locked = {part: number for part, number in self.columns.shown.items() if part in LOCKED}
        shown = {part: self.columns.text(row, number) for part, number in locked.items()}
        places = {part: self._place(row, number, name, part) for part, number in locked.items()}
        self.problems.extend(altered(shown, places, name, self.baseline, self.expected))

    def _unnamed(self, row: int) -> None:
        """A row without an identifier: one that lost it, a new measure, or texts that belong to nothing."""
        shown = {name: self.columns.text(row, self.columns.shown.get(name)).strip() for name in NEW}
        asked = {name: self.columns.text(row, self.columns.answered.get(name)).strip() for name in NEW_ANSWERS}
        place = self._place(row, self.columns.shown[IDENTIFIER])
        if lost := self._measure_with(shown):
            self.problems.append(error("form-identifier-gone", replace(place, measure=lost)))
        elif shown["objective"] and shown["activity"]:
            self.proposals.append(NewMeasure({**shown, **asked}, place))
        else:
            self.problems.extend(self._strays(row))

    def _measure_with(self, shown: Mapping[str, str]) -> str:
        """The measure of the form that has exactly these words; empty when none has."""
        values = self.baseline.values
        alike = (n for n in self.baseline.measures if all(same(shown[part], values[n, part]) for part in PROPOSED))
        return next(alike, "")

    def _strays(self, row: int) -> Iterator[Problem]:
        for number in sorted(self.columns.numbers):
            if text := self.columns.text(row, number).strip():
                yield warning("text-outside-table", self._place(row, number), text=text)

    def _place(self, row: int, number: int, measure: str = "", name: str = "") -> Place:
        cell = f"{column_letters(number)}{row}"
        return Place(file=self.file, sheet=self.columns.sheet.name, cell=cell, measure=measure, field=name)
