"""Runs in turn, each in a process of its own, so that none warms the memory or the imports of another."""

import hashlib
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.checks import valid
from benchmarks.contest import OWN, Contender, Run, Workload

RUNS = 5
MOST_TO_VALIDATE = 1_000
"""Measures in the files that a validator goes over, of this project's own: it takes minutes for more."""

BUDGET = 30.0
"""Seconds. Who would take longer over all runs has fewer, but always one."""

KILOBYTES = 1024 if sys.platform.startswith("linux") else 1024**2
"""Of a peak in a MB: Linux counts it in kB, macOS in bytes."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """What one contender took: the median of so many runs, and how far these lie apart; its bytes.

    `memory` is its peak in MB, and `beyond` how much of that came with the work.
    """

    workload: str
    contender: str
    size: int
    seconds: float
    fastest: float
    slowest: float
    runs: int
    memory: float
    beyond: float
    written: int


def run_here(contender: Contender, folder: Path, target: Path) -> Run:
    """Do the work in this process."""
    work = contender.prepare(folder, target)
    before, start = _peak(), time.perf_counter()
    measured = work()
    seconds = time.perf_counter() - start
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / KILOBYTES
    return measured or Run(seconds, before, max(_peak(), children))


def _peak() -> float:
    """The most memory that this process held, in MB.

    Linux lets a new process begin with the peak of the one that started it, so there its own account is read.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES


def run_apart(workload: Workload, contender: Contender, folder: Path, target: Path) -> Run:
    """Do the work in a process of its own. Raise ChildProcessError, with what it said, when it fails."""
    command = [sys.executable, "-m", "benchmarks", "--one", workload.name, contender.name, str(folder), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ChildProcessError(f"{workload.name}, {contender.name}: {done.stderr[-2000:]}")
    return Run(**json.loads(done.stdout))


def measure(workload: Workload, size: int, folder: Path, scratch: Path, say: Say, runs: int = RUNS) -> Iterator[Figure]:
    """Figures of all contenders of this size, run in turn: A B C, A B C, ...

    What each wrote is checked, unless it is to the byte what was checked before, before its time counts. Raise
    ValueError for a wrong outcome.
    """
    contenders = [contender for contender in workload.contenders if size in contender.measured]
    done: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    written: dict[str, int] = {}
    right: set[str] = set()
    for turn in range(runs):
        for contender in contenders:
            name, past = contender.name, done[contender.name]
            if past and past[0].seconds * runs > BUDGET and sum(run.seconds for run in past) + past[0].seconds > BUDGET:
                continue
            target = scratch / f"made{workload.suffix}"
            clear(target)
            run = run_apart(workload, contender, folder, target)
            if contender.checked and (outcome := digest_of(target)) not in right:
                faults = workload.faults(folder, target)
                if name.startswith(OWN) and size <= MOST_TO_VALIDATE:
                    faults += valid(target)
                if faults:
                    raise ValueError(f"{workload.name}, {name}, {size}: {'; '.join(faults[:3])}")
                right.add(outcome)
            past.append(run)
            written[name] = size_of(target)
            say(f"{workload.name} {size} run {turn + 1}: {name} {run.seconds:.3f} s, {run.peak:.0f} MB")
    for name, past in done.items():
        seconds = sorted(run.seconds for run in past)
        memory, beyond = (median(values) for values in zip(*((r.peak, r.peak - r.before) for r in past), strict=True))
        yield Figure(
            workload=workload.name,
            contender=name,
            size=size,
            seconds=round(median(seconds), 4),
            fastest=round(seconds[0], 4),
            slowest=round(seconds[-1], 4),
            runs=len(past),
            memory=round(memory),
            beyond=round(beyond),
            written=written[name],
        )


def clear(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)


def digest_of(target: Path) -> str:
    """Of the files that were made, with their names."""
    made = hashlib.sha256()
    for path in [target] if target.is_file() else sorted(path for path in target.rglob("*") if path.is_file()):
        made.update(path.name.encode() + path.read_bytes())
    return made.hexdigest()


def size_of(target: Path) -> int:
    files = target.rglob("*") if target.is_dir() else [target]
    return sum(path.stat().st_size for path in files if path.is_file())
