"""The measures of an edition as titled tables, for the whole government or for one ministry."""

from dataclasses import dataclass

from report_builder.departments import Department
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with one table under it."""

    title: str
    headings: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A Word document of paragraphs and tables."""

    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]


def compose_appendix(snapshot: Snapshot) -> Overview:
    """All measures by pillar, with the columns that the plan names."""
    texts = snapshot.texts
    lines = (
        texts("overview.letter", dossier=snapshot.plan.dossier, letter=str(snapshot.plan.letter)),
        texts("overview.as_of", day=texts.date(snapshot.as_of)),
        texts("overview.counts", count=len(snapshot.measures)),
    )
    return _overview(snapshot, texts("overview.appendix", title=snapshot.plan.title), lines, snapshot.measures)


def compose_briefing(snapshot: Snapshot, department: Department) -> Overview:
    """The measures of one ministry, and nobody else's."""
    texts = snapshot.texts
    measures = snapshot.measures_of(department.code)
    lines = (
        texts("overview.as_of", day=texts.date(snapshot.as_of)),
        texts("overview.own_counts", count=len(measures)),
    )
    return _overview(snapshot, texts("overview.briefing", name=department.name), lines, measures)


def _overview(snapshot: Snapshot, title: str, lines: Row, measures: tuple[Measure, ...]) -> Overview:
    columns = snapshot.plan.columns
    headings = tuple(snapshot.plan.headings[name][0] for name in columns)
    sections = (
        Section(
            pillar.title,
            headings,
            tuple(tuple(_cell(m, name) for name in columns) for m in measures if m.pillar == pillar.id),
        )
        for pillar in snapshot.plan.pillars
    )
    return Overview(title, lines, tuple(section for section in sections if section.rows))


def _cell(measure: Measure, name: str) -> str:
    return ", ".join(measure.departments) if name == "departments" else measure.text(name)
