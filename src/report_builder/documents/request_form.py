"""The workbook in which a ministry answers for its own measures, as plain values."""

from collections.abc import Sequence
from functools import partial

from report_builder.departments import Department
from report_builder.documents.baseline import baseline_facts, baseline_row, is_confirmed
from report_builder.documents.lazily import Lazily
from report_builder.documents.pages import workbook_of
from report_builder.documents.widths import Widths
from report_builder.intake import baseline
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure
from report_builder.office.workbook import (
    MAX_HINT,
    MAX_HINT_TITLE,
    Answer,
    Cells,
    Column,
    Line,
    Row,
    Sheet,
    Table,
    Workbook,
    distinct,
)
from report_builder.problems import ExitCode, Stop

SHOWN = {"id": 11, "pillar": 24, "objective": 30, "activity": 30, "explanation": 50, "departments": 18}
"""Locked columns and their widths in characters."""

OPEN = {
    "status": 20,
    "lead": 12,
    "progress": 44,
    "deadline": 15,
    "confirmed_for": 14,
    baseline.REMARK: 36,
    **dict.fromkeys(baseline.PROPOSED, 34),
}
"""Columns to answer in, in their order, and their widths."""


def compose_request_form(snapshot: Snapshot, department: Department | None) -> Workbook:
    """The form of one ministry, with its own measures and nobody else's; None: one form with all measures."""
    measures = snapshot.measures_of(department.code) if department else snapshot.measures
    sheets = (*_seen(snapshot, department, measures), _baseline(snapshot, department, measures))
    return workbook_of(snapshot, sheets)


def _seen(snapshot: Snapshot, department: Department | None, measures: Sequence[Measure]) -> tuple[Sheet, Sheet, Sheet]:
    lists = _lists(snapshot)
    return (
        _instructions(snapshot, department, len(measures)),
        _form(snapshot, department, measures, lists),
        _choices(snapshot, lists),
    )


def form_title(snapshot: Snapshot, department: Department | None) -> str:
    texts = snapshot.texts
    name = department.name if department else texts("request_form.all_departments")
    return texts("request_form.title", name=name, edition=texts.quarter(snapshot.edition))


def _instructions(snapshot: Snapshot, department: Department | None, count: int) -> Sheet:
    texts, plan = snapshot.texts, snapshot.plan
    form = texts("request_form.sheets.form")
    lines = (
        *([Line(plan.classification, heading=True)] if plan.classification else []),
        Line(texts("request_form.about", title=plan.title, day=texts.date(snapshot.as_of))),
        Line(texts("request_form.own_counts", count=count)),
        *([] if snapshot.previous else [Line(texts("changes.first"))]),
        Line(texts("request_form.to_form", sheet=form), link=form),
        Line(texts("request_form.how"), heading=True),
        *map(Line, texts.lines("request_form.instructions")),
    )
    return Sheet(texts("request_form.sheets.instructions"), form_title(snapshot, department), lines)


def _form(snapshot: Snapshot, department: Department | None, measures: Sequence[Measure], lists: "_Lists") -> Sheet:
    texts = snapshot.texts
    titles = snapshot.pillar_titles
    yes = texts("terms.yes")

    def row(measure: Measure) -> Row:
        return (
            *(measure.id, titles[measure.pillar], measure.objective, measure.activity, measure.explanation),
            ", ".join(measure.departments),
            *(measure.status, measure.lead, measure.progress, measure.deadline),
            yes if is_confirmed(snapshot, department, measure) else "",
            *("" for _ in (baseline.REMARK, *baseline.PROPOSED)),
        )

    headings = distinct(
        (
            *(texts(f"matrix.fields.{name}") for name in SHOWN),
            *(texts(f"request_form.fields.{name}") for name in OPEN),
        )
    )
    shown = zip(headings, SHOWN.items(), strict=False)
    asked = zip(headings[len(SHOWN) :], OPEN.items(), strict=True)
    fitting = Widths(measures)
    columns = (
        *(
            Column(title, fitting.of(field, title, width), name=baseline.shown_name(field))
            for title, (field, width) in shown
        ),
        *(
            Column(
                title,
                fitting.of(field, title, width),
                answer=_answer(snapshot, field, lists),
                name=baseline.cell_name(field),
            )
            for title, (field, width) in asked
        ),
    )
    name = texts("request_form.sheets.form")
    table = Table(name, columns, Lazily(partial(map, row), measures), group=1, frozen=1, turn=len(SHOWN))
    lines = (Line(texts("request_form.where_to_answer")),)
    return Sheet(name, texts("request_form.titles.form"), lines, table, wide=True, locked=True)


