"""What people said in a form beside its answers: comments, colours, texts outside the table, sheets of their own."""

import re
from collections.abc import Iterator, Mapping

from report_builder.intake.answers import meaning
from report_builder.intake.form_columns import FormColumns
from report_builder.intake.returned import Remark
from report_builder.intake.trail import Outcome
from report_builder.office.excel_form import FormBook, FormCell, FormSheet
from report_builder.office.grids import column_letters
from report_builder.problems import Place, Problem, notice, warning

MOST_NAMED = 20
"""Texts of a foreign sheet that are named one by one; the last of them tells how many more there are."""

Measures = Mapping[tuple[str, int], str]
"""The measure of each row, by sheet and row."""


def said_beside(
    book: FormBook,
    columns: FormColumns,
    measures: Measures,
    baseline: FormSheet,
    originals: frozenset[str],
    file: str,
) -> Iterator[Remark | Problem]:
    """Everything that is no answer, with its place. `originals` are the texts that the form had when it left,
    each `without_counts`."""
    for comment in book.comments:
        row = int(re.sub(r"\D", "", comment.cell) or 0)
        place = Place(file=file, sheet=comment.sheet, cell=comment.cell, measure=measures.get((comment.sheet, row), ""))
        yield Remark(Outcome.COMMENT, place.measure, comment.text, comment.author, place)
    sheet = columns.sheet
    for row, cells in sorted(sheet.rows.items()):
        measure = measures.get((sheet.name, row), "")
        outside = cells if row < columns.first - 1 else {n: c for n, c in cells.items() if n not in columns.numbers}
        yield from _strays(sheet, row, outside, measure, originals, file)
        if marked := [number for number, cell in sorted(cells.items()) if cell.marked]:
            yield notice("cells-marked", _place(sheet, row, marked[0], measure, file), count=len(marked))
    for other in book.sheets:
        if other is not sheet and other is not baseline:
            yield from _foreign(other, originals, file)


def _strays(
    sheet: FormSheet, row: int, cells: Mapping[int, FormCell], measure: str, originals: frozenset[str], file: str
) -> Iterator[Problem]:
    for number, cell in sorted(cells.items()):
        if cell.text.strip() and without_counts(cell.text) not in originals:
            yield warning("text-outside-table", _place(sheet, row, number, measure, file), text=cell.text.strip())


def without_counts(text: str) -> str:
    """A text as it is known again: the dataset may have had another number of measures when the form left."""
    return re.sub(r"\d[\d.]*", "0", meaning(text))


def _foreign(sheet: FormSheet, originals: frozenset[str], file: str) -> Iterator[Problem]:
    """What stands on a sheet that holds no answers: nothing of its own, or what somebody typed there."""
    found = [
        problem
        for row, cells in sorted(sheet.rows.items())
        for problem in _strays(sheet, row, cells, "", originals, file)
    ]
    yield from found[:MOST_NAMED]
    if len(found) > MOST_NAMED:
        yield warning("sheet-not-read", Place(file=file, sheet=sheet.name), count=len(found) - MOST_NAMED)


def _place(sheet: FormSheet, row: int, number: int, measure: str, file: str) -> Place:
    return Place(file=file, sheet=sheet.name, cell=f"{column_letters(number)}{row}", measure=measure)
