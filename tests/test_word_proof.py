"""The proof of made Word documents: each rule with a mutant that it catches, in an otherwise good document."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openxml_audit import OpenXmlValidator

from report_builder.build import examine
from report_builder.documents.appendix import compose_appendix
from report_builder.documents.proofs import prove_appendix, prove_briefing
from report_builder.intake.snapshot import Snapshot
from report_builder.office import word_shapes
from report_builder.office.properties import Properties
from report_builder.office.word_facts import TableRow, WordReading
from report_builder.office.word_proof import OwnMeasures
from report_builder.office.word_rules import RULES, contrast
from report_builder.problems import ExitCode, Stop
from report_builder.rendering import Templates, compose, read_templates
from report_builder.settings import load_plan
from report_builder.study.since import since_previous
from tests import made_up
from tests.mutants import changed

ROOT = Path(__file__).parent.parent
TEMPLATES = read_templates(load_plan(ROOT / "data/plan.toml"), made_up.snapshot().texts)[0]


def documents(snapshot: Snapshot, templates: Templates = TEMPLATES) -> dict[str, bytes]:
    """The Word documents of an edition by their names; each proves itself while it is made."""
    made = {}
    for artefact in compose(snapshot, since_previous(snapshot), (), templates):
        if artefact.kind in ("appendix", "briefings"):
            file = io.BytesIO()
            artefact.write(file)
            made[artefact.name] = file.getvalue()
    return made


@cache
def good() -> tuple[Snapshot, bytes, bytes]:
    """A made-up edition, its appendix, and the briefing of ministry AA."""
    snapshot = made_up.snapshot(*made_up.measures(12))
    made = documents(snapshot)
    return snapshot, made["bijlage-maatregelen-2030-Q1.docx"], made["briefings/briefing-aa-2030-Q1.docx"]


def appendix_faults(content: bytes) -> set[str]:
    return {problem.code for problem in prove_appendix(good()[0], content, "x.docx")}


def briefing_faults(content: bytes) -> set[str]:
    snapshot = good()[0]
    return {problem.code for problem in prove_briefing(snapshot, snapshot.department("AA"), content, "x.docx")}


def test_good_documents_prove_themselves() -> None:
    assert appendix_faults(good()[1]) == set()
    assert briefing_faults(good()[2]) == set()


PARAGRAPH = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
PICTURE = (
    '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:extent cx="1" cy="1"/><wp:docPr id="1" name="x"/></wp:inline></w:drawing></w:r></w:p>'
)
BODY = "<w:body>"
HEADER_ROW = r"<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"

MUTANTS: dict[str, tuple[str, str, str]] = {
    "word-tag-left": (BODY, BODY + PARAGRAPH.format("{{ titel }}"), "word/document.xml"),
    "word-no-title": (r"<dc:title>.*?</dc:title>", "<dc:title></dc:title>", "docProps/core.xml"),
    "word-language": (r'<w:lang w:val="nl-NL"', '<w:lang w:val="en-US"', "word/styles.xml"),
    "word-no-headings": (r'<w:name w:val="heading 1"/>', '<w:name w:val="kopje"/>', "word/styles.xml"),
    "word-heading-skips": (r'w:val="Heading1"', 'w:val="Heading2"', "word/document.xml"),
    "word-heading-empty": (r"(Heading1.*?)<w:t [^>]*>Inhoud</w:t>", r"\1<w:t></w:t>", "word/document.xml"),
    "word-table-header": (HEADER_ROW, "<w:trPr><w:cantSplit/></w:trPr>", "word/document.xml"),
    "word-table-header-empty": (r">Pijler<", "> <", "word/document.xml"),
    "word-table-merged": (r"(<w:tcPr><w:tcW [^>]*/>)", r'\1<w:gridSpan w:val="2"/>', "word/document.xml"),
    "word-table-empty-row": (
        r"(</w:tr>)(?=</w:tbl>)",
        r"\1<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:p/></w:tc></w:tr>",
        "word/document.xml",
    ),
    "word-row-breaks": (r"<w:trPr><w:cantSplit/></w:trPr>", "<w:trPr></w:trPr>", "word/document.xml"),
    "word-empty-paragraphs": (BODY, BODY + "<w:p/><w:p/>", "word/document.xml"),
    "word-picture": (BODY, BODY + PICTURE, "word/document.xml"),
    "word-floating": (BODY, BODY + PICTURE.replace("wp:inline", "wp:anchor"), "word/document.xml"),
    "word-link": (
        BODY,
        BODY + f'<w:p><w:hyperlink w:anchor="x">{PARAGRAPH[5:-6].format("https://example.org")}</w:hyperlink></w:p>',
        "word/document.xml",
    ),
    "word-fake-list": (BODY, BODY + PARAGRAPH.format("- een streepje"), "word/document.xml"),
    "word-protected": (r"<w:zoom", '<w:documentProtection w:edit="readOnly"/><w:zoom', "word/settings.xml"),
    "word-contrast": (r'w:color w:val="595959"', 'w:color w:val="AAAAAA"', "word/styles.xml"),
    "word-row-missing": (
        r"<w:tr>(?:(?!</w:tr>).)*?Verzonnen doel 12<(?:(?!</w:tr>).)*</w:tr>",
        "",
        "word/document.xml",
    ),
    "word-row-foreign": (
        r"(<w:tr>(?:(?!</w:tr>).)*?Verzonnen doel 11<(?:(?!</w:tr>).)*</w:tr>)",
        r"\1\1",
        "word/document.xml",
    ),
    "word-row-differs": (r"Verzonnen activiteit 3<", "Verzonnen activiteit vier<", "word/document.xml"),
}


@pytest.mark.parametrize("code", MUTANTS)
def test_each_rule_catches_its_mutant(code: str) -> None:
    assert code in appendix_faults(changed(good()[1], *MUTANTS[code]))


def test_every_rule_is_tripped_by_some_mutant() -> None:
    """A rule that no mutant trips could be taken out unseen."""
    tripped = set()
    for old, new, part in (*MUTANTS.values(), BRIEFING_MUTANTS["word-control"]):
        for content in good()[1:]:
            try:
                reading = WordReading(changed(content, old, new, part))
            except AssertionError:
                continue
            for _ in reading.rows():
                pass
            tripped |= {rule.__name__ for rule in RULES if list(rule(reading.facts))}
    assert tripped == {rule.__name__ for rule in RULES}


BRIEFING_MUTANTS: dict[str, tuple[str, str, str]] = {
    "word-control": (r'<w:alias w:val="[^"]*"/>', "", "word/document.xml"),
    "word-controls-differ": (r'<w:tag w:val="XX-\d+\|lead"/>', '<w:tag w:val="XX-999|lead"/>', "word/document.xml"),
    "word-row-foreign": (r">XX-\d+<", ">XX-999<", "word/document.xml"),
    "word-row-differs": (r">Verzonnen doel \d+<", ">Geheim doel van een ander<", "word/document.xml"),
    "word-measures-differ": (r"<w:tr>(?:(?!</w:tr>).)*?>XX-\d+<(?:(?!</w:tr>).)*</w:tr>", "", "word/document.xml"),
}


@pytest.mark.parametrize("code", BRIEFING_MUTANTS)
def test_a_briefing_with_anything_of_another_is_caught(code: str) -> None:
    assert code in briefing_faults(changed(good()[2], *BRIEFING_MUTANTS[code]))


def test_the_briefing_of_another_ministry_is_caught() -> None:
    snapshot = good()[0]
    other = documents(snapshot)["briefings/briefing-ab-2030-Q1.docx"]
    assert {"word-row-foreign", "word-controls-differ"} <= briefing_faults(other)


def test_a_template_that_loses_a_measure_publishes_nothing() -> None:
    snapshot = good()[0]
    losing = changed(
        (ROOT / "templates/appendix.docx").read_bytes(),
        r"\{%tr for measure in pillar.measures %\}",
        "{%tr for measure in pillar.measures if not loop.first %}",
    )
    from report_builder.office.word import WordTemplate

    templates = replace(TEMPLATES, appendix=WordTemplate.read(losing, "appendix.docx", snapshot.texts))
    with pytest.raises(Stop) as stop:
        documents(snapshot, templates)
    assert stop.value.exit_code is ExitCode.PLAN
    assert {problem.code for problem in stop.value.problems} >= {"word-row-differs"}


def test_contrast_is_that_of_the_guideline() -> None:
    assert round(contrast("000000", "FFFFFF"), 1) == 21.0
    assert round(contrast("777777", "FFFFFF"), 2) == 4.48
    assert contrast("FFFFFF", "154273") > 4.5


EXTREMES: dict[str, Callable[[], Snapshot]] = {
    "a measure of 5,000 characters": lambda: made_up.snapshot(
        made_up.measure(1, explanation="lang woord " * 455 + "eind.")
    ),
    "only required fields": lambda: made_up.snapshot(made_up.measure(1)),
    "one pillar": lambda: made_up.snapshot(*made_up.measures(5, pillars=1), pillars=1),
    "fifteen pillars": lambda: made_up.snapshot(*made_up.measures(45, pillars=15), pillars=15),
    "fifteen ministries": lambda: made_up.snapshot(*made_up.measures(45, departments=15), departments=15),
    "a pillar without measures": lambda: made_up.snapshot(made_up.measure(1)),
    "every field filled in": lambda: made_up.snapshot(
        made_up.measure(
            1,
            lead="AA",
            status="loopt",
            progress="Gaat goed.\nEcht.",
            deadline="2030-Q4",
            references=("34 843, nr. 45",),
        )
    ),
    "confirmed": lambda: made_up.snapshot(made_up.measure(1, confirmed_for="2030-Q1")),
    "classified": lambda: replace(
        made_up.snapshot(made_up.measure(1)),
        plan=replace(made_up.plan(), classification="Departementaal vertrouwelijk"),
    ),
    "3,000 measures": lambda: made_up.snapshot(*made_up.measures(3000)),
    "signs of markup": lambda: made_up.snapshot(made_up.measure(1, explanation="<w:p/> & } % ]]> '\"")),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_prove_themselves_and_are_valid(name: str) -> None:
    snapshot = EXTREMES[name]()
    made = documents(snapshot)
    assert len(made) == 1 + len(snapshot.departments)
    if name != "3,000 measures":
        for content in made.values():
            assert audited(content) == []


def audited(content: bytes) -> list[str]:
    """What a validator of Office files, independent of our own rules, holds against this document."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.docx"
        path.write_bytes(content)
        return [str(error) for error in OpenXmlValidator().validate(path).errors]


