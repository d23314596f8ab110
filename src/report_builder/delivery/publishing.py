"""One edition's files, from a staging folder to their place."""

import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from report_builder.problems import ExitCode, Stop


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file of the edition: its name within the folder, its kind, what writes it, and whose it alone is, if so."""

    name: str
    kind: str
    write: Callable[[BinaryIO], None]
    department: str = ""


def publish(artefacts: Collection[Artefact], target: Path, *, whole: bool) -> None:
    """Write all files beside `target`, then put them in its place.

    A part of a set never takes the place of more: a reader of `target` must not find the rest gone. Raise Stop then.
    """
    there = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    if not whole and there - {artefact.name for artefact in artefacts}:
        raise Stop(ExitCode.OUTPUT, f"{target} holds more than was asked for; give another --output for a part")
    staging = target.parent / f".{target.name}.staging"
    try:
        shutil.rmtree(staging, ignore_errors=True)
        for artefact in artefacts:
            path = staging / artefact.name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                artefact.write(file)
        shutil.rmtree(target, ignore_errors=True)
        staging.rename(target)
    except OSError as fault:
        raise Stop(ExitCode.OUTPUT, f"{target} cannot be written: {fault}") from None
