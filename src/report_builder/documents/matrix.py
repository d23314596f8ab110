"""The analysts' workbook of an edition, as plain values: the six sheets of the contract, then two of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter

from report_builder.documents.changes import change_texts, changes_of, line_name, line_title, state_of
from report_builder.documents.figures import mentions
from report_builder.documents.findings import acting
from report_builder.documents.lazily import Lazily
from report_builder.documents.matrix_explanation import explanation
from report_builder.documents.matrix_figures import completeness, cooperation, summary
from report_builder.documents.pages import workbook_of
from report_builder.documents.widths import WIDEST_FROZEN, Widths, fitting
from report_builder.intake.snapshot import Snapshot
from report_builder.model import FIELDS, LIST_FIELDS, LIST_SEPARATOR, Measure
from report_builder.office.workbook import Column, Kind, Line, Row, Sheet, Table, Workbook, distinct
from report_builder.problems import Problem
from report_builder.settings import Plan
from report_builder.study.since import Event, Since

PILLAR = FIELDS.index("pillar")
LISTS = tuple(number for number, name in enumerate(FIELDS) if name in LIST_FIELDS)
every_field = attrgetter(*FIELDS)
"""Quicker than one field at a time, which counts where there are many measures."""

LEAD, INVOLVED = "T", "B"
"""The marks of the contract: trekker and betrokken."""


def compose_matrix(snapshot: Snapshot, problems: Iterable[Problem], since: Since | None = None) -> Workbook:
    """The workbook. `since` is what changed since the previous edition; None means that there is no such edition."""
    widths, measures = Widths(snapshot.measures), by_pillar(snapshot)
    data = (
        _matrix(snapshot, measures, widths),
        summary(snapshot, since),
        _measures(snapshot, measures, widths, since),
        _changes(snapshot, since),
        _findings(snapshot, tuple(problems)),
        cooperation(snapshot),
        completeness(snapshot),
        *([history(snapshot)] if since else []),
    )
    first = explanation(snapshot, data)
    back = Line(snapshot.texts("matrix.back", name=first.name), link=first.name)
    linked = (replace(sheet, lines=(back, *sheet.lines)) for sheet in data)
    return workbook_of(snapshot, (first, *linked))


def by_pillar(snapshot: Snapshot) -> tuple[Measure, ...]:
    """The measures pillar by pillar as the plan has them, so that a pillar stays together on paper."""
    places = {pillar.id: place for place, pillar in enumerate(snapshot.plan.pillars)}
    return tuple(sorted(snapshot.measures, key=lambda measure: places[measure.pillar]))


def _matrix(snapshot: Snapshot, measures: Sequence[Measure], widths: Widths) -> Sheet:
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
    counts = mentions(measure.departments for measure in measures)
    visible = [counts[code] for code in codes]
    columns = (
        Column(headings[0], 11),
        Column(headings[1], 24, visible=len(snapshot.measures)),
        Column(headings[2], min(widths.of("objective", headings[2], 36), WIDEST_FROZEN)),
        Column(headings[3], widths.of("activity", headings[3], 46)),
        *(
            Column(heading, max(8, len(heading) + 4), Kind.MARK, visible=count, stress=LEAD, note=department.name)
            for heading, count, department in zip(headings[len(before) : -1], visible, departments, strict=True)
        ),
        Column(headings[-1], 20, Kind.NUMBER, visible=sum(visible)),
    )
    lines = (Line(texts("matrix.about_matrix", legend=texts("matrix.legend"))),)
    rows = Lazily(partial(map, row), measures)
    name = texts("matrix.sheets.matrix")
    table = Table(name, columns, rows, visible=texts("matrix.visible"), group=1, frozen=3)
    return _sheet(snapshot, "matrix", lines, table, wide=True)


def _mark(measure: Measure, code: str) -> str:
    """T for the lead, B for involved, else empty."""
    if code == measure.lead:
        return LEAD
    return INVOLVED if code in measure.departments else ""


def _measures(snapshot: Snapshot, measures: Sequence[Measure], widths: Widths, since: Since | None) -> Sheet:
    """Every field of every measure and, where there is a previous edition, what the measure is since then."""
    texts, second = snapshot.texts, snapshot.plan.second
    titles = snapshot.pillar_titles

    def row(measure: Measure) -> Row:
        values = list(every_field(measure))
        for number in LISTS:
            values[number] = LIST_SEPARATOR.join(values[number])
        values[PILLAR] = titles[measure.pillar]
        if second:
            values.append(line_title(snapshot.plan, measure.line))
        return (*values, state_of(snapshot, since, measure)) if since else values

    fields = (*FIELDS, *(["line"] if second else []), *(["state"] if since else []))
    headings = distinct(texts(f"matrix.fields.{name}", name=line_name(snapshot.plan)) for name in fields)
    shown = (Column(heading, widths.of(name, heading)) for heading, name in zip(headings, fields, strict=True))
    columns = _counted(shown, PILLAR, len(snapshot.measures))
    lines = [Line(texts("matrix.empty_fields", words=texts("terms.not_delivered")))]
    if widths.overflow:
        lines.append(Line(texts("matrix.long_texts")))
    rows = Lazily(partial(map, row), measures)
    name, visible = texts("matrix.sheets.measures"), texts("matrix.visible")
    table = Table(name, columns, rows, visible=visible, group=PILLAR, frozen=1)
    return _sheet(snapshot, "measures", tuple(lines), table, wide=True)


def _changes(snapshot: Snapshot, since: Since | None) -> Sheet:
    texts = snapshot.texts
    if since is None:
        return _sheet(snapshot, "changes", (Line(texts("matrix.no_predecessor")),))
    lines = tuple(map(Line, changes_of(snapshot, since).lines))
    if not since.events:
        return _sheet(snapshot, "changes", (*lines, Line(texts("matrix.no_changes"))))

    longest = max(max(len(event.old), len(event.new)) for event in since.events)
    values = fitting(longest, 60)
    columns = _columns(texts.lines("matrix.headings.changes"), (13, 30, 36, 24, values, values))
    columns = _counted(columns, 1, len(since.events))
    rows = Lazily(partial(map, partial(change_row, snapshot, since)), since.events)
    name, visible = texts("matrix.sheets.changes"), texts("matrix.visible")
    table = Table(name, columns, rows, visible=visible, group=0, frozen=1)
    return _sheet(snapshot, "changes", (*lines, Line(texts("matrix.about_changes"))), table, wide=True)


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
        values = (measure.text(name) for name in FIELDS[2:])
        lines = [line_title(plan, measure.line)] if second else []
        return measure.id, edition, pillar, *values, *lines

    second = snapshot.plan.second
    names = (*FIELDS[1:], *(["line"] if second else []))
    told = (texts(f"matrix.fields.{name}", name=line_name(snapshot.plan)) for name in names)
    headings = (texts("matrix.fields.id"), texts("matrix.edition"), *told)
    fields = Widths(measure for _, _, measure in lives)
    widths = (fields.of(name, heading) for name, heading in zip((FIELDS[0], "", *names), headings, strict=True))
    columns = _counted(_columns(headings, widths), 1, len(lives))
    name, visible = texts("matrix.sheets.history"), texts("matrix.visible")
    table = Table(name, columns, Lazily(partial(map, row), lives), visible=visible, group=0, frozen=2)
    return _sheet(snapshot, "history", (Line(texts("matrix.about_history")),), table, wide=True)


def _findings(snapshot: Snapshot, problems: tuple[Problem, ...]) -> Sheet:
    """Each problem with whoever must act on it."""
    texts = snapshot.texts
    if not problems:
        return _sheet(snapshot, "findings", (Line(texts("matrix.no_findings")),))
    acts = acting(snapshot)

    def row(problem: Problem) -> Row:
        return (
            texts(f"levels.{problem.level}"),
            problem.place.measure,
            acts(problem),
            texts.place(problem.place),
            texts.found(problem),
            texts.remedy(problem),
        )

    columns = _columns(texts.lines("matrix.headings.findings"), (15, 13, 24, 28, 52, 36))
    columns = _counted(columns, 2, len(problems))
    name, visible = texts("matrix.sheets.findings"), texts("matrix.visible")
    table = Table(name, columns, Lazily(partial(map, row), problems), visible=visible, frozen=2)
    return _sheet(snapshot, "findings", (Line(texts("matrix.about_findings")),), table)


def _columns(headings: Iterable[str], widths: Iterable[int]) -> tuple[Column, ...]:
    return tuple(Column(heading, width) for heading, width in zip(distinct(headings), widths, strict=True))


def _counted(columns: Iterable[Column], number: int, count: int) -> tuple[Column, ...]:
    """The columns with, above the one of this number, how many rows the filter lets through; it is never empty."""
    return tuple(replace(c, visible=count) if n == number else c for n, c in enumerate(columns))


def _sheet(
    snapshot: Snapshot, name: str, lines: tuple[Line, ...], table: Table | None = None, *, wide: bool = False
) -> Sheet:
    texts = snapshot.texts
    return Sheet(texts(f"matrix.sheets.{name}"), texts(f"matrix.titles.{name}"), lines, table, wide=wide)
