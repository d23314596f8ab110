"""Editions that were frozen: where they stand, which version counts, and which plan an edition is built from.

Each closing is a folder `<edition>/version-<n>/` under the plan's folder of editions. It holds everything that the
edition was made from, under fixed names, and `closing.toml`, which says why it was closed. Nothing in it is ever
written again: a correction is a next version.
"""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from report_builder.intake.dataset import Dataset, read_dataset
from report_builder.intake.inputs import Input, read_input
from report_builder.intake.register import read_register
from report_builder.intake.snapshot import Past
from report_builder.model import Closing, Edition
from report_builder.problems import ExitCode, Stop
from report_builder.settings import FileSettings, Plan, load_plan
from report_builder.study.renames import under_own_names

CLOSING = "closing.toml"
PLAN = "plan.toml"


@dataclass(frozen=True, slots=True)
class ClosedEdition:
    """One version of a closed edition: its folder, and the record of its closing."""

    edition: Edition
    folder: Path
    closing: Closing


def closed_editions(plan: Plan) -> tuple[Edition, ...]:
    """The editions that were frozen, in the order of time."""
    names = {path.parent.parent.name for path in plan.editions.glob(f"*/version-*/{CLOSING}")}
    return tuple(sorted(Edition.parse(name) for name in names if re.fullmatch(r"\d{4}-Q[1-4]", name)))


def versions_of(plan: Plan, edition: Edition) -> tuple[ClosedEdition, ...]:
    """Every version of a closed edition, the first one first; none when it was never closed."""
    folders = (path.parent for path in plan.editions.glob(f"{edition}/version-*/{CLOSING}"))
    found = [ClosedEdition(edition, folder, _read_closing(folder / CLOSING)) for folder in folders]
    return tuple(sorted(found, key=lambda closed: closed.closing.version))


def closed_edition(plan: Plan, edition: Edition, version: int | None = None) -> ClosedEdition:
    """The newest version of a closed edition, or the one asked for. Raise Stop when there is no such."""
    for closed in reversed(versions_of(plan, edition)):
        if version in (None, closed.closing.version):
            return closed
    which = f"version {version} of {edition}" if version else edition
    raise Stop(ExitCode.INPUT, f"{which} was never closed under {plan.editions}")


def plan_of(plan: Plan, edition: Edition) -> Plan:
    """The plan to build an edition from: its own when it was frozen, else that of today.

    Raise Stop for an edition before today's that was never frozen: today's data may not pass for those of then.
    """
    if edition in closed_editions(plan):
        return frozen_plan(plan, closed_edition(plan, edition).folder)
    if edition < plan.edition:
        message = f"the dataset stands for {plan.edition}; {edition} can only be built from data frozen for it"
        raise Stop(ExitCode.INPUT, message)
    return plan


def frozen_plan(plan: Plan, folder: Path) -> Plan:
    """The plan of a closed edition, with the files that were frozen beside it. Its documents go where today's go."""
    frozen = load_plan(folder / PLAN)
    files = replace(
        frozen_files(frozen),
        editions=str(plan.editions.resolve()),
        output=str(plan.output.resolve()),
        newer_texts=str(plan.texts[-1].resolve()),
    )
    return replace(frozen, files=files)


def frozen_files(plan: Plan) -> FileSettings:
    """Where the files that this plan names stand once they are frozen, seen from the folder of a closed edition."""
    return FileSettings(
        dataset=f"measures{plan.dataset.suffix}",
        departments="departments.csv",
        source=f"source/{plan.source.name}" if plan.source else "",
        corrections="source/corrections.toml" if plan.corrections else "",
        templates="templates",
    )


