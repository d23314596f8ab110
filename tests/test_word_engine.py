"""The engine of the Word templates: tags as authors type them, values as they went in, faults with their place."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docxtpl import DocxTemplate
from hypothesis import given
from hypothesis import strategies as st

from report_builder.model import Edition
from report_builder.office.properties import Properties
from report_builder.office.word import WordTemplate
from report_builder.office.word_writers import UNWRITABLE
from report_builder.problems import ExitCode, Stop
from report_builder.rich_text import RichText, Run
from report_builder.texts import load_texts

ROOT = Path(__file__).parent.parent
TEXTS = load_texts(ROOT / "templates/texts.toml")
PROPERTIES = Properties("Titel", "Afzender", "Onderwerp", date(2021, 2, 4))
NAUGHTY: list[str] = json.loads((ROOT / "tests/naughty_strings/blns.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Item:
    name: str
    count: int


@dataclass(frozen=True)
class Letter:
    title: str
    day: date
    edition: Edition
    items: tuple[Item, ...]
    note: RichText


LETTER = Letter("Titel", date(2021, 2, 4), Edition(2021, 1), (Item("een", 1), Item("twee", 12345)), RichText(()))


def template(*paragraphs: str) -> Any:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return document


def as_bytes(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def rendered(document: Any, contents: object = LETTER) -> bytes:
    file = io.BytesIO()
    WordTemplate.read(as_bytes(document), "sjabloon.docx", TEXTS).render(contents, file, PROPERTIES)
    return file.getvalue()


def text_of(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def faults(document: Any, contents: type = Letter) -> list[tuple[str, str]]:
    """Code and place of every fault that the check finds."""
    problems = WordTemplate.read(as_bytes(document), "sjabloon.docx", TEXTS).check(contents)
    return [(problem.code, TEXTS.place(problem.place)) for problem in problems]


def test_values_and_dutch_filters() -> None:
    document = template("{{ title }} op {{ day|datum }}, {{ edition|kwartaal }}: {{ items|length }}")
    assert text_of(rendered(document)) == ["Titel op 4 februari 2021, eerste kwartaal 2021: 2"]


def test_a_tag_that_word_split_over_runs_is_one_and_keeps_the_first_form() -> None:
    document = template("")
    paragraph = document.paragraphs[0]
    for text, bold in (("Voor {", False), ("{ ti", True), ("tle ", False), ("}} na", False)):
        paragraph.add_run(text).bold = bold
    made = Document(io.BytesIO(rendered(document))).paragraphs[0]
    assert made.text == "Voor Titel na"
    document = template("")
    for text, bold in (("{{ ti", True), ("tle }}", False)):
        document.paragraphs[0].add_run(text).bold = bold
    runs = [run for run in Document(io.BytesIO(rendered(document))).paragraphs[0].runs if run.text]
    assert [(run.text, run.bold) for run in runs] == [("Titel", True)]


@pytest.mark.parametrize("noise", ["proofErr", "bookmarkStart", "commentRangeStart", "lastRenderedPageBreak"])
def test_marks_between_the_pieces_of_a_tag_do_not_part_it(noise: str) -> None:
    document = template("")
    paragraph = document.paragraphs[0]
    paragraph.add_run("{{ ti")
    mark = OxmlElement(f"w:{noise}")
    mark.set(qn("w:id"), "7")
    paragraph._p.append(mark)
    paragraph.add_run("tle }}")
    assert text_of(rendered(document)) == ["Titel"]


def test_smart_quotes_inside_a_tag_are_quotes() -> None:
    document = template("{% if title == “Titel” %}ja{% endif %}{% if title != ‘x’ %} en ja{% endif %}")
    assert text_of(rendered(document)) == ["ja en ja"]


def test_smart_quotes_outside_a_tag_stay() -> None:
    assert text_of(rendered(template("„{{ title }}” ‘zo’"))) == ["„Titel” ‘zo’"]


def test_rows_repeat_and_paragraphs_come_and_go() -> None:
    document = template("{%p if items %}", "Er is iets.", "{%p else %}", "Er is niets.", "{%p endif %}")
    table = document.add_table(rows=4, cols=2)
    for row, texts in enumerate(
        [
            ("Naam", "Aantal"),
            ("{%tr for item in items %}",),
            ("{{ item.name }}", "{{ item.count|getal }}"),
            ("{%tr endfor %}",),
        ]
    ):
        for column, text in enumerate(texts):
            table.rows[row].cells[column].text = text
    content = rendered(document)
    assert text_of(content) == ["Er is iets."]
    rows = Document(io.BytesIO(content)).tables[0].rows
    assert [[cell.text for cell in row.cells] for row in rows] == [["Naam", "Aantal"], ["een", "1"], ["twee", "12.345"]]


def test_columns_repeat_with_their_grid_and_cells_take_a_colour() -> None:
    document = template()
    table = document.add_table(rows=1, cols=5)
    tags = ("eerst", "{%tc for item in items %}", "{% cellbg 'D5E1EF' %}{{ item.name }}", "{%tc endfor %}", "laatst")
    for cell, text in zip(table.rows[0].cells, tags, strict=True):
        cell.text = text
    made = Document(io.BytesIO(rendered(document))).tables[0]
    assert [cell.text for cell in made.rows[0].cells] == ["eerst", "een", "twee", "laatst"]
    assert len(made.columns) == 4
    shades = [shade.get(qn("w:fill")) for shade in made._tbl.iter(qn("w:shd"))]
    assert shades == ["D5E1EF", "D5E1EF"]


def test_headers_and_footers_are_parts_like_the_body() -> None:
    document = template("x")
    document.sections[0].header.paragraphs[0].text = "{{ title }}"
    document.sections[0].footer.paragraphs[0].text = "{% for item in items %}{{ item.name }} {% endfor %}"
    made = Document(io.BytesIO(rendered(document))).sections[0]
    assert made.header.paragraphs[0].text == "Titel"
    assert made.footer.paragraphs[0].text == "een twee "


def test_tags_in_the_name_of_a_bookmark_are_filled_in() -> None:
    document = template("x")
    start = parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="1" w:name="{{{{ title }}}}"/>')
    document.paragraphs[0]._p.insert(0, start)
    made = Document(io.BytesIO(rendered(document)))
    assert [mark.get(qn("w:name")) for mark in made.element.body.iter(qn("w:bookmarkStart"))] == ["Titel"]


def test_a_paragraph_becomes_a_place_to_link_to_in_a_loop_too() -> None:
    document = template("{%p for item in items %}", "{% anchor item.name %}Over {{ item.name }}", "{%p endfor %}")
    assert faults(document) == []
    made = Document(io.BytesIO(rendered(document)))
    starts = list(made.element.body.iter(qn("w:bookmarkStart")))
    assert [mark.get(qn("w:name")) for mark in starts] == ["een", "twee"]
    ends = [mark.get(qn("w:id")) for mark in made.element.body.iter(qn("w:bookmarkEnd"))]
    assert [mark.get(qn("w:id")) for mark in starts] == ends
    assert len(set(ends)) == 2
    assert [paragraph.text for paragraph in made.paragraphs] == ["Over een", "Over twee"]


TRICKY = [
    "& < > \" '",
    "  dubbele  spaties  ",
    "regel één\nregel twee\r\nregel drie",
    "voor\tna",
    "{{ title }} {% if x %}",
    "😀 👩‍👩‍👧",
    "שלום עולם",
    "=1+1",
    "]]> <!-- --> <w:p/>",
]


def comes_out(text: str) -> str:
    """A text as a reader sees it: every kind of line end is a line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("text", TRICKY)
