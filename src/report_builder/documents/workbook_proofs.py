"""What a workbook must hold, read back from the file: exactly its measures, their marks and counts, nobody else's."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, zip_longest
from operator import attrgetter, methodcaller

from report_builder.departments import Department
from report_builder.documents.baseline import baseline_facts, baseline_row
from report_builder.documents.changes import line_title, state_of
from report_builder.documents.matrix import INVOLVED, LEAD, change_row
from report_builder.intake import baseline
from report_builder.intake.snapshot import Snapshot
from report_builder.model import ALL_FIELDS, FIELDS, LIST_FIELDS, Measure
from report_builder.office.excel_proof import faults_of_book, faults_of_sheet
from report_builder.office.excel_written import Written, WrittenSheet, open_written
from report_builder.problems import Place, Problem, error
from report_builder.study.since import Since

CONTRACT = ("explanation", "matrix", "summary", "measures", "changes", "findings")
"""The sheets of the matrix that readers and scripts rely on, in this order."""

Row = tuple[object, ...]


def prove_matrix(snapshot: Snapshot, content: bytes, file: str, since: Since | None = None) -> tuple[Problem, ...]:
    """What is wrong with a written matrix. Nothing: it holds exactly what the edition says, in good form."""
    written = open_written(content, _Given(snapshot))
    names = tuple(snapshot.texts(f"matrix.sheets.{name}") for name in CONTRACT)
    missing = () if written.sheet_names[: len(names)] == names else ("the sheets are not those of the contract",)
    _, matrix, summary, measures, changes, _ = names
    ordered = [m for pillar in snapshot.plan.pillars for m in snapshot.measures if m.pillar == pillar.id]
    events = since.events if since else ()
    expected: dict[str, tuple[int, Iterable[Row]]] = {
        matrix: (len(ordered), _matrix_rows(ordered, snapshot)),
        summary: (len(snapshot.groups) + 1, _summary_rows(snapshot)),
        measures: (len(ordered), _every_field(ordered, snapshot, since)),
        changes: (len(events), (tuple(change_row(snapshot, since, event)) for event in events) if since else ()),
    }

    def faults(sheet: WrittenSheet) -> Iterator[str]:
        if sheet.name in expected:
            yield from _same(sheet, *expected[sheet.name])

    return _problems(file, written, missing, faults)


def prove_request_form(
    snapshot: Snapshot, department: Department | None, content: bytes, file: str
) -> tuple[Problem, ...]:
    """What is wrong with a written form: it must hold the ministry's measures and nobody else's; None: all of them."""
    written = open_written(content, _Given(snapshot))
    form, base = snapshot.texts("request_form.sheets.form"), baseline.SHEET
    missing = () if {form, base} <= {*written.sheet_names} else ("a sheet of the form is missing",)
    own = [m for m in snapshot.measures if department is None or department.code in m.departments]
    others = _of_others(snapshot, own)

    def faults(sheet: WrittenSheet) -> Iterator[str]:
        if sheet.name == form:
            yield from _form_faults(sheet, snapshot, own)
        if sheet.name == base:
            yield from _baseline_faults(sheet, snapshot, department, own)
        if not others.isdisjoint(chain.from_iterable(sheet.rows())):
            yield f"{sheet.name}: there is something of a measure of others"

    return _problems(file, written, missing, faults)


class _Given:
    """The texts that people gave, looked through only when something in a workbook asks for it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __contains__(self, text: object) -> bool:
        return any(measure.text(field) == text for measure in self._snapshot.measures for field in ALL_FIELDS)


def _problems(
    file: str, written: Written, missing: Iterable[str], faults: Callable[[WrittenSheet], Iterable[str]]
) -> tuple[Problem, ...]:
    """A fault in a workbook is one of the program, so it is told in the words of those who mend it.

    `missing` and `faults` are about what stands in the workbook and in each of its sheets.
    """
    form, content = [*faults_of_book(written)], [*missing]
    for sheet in written.sheets():
        form += faults_of_sheet(sheet, written)
        content += faults(sheet)
    place = Place(file=file)
    return (
        *(error("workbook-form", place, fault=fault) for fault in form),
        *(error("workbook-content", place, fault=fault) for fault in content),
    )


