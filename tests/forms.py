"""Made-up request forms, filled in as a ministry would, and read as they come back."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl

from report_builder.documents.request_form import compose_request_form
from report_builder.intake.inputs import Input
from report_builder.intake.returned import Returned
from report_builder.intake.returned_briefing import read_briefing
from report_builder.intake.returned_form import read_form
from report_builder.intake.snapshot import Snapshot
from report_builder.office.excel import write_workbook
from report_builder.office.properties import Properties
from report_builder.rendering import Templates, compose
from report_builder.reviewing import expected_of

SHEET = "Uitvraag"


def form_bytes(snapshot: Snapshot, code: str | None) -> bytes:
    """The form of a ministry as it leaves; None: the one with all measures."""
    workbook = compose_request_form(snapshot, snapshot.department(code) if code else None)
    file = io.BytesIO()
    write_workbook(workbook, file, Properties("x", "x", "x", snapshot.as_of))
    return file.getvalue()


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def named_cells(book: Any, name: str) -> list[Any]:
    ((sheet, area),) = book.defined_names[name].destinations
    return [row[0] for row in book[sheet][area.replace("$", "")]]


def cell_of(book: Any, measure: str, field: str, kind: str = "answer") -> Any:
    """The cell of this measure and field, found as people find it: in the row of the measure."""
    rows = {cell.value: cell.row for cell in named_cells(book, "shown_id")}
    column = named_cells(book, f"{kind}_{field}")[0].column
    return book[SHEET].cell(rows[measure], column)


def filled(content: bytes, answers: Iterable[tuple[str, str, object]]) -> bytes:
    """The form with these cells typed: measure, field, value."""
    book = opened(content)
    for measure, field, value in answers:
        cell_of(book, measure, field).value = value
    return saved(book)


def read(content: bytes, snapshot: Snapshot, name: str = "form.xlsx") -> Returned:
    return read_form(Input(Path(name), content), name, expected_of(snapshot))


def answered(snapshot: Snapshot, code: str | None, *answers: tuple[str, str, object], name: str = "") -> Returned:
    """A form of this ministry with these answers, as it is read when it comes back."""
    return read(filled(form_bytes(snapshot, code), answers), snapshot, name or f"form-{code or 'all'}.xlsx")


def briefing_bytes(snapshot: Snapshot, code: str, templates: Templates) -> bytes:
    name = f"briefings/briefing-{code.lower()}-{snapshot.edition}.docx"
    artefact = next(found for found in compose(snapshot, None, (), templates) if found.name == name)
    file = io.BytesIO()
    artefact.write(file)
    return file.getvalue()


def read_word(content: bytes, snapshot: Snapshot, name: str = "briefing.docx") -> Returned:
    return read_briefing(Input(Path(name), content), name, expected_of(snapshot))


def said(form: Returned) -> list[tuple[str, str, str]]:
    """What a form answers, in short."""
    return [(answer.measure, answer.field, answer.new) for answer in form.answers]


def codes(form: Returned) -> set[str]:
    return {problem.code for problem in form.problems}
