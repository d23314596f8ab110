"""Closing an edition: its files as they are now, frozen in a folder of their own, once and for all."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from report_builder import __version__
from report_builder.build import Order, build, examine
from report_builder.delivery.lock import only_run
from report_builder.delivery.manifest import NAME
from report_builder.delivery.staging import staged
from report_builder.editions import CLOSING, PLAN, ClosedEdition, frozen_plan, frozen_sources, versions_of
from report_builder.files import replace_file
from report_builder.intake.inputs import read_input
from report_builder.model import Closing, Edition
from report_builder.problems import ExitCode, Problem, Stop, errors_in
from report_builder.rendering import Templates, read_templates
from report_builder.settings import Plan


@dataclass(frozen=True, slots=True)
class ToClose:
    """An edition that may be closed: its next version, and the files to freeze. `problems` do not stand in the way."""

    edition: Edition
    folder: Path
    closing: Closing
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]


def prepare(plan: Plan, edition: Edition, *, reason: str = "", force: str = "") -> ToClose:
    """What closing this edition would freeze. Raise Stop when it may not be closed.

    Errors stand in the way, and so do measures that nobody confirmed, unless `force` gives the reason to close anyhow.
    A closed edition is never written again: a correction is a next version and needs a `reason`.
    """
    if edition != plan.edition:
        message = f"the dataset stands for {plan.edition}, so {edition} cannot be closed from it"
        raise Stop(ExitCode.INPUT, message)
    snapshot, _, problems = examine(plan, edition)
    templates, faults = read_templates(plan, snapshot.texts)
    if errors := errors_in(problems):
        raise Stop(ExitCode.DATA, f"{len(errors)} error(s) in the data; nothing was closed", problems)
    if errors := errors_in(faults):
        raise Stop(ExitCode.PLAN, f"{len(errors)} fault(s) in the templates; nothing was closed", faults)
    unconfirmed = len(snapshot.unconfirmed)
    if unconfirmed and not force:
        message = f"{unconfirmed} measure(s) are not confirmed; nothing was closed (--force REASON closes anyhow)"
        raise Stop(ExitCode.DATA, message)
    files = frozen_inputs(plan, templates)
    earlier = versions_of(plan, edition)
    _refuse_repetition(earlier, files, reason)
    version = max((known.closing.version for known in earlier), default=0) + 1
    past = {str(known.edition): known.version for known in snapshot.past}
    program = f"report-builder {__version__}"
    closing = Closing(version, reason, unconfirmed, past, "", program, force if unconfirmed else "")
    return ToClose(edition, plan.editions / str(edition) / f"version-{version}", closing, files, problems)


def frozen_inputs(plan: Plan, templates: Templates) -> dict[str, bytes]:
    """Every file that the edition is made from, under the name it has in the folder of a closed edition."""
    known = {source.path: source.content for source in templates.inputs(plan)}
    files = {
        name: known[path] if path in known else read_input(path, "file of the edition").content
        for name, path in frozen_sources(plan).items()
    }
    return {PLAN: plan.content, **files}


def _refuse_repetition(earlier: tuple[ClosedEdition, ...], files: Mapping[str, bytes], reason: str) -> None:
    if not earlier:
        return
    latest = earlier[-1]
    there = {name: latest.folder / name for name in files}
    if all(path.is_file() and path.read_bytes() == files[name] for name, path in there.items()):
        message = f"{latest.edition} is closed as version {latest.closing.version}, and nothing has changed since"
        raise Stop(ExitCode.USAGE, message)
    if not reason:
        message = f"{latest.edition} is closed; a correction is a next version and needs --reason TEXT"
        raise Stop(ExitCode.USAGE, message)


def close(plan: Plan, prepared: ToClose) -> ClosedEdition:
    """Freeze the edition: all of it or nothing. The set is made of it once, so that its digest can be kept.

    Raise Stop when the folder is there already or cannot be written, or another run holds it.
    """
    with only_run(plan.output, f"close {prepared.edition}"):
        if prepared.folder.exists():
            message = f"{prepared.folder} is there already, and a closed edition is never overwritten"
            raise Stop(ExitCode.OUTPUT, message)
        with staged(prepared.folder) as stage:
            closing = _freeze(plan, prepared, stage)
    return ClosedEdition(prepared.edition, prepared.folder, closing)


def _freeze(plan: Plan, prepared: ToClose, folder: Path) -> Closing:
    for name, content in prepared.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)
    replace_file(folder / CLOSING, closing_record(prepared.edition, prepared.closing))
    closing = replace(prepared.closing, manifest=_digest_of_set(plan, folder, prepared.edition))
    replace_file(folder / CLOSING, closing_record(prepared.edition, closing))
    return closing


def _digest_of_set(plan: Plan, frozen: Path, edition: Edition) -> str:
    """The SHA-256 of the manifest of the set that the frozen files give."""
    scratch = frozen / "set"
    build(frozen_plan(plan, frozen), Order(edition, scratch), frozen=True)
    digest = hashlib.sha256((scratch / str(edition) / NAME).read_bytes()).hexdigest()
    shutil.rmtree(scratch)
    return digest


def closing_record(edition: Edition, closing: Closing) -> bytes:
    """`closing.toml`: written once, read by people and by this program."""
    values = {name: value for name, value in asdict(closing).items() if name != "past"}
    lines = [f"# How {edition} was closed. Nothing in this folder is ever changed: a correction is a next version."]
    lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    lines += ["", "[past]", *(f'"{name}" = {version}' for name, version in closing.past.items())]
    return ("\n".join(lines) + "\n").encode()
