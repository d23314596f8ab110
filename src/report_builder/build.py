"""One run of an edition: load, check, compose, prove, publish."""

from dataclasses import dataclass, replace
from pathlib import Path

from report_builder.delivery.making import Artefact, Progress
from report_builder.delivery.publishing import publish
from report_builder.editions import closing_of, past_of, plan_of
from report_builder.intake.loading import load_snapshot
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Edition
from report_builder.problems import ExitCode, Level, Problem, Stop, errors_in
from report_builder.rendering import Predecessor, compose, read_template, read_templates
from report_builder.settings import Plan
from report_builder.study.checks import check
from report_builder.study.renames import continued
from report_builder.study.since import Since, since_previous
from report_builder.texts import load_texts


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a build. None means that no choice was made: all of it."""

    edition: Edition
    output: Path
    only: str | None = None
    department: str | None = None
    jobs: int = 1

    @property
    def whole(self) -> bool:
        return self.only is None and self.department is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build made, or in a dry run would make."""

    snapshot: Snapshot
    problems: tuple[Problem, ...]
    artefacts: tuple[Artefact, ...]
    folder: Path
    changed: tuple[Path, ...] = ()


def silent(_step: str, _done: int, _total: int) -> None:
    """The progress of a run that nobody watches."""


def build(
    plan: Plan, order: Order, *, dry_run: bool = False, frozen: bool = False, progress: Progress = silent
) -> Outcome:
    """Make every document of the edition from one state of the dataset, and publish them in one step.

    The run uses what it read at its start; files that were changed meanwhile are named in the outcome. A closed edition
    is made from what was frozen of it; `frozen` says that this plan is that already.
    """
    plan = plan if frozen else plan_of(plan, order.edition)
    snapshot, since, problems = examine(plan, order.edition)
    if errors := errors_in(problems):
        raise Stop(ExitCode.DATA, f"{len(errors)} error(s) in the data; nothing was published", problems)
    templates, faults = read_templates(plan, snapshot.texts)
    if errors := errors_in(faults):
        raise Stop(ExitCode.PLAN, f"{len(errors)} fault(s) in the templates; nothing was published", faults)
    predecessor = predecessor_of(snapshot)
    artefacts = choose(tuple(compose(snapshot, since, problems, templates, predecessor)), order)
    folder = order.output / str(order.edition)
    inputs = (*snapshot.inputs, *templates.inputs(plan))
    if not dry_run:
        publish(artefacts, folder, snapshot, problems, inputs, whole=order.whole, jobs=order.jobs, progress=progress)
    changed = tuple(source.path for source in inputs if source.changed)
    return Outcome(snapshot, problems, artefacts, folder, changed)


def examine(plan: Plan, edition: Edition) -> tuple[Snapshot, Since | None, tuple[Problem, ...]]:
    """The state of the dataset, what changed since the previous edition, and every problem: errors first.

    The changes are None without a previous edition, and when an identifier stands in the dataset twice.
    """
    texts = load_texts(*plan.texts)
    loaded, problems = load_snapshot(plan, edition, texts, past_of(plan, edition), closing_of(plan))
    snapshot = under_present_names(loaded)
    unique = len({measure.id for measure in snapshot.measures}) == len(snapshot.measures)
    since = since_previous(snapshot) if unique else None
    found = (*problems, *check(snapshot), *(since.problems if since else ()))
    return snapshot, since, tuple(sorted(found, key=lambda problem: list(Level).index(problem.level)))


def under_present_names(snapshot: Snapshot) -> Snapshot:
    """The edition with each former name of a ministry replaced, if that name was right in the previous edition."""
    measures = continued(snapshot.previous, snapshot.measures, snapshot.register, snapshot.as_of)
    return replace(snapshot, measures=measures)


def predecessor_of(snapshot: Snapshot) -> Predecessor | None:
    """The previous edition as it was frozen; None when there is none."""
    if snapshot.previous is None:
        return None
    plan, edition = snapshot.previous.plan, snapshot.previous.edition
    previous, since, _ = examine(plan, edition)
    return Predecessor(previous, since, read_template(plan, "appendix.docx", previous.texts))


def choose(artefacts: tuple[Artefact, ...], order: Order) -> tuple[Artefact, ...]:
    """The files that were asked for. Raise Stop when that is none, and say what there is."""
    code = order.department and order.department.casefold()
    chosen = tuple(
        artefact
        for artefact in artefacts
        if order.only in (None, artefact.kind) and (not code or artefact.department.casefold() == code)
    )
    if not chosen:
        codes = ", ".join(dict.fromkeys(artefact.department for artefact in artefacts if artefact.department))
        raise Stop(ExitCode.USAGE, f"no such document; the ministries with measures are {codes}")
    return chosen
