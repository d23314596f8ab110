"""The analysts' workbook of an edition, as plain values: the six sheets of the contract, then two of its own."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from report_builder.documents.lazily import Lazily
from report_builder.documents.matrix_explanation import explanation
from report_builder.documents.matrix_figures import completeness, cooperation, summary
from report_builder.documents.pages import printed_mark, printed_page
from report_builder.intake.snapshot import Snapshot
from report_builder.model import FIELDS, LIST_SEPARATOR, Measure
from report_builder.office.workbook import Column, Kind, Line, Row, Sheet, Table, Workbook, distinct
from report_builder.problems import Problem

WIDTHS = {
    "id": 11,
    "pillar": 24,
    "objective": 30,
    "activity": 30,
    "explanation": 60,
    "departments": 18,
    "progress": 34,
    "references": 18,
    "source": 22,
}
OTHER_WIDTH = 14
"""Characters, of a field that WIDTHS does not name."""

PILLAR = FIELDS.index("pillar")
every_field = attrgetter(*FIELDS)
"""Quicker than one field at a time, which counts where there are many measures."""

LEAD, INVOLVED = "T", "B"
"""The marks of the contract: trekker and betrokken."""

Altered = tuple[str, str, str, str]
"""What a measure's change says: measure, field, old and new text, as they stand in the dataset."""


def compose_matrix(
    snapshot: Snapshot, problems: Iterable[Problem], altered: Sequence[Altered] | None = None
) -> Workbook:
    """The workbook. `altered` is what changed since the previous edition; None means that there is no such edition."""
    data = (
        _matrix(snapshot),
        summary(snapshot),
        _measures(snapshot),
        _changes(snapshot, altered),
        _findings(snapshot, tuple(problems)),
        cooperation(snapshot),
        completeness(snapshot),
    )
    return Workbook((explanation(snapshot, data), *data), printed_mark(snapshot), printed_page(snapshot))


def _matrix(snapshot: Snapshot) -> Sheet:
    texts, departments = snapshot.texts, snapshot.departments
    codes = [department.code for department in departments]
    titles = {pillar.id: pillar.title for pillar in snapshot.plan.pillars}
    marks: dict[tuple[tuple[str, ...], str], Row] = {}

    def row(measure: Measure) -> Row:
        key = measure.departments, measure.lead
        if key not in marks:
            marks[key] = tuple(_mark(measure, code) for code in codes)
        pillar = titles[measure.pillar]
        return (measure.id, pillar, measure.objective, measure.activity, *marks[key], len(measure.departments))

    before, after = texts.lines("matrix.headings.before"), texts.lines("matrix.headings.after")
    headings = distinct((*before, *codes, *after))
    mentions = [len(snapshot.measures_of(code)) for code in codes]
    columns = (
        Column(headings[0], 11),
        Column(headings[1], 24, visible=len(snapshot.measures)),
        Column(headings[2], 36),
        Column(headings[3], 46),
        *(
            Column(heading, max(8, len(heading) + 3), Kind.MARK, visible=count, stress=LEAD)
            for heading, count in zip(headings[len(before) : -1], mentions, strict=True)
        ),
        Column(headings[-1], 16, Kind.NUMBER, visible=sum(mentions)),
    )
    lines = (Line(texts("matrix.legend")), Line(texts("matrix.about_visible")))
    rows = Lazily(row, snapshot.measures)
    name, visible = texts("matrix.sheets.matrix"), texts("matrix.visible")
    table = Table(name, columns, rows, visible=visible, group=1, frozen=3)
    return _sheet(snapshot, "matrix", lines, table, wide=True)


def _mark(measure: Measure, code: str) -> str:
    """T for the lead, B for involved, else empty."""
    if code == measure.lead:
        return LEAD
    return INVOLVED if code in measure.departments else ""


def _measures(snapshot: Snapshot) -> Sheet:
    texts = snapshot.texts
    titles = {pillar.id: pillar.title for pillar in snapshot.plan.pillars}

    def row(measure: Measure) -> Row:
        values = [value if isinstance(value, str) else LIST_SEPARATOR.join(value) for value in every_field(measure)]
        values[PILLAR] = titles[measure.pillar]
        return values

    headings = distinct(texts(f"matrix.fields.{name}") for name in FIELDS)
    columns = (Column(heading, WIDTHS.get(name, OTHER_WIDTH)) for heading, name in zip(headings, FIELDS, strict=True))
    lines = (Line(texts("matrix.empty_fields", words=texts("terms.not_delivered"))),)
    rows = Lazily(row, snapshot.measures)
    table = Table(texts("matrix.sheets.measures"), tuple(columns), rows, group=1, frozen=1)
    return _sheet(snapshot, "measures", lines, table, wide=True)


def _changes(snapshot: Snapshot, altered: Sequence[Altered] | None) -> Sheet:
    texts = snapshot.texts
    if not altered:
        words = texts("matrix.no_predecessor" if altered is None else "matrix.no_changes")
        return _sheet(snapshot, "changes", (Line(words),))

    def row(change: Altered) -> Row:
        measure, field, old, new = change
        return measure, texts(f"matrix.fields.{field}"), old, new

    columns = _columns(texts.lines("matrix.headings.changes"), (11, 24, 60, 60))
    table = Table(texts("matrix.sheets.changes"), columns, Lazily(row, altered), frozen=1)
    return _sheet(snapshot, "changes", (Line(texts("matrix.about_changes")),), table)


def _findings(snapshot: Snapshot, problems: tuple[Problem, ...]) -> Sheet:
    """Each problem with the ministries that must act: those of the measure it is about, else the coordinator."""
    texts = snapshot.texts
    if not problems:
        return _sheet(snapshot, "findings", (Line(texts("matrix.no_findings")),))
    ministries = {measure.id: ", ".join(measure.departments) for measure in snapshot.measures}

    def row(problem: Problem) -> Row:
        return (
            texts(f"levels.{problem.level}"),
            problem.place.measure,
            ministries.get(problem.place.measure) or snapshot.plan.sender,
            texts.place(problem.place),
            texts.found(problem),
            texts.remedy(problem),
        )

    columns = _columns(texts.lines("matrix.headings.findings"), (16, 13, 26, 30, 60, 40))
    table = Table(texts("matrix.sheets.findings"), columns, Lazily(row, problems))
    return _sheet(snapshot, "findings", (Line(texts("matrix.about_findings")),), table)


def _columns(headings: Iterable[str], widths: Iterable[int]) -> tuple[Column, ...]:
    return tuple(Column(heading, width) for heading, width in zip(distinct(headings), widths, strict=True))


def _sheet(
    snapshot: Snapshot, name: str, lines: tuple[Line, ...], table: Table | None = None, *, wide: bool = False
) -> Sheet:
    texts = snapshot.texts
    return Sheet(texts(f"matrix.sheets.{name}"), texts(f"matrix.titles.{name}"), lines, table, wide=wide)
