"""The appendix with tracked changes: accepted it is this edition's, rejected the previous one's. All is made up."""

import io
import re
import shutil
import subprocess
import zipfile
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from report_builder.documents.redline_proof import prove_redline, row_keys
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Edition, Measure, Pillar
from report_builder.office.word_redline import RowKeys, redline
from report_builder.problems import ExitCode
from report_builder.rendering import compose, read_templates
from report_builder.settings import Plan, Second, load_plan
from report_builder.study.since import since_previous
from tests import made_up
from tests.mutants import changed
from tests.successor import made_up_successor
from tests.test_cli import ROOT, run

TEMPLATES = read_templates(load_plan(ROOT / "data/plan.toml"), made_up.snapshot().texts)[0]
DAY = date(2030, 4, 1)
NO_KEYS = RowKeys((), ())
MARKS = (qn("w:ins"), qn("w:del"))
SOFFICE = shutil.which("soffice")


def appendix(snapshot: Snapshot) -> bytes:
    (made,) = [a for a in compose(snapshot, since_previous(snapshot), (), TEMPLATES) if a.kind == "appendix"]
    file = io.BytesIO()
    made.write(file)
    return file.getvalue()


PLAN = made_up.plan()


def editions(
    old: tuple[Measure, ...], new: tuple[Measure, ...], plan_before: Plan = PLAN, plan_after: Plan = PLAN
) -> tuple[Snapshot, Snapshot]:
    before = replace(made_up.snapshot(*old), plan=plan_before, edition=Edition(2029, 4), as_of=date(2029, 12, 31))
    past = replace(made_up.past(Edition(2029, 4), *old), plan=plan_before)
    return before, replace(made_up.snapshot(*new), plan=plan_after, past=(past,))


def another_plan(**values: object) -> Plan:
    """The made-up plan with other values, and with a second classification."""
    lines = tuple(Pillar(name, f"Verzonnen lijn {name}") for name in ("a", "b"))
    second = Second(name="lijn", plural="lijnen", lines=lines)
    return replace(PLAN, second=second, **values)  # type: ignore[arg-type]


RENAMED = (Pillar("p1", "Geheel anders genoemd"), Pillar("p2", "Verzonnen pijler 2"))
PLANS = st.sampled_from(
    [
        PLAN,
        another_plan(pillars=RENAMED),
        another_plan(pillars=RENAMED[::-1]),
        another_plan(grouped_by="line"),
        another_plan(columns=("explanation", "objective", "departments", "line")),
        another_plan(columns=("id", "status", "deadline", "objective", "activity", "explanation", "departments")),
        another_plan(columns=("activity", "objective"), title="Een andere titel", classification="Verzonnen"),
    ]
)


def redlined(old: Snapshot, new: Snapshot) -> tuple[bytes, bytes, bytes]:
    before, after = appendix(old), appendix(new)
    made = redline(before, after, row_keys(old), row_keys(new), "Ministerie van Verzinsels", DAY)
    return before, after, made


def body(content: bytes, part: str = "word/document.xml") -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(part))


def settled(root: Any, keep: str, drop: str) -> Any:
    """What Word makes of accepting (keep `ins`, drop `del`) or rejecting (the other way round) every change."""
    root = deepcopy(root)
    for mark in list(root.iter(qn(f"w:{drop}"))):
        parent = mark.getparent()
        if parent is None:
            continue
        if parent.tag == qn("w:trPr"):
            row = parent.getparent()
            row.getparent().remove(row)
        elif parent.tag == qn("w:rPr") and parent.getparent().tag == qn("w:pPr"):
            paragraph = parent.getparent().getparent()
            if paragraph.getparent() is not None:
                paragraph.getparent().remove(paragraph)
        else:
            parent.remove(mark)
    for mark in list(root.iter(qn(f"w:{keep}"))):
        parent, at = mark.getparent(), mark.getparent().index(mark)
        parent[at : at + 1] = list(mark)
    for deleted, plain in (("delText", "t"), ("delInstrText", "instrText")):
        for text in root.iter(qn(f"w:{deleted}")):
            text.tag = qn(f"w:{plain}")
    for table in [table for table in root.iter(qn("w:tbl")) if table.find(qn("w:tr")) is None]:
        table.getparent().remove(table)
    return root