def test_values_come_out_as_they_went_in(text: str) -> None:
    contents = Letter(text, *[getattr(LETTER, name) for name in ("day", "edition", "items", "note")])
    assert text_of(rendered(template("[{{ title }}]"), contents)) == [f"[{comes_out(text)}]"]


def test_every_naughty_string_comes_out_as_it_went_in() -> None:
    """But for those with characters that no document can hold, which are refused by name."""
    unwritable = [text for text in NAUGHTY if UNWRITABLE.search(text)]
    writable = [text for text in NAUGHTY if text not in unwritable]
    assert len(unwritable) < 5
    for text in unwritable:
        with pytest.raises(Stop, match="which no document can hold"):
            rendered(template("{{ title }}"), {"title": text})
    items = tuple(Item(text, 1) for text in writable)
    document = template("{%p for item in items %}", "{{ item.name }}", "{%p endfor %}")
    assert text_of(rendered(document, {"items": items})) == [comes_out(text) for text in writable]


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn"))))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    assert text_of(rendered(template("a{{ title }}b"), {"title": text})) == [f"a{text}b"]


def test_rich_text_carries_its_form_and_links() -> None:
    note = RichText(
        (
            Run("gewoon & "),
            Run("vet", bold=True),
            Run("schuin", italic=True),
            Run("weg", struck=True),
            Run("nieuw", inserted=True),
            Run("link", link='https://example.org/?a=1&b="2"'),
            Run("elders", link="#plek"),
        )
    )
    document = template("")
    document.paragraphs[0].add_run("Zie {{ note }}.").font.name = "Courier New"
    content = rendered(document, {"note": note})
    paragraph = Document(io.BytesIO(content)).paragraphs[0]
    assert paragraph.text == "Zie gewoon & vetschuinwegnieuwlinkelders."
    forms = {run.text: run for run in paragraph.runs}
    assert forms["vet"].bold
    assert forms["schuin"].italic
    assert forms["weg"].font.strike
    assert forms["nieuw"].underline
    assert forms["vet"].font.name == "Courier New"
    assert [link.get(qn("w:anchor")) for link in paragraph._p.iter(qn("w:hyperlink"))] == ["plek"]
    assert valid(content)


