"""The figures of the last run, kept as data: benchmarks/figures.json."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.measuring import Figure
from benchmarks.profiles import Stage

FILE = Path(__file__).with_name("figures.json")
PACKAGES = (
    *("docxtpl", "jinja2", "lxml", "openpyxl", "pandas", "pydantic-core", "pypandoc-binary", "python-calamine"),
    *("python-docx", "rustpy-xlsxwriter", "xlsxwriter"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A whole run: where it was, with which versions, what each contender took, and where the time of a build goes."""

    machine: str
    versions: dict[str, str]
    figures: tuple[Figure, ...]
    stages: tuple[Stage, ...]

    def of(self, workload: str) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if figure.workload == workload)

    def find(self, workload: str, contender: str, size: int) -> Figure | None:
        return next((f for f in self.of(workload) if (f.contender, f.size) == (contender, size)), None)


def keep(figures: Iterable[Figure], stages: Iterable[Stage]) -> None:
    values = asdict(Measured(_machine(), dict(_versions()), tuple(figures), tuple(stages)))
    FILE.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read() -> Measured:
    values = json.loads(FILE.read_text(encoding="utf-8"))
    figures = tuple(Figure(**figure) for figure in values["figures"])
    return Measured(values["machine"], values["versions"], figures, tuple(Stage(**s) for s in values["stages"]))


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} on {platform.machine()}, Python {platform.python_version()}"


def _versions() -> Iterable[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
