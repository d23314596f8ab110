"""What must stand in each Word document, for the proof that it does: taken from the dataset, not from the document."""

from collections.abc import Sequence

from report_builder.departments import Department
from report_builder.documents.baseline import baseline_rows
from report_builder.documents.briefing import CONFIRMED, FIELDS, awaiting_of, own_changes, partners_of
from report_builder.documents.changes import Changes, changes_of, state_of
from report_builder.documents.columns import ANSWERS, columns_of, shown
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure
from report_builder.office.word_data import rows_in
from report_builder.office.word_proof import ExactRows, OwnMeasures, as_shown, prove_word
from report_builder.problems import Place, Problem, error
from report_builder.study.since import Since

OWN_WORDS = ("objective", "activity", "explanation")
TOLD = (*OWN_WORDS, "partners", *FIELDS, "awaiting")
"""What a briefing must tell of each measure. Whether all confirmed it may stand there too, and must then be true."""


def prove_appendix(snapshot: Snapshot, content: bytes, file: str, since: Since | None = None) -> tuple[Problem, ...]:
    """Every measure word for word, pillar by pillar, in the tables under the plan's own headings; and every change."""
    columns = snapshot.plan.columns
    headings = tuple(column.heading for column in columns_of(snapshot, columns))
    rows = (
        _row(snapshot, since, measure, columns)
        for pillar in snapshot.groups
        for measure in snapshot.measures_in(pillar)
    )
    changes = _changes(snapshot, changes_of(snapshot, since))
    return prove_word(content, file, [ExactRows(headings, rows), changes], ())


def _row(snapshot: Snapshot, since: Since | None, measure: Measure, columns: Sequence[str]) -> list[str]:
    first, *others = (shown(snapshot, since, measure, field) for field in columns)
    return [f"{state_of(snapshot, since, measure)}\n{first}" if since else first, *others]


def _changes(snapshot: Snapshot, changes: Changes) -> ExactRows:
    """The table of changes, which has a heading that no other table has."""
    headings = snapshot.texts.lines("changes.headings")
    return ExactRows(headings, ((row.what, row.measure, row.old, row.new) for row in changes.rows))


def prove_briefing(
    snapshot: Snapshot, department: Department, content: bytes, file: str, since: Since | None = None
) -> tuple[Problem, ...]:
    """Exactly the ministry's own measures, each with its own texts and its own fields to answer in."""
    own = [
        measure
        for pillar in snapshot.groups
        for measure in snapshot.measures_of(department.code)
        if getattr(measure, snapshot.plan.grouped_by) == pillar.id
    ]
    texts = {measure.id: _texts(snapshot, since, department, measure) for measure in own}
    controls = [f"{measure.id}|{name}" for measure in own for name in FIELDS]
    measures = OwnMeasures(snapshot.plan.identifier_prefix, texts, TOLD)
    changes = _changes(snapshot, own_changes(snapshot, department, since))
    problems = prove_word(content, file, [measures, changes], controls)
    if rows_in(content) != tuple(baseline_rows(snapshot, department)):
        return (*problems, error("word-baseline-differs", Place(file=file)))
    return problems


def _texts(snapshot: Snapshot, since: Since | None, department: Department, measure: Measure) -> dict[str, str]:
    """What a briefing says beside the identifier of this measure, by field."""
    texts = snapshot.texts
    confirmed = measure.confirmed_for == str(snapshot.edition)
    told = {field: measure.text(field) for field in OWN_WORDS}
    told |= {name: measure.text(name) or texts("terms.not_delivered") for name in ANSWERS}
    told["partners"] = partners_of(snapshot, since, department.code, measure)
    if since:
        told["objective"] = f"{state_of(snapshot, since, measure)}\n{told['objective']}"
    told[CONFIRMED] = texts("terms.yes" if snapshot.has_confirmed(department.code, measure) else "terms.not_delivered")
    told["awaiting"] = awaiting_of(snapshot, measure)
    told["confirmed"] = texts("terms.yes") if confirmed else texts("terms.no")
    return {field: as_shown(text) for field, text in told.items()}