def test_concept_and_classification_stand_on_every_page() -> None:
    def headers(snapshot: Snapshot) -> str:
        with zipfile.ZipFile(io.BytesIO(documents(snapshot)["bijlage-maatregelen-2030-Q1.docx"])) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist() if "word/header" in name)

    assert "CONCEPT" in headers(EXTREMES["only required fields"]())
    assert "CONCEPT" not in headers(EXTREMES["confirmed"]())
    assert "DEPARTEMENTAAL VERTROUWELIJK" in headers(EXTREMES["classified"]())


def outline(content: bytes) -> str:
    """A document as text: its headings, paragraphs outside tables, and each table with its rows."""
    from docx import Document
    from docx.oxml.ns import qn

    from report_builder.office.word_facts import paragraph_text

    lines: list[str] = []
    for element in Document(io.BytesIO(content)).element.body:
        if element.tag == qn("w:p"):
            style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            lines.append(f"[{style.get(qn('w:val')) if style is not None else 'Normal'}] {paragraph_text(element)}")
        elif element.tag == qn("w:tbl"):
            for row in element.iter(qn("w:tr")):
                cells = (" / ".join(map(paragraph_text, cell.iter(qn("w:p")))) for cell in row.iter(qn("w:tc")))
                lines.append("  | " + " | ".join(text.replace("\n", " / ") for text in cells))
    return "\n".join(lines) + "\n"


