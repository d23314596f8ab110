"""A briefing that came back with its fields filled in, to what it says."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from report_builder.intake import baseline as baselines
from report_builder.intake.answers import same
from report_builder.intake.baseline import PROPOSED, Baseline
from report_builder.intake.inputs import Input
from report_builder.intake.returned import Answer, Doubled, Expected, Remark, Returned
from report_builder.intake.touched import Typed, altered, touched
from report_builder.intake.trail import Outcome
from report_builder.office.word_answers import Control, WordForm, read_word_form
from report_builder.problems import ExitCode, Place, Problem, Stop, warning
from report_builder.texts import Texts

ANSWERED = ("lead", "status", "progress", "deadline", "confirmed_for")
"""The fields that a briefing asks for."""


def read_briefing(source: Input, file: str, expected: Expected) -> Returned:
    """Everything that a briefing says; `file` is what it is called. Raise Stop when it cannot be taken for ours.

    Outside of its fields only comments, tracked changes and altered texts of measures can be told from what it said
    when it left.
    """
    word = read_word_form(source.content, file)
    if not word.rows:
        raise Stop(ExitCode.INPUT, f"{file} is refused: it has no baseline, so there is nothing to compare it with")
    try:
        baseline = baselines.parse(word.rows)
    except ValueError:
        raise Stop(ExitCode.INPUT, f"{file} is refused: its baseline was changed and cannot be read") from None
    expected.refuse_foreign(baseline, file)
    reading = _Reading(file, word, baseline, expected)
    said = tuple(reading.said())
    return Returned(
        file=file,
        sha256=source.digest,
        department=baseline.department,
        measures=tuple(dict.fromkeys(name for name, _ in reading.fields)),
        answers=tuple(answer for answer in said if isinstance(answer, Answer)),
        remarks=tuple(remark for remark in said if isinstance(remark, Remark)),
        doubled=tuple(reading.doubled()),
        problems=tuple(problem for problem in said if isinstance(problem, Problem)),
    )


@dataclass(frozen=True)
class _Reading:
    file: str
    word: WordForm
    baseline: Baseline
    expected: Expected

    @property
    def texts(self) -> Texts:
        return self.expected.rules.texts

    def said(self) -> Iterator[Answer | Remark | Problem]:
        known = set(self.baseline.measures)
        for (name, field), controls in self.fields.items():
            if name in known and len(controls) == 1:
                text = self._typed(controls[0].text, self.baseline.values[name, field])
                typed = Typed(field, text, self._place(controls[0], name, field))
                yield from touched((typed,), name, self.baseline, self.expected)
        for name in self.baseline.measures:
            for field in ANSWERED:
                if (name, field) not in self.fields:
                    yield warning("form-field-gone", Place(file=self.file, measure=name, field=field))
        yield from self._altered()
        yield from self._beside()

    @cached_property
    def fields(self) -> Mapping[tuple[str, str], list[Control]]:
        """The fields by measure and field: by their tag, else by the name that people see."""
        labels = {self.texts(f"fields.{field}"): field for field in ANSWERED}
        found: dict[tuple[str, str], list[Control]] = {}
        for control in self.word.controls:
            name, _, field = control.tag.partition("|")
            if not field:
                label, _, name = control.alias.rpartition(" ")
                field = labels.get(label, "")
            if field in ANSWERED:
                found.setdefault((name, field), []).append(control)
        return found

    def doubled(self) -> Iterator[Doubled]:
        names = dict.fromkeys(name for (name, _), controls in self.fields.items() if len(controls) > 1)
        for name in names:
            places = (
                self._place(c, name, f) for (n, f), controls in self.fields.items() for c in controls if n == name
            )
            yield Doubled(name, tuple({(place.table, place.row): place for place in places}.values()))

    def _typed(self, text: str, before: str) -> str:
        """What somebody typed in a field, also when the words that nothing was delivered still stand beside it.

        LibreOffice drops the line breaks in a field when it saves; a text that lost only those was not touched.
        """
        if "".join(text.split()) == "".join(before.split()):
            return before
        nothing = self.texts("terms.not_delivered")
        return text if same(text, nothing) else text.replace(nothing, "").strip()

    @cached_property
    def _text_columns(self) -> Mapping[tuple[int, int], str]:
        """Where the tables show texts of measures: the field by table and column."""
        values = self.baseline.values
        found: dict[tuple[int, int], str] = {}
        for number, rows in enumerate(self.word.tables, 1):
            own = [cells for row, cells in rows.items() if self._measure_at(number, row)]
            for field in PROPOSED:
                wanted = {name: values[name, field] for name in self.baseline.measures}
                if column := _column_of(own, wanted):
                    found[number, column] = field
        return found

    def _altered(self) -> Iterator[Problem]:
        """Texts of measures that are not what the briefing said when it left."""
        for (table, column), field in self._text_columns.items():
            for row, cells in self.word.tables[table - 1].items():
                name = self._measure_at(table, row)
                text = cells[column] if column < len(cells) else ""
                if name and not _ends_with(text, self.baseline.values[name, field]):
                    place = Place(file=self.file, table=table, row=row, measure=name, field=field)
                    yield from altered({field: text}, {field: place}, name, self.baseline, self.expected)

    def _beside(self) -> Iterator[Remark | Problem]:
        for comment in self.word.comments:
            measure = self._measure_at(comment.table, comment.row)
            place = Place(file=self.file, table=comment.table, row=comment.row, measure=measure)
            yield Remark(Outcome.COMMENT, measure, comment.text, comment.author, place)
        read = {(c.table, c.row, c.column) for controls in self.fields.values() for c in controls if c.table}
        for added in self.word.insertions:
            measure = self._measure_at(added.table, added.row)
            compared = measure and (added.table, added.column) in self._text_columns
            if not compared and (added.table, added.row, added.column) not in read:
                place = Place(file=self.file, table=added.table, row=added.row, measure=measure)
                yield warning("text-outside-table", place, text=added.text)

    def _measure_at(self, table: int, row: int) -> str:
        """The measure of a row of a table; empty where it is none."""
        cells = self.word.tables[table - 1].get(row, ()) if table else ()
        return cells[0] if cells and (cells[0], PROPOSED[0]) in self.baseline.values else ""

    def _place(self, control: Control, measure: str, field: str) -> Place:
        return Place(file=self.file, table=control.table, row=control.row, measure=measure, field=field)


def _column_of(rows: Iterable[tuple[str, ...]], wanted: Mapping[str, str]) -> int:
    """The column in which most rows have the text that their measure had; 0, where the identifier stands, if none."""
    hits = Counter(
        column
        for cells in rows
        for column, text in enumerate(cells[1:], 1)
        if wanted[cells[0]] and _ends_with(text, wanted[cells[0]])
    )
    return hits.most_common(1)[0][0] if hits else 0


def _ends_with(text: str, wanted: str) -> bool:
    """Whether this is the text, perhaps under a line that says what the measure is since the previous edition."""
    return same(text, wanted) or same(text.partition("\n")[2], wanted)
