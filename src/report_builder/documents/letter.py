"""The letter with which a ministry gets its briefing and its request form, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from report_builder.departments import Department
from report_builder.documents.briefing import requests_of
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Edition


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with the letter: its name, what it is in words, and its SHA-256 in hexadecimal."""

    name: str
    what: str
    digest: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that the templates of a letter may use.

    `replaces` tells that the ministry already has an earlier letter about this edition. `awaits_answer` is false when
    nothing is asked; then the letter names no day either.
    """

    subject: str
    name: str
    overview: str
    sender: str
    edition: Edition
    as_of: date
    classification: str
    concept: bool
    replaces: bool
    measures: str
    enclosures: tuple[Enclosure, ...]
    asked: tuple[str, ...]
    awaits_answer: bool
    reply_by: date
    contact: str


def compose_letter(
    snapshot: Snapshot,
    department: Department,
    digests: Sequence[tuple[str, str]],
    reply_by: date,
    contact: str,
    *,
    replaces: bool,
) -> Letter:
    """The letter to one ministry. `digests` are the names of briefing and request form, each with its SHA-256."""
    texts = snapshot.texts
    asked = requests_of(snapshot, department)
    kinds = texts.lines("letter.enclosures")
    subject = texts("letter.subject", edition=texts.quarter(snapshot.edition), name=department.name)
    subject = texts("letter.replaces", subject=subject) if replaces else subject
    return Letter(
        subject=texts("letter.concept", subject=subject) if snapshot.concept else subject,
        name=department.name,
        overview=snapshot.plan.title,
        sender=snapshot.plan.sender,
        edition=snapshot.edition,
        as_of=snapshot.as_of,
        classification=snapshot.plan.classification.upper(),
        concept=snapshot.concept,
        replaces=replaces,
        measures=texts("terms.measures", count=len(snapshot.measures_of(department.code))),
        enclosures=tuple(Enclosure(name, what, d) for (name, d), what in zip(digests, kinds, strict=True)),
        asked=asked or (texts("briefing.asked.nothing"),),
        awaits_answer=bool(asked),
        reply_by=reply_by,
        contact=contact,
    )