def valid(content: bytes) -> bool:
    """Whether our part of the document is valid; python-docx's own styles are not what is tested here."""
    path = io.BytesIO(content)
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None and b"{{" not in archive.read("word/document.xml")


FAULTY: dict[str, tuple[list[str], list[tuple[str, str]]]] = {
    "a misspelt field": (["{{ titel }}"], [("field-misspelt", "sjabloon.docx")]),
    "an unknown field": (["{{ zzz }}"], [("field-unknown", "sjabloon.docx")]),
    "a field of a field": (["{{ title.x }}"], [("field-unknown", "sjabloon.docx")]),
    "a list printed": (["{{ items }}"], [("field-no-text", "sjabloon.docx")]),
    "a loop over text": (["{% for x in day %}{% endfor %}"], [("field-no-list", "sjabloon.docx")]),
    "an unknown filter": (["{{ title|groot }}"], [("filter-unknown", "sjabloon.docx")]),
    "a filter for something else": (["{{ title|datum }}"], [("filter-wrong", "sjabloon.docx")]),
    "a loop variable outside its loop": (
        ["{% for item in items %}{{ item.name }}{% endfor %}{{ item.name }}"],
        [("field-misspelt", "sjabloon.docx")],
    ),
    "a loop not closed": (["{%p for item in items %}", "x"], [("tag-not-closed", "sjabloon.docx")]),
    "an end without a start": (["{% endfor %}"], [("tag-not-opened", "sjabloon.docx")]),
    "a wrong end": (["{% for item in items %}{% endif %}{% endfor %}"], [("tag-not-opened", "sjabloon.docx")]),
    "a brace not closed": (["{{ title }"], [("tag-not-closed", "sjabloon.docx")]),
    "a row tag outside a row": (
        ["{%tr if title %}", "x", "{%p endif %}"],
        [("tag-outside", "sjabloon.docx"), ("tag-crossed", "sjabloon.docx")],
    ),
    "a tag that is no Jinja": (["{{ title + }}"], [("tag-syntax", "sjabloon.docx")]),
    "an underscore": (["{{ title.__class__ }}"], [("tag-forbidden", "sjabloon.docx")]),
    "an underscore as an item": (["{{ title['__class__'] }}"], [("tag-forbidden", "sjabloon.docx")]),
    "a call": (["{{ title.upper() }}"], [("tag-forbidden", "sjabloon.docx")]),
    "an import": (["{% import 'os' as os %}"], [("tag-forbidden", "sjabloon.docx")]),
    "an include": (["{% include 'x' %}"], [("tag-forbidden", "sjabloon.docx")]),
    "a product of texts": (["{{ title * 1000000000 }}"], [("tag-forbidden", "sjabloon.docx")]),
    "a power": (["{{ 9 ** 9 ** 9 }}"], [("tag-forbidden", "sjabloon.docx")]),
    "a loop for ever": (["{% for x in range(10 ** 9) %}{% endfor %}"], [("tag-forbidden", "sjabloon.docx")]),
}


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_is_found_without_data(name: str) -> None:
    paragraphs, expected = FAULTY[name]
    assert faults(template(*paragraphs)) == expected


