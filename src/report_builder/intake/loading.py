"""Reading everything an edition is made of, once, into one snapshot."""

from report_builder.departments import Register
from report_builder.intake.corrections import Corrections, read_corrections
from report_builder.intake.dataset import read_dataset
from report_builder.intake.extraction import extract
from report_builder.intake.inputs import Input, read_input
from report_builder.intake.register import read_register
from report_builder.intake.snapshot import Past, Provenance, Snapshot
from report_builder.intake.trail import read_trail
from report_builder.model import Closing, Edition
from report_builder.problems import ExitCode, Problem
from report_builder.settings import Plan
from report_builder.texts import Texts


def load_snapshot(
    plan: Plan, edition: Edition, texts: Texts, past: tuple[Past, ...] = (), closing: Closing | None = None
) -> tuple[Snapshot, tuple[Problem, ...]]:
    """The state of plan, ministries and measures as the files have it now, and what is wrong with their form."""
    ministries = read_input(plan.departments, "list of ministries", ExitCode.PLAN)
    register = read_register(ministries)
    source = read_input(plan.dataset, "dataset")
    dataset = read_dataset(source)
    origin, provenance, problems = _provenance(plan, register, texts)
    trail = read_trail(plan, edition)
    snapshot = Snapshot(
        plan=plan,
        edition=edition,
        as_of=plan.reference_date(edition),
        register=register,
        measures=dataset.measures,
        rows_in=dataset.rows,
        texts=texts,
        provenance=provenance,
        inputs=(
            Input(plan.path, plan.content),
            Input(texts.path, texts.content),
            source,
            ministries,
            *origin,
            *((trail.source,) if trail.source else ()),
            *(source for earlier in past for source in earlier.inputs),
        ),
        lines=dataset.lines,
        past=past,
        closing=closing,
        confirmed_by=trail.confirmed_by,
    )
    return snapshot, (*dataset.problems, *problems)


def _provenance(
    plan: Plan, register: Register, texts: Texts
) -> tuple[tuple[Input, ...], Provenance | None, tuple[Problem, ...]]:
    """How the source was read: read again each time, so that the account in the documents is never a memory."""
    if not plan.source:
        return (), None, ()
    source = read_input(plan.source, "source text")
    inputs, corrections = load_corrections(plan)
    extraction = extract(source, corrections, plan, register, texts)
    provenance = Provenance(extraction.file, len(extraction.rows), extraction.joins, extraction.repairs)
    return (source, *inputs), provenance, extraction.problems


def load_corrections(plan: Plan) -> tuple[tuple[Input, ...], Corrections]:
    if not plan.corrections:
        return (), Corrections("")
    source = read_input(plan.corrections, "list of corrections")
    return (source,), read_corrections(source)
