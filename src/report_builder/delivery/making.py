"""Making the files of a set, one after another or in several processes."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from report_builder.problems import Stop

Progress = Callable[[str, int, int], None]
"""Told after each file: what is being done, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file of the edition: its name within the folder, its kind, what writes it, and whose it alone is, if so."""

    name: str
    kind: str
    write: Callable[[BinaryIO], None]
    department: str = ""


def make_all(artefacts: Collection[Artefact], stage: Path, jobs: int, progress: Progress) -> None:
    """Make every file in this folder, each flushed to disk.

    A file that cannot be made does not keep the others from being tried. Raise Stop when there is any, naming them all.
    """
    failed: dict[str, Stop] = {}
    if jobs <= 1:
        for count, artefact in enumerate(artefacts, 1):
            try:
                make(artefact, stage)
            except Stop as stop:
                failed[artefact.name] = stop
            progress("documents", count, len(artefacts))
    else:
        failed = _make_in_processes(artefacts, stage, jobs, progress)
    if failed:
        first = next(iter(failed.values()))
        problems = [problem for stop in failed.values() for problem in stop.problems]
        reasons = "; ".join(f"{name}: {stop.message}" for name, stop in failed.items())
        raise Stop(first.exit_code, f"{len(failed)} of {len(artefacts)} files failed: {reasons}", problems)


def _make_in_processes(artefacts: Collection[Artefact], stage: Path, jobs: int, progress: Progress) -> dict[str, Stop]:
    """With a pool of processes, which is imported only here: it starts slowly, and most sets need none."""
    from concurrent.futures import Future, ProcessPoolExecutor, as_completed

    failed: dict[str, Stop] = {}
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        try:
            futures: dict[Future[None], str] = {
                pool.submit(make, artefact, stage): artefact.name for artefact in artefacts
            }
            for count, future in enumerate(as_completed(futures), 1):
                try:
                    future.result()
                except Stop as stop:
                    failed[futures[future]] = stop
                progress("documents", count, len(artefacts))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return dict(sorted(failed.items()))


def make(artefact: Artefact, stage: Path) -> None:
    """Make one file and have it on disk: a rename may reach the disk before what it names."""
    path = stage / artefact.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        artefact.write(file)
        file.flush()
        os.fsync(file.fileno())