def test_all_faults_come_in_one_run_each_with_its_place() -> None:
    document = template()
    document.add_heading("Maatregelen per pijler", level=1)
    table = document.add_table(rows=4, cols=1)
    for row, text in enumerate(
        ("Kop", "{%tr for item in items %}", "{{ item.nam }} {{ item.count|datum }}", "{%tr endfor %}")
    ):
        table.rows[row].cells[0].text = text
    document.sections[0].footer.paragraphs[0].text = "{{ dag }}"
    place = "sjabloon.docx, onder de kop „Maatregelen per pijler”, tabel 1, rij 3"
    assert sorted(faults(document)) == [
        ("field-misspelt", "sjabloon.docx"),
        ("field-misspelt", place),
        ("filter-wrong", place),
    ]


def test_text_beside_a_row_tag_is_reported_since_it_is_lost() -> None:
    document = template()
    table = document.add_table(rows=2, cols=2)
    table.rows[0].cells[0].text = "{%tr if title %}"
    table.rows[0].cells[1].text = "dit verdwijnt"
    table.rows[1].cells[0].text = "{%tr endif %}"
    assert [code for code, _ in faults(document)] == ["tag-beside-text"]


def test_a_template_with_faults_renders_nothing() -> None:
    document = template("{{ title + }}")
    with pytest.raises(Stop) as stop:
        rendered(document)
    assert stop.value.exit_code is ExitCode.PLAN
    assert [problem.code for problem in stop.value.problems] == ["tag-syntax"]


def test_a_field_that_is_not_there_never_prints_nothing() -> None:
    with pytest.raises(Stop, match="asks for what is not there"):
        rendered(template("{{ titel }}"))


def test_a_part_with_a_doctype_is_refused() -> None:
    content = as_bytes(template("x"))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:document", b'<!DOCTYPE w [<!ENTITY x "y">]><w:document', 1)
            new.writestr(name, part)
    with pytest.raises(Stop, match="DOCTYPE"):
        WordTemplate.read(file.getvalue(), "boos.docx", TEXTS)


