"""What a Word template must not do: lose text, lose a break, name its authors, or leave a broken file."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph
from openxml_audit import OpenXmlValidator

from report_builder.office.word import WordTemplate
from report_builder.office.word_comments import annotate
from report_builder.problems import ExitCode, Stop
from report_builder.rich_text import RichText, Run
from tests.test_word_engine import PROPERTIES, ROOT, TEXTS, as_bytes, faults, rendered, template, text_of

MADE_BY_LIBREOFFICE = ROOT / "tests/word_templates/variables.docx"


@dataclass(frozen=True)
class Item:
    name: str


@dataclass(frozen=True)
class Contents:
    title: str
    chair: Item | None
    remark: str | None
    items: Sequence[Item]
    urgent: bool


CONTENTS = Contents("Titel", Item("Jansen"), None, (Item("een"), Item("twee")), urgent=False)


def codes(document: Any) -> list[str]:
    return [code for code, _ in faults(document, Contents)]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("{{ chair.name }}{{ chair['name'] }}", []),
        ("{{ chair.nam }}", ["field-misspelt"]),
        ("{{ chair['nam'] }}", ["field-misspelt"]),
        ("{{ items[0].name }}{{ (items|first).name }}", []),
        ("{{ items[0].nam }}", ["field-misspelt"]),
        ("{{ (items|last).nam }}", ["field-misspelt"]),
        ("{{ title|default(titel) }}", ["field-misspelt"]),
        ("{% for item in items if item.name %}{{ loop.index }}{% endfor %}", []),
        ("{% for item in items if item.nam %}{% endfor %}", ["field-misspelt"]),
        ("{% for item in items %}{{ loop.indx }}{% endfor %}", ["field-misspelt"]),
        ("{% for a, b in items %}{{ a }}{% endfor %}", ["for-target"]),
        ("{{ urgent }}", ["field-no-text"]),
        ("{{ title.gi_frame }}", ["tag-forbidden"]),
        ("{{ title.mro }}", ["tag-forbidden"]),
    ],
)
def test_what_a_tag_may_ask_follows_from_the_types(tags: str, expected: list[str]) -> None:
    assert codes(template(tags)) == expected


def test_what_is_not_there_prints_nothing_rather_than_a_word_of_the_program() -> None:
    assert text_of(rendered(template("[{{ remark }}]"), CONTENTS)) == ["[]"]


@pytest.mark.parametrize("tag", ["{{ title + 1 }}", "{{ 1 / 0 }}", "{{ chair.nam }}"])
def test_a_tag_that_fails_on_the_data_is_named_by_its_place(tag: str) -> None:
    document = template("{{ title }}")
    document.add_heading("Kop", level=1)
    document.add_paragraph(tag)
    with pytest.raises(Stop) as stop:
        rendered(document, CONTENTS)
    assert stop.value.exit_code is ExitCode.PLAN
    places = [TEXTS.place(problem.place) for problem in stop.value.problems]
    assert places == ["sjabloon.docx, onder de kop „Kop”"]


OTHER_TEXT = {
    "the code of a field": "<w:r {w}><w:instrText>{tag}</w:instrText></w:r>",
    "a formula": '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
    "<m:r><m:t>{tag}</m:t></m:r></m:oMath>",
}


@pytest.mark.parametrize("name", OTHER_TEXT)
@pytest.mark.parametrize("tag", ["{{ title }}", "{{ title * 1000000000 }}", "{% import 'os' as os %}"])
def test_a_tag_that_is_no_text_is_reported_and_never_run(name: str, tag: str) -> None:
    document = template("{{ title }}")
    document.paragraphs[0]._p.append(parse_xml(OTHER_TEXT[name].format(w=nsdecls("w"), tag=tag)))
    assert codes(document) == ["tag-misplaced"]


def test_a_tag_in_a_remark_of_the_xml_is_never_run() -> None:
    document = template("{{ title }}")
    document.paragraphs[0]._p.append(parse_xml(f"<w:r {nsdecls('w')}><!-- {{{{ zzz + }}}} --><w:t>!</w:t></w:r>"))
    assert text_of(rendered(document, CONTENTS)) == ["Titel!"]


def test_a_section_that_ends_in_the_paragraph_of_a_tag_is_not_lost_unseen() -> None:
    document = template("{%p if urgent %}", "x")
    document.add_section()
    ends = next(section for section in document.element.body.iter(qn("w:sectPr")))
    Paragraph(ends.getparent().getparent(), document._body).add_run("{%p endif %}")
    assert codes(document) == ["tag-beside-break"]


def test_a_page_break_beside_a_tag_is_not_lost_unseen() -> None:
    document = template("{%p if urgent %}", "x", "{%p endif %}")
    document.paragraphs[2].runs[0].add_break()
    assert codes(document) == []
    document.add_page_break()
    document.paragraphs[2]._p.append(document.paragraphs[3].runs[0]._r)
    assert codes(document) == ["tag-beside-break"]


@pytest.mark.parametrize("urgent", [True, False])
def test_a_cell_or_footer_of_which_nothing_is_left_keeps_a_paragraph(urgent: bool) -> None:
    """Word calls a file damaged in which one has none."""
    document = template()
    cell = document.add_table(rows=1, cols=1).rows[0].cells[0]
    footer = document.sections[0].footer
    footer.paragraphs[0].text = cell.text = "{%p if urgent %}"
    for box in (cell, footer):
        box.add_paragraph("Spoed")
        box.add_paragraph("{%p endif %}")
    assert codes(document) == []
    contents = Contents("", None, None, (), urgent)
    made = Document(io.BytesIO(rendered(document, contents)))
    for paragraphs in (made.tables[0].rows[0].cells[0].paragraphs, made.sections[0].footer.paragraphs):
        assert [paragraph.text for paragraph in paragraphs] == ["Spoed" if urgent else ""]


def remarked() -> Any:
    """A template in which two people worked: with a comment, and with changes inside a tag and around it."""
    document = template("{{ ti")
    paragraph = document.paragraphs[0]
    marked = f'{nsdecls("w")} w:id="7" w:author="Jan Verzonnen" w:date="2021-01-01T00:00:00Z"'
    for xml in (
        f"<w:del {marked}><w:r><w:delText>tel {{{{ zzz</w:delText></w:r></w:del>",
        f"<w:ins {marked}><w:r><w:t>tle }}}}</w:t></w:r></w:ins>",
        f"<w:r {nsdecls('w')}><w:rPr><w:b/><w:rPrChange {marked}><w:rPr/></w:rPrChange></w:rPr><w:t>!</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(xml))
    document.add_comment(paragraph.runs[0], "Vraag", "Piet Verzonnen", "PV")
    document.sections[0].header.paragraphs[0]._p.append(parse_xml(f"<w:ins {marked}><w:r><w:t>Kop</w:t></w:r></w:ins>"))
    return document


def test_changes_are_accepted_and_no_author_of_a_template_is_named() -> None:
    content = as_bytes(remarked())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sum(b"Verzonnen" in archive.read(name) for name in archive.namelist()) == 3
    made = rendered(remarked(), CONTENTS)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not [name for name in archive.namelist() if b"Verzonnen" in archive.read(name)]
        package = b"".join(archive.read(name) for name in archive.namelist())
        assert not re.search(rb"omment(s\.xml|Reference|Range)", package)
    assert text_of(made) == ["Titel!"]
    assert Document(io.BytesIO(made)).sections[0].header.paragraphs[0].text == "Kop"


def faults_of_schema(content: bytes, path: Path) -> list[str]:
    path.write_bytes(content)
    return [str(fault) for fault in OpenXmlValidator().validate(str(path)).errors]


def from_libreoffice(*paragraphs: str) -> Any:
    document = Document(str(MADE_BY_LIBREOFFICE))
    for element in list(document.element.body.iter(qn("w:p"), qn("w:tbl"))):
        element.getparent().remove(element)
    for text in paragraphs:
        document.add_paragraph(text)
    return document


def test_rich_text_and_copies_with_comments_are_valid(tmp_path: Path) -> None:
    """Held against what the template itself has, since LibreOffice's own faults are not ours."""
    before = faults_of_schema(as_bytes(from_libreoffice("x")), tmp_path / "template.docx")
    runs = (
        Run("a\nb\tc", bold=True, struck=True),
        Run("d", italic=True, link="#x"),
        Run("e", link="https://e.nl/?a&b"),
    )
    made = rendered(from_libreoffice("{{ note }}"), {"note": RichText(runs)})
    assert faults_of_schema(made, tmp_path / "made.docx") == before
    faulty = as_bytes(from_libreoffice("{{ titel }}", "{{ title + }}"))
    problems = WordTemplate.read(faulty, "x.docx", TEXTS).check(Contents)
    assert problems
    copy = annotate(faulty, problems, TEXTS)
    assert [c.author for c in Document(io.BytesIO(copy)).comments] == ["report-builder"] * len(problems)
    assert faults_of_schema(copy, tmp_path / "copy.docx") == before


