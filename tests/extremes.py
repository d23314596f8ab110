"""Made-up workbooks at the edge of what a dataset may hold: one measure, many ministries and pillars, long texts."""

import io
from dataclasses import replace
from datetime import date

from report_builder.documents.matrix import compose_matrix
from report_builder.documents.request_form import compose_request_form
from report_builder.intake.snapshot import Snapshot
from report_builder.office.excel import write_workbook
from report_builder.office.properties import Properties
from report_builder.office.workbook import Workbook
from report_builder.study.checks import check
from tests import made_up

PROPERTIES = Properties("Verzonnen titel", "Verzonnen afzender", "Verzonnen onderwerp", date(2030, 4, 1))
LONG = ("Een lange verzonnen tekst die maar doorgaat. " * 120)[:5_000].strip()


def extreme_editions() -> dict[str, Snapshot]:
    everyone = tuple(department.code for department in made_up.register(40).departments)
    many = made_up.measures(60, departments=40, pillars=15)
    longest = made_up.measure(1, objective=LONG, explanation=LONG, progress="x" * 32_767, lead="AA", deadline="2030-Q3")
    return {
        "one": made_up.snapshot(made_up.measure()),
        "wide": made_up.snapshot(replace(many[0], departments=everyone), *many[1:], departments=40, pillars=15),
        "long": made_up.snapshot(longest, made_up.measure(2, departments=("AB", "AA"), pillar="p2")),
    }


def extreme_workbooks(edition: Snapshot) -> dict[str, bytes]:
    """The matrix of an edition, and the form of its first ministry."""
    composed = {
        "matrix": compose_matrix(edition, check(edition)),
        "form": compose_request_form(edition, edition.departments[0]),
    }
    return {name: written(workbook) for name, workbook in composed.items()}


def written(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    write_workbook(workbook, file, PROPERTIES)
    return file.getvalue()
