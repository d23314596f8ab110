"""Where the fields stand on the sheet of a returned form, after people moved, hid, renamed or removed things."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from report_builder.intake.answers import meaning
from report_builder.intake.baseline import ASKED, LOCKED, PROPOSED, REMARK, cell_name, shown_name
from report_builder.office.excel_form import FormBook, FormSheet
from report_builder.texts import Texts

IDENTIFIER = "id"
ANSWERED = (*ASKED, REMARK, *PROPOSED)
"""The fields of the cells to answer in."""

SHOWN = (IDENTIFIER, *LOCKED)
"""The fields of the locked cells."""


@dataclass(frozen=True, slots=True)
class FormColumns:
    """The sheet to answer in, its first row of measures, and the number of the column of each field."""

    sheet: FormSheet
    first: int
    shown: Mapping[str, int] = field(default_factory=dict)
    answered: Mapping[str, int] = field(default_factory=dict)

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset((*self.shown.values(), *self.answered.values()))

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields to answer in whose column is not there any more."""
        return tuple(name for name in ANSWERED if name not in self.answered)

    def text(self, row: int, number: int | None) -> str:
        """What stands in this row under this column; nothing where there is no such column."""
        cell = self.sheet.rows.get(row, {}).get(number or 0)
        return cell.text if cell else ""


def find_columns(book: FormBook, texts: Texts, baseline: FormSheet) -> FormColumns | None:
    """By the defined names, which follow their cells; what has lost its name is found by its heading.

    None when neither leads to identifiers and answers.
    """
    headings = _Headings(texts)
    span = book.names.get(shown_name(IDENTIFIER))
    sheet = book.sheet(span.sheet) if span else None
    if span and sheet:
        found = headings.in_row(sheet, span.first - 1)
        shown = {name: book.names.get(shown_name(name)) for name in SHOWN}
        answered = {name: book.names.get(cell_name(name)) for name in ANSWERED}
        return FormColumns(
            sheet,
            span.first,
            {**found.shown, **{n: s.column for n, s in shown.items() if s and s.sheet == sheet.name}},
            {**found.answered, **{n: s.column for n, s in answered.items() if s and s.sheet == sheet.name}},
        )
    for sheet in book.sheets:
        for row in sorted(sheet.rows) if sheet is not baseline else ():
            found = headings.in_row(sheet, row)
            if IDENTIFIER in found.shown and found.answered:
                return found
    return None


class _Headings:
    """The headings that the form had when it left."""

    def __init__(self, texts: Texts) -> None:
        self._shown = {_key(texts(f"matrix.fields.{name}")): name for name in SHOWN}
        self._answered = {_key(texts(f"request_form.fields.{name}")): name for name in ANSWERED}

    def in_row(self, sheet: FormSheet, row: int) -> FormColumns:
        keys = [(number, _key(cell.text)) for number, cell in sorted(sheet.rows.get(row, {}).items())]
        shown = {self._shown[key]: number for number, key in keys if key in self._shown}
        answered = {self._answered[key]: number for number, key in keys if key in self._answered}
        return FormColumns(sheet, row + 1, shown, answered)


def _key(heading: str) -> str:
    return meaning(heading).casefold()