CONTEXTS: dict[str, list[dict[str, Any]]] = {
    "variables": [
        {"title": "Titel", "name": "Jansen", "day": "4 mei", "count": 3, "urgent": urgent} for urgent in (True, False)
    ],
    "rows": [{"title": "T", "items": [{"name": f"n{k}", "count": k} for k in range(size)]} for size in (0, 1, 5)],
    "nested": [
        {"groups": []},
        {
            "groups": [
                {"name": "leeg", "members": []},
                {"name": "vol", "members": [{"name": "a", "count": 1}, {"name": "b", "count": 2}]},
            ]
        },
    ],
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_templates_made_in_libreoffice_render_as_with_docxtpl(name: str) -> None:
    path = ROOT / f"tests/word_templates/{name}.docx"
    for context in CONTEXTS[name]:
        theirs = DocxTemplate(str(path))
        theirs.render(context)
        ours = io.BytesIO()
        WordTemplate.read(path.read_bytes(), path.name, TEXTS).render(context, ours, PROPERTIES)
        assert all_text(as_bytes(theirs)) == all_text(ours.getvalue())


def all_text(content: bytes) -> list[tuple[str, str]]:
    """Every paragraph in order, also in tables, with the number of rows of each table."""
    body = Document(io.BytesIO(content)).element.body
    texts = [("p", "".join(text.text or "" for text in p.iter(qn("w:t")))) for p in body.iter(qn("w:p"))]
    return texts + [("rows", str(len(table.findall(qn("w:tr"))))) for table in body.iter(qn("w:tbl"))]


def test_the_properties_come_from_the_edition_and_never_from_a_clock() -> None:
    core = Document(io.BytesIO(rendered(template("x")))).core_properties
    assert (core.title, core.author, core.last_modified_by, core.language) == ("Titel", "Afzender", "Afzender", "nl-NL")
    assert core.created
    assert core.created.date() == core.modified.date() == date(2021, 2, 4)


def test_the_same_contents_give_the_same_bytes() -> None:
    document = template("{{ title }}", "{% for item in items %}{{ item.name }}{% endfor %}")
    content = as_bytes(document)
    made = []
    for _ in range(2):
        file = io.BytesIO()
        WordTemplate.read(content, "x.docx", TEXTS).render(LETTER, file, PROPERTIES)
        made.append(file.getvalue())
    assert made[0] == made[1]


MEMORY = """
import io, resource, sys
from datetime import date
from docx import Document
from report_builder.office.properties import Properties
from report_builder.office.word import WordTemplate
from report_builder.office.word_writers import UNWRITABLE
from report_builder.texts import load_texts
document = Document()
table = document.add_table(rows=3, cols=2)
for row, text in enumerate(("{%tr for row in rows %}", "{{ row }}", "{%tr endfor %}")):
    table.rows[row].cells[0].text = text
file = io.BytesIO()
document.save(file)
template = WordTemplate.read(file.getvalue(), "x.docx", load_texts(__import__("pathlib").Path(sys.argv[1])))
class Sink(io.RawIOBase):
    at = 0
    def writable(self): return True
    def seekable(self): return True
    def tell(self): return self.at
    def seek(self, to, whence=0): self.at = to; return to
    def write(self, data): self.at += len(data); return len(data)
class Rows:
    def __iter__(self): return (f"rij {number} " * 20 for number in range(int(sys.argv[2])))
properties = Properties("T", "S", "O", date(2021, 2, 4))
template.render({"rows": [""] * 10}, Sink(), properties)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
template.render({"rows": Rows()}, Sink(), properties)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured with getrusage")
def test_memory_does_not_grow_with_the_number_of_rows() -> None:
    given = [sys.executable, "-c", MEMORY, str(ROOT / "templates/texts.toml"), "20000"]
    grown = int(subprocess.run(given, capture_output=True, text=True, check=True).stdout)
    assert grown < 10 * 1024, f"{grown} KiB more for 20,000 rows"


@pytest.mark.torture
@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured with getrusage")
def test_the_appendix_of_100_000_measures_takes_no_memory_of_its_own() -> None:
    given = [sys.executable, "-c", APPENDIX_MEMORY, str(ROOT)]
    done = subprocess.run(given, capture_output=True, text=True, check=True, cwd=ROOT)
    assert int(done.stdout) < 30 * 1024, f"{done.stdout} KiB above the measures"


APPENDIX_MEMORY = """
import resource, sys, tempfile
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from report_builder.rendering import read_templates
from report_builder.documents.appendix import compose_appendix
from report_builder.office.properties import Properties
from report_builder.settings import load_plan
from tests import made_up
snapshot = made_up.snapshot(*made_up.measures(100_000, departments=12, pillars=5), departments=12, pillars=5)
template = read_templates(load_plan(Path(sys.argv[1]) / "data/plan.toml"), snapshot.texts)[0].appendix
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with tempfile.TemporaryFile() as file:
    template.render(compose_appendix(snapshot), file, Properties("T", "S", "O", snapshot.as_of))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_the_shipped_templates_have_no_faults() -> None:
    from report_builder.documents.appendix import Appendix
    from report_builder.documents.briefing import Briefing

    for name, contents in (("appendix.docx", Appendix), ("briefing.docx", Briefing)):
        read = WordTemplate.read((ROOT / "templates" / name).read_bytes(), name, TEXTS)
        assert read.check(contents) == ()
