"""One edition's files, from a staging folder to their place."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from report_builder.problems import ExitCode, Stop


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file of the edition: its name within the folder, and what writes it."""

    name: str
    write: Callable[[BinaryIO], None]


def publish(artefacts: Iterable[Artefact], target: Path) -> None:
    """Write all files beside `target`, then put them in its place."""
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
