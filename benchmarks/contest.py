"""What is measured: workloads, who does them, at which sizes, and how the outcome of each is checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

OWN = "report-builder"
SIZES = (1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds of the work alone, and memory of the process before it and at its peak, in MB."""

    seconds: float
    before: float
    peak: float


Work = Callable[[], Run | None]
"""What is timed. Work that is a process of its own measures itself; else it returns None."""

Prepare = Callable[[Path, Path], Work]
"""Given the folder of a made-up overview and where to write, return the work that is timed. Imports, and reading what
all contenders are given alike, are done before."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do the work.

    `measured` are the sizes at which it takes part; a peer that would take minutes is left out of the largest.
    `checked` is False for what writes nothing, such as compressing the same bytes.
    """

    name: str
    prepare: Prepare
    measured: tuple[int, ...] = SIZES
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of work. `faults` tells what is wrong with what a contender wrote: nothing, or its time does not count.

    `goals` are how many times as fast as each peer this project means to be, at the largest size that both do.
    """

    name: str
    title: str
    about: str
    suffix: str
    contenders: tuple[Contender, ...]
    faults: Callable[[Path, Path], list[str]]
    goals: Mapping[str, float] = field(default_factory=dict)

    def contender(self, name: str) -> Contender:
        return next(contender for contender in self.contenders if contender.name == name)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(sorted({size for contender in self.contenders for size in contender.measured}))
