"""`departments.csv` to the register of ministries."""

import csv
from datetime import date

from report_builder.departments import Department, Register
from report_builder.intake.inputs import Input
from report_builder.model import split_list
from report_builder.problems import ExitCode, Place, Problem, Stop, error

COLUMNS = ("code", "name", "tooi", "valid_from", "valid_until", "successor", "spellings")


def read_register(source: Input) -> Register:
    """The ministries in their order in the file. Raise Stop with every faulty row."""
    try:
        text = source.content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Stop(ExitCode.PLAN, f"the ministries {source.path} are not UTF-8: {fault}") from None
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise Stop(ExitCode.PLAN, f"the ministries {source.path} must have the columns {', '.join(COLUMNS)}")
    departments: list[Department] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            departments.append(_department(row))
        except (TypeError, ValueError, AttributeError) as fault:
            place = Place(file=str(source.path), line=rows.line_num)
            problems.append(error("department-row", place, reason=str(fault)))
    if problems:
        raise Stop(ExitCode.PLAN, f"the ministries {source.path} have {len(problems)} fault(s)", problems)
    return Register(departments)


def _department(row: dict[str, str]) -> Department:
    if not row["code"].strip() or not row["name"].strip():
        raise ValueError("code and name are required")
    valid_from, valid_until = _date(row["valid_from"]), _date(row["valid_until"])
    if valid_from and valid_until and valid_from > valid_until:
        raise ValueError("valid_from lies after valid_until")
    return Department(
        code=row["code"].strip(),
        name=row["name"].strip(),
        tooi=row["tooi"].strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        successor=row["successor"].strip(),
        spellings=split_list(row["spellings"]),
    )


def _date(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None