def test_the_documents_of_the_real_edition_are_as_their_golden_outlines(renew_golden: bool) -> None:
    plan = load_plan(ROOT / "data/plan.toml")
    snapshot, _, _ = examine(plan, plan.edition)
    folder = ROOT / "tests/golden"
    made = documents(snapshot, read_templates(plan, snapshot.texts)[0])
    for name, content in made.items():
        assert audited(content) == [], name
        golden = folder / f"{Path(name).stem}.txt"
        if renew_golden:
            folder.mkdir(exist_ok=True)
            golden.write_text(outline(content), encoding="utf-8")
        assert outline(content) == golden.read_text(encoding="utf-8"), name
    assert {path.stem for path in folder.glob("b*.txt")} == {Path(name).stem for name in made}


def test_fields_of_a_measure_cannot_change_places_unseen() -> None:
    """Both texts are the measure's own; only their places are wrong, in one row."""
    found = r">Verzonnen doel (8)<((?:(?!</w:tr>).)*)>Verzonnen activiteit \1<"
    swapped = changed(good()[2], found, r">Verzonnen activiteit \1<\2>Verzonnen doel \1<")
    assert briefing_faults(swapped) == {"word-row-differs"}


def test_a_field_that_no_table_shows_is_missed() -> None:
    expected = OwnMeasures("XX", {"XX-001": {"activity": "Cursus", "explanation": "Voor wie wil"}}, ["explanation"])
    assert not list(expected.take(TableRow(1, ("Nummer", "Activiteit"), ("XX-001", "Cursus"))))
    assert [problem.code for problem in expected.missing()] == ["word-field-missing"]


def test_a_briefing_may_not_call_confirmed_what_nobody_confirmed() -> None:
    expected = OwnMeasures("XX", {"XX-001": {"confirmed": "nee"}}, [])
    faults = expected.take(TableRow(1, ("Nummer", "Bevestigd"), ("XX-001", "ja")))
    assert [problem.code for problem in faults] == ["word-row-differs"]


SHORT = st.text(st.sampled_from("ab<&>\n\t\r \u00a0é{"), max_size=6)


@given(rows=st.lists(st.tuples(SHORT, SHORT, SHORT), min_size=2, max_size=6))
@settings(max_examples=25)
def test_rows_alike_are_read_as_if_each_were_read_in_full(rows: list[tuple[str, str, str]]) -> None:
    measures = [
        made_up.measure(number, objective=one, activity=two, explanation=three)
        for number, (one, two, three) in enumerate(rows, 1)
    ]
    made = io.BytesIO()
    snapshot = made_up.snapshot(*measures)
    TEMPLATES.appendix.render(compose_appendix(snapshot), made, Properties("x", "x", "x", snapshot.as_of))
    quickly = list(WordReading(made.getvalue()).rows())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_shapes, "MOST_SHAPES", 0)
        assert quickly == list(WordReading(made.getvalue()).rows())


def test_a_row_of_another_form_among_rows_alike_is_seen() -> None:
    """The last row of a table may split over two pages; those above it, and all their texts, are as they must be."""
    content = changed(good()[1], r"(.*)<w:trPr><w:cantSplit/></w:trPr>", r"\1", "word/document.xml")
    assert appendix_faults(content) == {"word-row-breaks"}