def _answer(snapshot: Snapshot, field: str, lists: "_Lists") -> Answer:
    return Answer(
        title=_limited(snapshot, f"request_form.fields.{field}", MAX_HINT_TITLE),
        hint=_limited(snapshot, f"request_form.hints.{field}", MAX_HINT),
        choices=_cells(snapshot, lists, field) if field in lists else None,
        complaint=_limited(snapshot, "request_form.not_in_list", MAX_HINT),
        days=field == "deadline",
    )


def _limited(snapshot: Snapshot, name: str, most: int) -> str:
    """A text that Excel shows beside a cell. Raise Stop when it is longer than Excel takes: it calls that damage."""
    text = snapshot.texts(name)
    if len(text) > most:
        raise Stop(ExitCode.PLAN, f"{snapshot.texts.file}: the text {name} may have {most} characters, not {len(text)}")
    return text


_Lists = dict[str, tuple[tuple[str, str], ...]]
"""By field, what may be chosen for it: each choice and its meaning."""


def _lists(snapshot: Snapshot) -> _Lists:
    texts = snapshot.texts
    status = texts("request_form.meanings.status")
    return {
        "status": tuple((choice, status) for choice in snapshot.plan.statuses),
        "lead": tuple((d.code, d.name) for d in snapshot.register.on(snapshot.as_of)),
        "confirmed_for": (
            (texts("terms.yes"), texts("request_form.meanings.yes")),
            (texts("terms.no"), texts("request_form.meanings.no")),
        ),
    }


def _cells(snapshot: Snapshot, lists: _Lists, field: str) -> Cells:
    before = sum(len(choices) for name, choices in lists.items() if list(lists).index(name) < list(lists).index(field))
    return Cells(snapshot.texts("request_form.sheets.choices"), 1, before + 1, before + len(lists[field]))


def _choices(snapshot: Snapshot, lists: _Lists) -> Sheet:
    texts = snapshot.texts
    rows = tuple(
        (texts(f"request_form.fields.{field}"), choice, meaning)
        for field, choices in lists.items()
        for choice, meaning in choices
    )
    headings = distinct(texts.lines("request_form.headings.choices"))
    columns = tuple(Column(heading, width) for heading, width in zip(headings, (20, 24, 60), strict=True))
    name = texts("request_form.sheets.choices")
    lines = (Line(texts("request_form.about_choices")),)
    return Sheet(name, texts("request_form.titles.choices"), lines, Table(name, columns, rows), locked=True)


def _baseline(snapshot: Snapshot, department: Department | None, measures: Sequence[Measure]) -> Sheet:
    columns = tuple(Column(name, 20) for name in baseline.heading())
    rows = Lazily(partial(map, partial(baseline_row, snapshot, department)), measures)
    lines = tuple(map(Line, baseline_facts(snapshot, department)))
    table = Table(baseline.SHEET, columns, rows)
    return Sheet(baseline.SHEET, baseline.SHEET, lines, table, locked=True, hidden=True)


def original_texts(snapshot: Snapshot, department: Department | None) -> frozenset[str]:
    """Every text that a form has when it leaves but its measures and answers: none of them is something people said."""
    measures = snapshot.measures_of(department.code) if department else snapshot.measures
    instructions, form, choices = _seen(snapshot, department, measures)
    texts = [
        text for sheet in (instructions, form, choices) for text in (sheet.title, *(li.text for li in sheet.lines))
    ]
    if choices.table:
        texts += [column.heading for column in choices.table.columns]
        texts += [str(cell) for row in choices.table.rows for cell in row]
    return frozenset(texts)
