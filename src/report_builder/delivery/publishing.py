"""Publishing a set: made beside its place, described by its manifest, and put there in one step."""

from collections.abc import Collection, Iterable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from report_builder.delivery.lock import only_run
from report_builder.delivery.making import Artefact, Progress, make, make_all
from report_builder.delivery.manifest import NAME, describe, write_manifest
from report_builder.delivery.staging import staged
from report_builder.intake.inputs import Input
from report_builder.intake.snapshot import Snapshot
from report_builder.problems import ExitCode, Problem, Stop


def publish(
    artefacts: Collection[Artefact],
    target: Path,
    snapshot: Snapshot,
    problems: Iterable[Problem],
    inputs: Iterable[Input],
    *,
    whole: bool,
    jobs: int,
    progress: Progress,
) -> None:
    """Make all files and their manifest, and let them take the place of what stands at `target`.

    A part of a set never takes the place of more: a reader of `target` must not find the rest gone. Raise Stop then,
    and when another run holds the output folder.
    """
    with only_run(target.parent, f"build {snapshot.edition}"):
        there = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
        if not whole and there - {NAME} - {artefact.name for artefact in artefacts}:
            raise Stop(ExitCode.OUTPUT, f"{target} holds more than was asked for; give another --output for a part")
        with staged(target) as stage:
            make_all(artefacts, stage, jobs, progress)
            outputs = {artefact.name: stage / artefact.name for artefact in artefacts}
            manifest = write_manifest(describe(snapshot, problems, inputs, outputs, whole=whole))
            make(Artefact(NAME, "manifest", partial(_write, manifest)), stage)


def _write(content: bytes, file: BinaryIO) -> None:
    file.write(content)
