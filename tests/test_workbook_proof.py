"""The proof of written workbooks: each rule with a mutant that it catches, in an otherwise good workbook."""

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from report_builder.departments import Department
from report_builder.documents.matrix import compose_matrix
from report_builder.documents.request_form import compose_request_form
from report_builder.documents.workbook_proofs import prove_matrix, prove_request_form
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure
from report_builder.office.excel import write_workbook
from report_builder.office.excel_proof import RULES
from report_builder.office.excel_written import open_written
from report_builder.office.properties import Properties
from report_builder.office.workbook import Workbook
from tests import made_up
from tests.mutants import changed


def written(snapshot: Snapshot, workbook: Workbook) -> bytes:
    file = io.BytesIO()
    write_workbook(workbook, file, Properties("Verzonnen", "Verzonnen", "Verzonnen", snapshot.as_of))
    return file.getvalue()


def long_measures() -> tuple[Measure, ...]:
    measures = made_up.measures(12)
    return (
        replace(measures[0], activity="Een lange verzonnen activiteit die niet op een regel past. " * 2),
        *measures[1:],
    )


@cache
def good_matrix() -> tuple[Snapshot, bytes]:
    snapshot = made_up.snapshot(*long_measures())
    return snapshot, written(snapshot, compose_matrix(snapshot, ()))


@cache
def good_form() -> tuple[Snapshot, Department, bytes]:
    snapshot = made_up.snapshot(*long_measures())
    ministry = snapshot.department("AB")
    return snapshot, ministry, written(snapshot, compose_request_form(snapshot, ministry))


def broken(content: bytes) -> set[str]:
    workbook = open_written(content)
    return {rule.__name__ for rule in RULES if any(rule(workbook))}


MATRIX, SUMMARY, CHANGES = (f"xl/worksheets/sheet{number}.xml" for number in (2, 3, 5))
TEXT = r't="inlineStr"><is><t>'

MUTANTS: Mapping[str, tuple[str, str, str]] = {
    "title_and_language": ("docProps/core.xml", "<dc:language>.*?</dc:language>", ""),
    "opens_at_the_start": ("xl/workbook.xml", "<workbookView/>", '<workbookView activeTab="2"/>'),
    "meaningful_names": ("xl/workbook.xml", 'name="Volledigheid"', 'name="Blad8"'),
    "title_in_first_cell": (SUMMARY, r'(<c r="A1"[^>]*><is><t)>[^<]*<', r'\1 xml:space="preserve"> <'),
    "at_most_one_table": (
        "xl/worksheets/_rels/sheet2.xml.rels",
        "(<Relationship [^>]*/>)",
        r"\1<Relationship Id='rId99' Type='table' Target='/xl/tables/table2.xml'/>",
    ),
    "data_stands_in_tables": (CHANGES, "</row></sheetData>", f'<c r="C2" {TEXT}los</t></is></c></row></sheetData>'),
    "distinct_headings": ("xl/tables/table1.xml", 'name="AB"', 'name="aa"'),
    "no_blank_rows": (SUMMARY, r'<c r="A4".*?</row>', "</row>"),
    "words_in_every_cell": (MATRIX, rf"{TEXT}B<", 't="inlineStr"><is><t>✓<'),
    "no_merged_cells": (MATRIX, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>'),
    "empty_cells_explained": (CHANGES, r'<row r="3".*?</row>', ""),
    "long_texts_wrap": (MATRIX, r's="\d+"( t="inlineStr"><is><t[^>]*>Een lange)', r's="0"\1'),
    "headings_repeat_in_print": ("xl/workbook.xml", r'name="_xlnm.Print_Titles"', 'name="iets"'),
    "links_lead_to_sheets": (MATRIX, "Toelichting'!A1", "Uitleg'!A1"),
    "pictures_described": ("xl/drawings/drawing1.xml", 'descr="[^"]*"', 'descr=""'),
    "charts_labelled": ("xl/charts/chart1.xml", r"<c:valAx>(.*?)<c:title>.*?</c:title>", r"<c:valAx>\1"),
    "true_size": (MATRIX, r'<dimension ref="A1:H\d+"/>', '<dimension ref="A1:XFD1048576"/>'),
    "nothing_runs": (MATRIX, r"<f>SUBTOTAL", "<f>HYPERLINK"),
    "protection_without_password": (MATRIX, "</sheetData>", '</sheetData><sheetProtection sheet="1" password="CC1A"/>'),
}


def test_good_workbooks_prove_themselves() -> None:
    snapshot, content = good_matrix()
    assert prove_matrix(snapshot, content, "x.xlsx") == ()
    snapshot, ministry, form = good_form()
    assert prove_request_form(snapshot, ministry, form, "x.xlsx") == ()


def test_every_rule_has_a_mutant() -> None:
    assert [rule.__name__ for rule in RULES] == list(MUTANTS)


@pytest.mark.parametrize("rule", MUTANTS)
def test_each_rule_catches_its_mutant(rule: str) -> None:
    _, content = good_matrix()
    assert broken(content) == set()
    part, old, new = MUTANTS[rule]
    assert rule in broken(changed(content, old, new, part))


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (MATRIX, "<f>SUBTOTAL.*?</f>", "<f>1/0</f>"),
        (MATRIX, r't="inlineStr"><is><t>XX-003</t></is>', 't="e"><v>#N/A</v>'),
        ("xl/worksheets/_rels/sheet2.xml.rels", "<Relationship ", '<Relationship TargetMode="External" '),
    ],
)
def test_what_runs_or_leads_outside_is_caught(part: str, old: str, new: str) -> None:
    assert "nothing_runs" in broken(changed(good_matrix()[1], old, new, part))


