"""Every file of an edition: composed, rendered, and proved before it is delivered."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from report_builder.delivery.making import Artefact
from report_builder.departments import Department
from report_builder.documents.appendix import Appendix, compose_appendix
from report_builder.documents.baseline import baseline_rows
from report_builder.documents.briefing import Briefing, compose_briefing
from report_builder.documents.field_guide import FieldGuide
from report_builder.documents.findings import write_findings
from report_builder.documents.matrix import compose_matrix
from report_builder.documents.proofs import prove_appendix, prove_briefing
from report_builder.documents.request_form import compose_request_form, form_title
from report_builder.documents.workbook_proofs import prove_matrix, prove_request_form
from report_builder.intake.inputs import Input, read_input
from report_builder.intake.snapshot import Snapshot
from report_builder.office.excel import write_workbook
from report_builder.office.properties import Properties
from report_builder.office.word import WordTemplate
from report_builder.problems import ExitCode, Problem, Stop
from report_builder.settings import Plan
from report_builder.study.since import Since
from report_builder.texts import Texts

KINDS = ("appendix", "redline", "briefings", "matrix", "forms", "findings")
"""The kinds of files that an edition has."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The Word templates of a run, read once and compiled once."""

    appendix: WordTemplate
    briefing: WordTemplate

    def inputs(self, plan: Plan) -> tuple[Input, ...]:
        return tuple(Input(plan.templates / word.file, word.content) for word in (self.appendix, self.briefing))


TEMPLATE_CONTENTS: dict[str, type] = {"appendix.docx": Appendix, "briefing.docx": Briefing, "fields.docx": FieldGuide}
"""Each Word template, and the type of what it is filled with."""


def read_template(plan: Plan, name: str, texts: Texts) -> WordTemplate:
    return WordTemplate.read(read_input(plan.templates / name, "template", ExitCode.PLAN).content, name, texts)


def read_templates(plan: Plan, texts: Texts) -> tuple[Templates, tuple[Problem, ...]]:
    """The templates of an edition and every fault in them, found from the types of the contents, without any data."""
    templates = Templates(read_template(plan, "appendix.docx", texts), read_template(plan, "briefing.docx", texts))
    return templates, (*templates.appendix.check(Appendix), *templates.briefing.check(Briefing))


def template_inputs(plan: Plan) -> tuple[Input, ...]:
    """The files of the templates of an edition, not compiled: enough to see whether they are the same."""
    names = ("appendix.docx", "briefing.docx")
    return tuple(read_input(plan.templates / name, "template", ExitCode.PLAN) for name in names)


def real_contents(snapshot: Snapshot) -> dict[str, object]:
    """What fills the templates of this edition, for examples: the appendix, and the briefing with most measures."""
    largest = max(snapshot.departments, key=lambda department: len(snapshot.measures_of(department.code)))
    return {"appendix.docx": compose_appendix(snapshot), "briefing.docx": compose_briefing(snapshot, largest)}


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The previous edition with its own template of the appendix, to show this one's changes against."""

    snapshot: Snapshot
    since: Since | None
    template: WordTemplate


def compose(
    snapshot: Snapshot,
    since: Since | None,
    problems: tuple[Problem, ...],
    templates: Templates,
    predecessor: Predecessor | None = None,
) -> Iterator[Artefact]:
    """Every file of the edition, in the order of the contract."""
    edition = snapshot.edition
    name = f"bijlage-maatregelen-{edition}.docx"
    yield Artefact(name, "appendix", partial(_write_appendix, snapshot, since, templates.appendix, name))
    if predecessor:
        name = f"bijlage-wijzigingen-{edition}.docx"
        yield Artefact(name, "redline", partial(_write_redline, snapshot, since, templates.appendix, predecessor, name))
    for department in snapshot.departments:
        name = f"briefings/briefing-{department.code.lower()}-{edition}.docx"
        briefing = partial(_write_briefing, snapshot, since, templates.briefing, department, name)
        yield Artefact(name, "briefings", briefing, department.code)
    name = f"matrix-maatregelen-{edition}.xlsx"
    yield Artefact(name, "matrix", partial(_write_matrix, snapshot, since, problems, name))
    for asked in (*snapshot.departments, None):
        code = asked.code if asked else ""
        name = f"uitvraag/uitvraag-{code.lower() or 'alle'}-{edition}.xlsx"
        yield Artefact(name, "forms", partial(_write_request_form, snapshot, asked, name), code)
    yield Artefact("bevindingen.csv", "findings", partial(_write_findings, snapshot, problems))