def test_a_copy_with_comments_renders_as_the_template_itself_once_it_is_mended() -> None:
    faulty = as_bytes(template("{{ titel }}"))
    problems = WordTemplate.read(faulty, "x.docx", TEXTS).check(Contents)
    mended = Document(io.BytesIO(annotate(faulty, problems, TEXTS)))
    mended.paragraphs[0].runs[0].text = "{{ title }}"
    made = io.BytesIO()
    WordTemplate.read(as_bytes(mended), "x.docx", TEXTS).render(CONTENTS, made, PROPERTIES)
    assert text_of(made.getvalue()) == ["Titel"]
    with zipfile.ZipFile(made) as archive:
        assert not [name for name in archive.namelist() if "comments" in name]


def test_many_empty_values_in_a_row_do_not_end_the_document() -> None:
    document = template("{% for item in items %}{{ item.name }}{% endfor %}", "einde")
    contents = Contents("", None, None, (Item(""),) * 5000, urgent=False)
    assert text_of(rendered(document, contents)) == ["", "einde"]


@pytest.mark.parametrize("text", ["&", "<", ">", '"', "'", "a & b", "é", "שלום", "regel\neen", "a\tb"])
def test_values_in_attributes_come_out_as_they_went_in(text: str) -> None:
    document = template("x")
    mark = f'<w:bookmarkStart {nsdecls("w")} w:id="1" w:name="{{{{ title }}}}"/>'
    document.paragraphs[0]._p.insert(0, parse_xml(mark))
    made = Document(io.BytesIO(rendered(document, {"title": text})))
    names = [mark.get(qn("w:name")) for mark in made.element.body.iter(qn("w:bookmarkStart"))]
    assert names == [text]