def text(root: Any) -> list[str]:
    """Every paragraph in order, those of tables in their cells, with the bounds of rows and cells."""
    found = []
    for element in root.iter(qn("w:p"), qn("w:tr"), qn("w:tc")):
        if element.tag == qn("w:p"):
            parts = element.iter(qn("w:t"), qn("w:br"), qn("w:instrText"))
            found.append("".join("\n" if part.tag == qn("w:br") else part.text or "" for part in parts))
        else:
            found.append(f"<{etree.QName(element).localname}>")
    return found


def accepted(content: bytes, part: str = "word/document.xml") -> list[str]:
    return text(settled(body(content, part), "ins", "del"))


def rejected(content: bytes, part: str = "word/document.xml") -> list[str]:
    return text(settled(body(content, part), "del", "ins"))


OLD = (
    made_up.measure(1),
    made_up.measure(2, explanation="Een lange verzonnen toelichting met veel woorden."),
    made_up.measure(3, pillar="p2"),
    made_up.measure(4, pillar="p2", departments=("AA", "AB")),
)
NEW = (
    made_up.measure(1),
    made_up.measure(2, explanation="Een korte verzonnen toelichting met veel andere woorden & <tekens>."),
    made_up.measure(4, pillar="p1", departments=("AA", "AC")),
    made_up.measure(3, pillar="p2", ended_in="2030-Q1"),
    made_up.measure(5, pillar="p2", replaces=("XX-003",)),
)


@cache
def good() -> tuple[bytes, bytes, bytes]:
    return redlined(*editions(OLD, NEW))


def test_accepting_all_gives_this_edition_and_rejecting_all_the_previous_one() -> None:
    old, new, made = good()
    for part in ("word/document.xml", "word/header1.xml", "word/footer1.xml", "word/footer2.xml"):
        assert accepted(made, part) == text(body(new, part)), part
        assert rejected(made, part) == text(body(old, part)), part


TEXTS = st.text(st.sampled_from('ab é\n&<"\u05d0 .-'), max_size=12)
MEASURES = st.lists(
    st.builds(
        made_up.measure,
        st.integers(1, 6),
        pillar=st.sampled_from(["p1", "p2"]),
        objective=TEXTS,
        explanation=TEXTS,
        departments=st.lists(st.sampled_from(["AA", "AB", "AC"]), unique=True, min_size=1).map(tuple),
        ended_in=st.sampled_from(["", "2029-Q4"]),
        line=st.sampled_from(["", "a", "b"]),
        deadline=st.sampled_from(["", "2030-Q2", "2030-07-01"]),
        references=st.sampled_from([(), ("12 345, nr. 7",), ("12 345, nr. 7", "Motie-Verzonnen")]),
    ),
    unique_by=lambda measure: measure.id,
    min_size=1,
    max_size=6,
).map(tuple)


@settings(max_examples=40)
@given(MEASURES, MEASURES, PLANS, PLANS)
def test_it_holds_of_any_two_editions(
    old: tuple[Measure, ...], new: tuple[Measure, ...], plan_before: Plan, plan_after: Plan
) -> None:
    """Whatever the plans show of them, in what order and under which titles."""
    before, after, made = redlined(*editions(old, new, plan_before, plan_after))
    assert accepted(made) == text(body(after))
    assert rejected(made) == text(body(before))
    assert prove_redline(before, after, made, "x.docx") == ()


def marked(content: bytes, change: str) -> list[str]:
    """The texts that are inserted or deleted within paragraphs that stay."""
    name = "t" if change == "ins" else "delText"
    return ["".join(t.text for t in mark.iter(qn(f"w:{name}"))) for mark in body(content).iter(qn(f"w:{change}"))]