def _write_appendix(snapshot: Snapshot, since: Since | None, template: WordTemplate, name: str, file: BinaryIO) -> None:
    made = _appendix(snapshot, since, template)
    _deliver(made, name, prove_appendix(snapshot, made, name, since), file)


def _appendix(snapshot: Snapshot, since: Since | None, template: WordTemplate) -> bytes:
    contents = compose_appendix(snapshot, since)
    made = io.BytesIO()
    template.render(contents, made, _properties(snapshot, contents.title))
    return made.getvalue()


def _write_redline(
    snapshot: Snapshot,
    since: Since | None,
    template: WordTemplate,
    predecessor: Predecessor,
    name: str,
    file: BinaryIO,
) -> None:
    """The appendix with tracked changes against that of the previous edition, made anew from what was frozen of it.

    What makes it is imported only here: a first edition has none.
    """
    from report_builder.documents.redline_proof import prove_redline, row_keys
    from report_builder.office.word_redline import redline

    old = _appendix(predecessor.snapshot, predecessor.since, predecessor.template)
    new = _appendix(snapshot, since, template)
    keys = row_keys(predecessor.snapshot), row_keys(snapshot)
    made = redline(old, new, *keys, snapshot.plan.sender, snapshot.as_of)
    _deliver(made, name, prove_redline(old, new, made, name), file)


def _write_briefing(
    snapshot: Snapshot,
    since: Since | None,
    template: WordTemplate,
    department: Department,
    name: str,
    file: BinaryIO,
) -> None:
    contents = compose_briefing(snapshot, department, since)
    made = io.BytesIO()
    rows = baseline_rows(snapshot, department)
    template.render(contents, made, _properties(snapshot, contents.title), rows)
    _deliver(made.getvalue(), name, prove_briefing(snapshot, department, made.getvalue(), name, since), file)


def _deliver(content: bytes, name: str, problems: tuple[Problem, ...], file: BinaryIO) -> None:
    """A document that does not prove itself is never written."""
    if problems:
        raise Stop(ExitCode.PLAN, f"{name} is not what it must be; nothing was published", problems)
    file.write(content)


def _properties(snapshot: Snapshot, title: str) -> Properties:
    subject = snapshot.texts("terms.paper", dossier=snapshot.plan.dossier, number=str(snapshot.plan.letter))
    return Properties(title, snapshot.plan.sender, subject, snapshot.as_of)


def _write_matrix(
    snapshot: Snapshot, since: Since | None, problems: tuple[Problem, ...], name: str, file: BinaryIO
) -> None:
    made = io.BytesIO()
    write_workbook(compose_matrix(snapshot, problems, since), made, _properties(snapshot, snapshot.plan.title))
    _deliver(made.getvalue(), name, prove_matrix(snapshot, made.getvalue(), name, since), file)


def _write_request_form(snapshot: Snapshot, department: Department | None, name: str, file: BinaryIO) -> None:
    made = io.BytesIO()
    title = form_title(snapshot, department)
    write_workbook(compose_request_form(snapshot, department), made, _properties(snapshot, title))
    _deliver(made.getvalue(), name, prove_request_form(snapshot, department, made.getvalue(), name), file)


def _write_findings(snapshot: Snapshot, problems: tuple[Problem, ...], file: BinaryIO) -> None:
    file.write(write_findings(snapshot, problems))
