"""The counts in the workbook: per pillar, of ministries together, and of what the ministries still owe."""

from collections import Counter
from collections.abc import Sequence

from report_builder.documents.changes import changes_of
from report_builder.documents.figures import at_a_glance, mentions
from report_builder.intake.snapshot import Snapshot
from report_builder.office.workbook import Chart, Column, Kind, Line, Row, Sheet, Table, distinct
from report_builder.study.since import Since

CODE_WIDTH, DEPARTMENT_WIDTH = 9, 16
OWED = ("lead", "status", "progress", "deadline")
"""The fields whose absence is counted, in the order of the columns."""


def summary(snapshot: Snapshot, since: Since | None = None) -> Sheet:
    """Measures count once; mentions count a measure once for each of its ministries."""
    texts, glance = snapshot.texts, at_a_glance(snapshot)
    codes = glance.codes
    rows: tuple[Row, ...] = tuple(
        (row.title, *(count.number for count in row.counts), row.measures, row.mentions)
        for row in (*glance.rows, glance.total)
    )
    headings = distinct((snapshot.group_name.capitalize(), *codes, *texts.lines("matrix.headings.totals")))
    name = texts("matrix.sheets.summary")
    span = (1, len(codes)) if codes else None
    table = Table(name, _counts(headings, 48), rows, total=True, frozen=1, scale=span)
    return Sheet(
        name,
        texts("matrix.titles.summary", group=snapshot.group_name),
        (Line(texts("matrix.about_summary")), *(map(Line, changes_of(snapshot, since).lines) if since else ())),
        table,
        _chart(snapshot, rows[-1]) if codes else None,
    )


def _chart(snapshot: Snapshot, totals: Row) -> Chart:
    texts, departments = snapshot.texts, snapshot.departments
    named = [f"{d.code} {count}" for d, count in zip(departments, totals[1:], strict=False)]
    return Chart(
        title=texts("matrix.chart.title", group=snapshot.group_name),
        categories=texts("matrix.chart.categories"),
        values=texts("matrix.chart.values"),
        description=texts("matrix.chart.description", group=snapshot.group_name, mentions=texts.enumeration(named)),
        columns=(1, len(departments)),
    )


def cooperation(snapshot: Snapshot) -> Sheet:
    """How many measures two ministries share; against itself, how many a ministry has; and how many it has alone."""
    texts, codes = snapshot.texts, [department.code for department in snapshot.departments]
    together = Counter(measure.departments for measure in snapshot.measures)
    shared: Counter[tuple[str, str]] = Counter()
    for group, count in together.items():
        shared.update({(one, other): count for one in group for other in group})
    rows: tuple[Row, ...] = tuple(
        (d.code, d.name, *(shared[d.code, other] for other in codes), together[d.code,]) for d in snapshot.departments
    )
    name = texts("matrix.sheets.cooperation")
    headings = distinct((*texts.lines("matrix.headings.department"), *codes, texts("matrix.alone")))
    lines = (Line(texts("matrix.about_cooperation")),)
    if not rows:
        return Sheet(name, texts("matrix.titles.cooperation"), lines)
    darkest = max((count for (one, other), count in shared.items() if one != other), default=1)
    columns = (Column(headings[0], DEPARTMENT_WIDTH), *_counts(headings[1:], 44))
    table = Table(name, columns, rows, frozen=1, scale=(2, len(codes) + 1), darkest=darkest)
    return Sheet(name, texts("matrix.titles.cooperation"), lines, table)


def completeness(snapshot: Snapshot) -> Sheet:
    """What each ministry has confirmed, and what is missing in its measures. The last row counts each measure once.

    Nothing is asked of a measure that ended in an earlier edition, so nothing is missing there.
    """
    texts, edition = snapshot.texts, str(snapshot.edition)

    asked = [measure for measure in snapshot.measures if not "" < measure.ended_in < edition]
    owed = [[measure.departments for measure in asked if not getattr(measure, field)] for field in OWED]
    counted = [
        [measure.departments for measure in snapshot.measures],
        [snapshot.confirming(measure) for measure in snapshot.measures],
        [snapshot.awaiting(measure) for measure in snapshot.unconfirmed],
        *owed,
    ]
    by_ministry = list(map(mentions, counted))
    confirmed = sum(measure.confirmed_for == edition for measure in snapshot.measures)
    totals = len(snapshot.measures), confirmed, len(snapshot.unconfirmed), *map(len, owed)
    rows: list[Row] = [(d.code, d.name, *(counts[d.code] for counts in by_ministry)) for d in snapshot.departments]
    rows.append((texts("terms.total"), texts("matrix.all_departments"), *totals))
    before, after = (headings := texts.lines("matrix.headings.completeness"))[:4], headings[4:]
    first, second, *others = distinct((*before, texts("matrix.awaited"), *after))
    columns = (
        Column(first, DEPARTMENT_WIDTH),
        Column(second, 44),
        *(Column(heading, 16, Kind.NUMBER) for heading in others),
    )
    name = texts("matrix.sheets.completeness")
    lines = (Line(texts("matrix.about_completeness", edition=texts.quarter(snapshot.edition))),)
    return Sheet(name, texts("matrix.titles.completeness"), lines, Table(name, columns, rows, total=True, frozen=1))


def _counts(headings: Sequence[str], first: int) -> tuple[Column, ...]:
    """A column of names, this wide, and columns of numbers."""
    name, *others = headings
    return (Column(name, first), *(Column(h, max(CODE_WIDTH, len(h) + 6), Kind.NUMBER) for h in others))
