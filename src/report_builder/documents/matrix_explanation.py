"""The first sheet of the workbook: what it is, how to read and use it, where it comes from, what is in doubt."""

from collections.abc import Iterable, Iterator

from report_builder.documents.changes import closing_lines
from report_builder.intake.snapshot import Snapshot
from report_builder.office.workbook import Line, Sheet


def explanation(snapshot: Snapshot, sheets: Iterable[Sheet]) -> Sheet:
    """`sheets` are the others of the workbook, each of which gets a line that leads to it."""
    texts, sheets = snapshot.texts, tuple(sheets)
    wide = texts.enumeration(sheet.name for sheet in sheets if sheet.wide)
    lines = (
        *_about(snapshot),
        Line(texts("matrix.explanation.legend"), heading=True),
        Line(texts("matrix.legend")),
        Line(texts("matrix.order_means_nothing")),
        Line(texts("matrix.empty_fields", words=texts("terms.not_delivered"))),
        Line(texts("matrix.explanation.codes")),
        Line(texts("matrix.explanation.sheets"), heading=True),
        *(
            Line(texts("matrix.explanation.sheet", name=sheet.name, title=sheet.title), link=sheet.name)
            for sheet in sheets
        ),
        Line(texts("matrix.explanation.use"), heading=True),
        *map(Line, texts.lines("matrix.explanation.uses", wide=wide)),
        Line(texts("matrix.explanation.departments"), heading=True),
        *_departments(snapshot),
        Line(texts("matrix.explanation.source"), heading=True),
        *_source(snapshot),
    )
    return Sheet(texts("matrix.sheets.explanation"), snapshot.plan.title, lines)


def _about(snapshot: Snapshot) -> Iterator[Line]:
    texts, plan = snapshot.texts, snapshot.plan
    if plan.classification:
        yield Line(plan.classification, heading=True)
    if snapshot.concept:
        yield Line(texts("terms.concept"), heading=True)
        yield Line(texts("matrix.concept", count=len(snapshot.unconfirmed)))
    yield from map(Line, closing_lines(snapshot))
    yield Line(texts("matrix.explanation.about"), heading=True)
    yield Line(texts("matrix.about", edition=texts.quarter(snapshot.edition), day=texts.date(snapshot.as_of)))
    yield Line(texts("matrix.belongs", dossier=plan.dossier, letter=str(plan.letter), day=texts.date(plan.letter_date)))


def _departments(snapshot: Snapshot) -> Iterator[Line]:
    texts = snapshot.texts
    for department in snapshot.departments:
        yield Line(texts("matrix.explanation.department", code=department.code, name=department.name))
    shown = {department.code for department in snapshot.departments}
    others = [d.name for d in snapshot.register.on(snapshot.as_of) if d.code not in shown]
    if others:
        yield Line(texts("matrix.others", names=texts.enumeration(others)))


def _source(snapshot: Snapshot) -> Iterator[Line]:
    """Rows in against measures out, and each reading of the source that a person has not decided."""
    texts = snapshot.texts
    yield Line(texts("matrix.counts", rows=snapshot.rows_in, measures=len(snapshot.measures)))
    for pillar in snapshot.groups:
        count = len(snapshot.measures_in(pillar))
        counted = texts("matrix.pillar_count", pillar=pillar.title, count=count)
        yield Line(f"{counted} {pillar.note}".strip())
    if provenance := snapshot.provenance:
        repairs = len(provenance.repairs)
        yield Line(texts("matrix.source", file=provenance.file, rows=provenance.rows, count=repairs))
        for repair, measure in snapshot.doubts:
            name = "matrix.doubt_in" if measure else "matrix.doubt"
            yield Line(texts(name, lines=repair.lines, reason=repair.reason, measure=measure))
