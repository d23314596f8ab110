"""Where the time of a build of the real edition goes, so that what falls short of a goal is explained."""

import io
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

RUNS = 5
IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
NAMED = ("pydantic_core", "jinja2", "lxml", "report_builder")

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the work, and the milliseconds it takes: the median of RUNS."""

    name: str
    milliseconds: float


def stages(folder: Path) -> tuple[Stage, ...]:
    """First what is imported, then what is done, for the edition that stands in this folder."""
    runs = [{**dict(_imports()), **dict(_work(folder))} for _ in range(RUNS)]
    return tuple(Stage(name, round(median(run[name] for run in runs), 1)) for name in runs[0])


def _imports() -> Iterator[tuple[str, float]]:
    """Milliseconds by library, as `python -X importtime` has them: a fifth more than without it."""
    command = [sys.executable, "-X", "importtime", "-m", "report_builder", "build", "-h"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    by_library: Counter[str] = Counter()
    for microseconds, module in IMPORT_LINE.findall(lines):
        library = module.split(".")[0]
        by_library[library if library in NAMED else "other"] += int(microseconds)
    for library in NAMED:
        yield f"importing {'own modules' if library == 'report_builder' else library}", by_library[library] / 1000
    yield "importing the standard library and the rest", by_library["other"] / 1000


def _work(folder: Path) -> Iterator[tuple[str, float]]:
    from report_builder.build import examine
    from report_builder.editions import plan_of
    from report_builder.rendering import compose, read_templates
    from report_builder.settings import load_plan

    named = load_plan(folder / "plan.toml")
    plan, taken = _timed(lambda: plan_of(named, named.edition))
    yield "reading the plan", taken
    (snapshot, since, problems), taken = _timed(lambda: examine(plan, named.edition))
    yield "reading and checking the dataset and its source", taken
    (templates, _), taken = _timed(lambda: read_templates(plan, snapshot.texts))
    yield "checking and compiling the templates", taken
    spent: dict[str, float] = {}
    for artefact in compose(snapshot, since, problems, templates):
        _, taken = _timed(partial(artefact.write, io.BytesIO()))
        spent[artefact.kind] = spent.get(artefact.kind, 0.0) + taken
    for kind, milliseconds in spent.items():
        yield f"making and proving: {kind}", milliseconds


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    start = time.perf_counter()
    made = work()
    return made, (time.perf_counter() - start) * 1000
