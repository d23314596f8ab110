"""The appendix to the letter: what stands in it, as plain values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from report_builder import __version__
from report_builder.documents.changes import Changes, changes_of, closing_lines
from report_builder.documents.columns import Cell, Column, cells_of, columns_of
from report_builder.documents.figures import Glance, at_a_glance
from report_builder.documents.lazily import Lazily
from report_builder.documents.references import Reference, find_references, paper_address
from report_builder.intake.snapshot import Provenance, Snapshot
from report_builder.model import Edition, Measure, Pillar, Repair
from report_builder.rich_text import RichText, Run
from report_builder.study.since import Since
from report_builder.texts import Texts


@dataclass(frozen=True, slots=True)
class Ministry:
    """A ministry under its name on the reference date."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AppendixRow:
    """A measure as the appendix shows it: a cell for each column of the plan."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class PillarSection:
    """A pillar with its measures. `anchor` is where the table of contents points; `note` may be empty."""

    number: int
    title: str
    anchor: str
    note: str
    count: str
    measures: Sequence[AppendixRow]


@dataclass(frozen=True, slots=True)
class Correction:
    """A repair as a reader can judge it. The cells of a row are parted by a bar."""

    lines: str
    found: str
    corrected: str
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """How the measures came from their source. `source` is empty when the plan names none."""

    source: str
    counts: tuple[str, ...]
    corrections: tuple[Correction, ...]
    doubts: tuple[Correction, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Appendix:
    """Everything that the template of the appendix may use. `pillars` are the groups in which measures are shown."""

    title: str
    grouping: str
    letter: RichText
    sender: str
    edition: Edition
    as_of: date
    concept: bool
    closing: tuple[str, ...]
    classification: str
    introduction: tuple[str, ...]
    entries: tuple[RichText, ...]
    ministries: tuple[Ministry, ...]
    glance: Glance
    changes: Changes
    columns: tuple[Column, ...]
    pillars: tuple[PillarSection, ...]
    references: tuple[Reference, ...]
    account: Account


def compose_appendix(snapshot: Snapshot, since: Since | None = None) -> Appendix:
    """All measures of the edition, by pillar and in the order of the dataset. Pillars without measures are left out."""
    plan, texts = snapshot.plan, snapshot.texts
    columns = columns_of(snapshot, plan.columns)
    pillars = tuple(
        _section(snapshot, since, number, pillar, measures, columns)
        for number, pillar in enumerate(snapshot.groups, 1)
        if (measures := snapshot.measures_in(pillar))
    )
    references = find_references(snapshot)
    changes = changes_of(snapshot, since)
    return Appendix(
        title=plan.title,
        grouping=snapshot.group_name,
        letter=letter_link(snapshot),
        sender=plan.sender,
        edition=snapshot.edition,
        as_of=snapshot.as_of,
        concept=snapshot.concept,
        closing=closing_lines(snapshot),
        classification=plan.classification.upper(),
        introduction=texts.lines(
            "appendix.introduction",
            measures=texts("terms.measures", count=len(snapshot.measures)),
            pillars=snapshot.group_count(len(pillars)),
            ministries=texts("terms.ministries", count=len(snapshot.departments)),
        ),
        entries=_entries(pillars, changes, texts, with_references=bool(references)),
        ministries=ministries_of(snapshot),
        glance=at_a_glance(snapshot),
        changes=changes,
        columns=columns,
        pillars=pillars,
        references=references,
        account=_account(snapshot),
    )


def letter_link(snapshot: Snapshot) -> RichText:
    """The letter to which the set belongs, as a link that says where it goes."""
    plan = snapshot.plan
    text = snapshot.texts("terms.paper", dossier=plan.dossier, number=str(plan.letter))
    return RichText((Run(text, link=paper_address(plan.dossier, plan.letter)),))


def ministries_of(snapshot: Snapshot) -> tuple[Ministry, ...]:
    return tuple(Ministry(department.code, department.name) for department in snapshot.departments)


def _section(
    snapshot: Snapshot,
    since: Since | None,
    number: int,
    pillar: Pillar,
    measures: tuple[Measure, ...],
    columns: tuple[Column, ...],
) -> PillarSection:
    return PillarSection(
        number=number,
        title=pillar.title,
        anchor=f"pijler_{number}",
        note=pillar.note,
        count=snapshot.texts("terms.measures", count=len(measures)),
        measures=Lazily(partial(_rows, snapshot, since, columns), measures),
    )


def _rows(
    snapshot: Snapshot, since: Since | None, columns: tuple[Column, ...], measures: Sequence[Measure]
) -> Iterator[AppendixRow]:
    return map(AppendixRow, cells_of(snapshot, since, measures, columns))


def _entries(
    pillars: tuple[PillarSection, ...], changes: Changes, texts: Texts, *, with_references: bool
) -> tuple[RichText, ...]:
    """The table of contents: links without page numbers, which no program but Word could keep right."""
    entries = [(texts("appendix.glance"), "oogopslag")]
    entries += [(changes.title, "wijzigingen")] if changes.title else []
    entries += [(section.title, section.anchor) for section in pillars]
    entries += [(texts("appendix.references"), "moties")] if with_references else []
    entries += [(texts("appendix.account"), "verantwoording")]
    return tuple(RichText((Run(title, link=f"#{anchor}"),)) for title, anchor in entries)


def _account(snapshot: Snapshot) -> Account:
    texts, provenance = snapshot.texts, snapshot.provenance
    counts = [texts("account.counts", rows=snapshot.rows_in, measures=len(snapshot.measures))]
    if provenance:
        counts.insert(0, texts("account.source_counts", rows=provenance.rows, joins=provenance.joins))
    return Account(
        source=provenance.file if provenance else "",
        counts=tuple(counts),
        corrections=_corrections(provenance, certain=True),
        doubts=_corrections(provenance, certain=False),
        version=__version__,
    )


def _corrections(provenance: Provenance | None, *, certain: bool) -> tuple[Correction, ...]:
    repairs = provenance.repairs if provenance else ()
    return tuple(_correction(repair) for repair in repairs if repair.certain is certain)


def _correction(repair: Repair) -> Correction:
    found, corrected = (text.replace("\t", " | ") for text in (repair.found, repair.corrected))
    return Correction(repair.lines, found, corrected, repair.reason)
