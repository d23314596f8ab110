"""What a workbook must hold, read back from the file: exactly its measures, their marks and counts, nobody else's."""

from collections.abc import Iterable, Iterator, Sequence

from report_builder.departments import Department
from report_builder.documents.baseline import baseline_facts, baseline_row
from report_builder.documents.changes import line_title, state_of
from report_builder.documents.matrix import INVOLVED, LEAD, change_row
from report_builder.intake import baseline
from report_builder.intake.snapshot import Snapshot
from report_builder.model import ALL_FIELDS, FIELDS, Measure
from report_builder.office.excel_proof import broken_rules
from report_builder.office.excel_written import Written, WrittenSheet, open_written
from report_builder.problems import Place, Problem, error
from report_builder.study.since import Since

CONTRACT = ("explanation", "matrix", "summary", "measures", "changes", "findings")
"""The sheets of the matrix that readers and scripts rely on, in this order."""


def prove_matrix(snapshot: Snapshot, content: bytes, file: str, since: Since | None = None) -> tuple[Problem, ...]:
    """What is wrong with a written matrix. Nothing: it holds exactly what the edition says, in good form."""
    written = open_written(content, _Given(snapshot))
    return _problems(file, broken_rules(written), _matrix_faults(written, snapshot, since))


def prove_request_form(
    snapshot: Snapshot, department: Department | None, content: bytes, file: str
) -> tuple[Problem, ...]:
    """What is wrong with a written form: it must hold the ministry's measures and nobody else's; None: all of them."""
    written = open_written(content, _Given(snapshot))
    return _problems(file, broken_rules(written), _form_faults(written, snapshot, department))


class _Given:
    """The texts that people gave, looked through only when something in a workbook asks for it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __contains__(self, text: object) -> bool:
        return any(measure.text(field) == text for measure in self._snapshot.measures for field in ALL_FIELDS)


def _problems(file: str, form: Iterable[str], content: Iterable[str]) -> tuple[Problem, ...]:
    """A fault in a workbook is one of the program, so it is told in the words of those who mend it."""
    place = Place(file=file)
    return (
        *(error("workbook-form", place, fault=fault) for fault in form),
        *(error("workbook-content", place, fault=fault) for fault in content),
    )


def _matrix_faults(written: Written, snapshot: Snapshot, since: Since | None) -> Iterator[str]:
    names = [snapshot.texts(f"matrix.sheets.{name}") for name in CONTRACT]
    if [sheet.name for sheet in written.sheets[: len(names)]] != names:
        yield "the sheets are not those of the contract"
        return
    _, matrix, summary, measures, changes, *_ = written.sheets
    ordered = [m for pillar in snapshot.plan.pillars for m in snapshot.measures if m.pillar == pillar.id]
    yield from _same(matrix, [_matrix_row(measure, snapshot) for measure in ordered])
    yield from _same(summary, _summary_rows(snapshot))
    yield from _same(measures, [_every_field(measure, snapshot, since) for measure in ordered])
    yield from _same(changes, [list(change_row(snapshot, since, e)) for e in since.events] if since else [])


def _matrix_row(measure: Measure, snapshot: Snapshot) -> list[object]:
    marks = dict.fromkeys(measure.departments, INVOLVED) | ({measure.lead: LEAD} if measure.lead else {})
    shown = [marks.get(department.code, "") for department in snapshot.departments]
    return [
        measure.id,
        _title(measure, snapshot),
        measure.objective,
        measure.activity,
        *shown,
        len(measure.departments),
    ]


def _summary_rows(snapshot: Snapshot) -> list[list[object]]:
    pillars = [(pillar.title, snapshot.measures_in(pillar)) for pillar in snapshot.groups]
    rows: list[list[object]] = []
    for title, measures in (*pillars, (snapshot.texts("terms.total"), snapshot.measures)):
        counts = [sum(d.code in measure.departments for measure in measures) for d in snapshot.departments]
        rows.append([title, *counts, len(measures), sum(counts)])
    return rows


def _every_field(measure: Measure, snapshot: Snapshot, since: Since | None) -> list[object]:
    fields = [_title(measure, snapshot) if name == "pillar" else measure.text(name) for name in FIELDS]
    if snapshot.plan.second:
        fields.append(line_title(snapshot.plan, measure.line))
    return [*fields, state_of(snapshot, since, measure)] if since else [*fields]


def _title(measure: Measure, snapshot: Snapshot) -> str:
    return snapshot.pillar_titles.get(measure.pillar, measure.pillar)


def _same(sheet: WrittenSheet, expected: Sequence[Sequence[object]]) -> Iterator[str]:
    """A fault for a number of rows that differs, else for the first row that does."""
    if len(sheet.body) != len(expected):
        yield f"{sheet.name}: {len(sheet.body)} rows instead of {len(expected)}"
        return
    for number, (found, wanted) in enumerate(zip(sheet.body, expected, strict=True), 1):
        if list(found) != list(wanted):
            yield f"{sheet.name}: row {number} of the table is not {wanted[0]} as the dataset has it"
            return


def _form_faults(written: Written, snapshot: Snapshot, department: Department | None) -> Iterator[str]:
    own = [m for m in snapshot.measures if department is None or department.code in m.departments]
    form = written.sheet(snapshot.texts("request_form.sheets.form"))
    base = written.sheet(baseline.SHEET)
    if form is None or base is None:
        yield "a sheet of the form is missing"
        return
    sources = [[m.id, _title(m, snapshot), m.objective, m.activity, m.explanation] for m in own]
    if [list(row[:5]) for row in form.body] != sources:
        yield f"{form.name}: these are not the measures of this form"
    if [tuple(map(str, row)) for row in base.body] != [baseline_row(snapshot, department, measure) for measure in own]:
        yield f"{base.name}: the baseline is not the dataset's"
    facts = list(baseline_facts(snapshot, department))
    if [row[0] for row in base.values[1 : 1 + len(facts)]] != facts:
        yield f"{base.name}: this is the baseline of another form"
    if not base.hidden:
        yield f"{base.name}: the baseline is in sight"
    yield from _strangers(written, snapshot, {measure.id for measure in own})


def _strangers(written: Written, snapshot: Snapshot, own: set[str]) -> Iterator[str]:
    """The number or the explanation of a measure of others, wherever in the workbook it stands."""
    mine = {text for m in snapshot.measures if m.id in own for text in (m.id, m.explanation)}
    others = {text for m in snapshot.measures if m.id not in own for text in (m.id, m.explanation)} - mine - {""}
    for sheet in written.sheets:
        if any(cell in others for row in sheet.values for cell in row):
            yield f"{sheet.name}: there is something of a measure of others"
