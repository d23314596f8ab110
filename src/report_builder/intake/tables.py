"""A file of tables that others made, of whichever kind, to the measures in it."""

from report_builder.departments import Register
from report_builder.intake.delimited import read_delimited
from report_builder.intake.inputs import Input
from report_builder.intake.names import read_departments
from report_builder.intake.recognition import FoundRow, Headings, recognise
from report_builder.model import LIST_SEPARATOR
from report_builder.office.grids import Grid
from report_builder.problems import ExitCode, Problem, Stop
from report_builder.settings import Plan

KINDS = (".csv", ".xlsx", ".docx")


def read_tables(
    source: Input, plan: Plan, register: Register
) -> tuple[tuple[dict[str, str], ...], tuple[Problem, ...]]:
    """The measures as texts by field, `source` among them. Raise Stop when no table of measures is found.

    Ministries are those of the plan's date.
    """
    headings = Headings(plan)
    grids, problems = _grids(source, headings)
    found: list[FoundRow] = []
    collected = list(problems)
    for grid in grids:
        rows, faults = recognise(grid, headings)
        found.extend(rows)
        collected.extend(faults)
    if not any(headings.is_header(row.cells) for grid in grids for row in grid.rows):
        name = source.path.name
        raise Stop(ExitCode.INPUT, f"{name} holds no table of measures; looked for the columns {headings.looked_for}")
    if not found:
        raise Stop(ExitCode.DATA, f"{source.path.name}: its table of measures has no rows")
    measures = []
    for row in found:
        texts, faults = _with_codes(row, plan, register)
        measures.append(texts)
        collected.extend(faults)
    return tuple(measures), tuple(collected)


def _grids(source: Input, headings: Headings) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The tables of the file. Excel and Word are imported only for their own files: they start slowly."""
    suffix, name = source.path.suffix.lower(), source.path.name
    if suffix == ".csv":
        return (read_delimited(source.content, source.path, headings.is_header),), ()
    if suffix == ".xlsx":
        from report_builder.office.excel_reading import read_sheets

        return read_sheets(source.content, name)
    if suffix == ".docx":
        from report_builder.office import word_reading

        return word_reading.read_tables(source.content, name)
    raise Stop(ExitCode.INPUT, f"{name}: files of this kind are not read; use .txt, {', '.join(KINDS)}")


def _with_codes(row: FoundRow, plan: Plan, register: Register) -> tuple[dict[str, str], tuple[Problem, ...]]:
    texts = {**row.texts, "source": row.texts.get("source") or row.source}
    problems: list[Problem] = []
    for name in ("departments", "lead"):
        if cell := texts.get(name):
            codes, faults = read_departments(cell, register, plan.as_of, row.place)
            texts[name] = LIST_SEPARATOR.join(codes)
            problems.extend(faults)
    return texts, tuple(problems)
