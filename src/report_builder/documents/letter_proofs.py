"""What must be true of a letter before it may leave: each rule a small function, run on the letter opened again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from report_builder.departments import Department
from report_builder.documents.private import PrivateTexts, Reader
from report_builder.documents.proofs import prove_briefing
from report_builder.documents.workbook_proofs import prove_request_form
from report_builder.intake.snapshot import Snapshot
from report_builder.office.gate import pass_gate
from report_builder.office.mail import TYPES, OpenedMessage
from report_builder.office.mail_template import words, words_of_html
from report_builder.office.readable import Readable, readable_texts
from report_builder.problems import Place, Problem, Stop, error
from report_builder.recipients import Correspondent, Recipients, domain_of
from report_builder.study.since import Since

HEADERS = (
    *("x-unsent", "message-id", "from", "to", "cc", "reply-to", "subject", "in-reply-to", "references"),
    *("mime-version", "content-type"),
)
"""The headers that a draft may have, each once. So there is no other way to reach somebody, such as a Bcc."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter as its reader would get it, and all that it is held against.

    `published` are the digests of the two files that belong in it, by name, as the manifest has them. `concept` tells
    whether the published set says it is a concept; `concept_allowed` whether a person said that it may go all the same.
    """

    file: str
    message: OpenedMessage
    subject: str
    department: Department
    published: Mapping[str, str]
    correspondent: Correspondent
    recipients: Recipients
    snapshot: Snapshot
    since: Since | None
    secrets: PrivateTexts
    concept: bool
    concept_allowed: bool

    @property
    def place(self) -> Place:
        return Place(file=self.file)


Rule = Callable[[Parcel], Iterator[Problem]]


def prove_letter(parcel: Parcel) -> tuple[Problem, ...]:
    """Every reason why this letter may not leave; none: it may."""
    if refused := tuple(opens_safely(parcel)):
        return refused
    return tuple(problem for rule in RULES for problem in rule(parcel))


def opens_safely(parcel: Parcel) -> Iterator[Problem]:
    """What the gate refuses is not looked into any further."""
    for attachment in parcel.message.attachments:
        try:
            pass_gate(attachment.content, attachment.name).close()
        except Stop as stop:
            yield error("letter-enclosure-refused", parcel.place, reason=stop.message)


def only_known_headers(parcel: Parcel) -> Iterator[Problem]:
    """A header too many is how a line break in a text becomes a recipient."""
    names = [name for name, _ in parcel.message.headers]
    for name in dict.fromkeys(names):
        if name not in HEADERS or names.count(name) > 1:
            yield error("letter-header", parcel.place, name=name)


def reads_as_written(parcel: Parcel) -> Iterator[Problem]:
    """The subject comes out of its encoding as it went in."""
    found = parcel.message.header("subject")
    if found.split() != parcel.subject.split():
        yield error("letter-subject", parcel.place, found=found, expected=parcel.subject)


def to_its_own_ministry(parcel: Parcel) -> Iterator[Problem]:
    """The addresses are exactly those of the ministry, and all in its domains."""
    found, wanted = parcel.message.recipients, parcel.correspondent.addresses
    if sorted(found) != sorted(wanted):
        yield error("letter-addresses", parcel.place, found=", ".join(found), expected=", ".join(wanted))
    for address in dict.fromkeys((*found, *wanted)):
        if domain_of(address) not in parcel.correspondent.domains:
            yield error("letter-domain", parcel.place, found=address, known=", ".join(parcel.correspondent.domains))


def may_go_by_mail(parcel: Parcel) -> Iterator[Problem]:
    classification = parcel.snapshot.plan.classification
    if not parcel.recipients.may_go(classification, parcel.correspondent):
        highest = parcel.correspondent.highest_classification or "-"
        yield error("letter-classification", parcel.place, found=classification, highest=highest)


def concept_only_on_purpose(parcel: Parcel) -> Iterator[Problem]:
    if (parcel.concept or parcel.snapshot.concept) and not parcel.concept_allowed:
        yield error("letter-concept", parcel.place, count=len(parcel.snapshot.unconfirmed))


def encloses_what_was_published(parcel: Parcel) -> Iterator[Problem]:
    """Exactly the ministry's briefing and request form, byte for byte as published, with their names and types."""
    message = parcel.message
    if message.extra or [attachment.name for attachment in message.attachments] != list(parcel.published):
        names = ", ".join(attachment.name for attachment in message.attachments)
        yield error("letter-enclosures", parcel.place, found=names, expected=", ".join(parcel.published))
    for attachment, kind in zip(message.attachments, message.types, strict=True):
        place = Place(file=f"{parcel.file}/{attachment.name}")
        ending = attachment.name[attachment.name.rfind(".") :]
        if attachment.digest != parcel.published.get(attachment.name):
            yield error("letter-enclosure-changed", place)
        if kind != f"application/{TYPES.get(ending, '')}":
            yield error("letter-enclosure-type", place, found=kind)


def names_each_digest(parcel: Parcel) -> Iterator[Problem]:
    for name, digest in parcel.published.items():
        if digest not in parcel.message.plain or name not in parcel.message.plain:
            yield error("letter-digest", parcel.place, name=name)


def says_the_same_twice(parcel: Parcel) -> Iterator[Problem]:
    """Some mail programs show the plain text and some the HTML."""
    plain, html = words(parcel.message.plain), words_of_html(parcel.message.html)
    if plain != html:
        at = next((n for n, pair in enumerate(zip(plain, html, strict=False)) if pair[0] != pair[1]), 0)
        yield error(
            "letter-two-texts", parcel.place, plain=" ".join(plain[at : at + 8]), html=" ".join(html[at : at + 8])
        )


def encloses_its_own_measures(parcel: Parcel) -> Iterator[Problem]:
    """The measures in both files are exactly the ministry's own."""
    for attachment in parcel.message.attachments:
        file = f"{parcel.file}/{attachment.name}"
        if attachment.name.endswith(".docx"):
            yield from prove_briefing(parcel.snapshot, parcel.department, attachment.content, file, since=parcel.since)
        else:
            yield from prove_request_form(parcel.snapshot, parcel.department, attachment.content, file)


def holds_nothing_of_others(parcel: Parcel) -> Iterator[Problem]:
    """No part of the letter or of its files has a private text of a measure that is not the ministry's own."""
    reader = Reader.of(parcel.snapshot, parcel.department.code)
    yield from parcel.secrets.strangers_in(_texts(parcel), reader)


def _texts(parcel: Parcel) -> Iterator[Readable]:
    message = parcel.message
    for text in (message.plain, message.html, *(value for _, value in message.headers)):
        yield Readable(parcel.file, text)
    for attachment in message.attachments:
        yield from readable_texts(attachment.content, f"{parcel.file}/{attachment.name}")


RULES: tuple[Rule, ...] = (
    only_known_headers,
    reads_as_written,
    to_its_own_ministry,
    may_go_by_mail,
    concept_only_on_purpose,
    encloses_what_was_published,
    names_each_digest,
    says_the_same_twice,
    encloses_its_own_measures,
    holds_nothing_of_others,
)