def _matrix_rows(measures: Iterable[Measure], snapshot: Snapshot) -> Iterator[Row]:
    codes = [department.code for department in snapshot.departments]

    @cache
    def marks(departments: tuple[str, ...], lead: str) -> Row:
        return tuple(LEAD if code == lead else INVOLVED if code in departments else "" for code in codes)

    for m in measures:
        shown = marks(m.departments, m.lead)
        yield (m.id, _title(m, snapshot), m.objective, m.activity, *shown, len(m.departments))


def _summary_rows(snapshot: Snapshot) -> Iterator[Row]:
    pillars = [(pillar.title, snapshot.measures_in(pillar)) for pillar in snapshot.groups]
    for title, measures in (*pillars, (snapshot.texts("terms.total"), snapshot.measures)):
        counts = [sum(d.code in measure.departments for measure in measures) for d in snapshot.departments]
        yield (title, *counts, len(measures), sum(counts))


def _every_field(measures: Sequence[Measure], snapshot: Snapshot, since: Since | None) -> Iterator[Row]:
    """The fields of each measure as the dataset has them, but for the name of its pillar; then what was derived."""
    columns: list[Iterable[object]] = [
        map(methodcaller("text", name) if name in LIST_FIELDS else attrgetter(name), measures) for name in FIELDS
    ]
    columns[FIELDS.index("pillar")] = (_title(measure, snapshot) for measure in measures)
    if snapshot.plan.second:
        columns.append(line_title(snapshot.plan, measure.line) for measure in measures)
    if since:
        columns.append(state_of(snapshot, since, measure) for measure in measures)
    return zip(*columns, strict=True)


def _title(measure: Measure, snapshot: Snapshot) -> str:
    return snapshot.pillar_titles.get(measure.pillar, measure.pillar)


def _same(sheet: WrittenSheet, count: int, expected: Iterable[Row]) -> Iterator[str]:
    """A fault for a number of rows that differs, else for the first row that does."""
    if sheet.body.count != count:
        yield f"{sheet.name}: {sheet.body.count} rows instead of {count}"
        return
    for number, (found, wanted) in enumerate(zip(sheet.records(), expected, strict=True), 1):
        if found != wanted:
            yield f"{sheet.name}: row {number} of the table is not {wanted[0]} as the dataset has it"
            return


def _form_faults(sheet: WrittenSheet, snapshot: Snapshot, own: Iterable[Measure]) -> Iterator[str]:
    sources = ((m.id, _title(m, snapshot), m.objective, m.activity, m.explanation) for m in own)
    if _differ((row[:5] for row in sheet.records()), sources):
        yield f"{sheet.name}: these are not the measures of this form"


def _baseline_faults(
    sheet: WrittenSheet, snapshot: Snapshot, department: Department | None, own: Iterable[Measure]
) -> Iterator[str]:
    rows = (baseline_row(snapshot, department, measure) for measure in own)
    if _differ((tuple(map(str, row)) for row in sheet.records()), rows):
        yield f"{sheet.name}: the baseline is not the dataset's"
    facts = list(baseline_facts(snapshot, department))
    if [row[0] for row in sheet.above[1 : 1 + len(facts)]] != facts:
        yield f"{sheet.name}: this is the baseline of another form"
    if not sheet.hidden:
        yield f"{sheet.name}: the baseline is in sight"


def _differ(found: Iterable[Row], wanted: Iterable[Row]) -> bool:
    return any(one != other for one, other in zip_longest(found, wanted))


def _of_others(snapshot: Snapshot, own: Iterable[Measure]) -> set[str]:
    """The numbers and the explanations of measures that are not these, but for what is theirs as well."""
    mine = {text for m in own for text in (m.id, m.explanation)}
    return {text for m in snapshot.measures for text in (m.id, m.explanation)} - mine - {""}