@pytest.mark.parametrize(
    ("rule", "part", "old", "new"),
    [
        ("meaningful_names", "xl/tables/table1.xml", 'displayName="Matrix"', 'displayName="Tabel1"'),
        ("headings_repeat_in_print", "xl/workbook.xml", r"'Maatregelen'!\$A:\$A,", ""),
        ("headings_repeat_in_print", "xl/workbook.xml", r"'Maatregelen'!\$5:\$5", r"'Maatregelen'!$4:$4"),
    ],
)
def test_a_rule_with_two_sides_catches_a_mutant_of_each(rule: str, part: str, old: str, new: str) -> None:
    assert rule in broken(changed(good_matrix()[1], old, new, part))


def test_a_dash_that_somebody_gave_is_not_the_workbooks_fault() -> None:
    snapshot = made_up.snapshot(made_up.measure(1, progress="-", explanation="😀"))
    assert prove_matrix(snapshot, written(snapshot, compose_matrix(snapshot, ())), "x.xlsx") == ()


def matrix_faults(content: bytes) -> list[str]:
    return [problem.code for problem in prove_matrix(good_matrix()[0], content, "x.xlsx")]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (MATRIX, rf"{TEXT}B<", 't="inlineStr"><is><t>T<'),
        (MATRIX, "Verzonnen doel 7<", "Verzonnen doel 8<"),
        (SUMMARY, "<v>4</v>", "<v>5</v>"),
        ("xl/worksheets/sheet4.xml", "toelichting", "Toelichting"),
        ("xl/workbook.xml", 'name="Wijzigingen"', 'name="Veranderingen"'),
        ("xl/tables/table1.xml", r'ref="A5:H17"', 'ref="A5:H16"'),
    ],
)
def test_a_matrix_that_does_not_say_what_the_dataset_says_is_caught(part: str, old: str, new: str) -> None:
    assert "workbook-content" in matrix_faults(changed(good_matrix()[1], old, new, part))


FORM, BASELINE = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet4.xml"


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (FORM, "Verzonnen doel 10<", "Verzonnen doel 11<"),
        (BASELINE, "Verzonnen doel 10<", "Verzonnen doel 11<"),
        ("xl/workbook.xml", 'state="hidden"', 'state="visible"'),
        ("xl/worksheets/sheet3.xml", ">nee<", ">XX-003<"),
        ("xl/workbook.xml", 'name="baseline"', 'name="iets"'),
    ],
)
def test_a_form_with_something_else_than_its_own_measures_is_caught(part: str, old: str, new: str) -> None:
    snapshot, ministry, content = good_form()
    problems = prove_request_form(snapshot, ministry, changed(content, old, new, part), "x.xlsx")
    assert "workbook-content" in [problem.code for problem in problems]


def test_the_form_of_another_ministry_is_caught() -> None:
    snapshot, _, content = good_form()
    assert prove_request_form(snapshot, snapshot.department("AC"), content, "x.xlsx")
    assert prove_request_form(snapshot, None, content, "x.xlsx")
