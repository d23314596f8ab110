"""Motions and parliamentary papers that the measures name, found in their own words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from report_builder.documents.lazily import batches
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure
from report_builder.rich_text import RichText, Run

PAPER = re.compile(r"(?<!\d)(?P<dossier>\d{2}[ \u00a0]\d{3}),?\s?nr\.\s?(?P<number>\d+)")
PAPER_ADDRESS = "https://zoek.officielebekendmakingen.nl/kst-{dossier}-{number}.html"
PAPER_SIGN = "nr."
"""What stands in each number of a paper."""

searched = attrgetter("objective", "activity", "explanation", "progress")
"""The texts of a measure that may name a motion or a paper."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A motion or paper as a measure names it; a link where its number is known, never where it is not."""

    text: RichText
    measure: str
    pillar: str


def paper_address(dossier: str, number: int | str) -> str:
    return PAPER_ADDRESS.format(dossier=re.sub(r"\s", "", dossier), number=number)


def find_references(snapshot: Snapshot) -> tuple[Reference, ...]:
    """Every reference in the measures, in their order, each once per measure."""
    titles = snapshot.pillar_titles
    motion = re.compile(snapshot.texts("references.motion_pattern"))
    return tuple(
        Reference(RichText(tuple(linked(text))), measure.activity, titles[measure.pillar])
        for measures in batches(snapshot.measures)
        if _may_name(measures, motion)
        for measure in measures
        if _may_name([measure], motion)
        for text in dict.fromkeys(_named(measure, motion))
    )


def _may_name(measures: Sequence[Measure], motion: re.Pattern[str]) -> bool:
    """Whether any of them may name something. Nearly none do, so one look at many of them saves most of the time."""
    texts = "\n".join(chain.from_iterable(map(searched, measures)))
    named = PAPER_SIGN in texts or motion.search(texts) is not None
    return named or any(measure.references for measure in measures)


def _named(measure: Measure, motion: re.Pattern[str]) -> Iterator[str]:
    yield from measure.references
    for text in searched(measure):
        yield from (found[0] for found in motion.finditer(text))
        yield from (found[0] for found in PAPER.finditer(text))


def linked(text: str) -> Iterator[Run]:
    """The text with each paper whose dossier and number it gives as a link."""
    at = 0
    for found in PAPER.finditer(text):
        if found.start() > at:
            yield Run(text[at : found.start()])
        yield Run(found[0], link=paper_address(found["dossier"], found["number"]))
        at = found.end()
    if at < len(text):
        yield Run(text[at:])
