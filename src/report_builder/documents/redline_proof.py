"""What a redline must say, read back from it: with all its changes accepted or rejected, one of the two documents."""

from collections.abc import Mapping

from report_builder.documents.columns import columns_of
from report_builder.intake.snapshot import Snapshot
from report_builder.office.word_redline import RowKeys
from report_builder.office.word_revisions import texts_after
from report_builder.problems import Place, Problem, error


def row_keys(snapshot: Snapshot) -> RowKeys:
    """Which measure each row of the tables of measures in an appendix is about."""
    headings = tuple(column.heading for column in columns_of(snapshot, snapshot.plan.columns))
    measures = (m.id for pillar in snapshot.groups for m in snapshot.measures_in(pillar))
    return RowKeys(headings, measures)


def prove_redline(old: bytes, new: bytes, made: bytes, file: str) -> tuple[Problem, ...]:
    """With all changes accepted it says what the new document says, with all rejected what the old one says.

    A header or footer that only one of them has cannot be in both, and is left out.
    """
    return tuple(
        error("redline-differs", Place(file=file), accepted=int(accepted))
        for accepted, document in {True: new, False: old}.items()
        if _differ(texts_after(made, accepted=accepted), texts_after(document, accepted=accepted))
    )


def _differ(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return any(one[name] != other[name] for name in one.keys() & other.keys())
