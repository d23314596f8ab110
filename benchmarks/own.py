"""This project's own way to do each work, through the functions that `report-builder build` uses."""

import gc
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from benchmarks.contest import Work
from report_builder.cli import SELDOM
from report_builder.documents.appendix import compose_appendix
from report_builder.documents.briefing import compose_briefing
from report_builder.documents.matrix import compose_matrix
from report_builder.intake.dataset import read_dataset
from report_builder.intake.importing import read_source
from report_builder.intake.inputs import read_input
from report_builder.intake.loading import load_snapshot
from report_builder.intake.snapshot import Snapshot
from report_builder.office.excel import write_workbook
from report_builder.office.excel_reading import read_sheets
from report_builder.office.properties import Properties
from report_builder.office.word import WordTemplate
from report_builder.rendering import compose, read_template, read_templates
from report_builder.settings import Plan, load_plan
from report_builder.study.changes import compare
from report_builder.texts import Texts, load_texts

gc.set_threshold(*SELDOM)  # as every command does

CHANGES = "measure\tfield\told\tnew\n"
"""The head of a list of changes; a line for each follows."""


def plan_and_texts(folder: Path) -> tuple[Plan, Texts]:
    plan = load_plan(folder / "plan.toml")
    return plan, load_texts(*plan.texts)


@cache
def snapshot_of(folder: Path) -> Snapshot:
    plan, texts = plan_and_texts(folder)
    return load_snapshot(plan, plan.edition, texts)[0]


def properties(snapshot: Snapshot) -> Properties:
    return Properties(snapshot.plan.title, snapshot.plan.sender, "", snapshot.as_of)


def write(target: Path, fill: Callable[[BinaryIO], None]) -> None:
    with target.open("w+b") as file:
        fill(file)


def appendix(folder: Path, target: Path) -> Work:
    snapshot = snapshot_of(folder)
    template = read_template(snapshot.plan, "appendix.docx", snapshot.texts)
    return lambda: write(target, lambda file: _render_appendix(snapshot, template, file))


def _render_appendix(snapshot: Snapshot, template: WordTemplate, file: BinaryIO) -> None:
    template.render(compose_appendix(snapshot), file, properties(snapshot))


def proved(kind: str) -> Callable[[Path, Path], Work]:
    """As a build makes it: rendered in memory, opened again and proved before it is written."""

    def prepare(folder: Path, target: Path) -> Work:
        snapshot = snapshot_of(folder)
        templates, _ = read_templates(snapshot.plan, snapshot.texts)
        artefacts = [made for made in compose(snapshot, None, (), templates) if made.kind == kind]

        def work() -> None:
            for made in artefacts:
                write(_place(target, made.department), made.write)

        return work

    return prepare


def _place(target: Path, department: str) -> Path:
    """Where a document goes: `target` itself, or for a ministry's own a file in the folder of that name."""
    if not department:
        return target
    target.mkdir(exist_ok=True)
    return target / f"{department}{target.suffix}"


def briefings(folder: Path, target: Path) -> Work:
    snapshot = snapshot_of(folder)
    template = read_template(snapshot.plan, "briefing.docx", snapshot.texts)

    def work() -> None:
        for department in snapshot.departments:
            contents = compose_briefing(snapshot, department)
            with _place(target, department.code).open("w+b") as file:
                template.render(contents, file, properties(snapshot))

    return work


def matrix(folder: Path, target: Path) -> Work:
    snapshot = snapshot_of(folder)
    return lambda: write(target, lambda file: write_workbook(compose_matrix(snapshot, ()), file, properties(snapshot)))


def changes(folder: Path, target: Path) -> Work:
    """From two dataset files to the list of what differs."""

    def work() -> None:
        old, new = (read_dataset(read_input(folder / name, "dataset")).measures for name in ("measures.csv", "new.csv"))
        found = (f"{c.measure}\t{c.field}\t{c.old}\t{c.new}\n" for c in compare(old, new).changes)
        target.write_text(CHANGES + "".join(found), encoding="utf-8")

    return work


def reading(folder: Path, target: Path) -> Work:
    """A workbook that others made to rows of text, with all that this project looks for in it."""
    content = (folder / "table.xlsx").read_bytes()

    def work() -> None:
        (grid,), problems = read_sheets(content, "table.xlsx")
        rows = [row.cells for row in grid.rows]
        target.write_text(summary(rows) if not problems else str(problems), encoding="utf-8")

    return work


def summary(rows: list[tuple[str, ...]]) -> str:
    """What was read, in short: how many rows, how much text, and a check on all of it."""
    text = "\n".join(map("\t".join, rows))
    return f"{len(rows)} {len(text)} {zlib.crc32(text.encode())}"


def importing(folder: Path, target: Path) -> Work:
    """The whole import: recognised, its ministries and pillars read, set beside the dataset."""
    plan, texts = plan_and_texts(folder)

    def work() -> None:
        found = read_source(folder / "table.xlsx", None, target, plan, texts)
        target.write_bytes(found.content)

    return work


def compressing(prepare: Callable[[Path, Path], Work]) -> Callable[[Path, Path], Work]:
    """The limit: nothing but zlib at its usual level 6, over the same bytes as this project puts into the file."""

    def prepared(folder: Path, target: Path) -> Work:
        prepare(folder, target)()
        parts = list(_parts(target))

        def work() -> None:
            for part in parts:
                zlib.compress(part, 6)

        return work

    return prepared


def _parts(target: Path) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as archive:
        for name in archive.namelist():
            yield archive.read(name)
