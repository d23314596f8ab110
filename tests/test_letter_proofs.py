"""What is proved of a letter before it leaves: each rule with a mutant that only that rule finds."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.build import examine
from report_builder.documents.letter_proofs import Parcel, prove_letter
from report_builder.documents.private import PrivateTexts
from report_builder.office.mail import UNSENT, Attachment, Message, as_sent, open_message
from report_builder.recipients import load_recipients
from report_builder.settings import load_plan
from tests.mutants import changed
from tests.test_sending import authority, made_up_edition, running_server

__all__ = ["authority", "made_up_edition", "running_server"]

FILES = ("briefing-zee-2030-Q2.docx", "uitvraag-zee-2030-Q2.xlsx")


@pytest.fixture(scope="module")
def draft(made_up_edition: Path) -> bytes:
    return (made_up_edition / "output/2030-Q2/verzending/verzending-zee-2030-Q2.eml").read_bytes()


@pytest.fixture(scope="module")
def parcel(made_up_edition: Path, draft: bytes) -> Parcel:
    """A letter that may leave."""
    plan = load_plan(made_up_edition / "data/plan.toml")
    snapshot, since, _ = examine(plan, plan.edition)
    recipients = load_recipients(plan.recipients)
    manifest = json.loads((made_up_edition / "output/2030-Q2/manifest.json").read_bytes())
    digests = {Path(name).name: entry["sha256"] for name, entry in manifest["outputs"].items()}
    return Parcel(
        file="brief.eml",
        message=open_message(draft),
        subject="CONCEPT: Briefing en uitvraag tweede kwartaal 2030: Verzonnen Zeevaart",
        department=snapshot.department("Zee"),
        published={name: digests[name] for name in FILES},
        correspondent=recipients.ministries["Zee"],
        recipients=recipients,
        snapshot=snapshot,
        since=since,
        secrets=PrivateTexts(snapshot),
        concept=True,
        concept_allowed=True,
    )


def test_a_good_letter_may_leave(parcel: Parcel) -> None:
    assert prove_letter(parcel) == ()


def swap(old: str, new: str) -> Callable[[bytes], bytes]:
    def swapped(draft: bytes) -> bytes:
        assert old.encode() in draft, old
        return draft.replace(old.encode(), new.encode(), 1)

    return swapped


def without_second_attachment(draft: bytes) -> bytes:
    start, end = draft.rindex(b"\r\n--=_", 0, draft.index(FILES[1].encode() + b'"')), draft.rindex(b"\r\n--=_")
    return draft[:start] + draft[end:]


def with_a_third_text(draft: bytes) -> bytes:
    at = draft.index(b"\r\n--=_", draft.index(b"</html>"))
    boundary = draft[at + 2 : draft.index(b"\r\n", at + 2)].removesuffix(b"--")
    return draft[:at] + b"\r\n" + boundary + b"\r\nContent-Type: text/calendar\r\n\r\niets\r\n" + draft[at:]


def with_another_digest(draft: bytes) -> bytes:
    return re.sub(rb"(?<=uitvraag-zee-2030-Q2\.xlsx\r\n  )\w", b"x", draft, count=1)


MUTANTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a blind copy": (swap("Subject:", "Bcc: iemand@elders.example\r\nSubject:"), "letter-header"),
    "a second addressee": (swap("Subject:", "To: iemand@zee.example\r\nSubject:"), "letter-header"),
    "an order to the mail program": (swap("Subject:", "Disposition-Notification-To: x\r\nSubject:"), "letter-header"),
    "another subject": (swap("Verzonnen Zeevaart", "Verzonnen Bosbouw"), "letter-subject"),
    "another address of the ministry": (swap("To: post@zee", "To: balie@zee"), "letter-addresses"),
    "another ministry's address": (swap("To: post@zee", "To: post@bos"), "letter-domain"),
    "an attachment too few": (without_second_attachment, "letter-enclosures"),
    "a text too many": (with_a_third_text, "letter-enclosures"),
    "an attachment with another name": (swap(f'filename="{FILES[0]}"', 'filename="x.docx"'), "letter-enclosures"),
    "an attachment of another type": (swap("wordprocessingml.document\r", "template\r"), "letter-enclosure-type"),
    "words in one of the texts": (swap("Geachte collega", "Geachte lezer"), "letter-two-texts"),
    "a digest that is wrong": (with_another_digest, "letter-digest"),
    "another ministry's measure in the text": (swap("Geachte collega", "VZ-002 Geachte collega"), "letter-stranger"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_letter_with_one_thing_wrong_may_not(parcel: Parcel, draft: bytes, name: str) -> None:
    mutate, code = MUTANTS[name]
    found = prove_letter(replace(parcel, message=open_message(mutate(draft))))
    assert code in {problem.code for problem in found}
    assert all(problem.place.file.startswith("brief.eml") for problem in found)


def test_an_attachment_with_one_byte_changed_may_not(parcel: Parcel, draft: bytes) -> None:
    content = parcel.message.attachments[0].content
    other = changed(content, "nl-NL", "nl-BE", part="docProps/core.xml")
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n"), base64.encodebytes(other).replace(b"\n", b"\r\n")
    assert lines[0] in draft
    found = prove_letter(replace(parcel, message=open_message(draft.replace(*lines))))
    assert "letter-enclosure-changed" in {problem.code for problem in found}


TEXT = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=120)
"""Whatever may stand in a name, a title or a letter: no control characters, which the checks of the data refuse."""


@given(sender_name=TEXT, subject=TEXT, plain=TEXT, html=TEXT, content=st.binary(max_size=200))
def test_a_message_reads_as_it_was_written(
    sender_name: str, subject: str, plain: str, html: str, content: bytes
) -> None:
    message = Message(
        sender_name=sender_name,
        sender="overzicht@verzonnen.example",
        reply_to="",
        to=("post@zee.example",),
        cc=("balie@zee.example",),
        subject=subject,
        plain=plain + "\n.\n",
        html=html + "\n",
        attachments=(Attachment("x.docx", content),),
    )
    assert message.unsafe_headers == ()
    draft = message.draft()
    assert draft == message.draft()
    assert draft.isascii()
    opened = open_message(draft)
    assert opened.recipients == ("post@zee.example", "balie@zee.example")
    assert opened.attachments == message.attachments
    assert opened.plain.replace("\r\n", "\n") == message.plain
    assert opened.html.replace("\r\n", "\n") == message.html
    assert "overzicht@verzonnen.example" in opened.header("from")


@given(st.text(min_size=1, max_size=60))
def test_no_text_can_add_a_header(text: str) -> None:
    """A text is refused before a message is made of it, or it stays within its own header."""
    given = ("overzicht@verzonnen.example", "", ("post@zee.example",), (), text, "x\n", "x\n", ())
    message = Message(text, *given)
    if message.unsafe_headers:
        return
    names = [name for name, _ in open_message(message.draft()).headers]
    assert sorted(names) == sorted(
        ["x-unsent", "message-id", "from", "to", "subject", "content-type", *["mime-version"]]
    )


def test_only_a_draft_is_sent(draft: bytes) -> None:
    from datetime import UTC, datetime

    moment = datetime(2030, 7, 1, 12, tzinfo=UTC)
    sent = as_sent(draft, moment)
    assert sent.startswith(b"Date: Mon, 01 Jul 2030 12:00:00 +0000\r\n")
    assert sent.partition(b"\r\n")[2] == draft.removeprefix(UNSENT)
    with pytest.raises(ValueError, match="no draft"):
        as_sent(sent, moment)
