"""The analysts' workbook of an edition, as plain values: the six sheets of the contract, then two of its own."""

from collections.abc import Iterable
from functools import partial
from operator import attrgetter

from report_builder.documents.changes import change_texts, changes_of, line_name, line_title, state_of
from report_builder.documents.lazily import Lazily
from report_builder.documents.matrix_explanation import explanation
from report_builder.documents.matrix_figures import completeness, cooperation, summary
from report_builder.documents.pages import printed_mark, printed_page
from report_builder.intake.snapshot import Snapshot
from report_builder.model import FIELDS, LIST_SEPARATOR, Measure
from report_builder.office.workbook import Column, Kind, Line, Row, Sheet, Table, Workbook, distinct
from report_builder.problems import Problem
from report_builder.settings import Plan
from report_builder.study.since import Event, Since

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


def compose_matrix(snapshot: Snapshot, problems: Iterable[Problem], since: Since | None = None) -> Workbook:
    """The workbook. `since` is what changed since the previous edition; None means that there is no such edition."""
    data = (
        _matrix(snapshot),
        summary(snapshot, since),
        _measures(snapshot, since),
        _changes(snapshot, since),
        _findings(snapshot, tuple(problems)),
        cooperation(snapshot),
        completeness(snapshot),
        *([history(snapshot)] if since else []),
    )
    return Workbook((explanation(snapshot, data), *data), printed_mark(snapshot), printed_page(snapshot))


def _matrix(snapshot: Snapshot) -> Sheet:
    texts, departments = snapshot.texts, snapshot.departments
    codes = [department.code for department in departments]
    titles = snapshot.pillar_titles
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


def _measures(snapshot: Snapshot, since: Since | None) -> Sheet:
    """Every field of every measure and, where there is a previous edition, what the measure is since then."""
    texts, second = snapshot.texts, snapshot.plan.second
    titles = snapshot.pillar_titles

    def row(measure: Measure) -> Row:
        values = [value if isinstance(value, str) else LIST_SEPARATOR.join(value) for value in every_field(measure)]
        values[PILLAR] = titles[measure.pillar]
        if second:
            values.append(line_title(snapshot.plan, measure.line))
        return (*values, state_of(snapshot, since, measure)) if since else values

    fields = (*FIELDS, *(["line"] if second else []), *(["state"] if since else []))
    headings = distinct(texts(f"matrix.fields.{name}", name=line_name(snapshot.plan)) for name in fields)
    columns = (Column(heading, WIDTHS.get(name, OTHER_WIDTH)) for heading, name in zip(headings, fields, strict=True))
    lines = (Line(texts("matrix.empty_fields", words=texts("terms.not_delivered"))),)
    rows = Lazily(row, snapshot.measures)
    table = Table(texts("matrix.sheets.measures"), tuple(columns), rows, group=1, frozen=1)
    return _sheet(snapshot, "measures", lines, table, wide=True)


def _changes(snapshot: Snapshot, since: Since | None) -> Sheet:
    texts = snapshot.texts
    if since is None:
        return _sheet(snapshot, "changes", (Line(texts("matrix.no_predecessor")),))
    lines = tuple(map(Line, changes_of(snapshot, since).lines))
    if not since.events:
        return _sheet(snapshot, "changes", (*lines, Line(texts("matrix.no_changes"))))

    columns = _columns(texts.lines("matrix.headings.changes"), (11, 30, 36, 24, 60, 60))
    rows = Lazily(partial(change_row, snapshot, since), since.events)
    table = Table(texts("matrix.sheets.changes"), columns, rows, frozen=1)
    return _sheet(snapshot, "changes", (*lines, Line(texts("matrix.about_changes"))), table)


def change_row(snapshot: Snapshot, since: Since, event: Event) -> Row:
    """A change as the sheet shows it: the measure, what kind, its activity, which field, old beside new."""
    texts = snapshot.texts
    what, _, old, new = change_texts(snapshot, since, event)
    measure = since.comparison.new.get(event.measure) or since.comparison.old[event.measure]
    field = texts(f"matrix.fields.{event.field}", name=line_name(snapshot.plan)) if event.field else ""
    return event.measure, what, measure.activity, field, old, new


def history(snapshot: Snapshot) -> Sheet:
    """A row for each measure in each edition, so that the life of a measure is one filter away."""
    texts = snapshot.texts
    now = [(str(snapshot.edition), snapshot.plan, measure) for measure in snapshot.measures]
    lives = [(str(past.edition), past.plan, measure) for past in snapshot.past for measure in past.measures] + now
    lives.sort(key=lambda life: (life[2].id, life[0]))

    def row(life: tuple[str, Plan, Measure]) -> Row:
        edition, plan, measure = life
        pillar = next((pillar.title for pillar in plan.pillars if pillar.id == measure.pillar), measure.pillar)
        return measure.id, edition, pillar, *(measure.text(name) for name in FIELDS[2:])

    headings = (texts("matrix.fields.id"), texts("matrix.edition"), *(texts(f"matrix.fields.{n}") for n in FIELDS[1:]))
    widths = (WIDTHS["id"], OTHER_WIDTH, *(WIDTHS.get(name, OTHER_WIDTH) for name in FIELDS[1:]))
    table = Table(texts("matrix.sheets.history"), _columns(headings, widths), Lazily(row, lives), frozen=2)
    return _sheet(snapshot, "history", (Line(texts("matrix.about_history")),), table, wide=True)


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
