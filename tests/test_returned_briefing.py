"""A briefing that came back with its fields filled in: in Word, in LibreOffice, with tracked changes, or spoiled."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from docx import Document

from report_builder.documents.proofs import prove_briefing
from report_builder.intake.returned import Returned
from report_builder.intake.trail import Outcome
from report_builder.office.word_data import ITEM, rows_in
from report_builder.problems import Stop
from report_builder.rendering import read_templates
from report_builder.settings import load_plan
from tests import made_up
from tests.forms import briefing_bytes, codes, read_word, said
from tests.mutants import changed

ROOT = Path(__file__).parent.parent
SNAPSHOT = made_up.snapshot(
    made_up.measure(1, departments=("AA", "AB")),
    made_up.measure(2, departments=("AB",), status="loopt", progress="Regel een\nregel twee", deadline="2030-Q3"),
    made_up.measure(3, departments=("AB", "AC"), confirmed_for="2030-Q1"),
    made_up.measure(4),
)
NOTHING = r"\(nog niet aangeleverd\)"


@cache
def sent() -> bytes:
    templates = read_templates(load_plan(ROOT / "data/plan.toml"), SNAPSHOT.texts)[0]
    return briefing_bytes(SNAPSHOT, "AB", templates)


def field(measure: str, name: str) -> str:
    """Where the text of this field stands, as a pattern with what comes before it."""
    return rf'(w:val="{measure}\|{name}".*?<w:r><w:t[^>]*>)[^<]*(</w:t></w:r>)'


def filled(content: bytes, *answers: tuple[str, str, str]) -> bytes:
    for measure, name, text in answers:
        content = changed(content, field(measure, name), rf"\g<1>{text}\g<2>")
    return content


def returned(change: Callable[[bytes], bytes]) -> Returned:
    return read_word(change(sent()), SNAPSHOT)


def test_an_untouched_briefing_says_nothing() -> None:
    form = read_word(sent(), SNAPSHOT)
    assert (form.department, form.measures) == ("AB", ("XX-001", "XX-002", "XX-003"))
    assert not any((form.answers, form.remarks, form.doubled, form.problems))


def test_what_is_typed_in_the_fields_is_answered() -> None:
    answers = [
        ("XX-001", "status", "Klaar"),
        ("XX-001", "lead", "ab"),
        ("XX-001", "progress", "Verzonnen stand."),
        ("XX-001", "deadline", "1 september 2030"),
        ("XX-001", "confirmed_for", "ja"),
        ("XX-003", "confirmed_for", "nee"),
    ]
    form = read_word(filled(sent(), *answers), SNAPSHOT)
    assert set(said(form)) == {
        ("XX-001", "status", "klaar"),
        ("XX-001", "lead", "AB"),
        ("XX-001", "progress", "Verzonnen stand."),
        ("XX-001", "deadline", "2030-09-01"),
        ("XX-001", "confirmed_for", "2030-Q1"),
        ("XX-003", "confirmed_for", ""),
    }
    assert form.problems == ()


def test_what_is_typed_beside_a_field_in_its_cell_counts_too() -> None:
    pattern = r'(w:val="XX-001\|progress".*?</w:sdt>)'
    form = read_word(changed(sent(), pattern, r"\1<w:r><w:t> ernaast getypt</w:t></w:r>"), SNAPSHOT)
    assert said(form) == [("XX-001", "progress", "ernaast getypt")]


def test_insertions_count_and_deletions_do_not() -> None:
    author = 'w:id="1" w:author="Verzonnen Naam" w:date="2030-04-02T00:00:00Z"'
    deleted = f"<w:del {author}><w:r><w:delText>loopt</w:delText></w:r></w:del>"
    inserted = f"<w:ins {author}><w:r><w:t>klaar</w:t></w:r></w:ins>"
    pattern = r'(w:val="XX-002\|status".*?)<w:r><w:t[^>]*>[^<]*</w:t></w:r>'
    form = read_word(changed(sent(), pattern, rf"\1{deleted}{inserted}"), SNAPSHOT)
    assert said(form) == [("XX-002", "status", "klaar")]
    assert form.problems == ()


def test_a_text_of_a_measure_that_was_altered_is_told_with_both_values() -> None:
    form = read_word(changed(sent(), "Verzonnen toelichting 2[.]", "Een andere toelichting."), SNAPSHOT)
    assert said(form) == []
    (problem,) = form.problems
    assert (problem.code, problem.place.measure, problem.place.field) == (
        "locked-cell-changed",
        "XX-002",
        "explanation",
    )
    assert problem.parameters == {"old": "Verzonnen toelichting 2.", "new": "Een andere toelichting."}


def test_a_tracked_insertion_outside_the_fields_is_told() -> None:
    added = '<w:p><w:ins w:id="1" w:author="X"><w:r><w:t>een losse zin</w:t></w:r></w:ins></w:p>'
    form = read_word(changed(sent(), "<w:body>", f"<w:body>{added}"), SNAPSHOT)
    (problem,) = form.problems
    assert (problem.code, problem.parameters["text"]) == ("text-outside-table", "een losse zin")


def test_a_comment_is_kept_with_its_author_for_its_measure() -> None:
    document = Document(io.BytesIO(sent()))
    (cell,) = (
        row.cells[1]
        for table in document.tables
        for row in table.rows
        if row.cells[0].text == "XX-002" and len(row.cells) == 8
    )
    document.add_comment(cell.paragraphs[0].runs, text="Klopt dit?", author="Verzonnen Naam")
    file = io.BytesIO()
    document.save(file)
    form = read_word(file.getvalue(), SNAPSHOT)
    assert said(form) == []
    assert [(r.outcome, r.measure, r.author, r.text) for r in form.remarks] == [
        (Outcome.COMMENT, "XX-002", "Verzonnen Naam", "Klopt dit?")
    ]


def test_a_field_that_was_taken_out_is_told() -> None:
    without = changed(sent(), r"(<w:p>(?:(?!<w:p>).)*?)<w:sdt>(?:(?!</w:sdt>).)*XX-001\|lead.*?</w:sdt>", r"\1")
    form = read_word(without, SNAPSHOT)
    assert [(p.code, p.place.measure, p.place.field) for p in form.problems] == [("form-field-gone", "XX-001", "lead")]


def test_a_copied_row_is_a_measure_that_stands_there_twice() -> None:
    row = r"(<w:tr>(?:(?!<w:tr>).)*XX-002\|status(?:(?!</w:tr>).)*</w:tr>)"
    form = read_word(changed(sent(), row, r"\1\1"), SNAPSHOT)
    assert [doubled.measure for doubled in form.doubled] == ["XX-002"]
    assert said(form) == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("edition: 2030-Q1", "edition: 2030-Q2", "it is for 2030-Q2"),
        ("plan: XX", "plan: YY", "it is a form of another plan"),
        ("<cell>measure</cell>", "<cell>x</cell>", "its baseline was changed"),
        ("urn:report-builder:rows", "urn:iets-anders", "it has no baseline"),
    ],
)
def test_what_is_no_briefing_of_this_edition_is_refused_with_the_reason(old: str, new: str, reason: str) -> None:
    with pytest.raises(Stop, match=f"briefing.docx is refused: {reason}"):
        read_word(changed(sent(), old, new, part=ITEM), SNAPSHOT)


def test_a_briefing_carries_exactly_the_values_of_its_own_measures() -> None:
    assert [row[0] for row in rows_in(sent())][-3:] == ["XX-001", "XX-002", "XX-003"]
    mutant = changed(sent(), "<cell>Verzonnen doel 2</cell>", "<cell>Verzonnen doel 4</cell>", part=ITEM)
    problems = prove_briefing(SNAPSHOT, SNAPSHOT.department("AB"), mutant, "x.docx")
    assert [problem.code for problem in problems] == ["word-baseline-differs"]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_briefing_that_libreoffice_saved_is_read_by_what_people_see(tmp_path: Path) -> None:
    """LibreOffice drops the tags of fields; their names and the hidden rows stay."""
    (tmp_path / "terug.docx").write_bytes(filled(sent(), ("XX-001", "status", "klaar")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "docx", "--outdir", "saved", "terug.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    content = (tmp_path / "saved/terug.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not re.search(rb'w:tag w:val="XX-', archive.read("word/document.xml"))
    form = read_word(content, SNAPSHOT)
    assert said(form) == [("XX-001", "status", "klaar")]
    assert codes(form) == set()