def test_changes_are_marked_word_by_word() -> None:
    made = good()[2]
    assert "lange" in marked(made, "del")
    assert "korte" in marked(made, "ins")
    assert "andere " in marked(made, "ins")


def test_rows_are_inserted_deleted_and_moved_as_rows() -> None:
    root = body(good()[2])
    rows = {
        change: [
            "".join(t.text or "" for t in row.iter(qn("w:t"), qn("w:delText")))
            for row in root.iter(qn("w:tr"))
            if row.find(f"{qn('w:trPr')}/{qn(f'w:{change}')}") is not None
        ]
        for change in ("ins", "del")
    }
    assert [row for row in rows["del"] if "Verzonnen doel 4" in row]
    assert [row for row in rows["ins"] if "Verzonnen doel 4" in row], "it went to another pillar"
    assert [row for row in rows["ins"] if "Verzonnen doel 5" in row]


def rows_marked(content: bytes) -> int:
    """How many rows are inserted or deleted as a whole, the table of changes left out."""
    tables = (table for table in body(content).iter(qn("w:tbl")) if "".join(table.itertext()).startswith("Doel"))
    return sum(
        row.find(f"{qn('w:trPr')}/{mark}") is not None for t in tables for row in t.iter(qn("w:tr")) for mark in MARKS
    )


def test_a_pillar_under_a_new_title_keeps_its_rows() -> None:
    made = redlined(*editions(OLD, OLD, PLAN, another_plan(pillars=RENAMED)))[2]
    assert rows_marked(made) == 0
    assert "Geheel anders genoemd" in marked(made, "ins")


def test_a_table_that_is_gone_is_not_read_as_one_with_the_table_that_came() -> None:
    """A paragraph that is in neither document stands between them."""
    before, after = word("A|B\n1|2"), word("A|B|C\n1|2|3")
    made = redline(before, after, NO_KEYS, NO_KEYS, "x", DAY)
    tags = [etree.QName(element).localname for element in body(made).find(qn("w:body"))]
    assert tags == ["tbl", "p", "tbl", "sectPr"]
    assert (accepted(made), rejected(made)) == (text(body(after)), text(body(before)))


def test_a_table_keeps_its_headings_when_all_its_rows_are_others() -> None:
    made = redline(word("kop", "A|B\n1|2"), word("kop", "A|B\n3|4"), NO_KEYS, NO_KEYS, "x", DAY)
    first, *others = body(made).iter(qn("w:tr"))
    assert first.find(f".//{qn('w:ins')}") is None
    assert [row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None for row in others] == [True, False]


def test_a_long_text_that_was_reworded_throughout_is_compared_too() -> None:
    """Word by word that would take minutes: the words that stand everywhere are no place to start from."""
    words = [f"woord{number % 7} en" for number in range(1_500)]
    reworded = [f"{word} ook" if number % 2 else word for number, word in enumerate(words)]
    old, new = ((made_up.measure(1, explanation=" ".join(text)),) for text in (words, reworded))
    before, after, made = redlined(*editions(old, new))
    assert (accepted(made), rejected(made)) == (text(body(after)), text(body(before)))


def test_the_changes_have_the_sender_and_the_date_of_the_edition() -> None:
    root = body(good()[2])
    marks = list(root.iter(qn("w:ins"), qn("w:del")))
    assert {mark.get(qn("w:author")) for mark in marks} == {"Ministerie van Verzinsels"}
    assert {mark.get(qn("w:date")) for mark in marks} == {"2030-04-01T00:00:00Z"}
    numbers = [mark.get(qn("w:id")) for mark in marks]
    assert len(set(numbers)) == len(numbers)


