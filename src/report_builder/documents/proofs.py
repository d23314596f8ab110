"""What must stand in each Word document, for the proof that it does: taken from the dataset, not from the document."""

from report_builder.departments import Department
from report_builder.documents.briefing import ANSWERS
from report_builder.documents.columns import columns_of, shown
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure
from report_builder.office.word_proof import ExactRows, OwnMeasures, as_shown, prove_word
from report_builder.problems import Problem


def prove_appendix(snapshot: Snapshot, content: bytes, file: str) -> tuple[Problem, ...]:
    """Every measure word for word, pillar by pillar, in the tables under the plan's own headings."""
    columns = snapshot.plan.columns
    headings = tuple(column.heading for column in columns_of(snapshot, columns))
    rows = (
        [shown(measure, field) for field in columns]
        for pillar in snapshot.plan.pillars
        for measure in snapshot.measures_in(pillar)
    )
    return prove_word(content, file, [ExactRows(headings, rows)], ())


def prove_briefing(snapshot: Snapshot, department: Department, content: bytes, file: str) -> tuple[Problem, ...]:
    """Exactly the ministry's own measures, each with its own texts and its own fields to answer in."""
    own = [
        measure
        for pillar in snapshot.plan.pillars
        for measure in snapshot.measures_of(department.code)
        if measure.pillar == pillar.id
    ]
    texts = {measure.id: _texts(snapshot, department, measure) for measure in own}
    controls = [f"{measure.id}|{name}" for measure in own for name in ANSWERS]
    return prove_word(content, file, [OwnMeasures(snapshot.plan.identifier_prefix, texts)], controls)


def _texts(snapshot: Snapshot, department: Department, measure: Measure) -> frozenset[str]:
    """All that a briefing may say beside the identifier of this measure."""
    texts = snapshot.texts
    others = [code for code in measure.departments if code != department.code]
    partners = texts.enumeration(others) if others else texts("briefing.alone")
    answers = (measure.text(name) or texts("terms.not_delivered") for name in ANSWERS)
    plain = (measure.objective, measure.activity, measure.explanation, partners, texts("terms.yes"), texts("terms.no"))
    return frozenset(map(as_shown, (*plain, *answers)))