def frozen_sources(plan: Plan) -> dict[str, Path]:
    """Every file that an edition is made from, the plan itself left out: its name once frozen, and where it is now."""
    names = frozen_files(plan)
    sources = {names.dataset: plan.dataset, names.departments: plan.departments}
    sources |= {names.source: plan.source} if plan.source else {}
    sources |= {names.corrections: plan.corrections} if plan.corrections else {}
    trail = plan.trail(plan.edition)
    sources |= {f"{names.reviews}/{trail.name}": trail} if trail.exists() else {}
    templates = ("texts.toml", "appendix.docx", "briefing.docx")
    return sources | {f"{names.templates}/{name}": plan.templates / name for name in templates}


def departed_from(plan: Plan, closed: ClosedEdition) -> tuple[Path, ...]:
    """The files of today that are not what was frozen of this edition, so that they have no effect on it."""
    sources = {PLAN: plan.path, **frozen_sources(plan)}
    return tuple(path for name, path in sources.items() if _content(path) != _content(closed.folder / name))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def closing_of(plan: Plan) -> Closing | None:
    """How the edition of this plan was closed; None for a plan that is not a frozen one."""
    path = plan.path.parent / CLOSING
    return _read_closing(path) if path.is_file() else None


def past_of(plan: Plan, edition: Edition) -> tuple[Past, ...]:
    """The editions before this one as they were closed, the oldest first.

    A closed edition looks back on the versions that counted when it was closed, so that a later correction of an
    earlier quarter does not change it.
    """
    closing = closing_of(plan)
    if closing:
        known = sorted((Edition.parse(name), version) for name, version in closing.past.items())
        return under_own_names(_past(plan, closed_edition(plan, earlier, version)) for earlier, version in known)
    earlier_ones = (earlier for earlier in closed_editions(plan) if earlier < edition)
    return under_own_names(_past(plan, closed_edition(plan, earlier)) for earlier in earlier_ones)


def all_states(plan: Plan) -> tuple[Past, ...]:
    """Every closed edition, in its newest version, and the one that is being made as it is now; the oldest first."""
    closed = closed_editions(plan)
    states = (
        _past(plan, closed_edition(plan, edition)) if edition in closed else _state(plan, edition, version=0)
        for edition in sorted({*closed, plan.edition})
    )
    return under_own_names(states)


def state_of_edition(plan: Plan, edition: Edition) -> Past:
    """The measures of an edition: as they were closed, or, of the edition that is being made, as they are now."""
    if edition in closed_editions(plan):
        closed = closed_edition(plan, edition)
        past, state = past_of(frozen_plan(plan, closed.folder), edition), _past(plan, closed)
    elif edition == plan.edition:
        past, state = past_of(plan, edition), _state(plan, edition, version=0)
    else:
        raise Stop(ExitCode.INPUT, f"{edition} is neither closed nor the edition that the dataset stands for")
    return under_own_names((*past, state))[-1]


def _past(plan: Plan, closed: ClosedEdition) -> Past:
    return _state(frozen_plan(plan, closed.folder), closed.edition, closed.closing.version)


def _state(plan: Plan, edition: Edition, version: int) -> Past:
    ministries = read_input(plan.departments, "list of ministries")
    source = read_input(plan.dataset, "dataset")
    dataset = faultless(source)
    return Past(
        edition=edition,
        version=version,
        plan=plan,
        as_of=plan.reference_date(edition),
        register=read_register(ministries),
        measures=dataset.measures,
        inputs=(source, ministries),
        columns=dataset.columns,
    )


def faultless(source: Input) -> Dataset:
    """The dataset in this file. Raise Stop when a row cannot be read, or an identifier stands there twice."""
    found = read_dataset(source)
    if found.problems:
        raise Stop(ExitCode.INPUT, f"the dataset {source.path} has {len(found.problems)} faulty row(s)", found.problems)
    counts = Counter(measure.id for measure in found.measures)
    if twice := sorted(name for name, count in counts.items() if count > 1):
        raise Stop(ExitCode.DATA, f"the dataset {source.path} has identifiers twice: {', '.join(twice)}")
    return found


def _read_closing(path: Path) -> Closing:
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Closing(**values)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Stop(ExitCode.INPUT, f"the record of a closed edition {path} cannot be read: {fault!r}") from None