def test_footnotes_are_parts_like_the_body() -> None:
    footnotes = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>{{{{ title }}}}</w:t></w:r></w:p>'
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_bytes(template("x")))) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/footnotes.xml", f"{footnotes}</w:footnote></w:footnotes>")
    made = io.BytesIO()
    WordTemplate.read(content.getvalue(), "x.docx", TEXTS).render(CONTENTS, made, PROPERTIES)
    with zipfile.ZipFile(made) as archive:
        assert b">Titel</w:t>" in archive.read("word/footnotes.xml")


def test_a_fault_hides_no_fault_of_another_tag() -> None:
    tags = ("{{ titel }}", "{{ title + }}", "{% raw %}", "{%p for item in items %}", "{{ item.nam }}", "{% endif %}")
    expected = ["field-misspelt", "field-misspelt", "tag-forbidden", "tag-not-closed", "tag-not-opened", "tag-syntax"]
    assert sorted(codes(template(*tags))) == expected


@pytest.mark.parametrize(
    "tags",
    [
        "{% if title %}a{% else %}b{% else %}c{% endif %}",
        "{% for item in items %}a{% elif title %}b{% endfor %}",
    ],
)
def test_tags_that_are_wrong_only_together_are_named(tags: str) -> None:
    assert codes(template(tags)) == ["tag-syntax"]


def test_a_field_beside_a_paragraph_tag_is_reported_since_it_is_lost() -> None:
    assert codes(template("{%p for item in items %}{{ item.name }}", "{%p endfor %}")) == ["tag-beside-text"]


def test_a_tag_after_a_table_within_a_table_is_placed_in_the_outer_one() -> None:
    document = template()
    cell = document.add_table(rows=2, cols=1).rows[1].cells[0]
    cell.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{ titel }}"
    cell.add_paragraph("{{ titel }}")
    places = [place for _, place in faults(document, Contents)]
    assert places == ["sjabloon.docx, tabel 2, rij 1", "sjabloon.docx, tabel 1, rij 2"]


def bookmarks(document: Any) -> list[tuple[str, str, str]]:
    """Kind, number and name of each mark in the document made."""
    body = Document(io.BytesIO(rendered(document, CONTENTS))).element.body
    marks = body.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))
    return [(mark.tag.rpartition("}")[2], mark.get(qn("w:id")), mark.get(qn("w:name"), "")) for mark in marks]


def mark(paragraph: Paragraph, kind: str, number: int, name: str = "") -> None:
    named = f' w:name="{name}"' if name else ""
    paragraph._p.append(parse_xml(f'<w:{kind} {nsdecls("w")} w:id="{number}"{named}/>'))


def test_a_bookmark_in_a_loop_does_not_come_out_double() -> None:
    document = template("{%p for item in items %}", "{{ item.name }}", "{%p endfor %}", "na")
    for at, name in ((1, "_GoBack"), (3, "plek")):
        mark(document.paragraphs[at], "bookmarkStart", at, name)
        mark(document.paragraphs[at], "bookmarkEnd", at)
    assert bookmarks(document) == [("bookmarkStart", "3", "plek"), ("bookmarkEnd", "3", "")]


def test_a_bookmark_that_ends_in_the_paragraph_of_a_tag_can_still_be_linked_to() -> None:
    document = template("Kop", "{%p if urgent %}", "x", "{%p endif %}", "na")
    mark(document.paragraphs[0], "bookmarkStart", 5, "plek")
    mark(document.paragraphs[1], "bookmarkEnd", 5)
    mark(document.paragraphs[3], "bookmarkStart", 6, "weg")
    mark(document.paragraphs[4], "bookmarkEnd", 6)
    assert bookmarks(document) == [("bookmarkStart", "5", "plek"), ("bookmarkEnd", "5", "")]