def test_an_edition_against_itself_has_no_changes() -> None:
    old = editions(OLD, OLD)[0]
    content = appendix(old)
    made = redline(content, content, row_keys(old), row_keys(old), "x", DAY)
    assert not list(body(made).iter(qn("w:ins"), qn("w:del")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"<w:del [^>]*[^/]>.*?</w:del>", ""),
        (r"<w:delText[^>]*>lange", "<w:delText>kleine"),
        (r"(lange</w:delText></w:r></w:del>)<w:ins [^>]*>(.*?)</w:ins>", r"\1\2"),
    ],
    ids=["a deletion that is gone", "another word deleted", "an insertion that is not marked"],
)
def test_a_redline_that_does_not_read_as_both_editions_is_not_delivered(old: str, new: str) -> None:
    before, after, made = good()
    assert prove_redline(before, after, made, "x.docx") == ()
    faulty = changed(made, old, new)
    assert prove_redline(before, after, faulty, "x.docx")


@pytest.mark.parametrize("part", ["word/footer1.xml", "word/footer2.xml"])
def test_a_footer_that_does_not_read_as_both_editions_is_not_delivered(part: str) -> None:
    before, after, made = good()
    assert prove_redline(before, after, changed(made, "<w:delText[^>]*>", "<w:delText>een andere ", part), "x.docx")


def word(*parts: str) -> bytes:
    """A document of these parts, made with python-docx: `a | b` is a row, `/` parts the paragraphs of a cell."""
    document = Document()
    for part in parts:
        if "|" not in part:
            document.add_paragraph(part)
            continue
        rows = [row.split("|") for row in part.split("\n")]
        table = document.add_table(0, len(rows[0]))
        for row in rows:
            for cell, content in zip(table.add_row().cells, row, strict=True):
                first, *others = content.split("/")
                cell.paragraphs[0].text = first
                for other in others:
                    cell.add_paragraph(other)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("een", "twee"), ("een", "drie", "twee")),
        (("A|B\n1|2",), ("A|B|C\n1|2|3",)),
        (("A|B\n1|x/y/z",), ("A|B\n1|x/z",)),
        (("A|B\n1|z",), ("A|B\n1|x/y/z",)),
        (("A|B\n1|2", "tekst"), ("tekst",)),
        (("tekst",), ("tekst", "A|B\n1|2", "slot")),
        (("A|B\n1|2\n3|4\n5|6",), ("A|B\n5|6\n1|2",)),
        (("",), ("",)),
    ],
)
def test_any_paragraphs_and_tables_can_be_compared(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    before, after = word(*old), word(*new)
    made = redline(before, after, NO_KEYS, NO_KEYS, "x", DAY)
    assert accepted(made) == text(body(after))
    assert rejected(made) == text(body(before))
    assert prove_redline(before, after, made, "x.docx") == ()


def test_the_made_up_successor_has_a_redline_against_the_closed_edition(tmp_path: Path) -> None:
    house = made_up_successor(tmp_path)
    assert run("build", cwd=house).returncode == ExitCode.DONE
    assert run("build", "2021-Q1", cwd=house).returncode == ExitCode.DONE
    made = (house / "output/2021-Q2/bijlage-wijzigingen-2021-Q2.docx").read_bytes()
    new = (house / "output/2021-Q2/bijlage-maatregelen-2021-Q2.docx").read_bytes()
    old = (house / "output/2021-Q1/bijlage-maatregelen-2021-Q1.docx").read_bytes()
    assert accepted(made) == text(body(new))
    assert rejected(made) == text(body(old))
    if SOFFICE:
        shown = in_libreoffice(house / "output/2021-Q2/bijlage-wijzigingen-2021-Q2.docx", tmp_path)
        assert len(re.findall("<text:insertion>", shown)) > 50
        assert len(re.findall("<text:deletion>", shown)) > 20


def in_libreoffice(path: Path, folder: Path) -> str:
    """The document as LibreOffice understands it, changes included."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "fodt", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / path.with_suffix(".fodt").name).read_text(encoding="utf-8")
