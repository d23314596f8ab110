"""What a form or a briefing carries unseen, to compare its answers with when it comes back."""

from collections.abc import Iterator

from report_builder.departments import Department
from report_builder.intake import baseline
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure


def is_confirmed(snapshot: Snapshot, department: Department | None, measure: Measure) -> bool:
    """Whether a form says yes already: the ministry, or in the form that holds all measures everybody, confirmed it."""
    if department is None:
        return measure.confirmed_for == str(snapshot.edition)
    return snapshot.has_confirmed(department.code, measure)


def baseline_facts(snapshot: Snapshot, department: Department | None) -> tuple[str, ...]:
    """Which form this is: of which plan, edition and state of its own measures, and of whom."""
    run = baseline.run_identifier(snapshot.measures_of(department.code) if department else snapshot.measures)
    code = department.code if department else ""
    return baseline.facts(baseline.plan_identifier(snapshot.plan), snapshot.edition, run, code)


def baseline_row(snapshot: Snapshot, department: Department | None, measure: Measure) -> tuple[str, ...]:
    """The measure as the form shows it, to compare the answers with."""
    confirmed = str(snapshot.edition) if is_confirmed(snapshot, department, measure) else ""
    return baseline.row(measure, confirmed)


def baseline_rows(snapshot: Snapshot, department: Department) -> Iterator[tuple[str, ...]]:
    """All of it as rows of cells, for a file that has no sheets."""
    yield from ((fact,) for fact in baseline_facts(snapshot, department))
    yield baseline.heading()
    yield from (baseline_row(snapshot, department, measure) for measure in snapshot.measures_of(department.code))
