"""What must stand in each Word document, for the proof that it does: taken from the dataset, not from the document."""

from report_builder.departments import Department
from report_builder.documents.briefing import ANSWERS
from report_builder.documents.columns import columns_of, shown
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure
from report_builder.office.word_proof import ExactRows, OwnMeasures, as_shown, prove_word
from report_builder.problems import Problem

OWN_WORDS = ("objective", "activity", "explanation")
TOLD = (*OWN_WORDS, "partners", *ANSWERS)
"""What a briefing must tell of each measure. Whether it is confirmed may stand there too, and must then be true."""


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
    return prove_word(content, file, [OwnMeasures(snapshot.plan.identifier_prefix, texts, TOLD)], controls)


def _texts(snapshot: Snapshot, department: Department, measure: Measure) -> dict[str, str]:
    """What a briefing says beside the identifier of this measure, by field."""
    texts = snapshot.texts
    others = [code for code in measure.departments if code != department.code]
    confirmed = measure.confirmed_for == str(snapshot.edition)
    told = {field: measure.text(field) for field in OWN_WORDS}
    told |= {name: measure.text(name) or texts("terms.not_delivered") for name in ANSWERS}
    told["partners"] = texts.enumeration(others) if others else texts("briefing.alone")
    told["confirmed"] = texts("terms.yes") if confirmed else texts("terms.no")
    return {field: as_shown(text) for field, text in told.items()}
