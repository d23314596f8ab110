"""The benchmarks: this project's own side of each runs, and what is checked of an outcome finds one that is wrong."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks import figures, page
from benchmarks.contest import OWN
from benchmarks.made_up import write_house
from benchmarks.measuring import run_here, size_of
from benchmarks.workloads import WORKLOADS

from tests.mutants import changed

SIZE = 24
BY_NAME = {workload.name: workload for workload in WORKLOADS if workload.name not in ("edition", "imports")}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_house(tmp_path_factory.mktemp("house"), SIZE).parent


@pytest.fixture(scope="module")
def outcomes(house: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("made")
    targets = {name: folder / f"{name}{workload.suffix}" for name, workload in BY_NAME.items()}
    for name, workload in BY_NAME.items():
        run = run_here(workload.contender(OWN), house, targets[name])
        assert run.seconds > 0
        assert run.peak >= run.before
    return targets


@pytest.mark.parametrize("name", BY_NAME)
def test_what_this_project_makes_passes_its_check(name: str, house: Path, outcomes: dict[str, Path]) -> None:
    assert BY_NAME[name].faults(house, outcomes[name]) == []
    assert size_of(outcomes[name]) > 0


def edit_office(part: str) -> Callable[[Path], None]:
    """One figure at the end of a measure's activity changed."""

    def edit(path: Path) -> None:
        path.write_bytes(changed(path.read_bytes(), r"( \w+) \d\d</(w:)?t>", r"\1 99</\2t>", part))

    return edit


def edit_text(path: Path) -> None:
    """The last space gone."""
    before, _, after = path.read_text(encoding="utf-8").rpartition(" ")
    path.write_text(before + after, encoding="utf-8")


def edit_first(pattern: str, part: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        edit_office(part)(min(folder.rglob(pattern)))

    return edit


def remove_one(pattern: str) -> Callable[[Path], None]:
    def remove(folder: Path) -> None:
        min(folder.rglob(pattern)).unlink()

    return remove


MUTANTS: tuple[tuple[str, Callable[[Path], None]], ...] = (
    ("appendix", edit_office("word/document.xml")),
    ("briefings", edit_first("M*.docx", "word/document.xml")),
    ("briefings", remove_one("M*.docx")),
    ("matrix", edit_office("xl/worksheets/sheet2.xml")),
    ("matrix", edit_office("xl/worksheets/sheet4.xml")),
    ("changes", edit_text),
    ("reading", edit_text),
    ("import", edit_text),
    ("build", edit_first("matrix*", "xl/worksheets/sheet2.xml")),
    ("build", remove_one("briefing-*.docx")),
)


@pytest.mark.parametrize(("name", "spoil"), MUTANTS)
def test_a_wrong_outcome_is_found(
    name: str, spoil: Callable[[Path], None], house: Path, outcomes: dict[str, Path], tmp_path: Path
) -> None:
    spoilt = tmp_path / outcomes[name].name
    (shutil.copytree if outcomes[name].is_dir() else shutil.copy)(outcomes[name], spoilt)
    spoil(spoilt)
    assert BY_NAME[name].faults(house, spoilt) != []


def test_the_page_says_what_the_figures_say() -> None:
    measured = figures.read()
    assert page.PAGE.read_text(encoding="utf-8") == page.page(measured)
    assert page.CHART.read_text(encoding="utf-8") == page.chart(measured)
