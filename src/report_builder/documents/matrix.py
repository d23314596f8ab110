"""The analysts' matrix: the sheets of the workbook as plain rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from report_builder.intake.snapshot import Snapshot
from report_builder.model import FIELDS, Measure
from report_builder.problems import Problem

Value = str | int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a title in A1 and lines of text under it, or a table of this name. No headings: no table."""

    name: str
    title: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = ()


def compose_matrix(snapshot: Snapshot, problems: Iterable[Problem]) -> tuple[Sheet, ...]:
    """The six sheets of the contract, in their order."""
    return (
        _explanation(snapshot),
        _matrix(snapshot),
        _summary(snapshot),
        _measures(snapshot),
        _changes(snapshot),
        _findings(snapshot, problems),
    )


def _explanation(snapshot: Snapshot) -> Sheet:
    texts = snapshot.texts
    shown = {department.code for department in snapshot.departments}
    others = [d.name for d in snapshot.register.on(snapshot.as_of) if d.code not in shown]
    lines = (
        texts("matrix.about", edition=texts.quarter(snapshot.edition), day=texts.date(snapshot.as_of)),
        texts("matrix.legend"),
        texts("matrix.counts", rows=snapshot.rows_in, measures=len(snapshot.measures)),
        *(f"{department.code}: {department.name}" for department in snapshot.departments),
        *([texts("matrix.others", names=texts.enumeration(others))] if others else []),
    )
    return Sheet(texts("matrix.sheets.explanation"), snapshot.plan.title, rows=tuple((line,) for line in lines))


def _matrix(snapshot: Snapshot) -> Sheet:
    texts, codes = snapshot.texts, [department.code for department in snapshot.departments]
    titles = {pillar.id: pillar.title for pillar in snapshot.plan.pillars}
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (m.id, titles[m.pillar], m.objective, m.activity, *(_role(m, code) for code in codes), len(m.departments))
        for m in snapshot.measures
    )
    before, after = texts.lines("matrix.headings.before"), texts.lines("matrix.headings.after")
    name = texts("matrix.sheets.matrix")
    return Sheet(name, texts("matrix.titles.matrix"), (*before, *codes, *after), rows)


def _role(measure: Measure, code: str) -> str:
    """T for the lead, B for involved, else empty."""
    if code == measure.lead:
        return "T"
    return "B" if code in measure.departments else ""


def _summary(snapshot: Snapshot) -> Sheet:
    """Measures count once; mentions count a measure once for each of its ministries."""
    texts, codes = snapshot.texts, [department.code for department in snapshot.departments]

    def row(title: str, measures: tuple[Measure, ...]) -> tuple[Value, ...]:
        counts = Counter(code for measure in measures for code in measure.departments)
        return (title, *(counts[code] for code in codes), len(measures), sum(counts.values()))

    rows = (
        *(row(pillar.title, snapshot.measures_in(pillar)) for pillar in snapshot.plan.pillars),
        row(texts("matrix.total"), snapshot.measures),
    )
    headings = (texts("matrix.pillar"), *codes, *texts.lines("matrix.headings.totals"))
    return Sheet(texts("matrix.sheets.summary"), texts("matrix.titles.summary"), headings, rows)


def _measures(snapshot: Snapshot) -> Sheet:
    texts = snapshot.texts
    headings = tuple(texts(f"matrix.fields.{name}") for name in FIELDS)
    rows = tuple(tuple(measure.text(name) for name in FIELDS) for measure in snapshot.measures)
    return Sheet(texts("matrix.sheets.measures"), texts("matrix.titles.measures"), headings, rows)


def _changes(snapshot: Snapshot) -> Sheet:
    texts = snapshot.texts
    return Sheet(
        texts("matrix.sheets.changes"), texts("matrix.titles.changes"), rows=((texts("matrix.no_predecessor"),),)
    )


def _findings(snapshot: Snapshot, problems: Iterable[Problem]) -> Sheet:
    texts = snapshot.texts
    rows = tuple(
        (
            texts(f"levels.{problem.level}"),
            problem.place.measure,
            texts.place(problem.place),
            texts.found(problem),
            texts.remedy(problem),
        )
        for problem in problems
    )
    name, title = texts("matrix.sheets.findings"), texts("matrix.titles.findings")
    if not rows:
        return Sheet(name, title, rows=((texts("matrix.no_findings"),),))
    return Sheet(name, title, texts.lines("matrix.headings.findings"), rows)
