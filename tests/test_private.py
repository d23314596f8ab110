"""What only a measure's own ministries may read, looked for wherever it could stand. All measures are made up."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.documents.private import PrivateTexts, Reader
from report_builder.intake.trail import Outcome, TrailLine
from report_builder.model import Edition
from report_builder.office.readable import Readable, readable_texts
from tests import made_up

OWN, OTHER = "XX-001", "XX-002"
QUOTED = "Een geheim van negen woorden over een verzonnen onderwerp hier."


def found_in(
    *texts: Readable, own: str = "", other: str = "", said: TrailLine | None = None, **fields: object
) -> list[str]:
    """The fields of the other ministry's measure that these texts give away."""
    measures = (
        made_up.measure(1, explanation=own or "Eigen."),
        made_up.measure(2, explanation=other or QUOTED, departments=("AB",), **fields),
    )
    snapshot = made_up.snapshot(*measures)
    secrets = PrivateTexts(snapshot, [said] if said else [])
    return [problem.place.field for problem in secrets.strangers_in(texts, Reader.of(snapshot, "AA"))]


@given(before=st.text(), after=st.text(), cut=st.integers(0, 2))
def test_a_quotation_of_eight_words_is_found_whatever_stands_around_it(before: str, after: str, cut: int) -> None:
    quoted = " ".join(QUOTED.upper().rstrip(".").split()[cut : cut + 8])
    assert found_in(Readable("x", f"{before} {quoted} {after}")) == ["explanation"]


def test_a_number_is_found_in_a_name() -> None:
    assert found_in(Readable("x", "word/media/xx-002.png")) == ["id"]


@pytest.mark.parametrize(("whole", "fields"), [(True, ["progress"]), (False, [])])
def test_a_word_that_others_may_use_counts_only_by_itself(whole: bool, fields: list[str]) -> None:
    assert found_in(Readable("x", "Vastgelopen.", whole=whole), progress="Vastgelopen") == fields


def test_what_an_own_measure_says_as_well_is_the_readers_too() -> None:
    assert found_in(Readable("x", QUOTED), own=f"Ook dit: {QUOTED}") == []
    short = "Drie gewone woorden"
    assert found_in(Readable("x", short), other=short) == ["explanation"]
    assert found_in(Readable("x", short), own=f"Er staan {short.lower()} in.", other=short) == []


def test_words_of_the_plan_and_its_sentences_are_no_secret() -> None:
    assert found_in(Readable("x", "Verzonnen pijler 1", whole=True), other="Verzonnen pijler 1") == []
    assert found_in(Readable("x", "Gereed", whole=True), progress="klaar") == []
    assert found_in(Readable("x", "Klaar", whole=True), progress="klaar") == [], "a status of the plan"
    assert found_in(Readable("x", "nog niet aangeleverd"), progress="Nog niet aangeleverd") == []


def test_what_a_measure_said_before_is_a_secret_too() -> None:
    measures = made_up.measure(1), made_up.measure(2, departments=("AB",))
    former = made_up.past(Edition(2029, 4), made_up.measure(2, explanation=QUOTED, departments=("AB",)))
    snapshot = made_up.snapshot(*measures)
    object.__setattr__(snapshot, "past", (former,))
    found = PrivateTexts(snapshot).strangers_in([Readable("x", QUOTED)], Reader.of(snapshot, "AA"))
    assert [problem.place.measure for problem in found] == [OTHER]


def test_kin_may_be_named_and_no_more() -> None:
    """A measure in the place of another names it in the account of changes, whosever that was."""
    replaced = made_up.measure(2, explanation=QUOTED, departments=("AB",))
    own = made_up.measure(1, replaces=(OTHER,))
    snapshot = made_up.snapshot(own, replaced)
    reader = Reader.of(snapshot, "AA")
    assert reader.own == {OWN}
    assert reader.kin == {OTHER}
    assert Reader.of(snapshot, "AB").kin == {OWN}
    secrets = PrivateTexts(snapshot)
    assert list(secrets.strangers_in([Readable("x", OTHER)], reader)) == []
    assert len(list(secrets.strangers_in([Readable("x", QUOTED)], reader))) == 1


@pytest.mark.parametrize("outcome", [Outcome.REMARK, Outcome.COMMENT, Outcome.SET_ASIDE, Outcome.CHANGED])
@pytest.mark.parametrize("code", ["AA", "AB", ""])
def test_a_remark_is_for_whoever_keeps_the_dataset(outcome: Outcome, code: str) -> None:
    """Also one on a measure that the reader works on: it was not said to them. What was applied is in the dataset."""
    said = TrailLine(outcome, OWN, "progress", "", "Wij twijfelen hieraan", code, "", "x.xlsx", "", "", "")
    found = found_in(Readable("x", "Wij twijfelen hieraan."), said=said)
    assert found == ([] if code == "AA" or outcome is Outcome.CHANGED else ["progress"])


def zipped(**parts: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.comment = b"in de opmerking"
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


def test_everything_that_could_be_read_is_looked_at() -> None:
    """Text cut over elements, attributes, names, the comment of the zip, bytes, and files within the file."""
    inner = zipped(binnen__xml="<a>heel diep</a>")
    content = zipped(a__xml="<p><t>ge</t><t>knipt</t><x y='eigenschap'/></p>", b__bin="in bytes", c__docx=inner)
    texts = list(readable_texts(content, "naam.docx"))
    told = {text.text for text in texts}
    assert {"geknipt", "ge knipt", "eigenschap", "naam.docx", "in de opmerking", "b.bin", "in bytes"} <= told
    assert Readable("naam.docx/c.docx/binnen.xml", "heel diep", whole=True) in texts
