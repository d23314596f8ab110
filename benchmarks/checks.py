"""Whether an outcome is right: read back with readers that wrote none of it, and compared with the dataset."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from lxml import etree
from python_calamine import CalamineWorkbook

from benchmarks import excel_peers, word_peers
from benchmarks.made_up import table
from benchmarks.own import CHANGES, snapshot_of, summary
from report_builder.intake.dataset import read_dataset
from report_builder.intake.inputs import read_input
from report_builder.model import ALL_FIELDS, Measure

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_TO_OPEN = 10_000_000
"""Bytes of a file that its own library is asked to open as well: larger ones take it minutes and all memory."""


def appendix(folder: Path, made: Path) -> list[str]:
    """Every measure in the tables under the headings of the plan, word for word and in order; and the file opens."""
    tables = list(word_peers.tables_of(snapshot_of(folder)))
    headings = tables[0][1]
    found = (row for header, row in _word_rows(made) if header == headings and row != headings)
    return [*_differences(found, (row for _, _, rows in tables for row in rows)), *_opens_in_word(made)]


def briefings(folder: Path, made: Path) -> list[str]:
    """For each ministry exactly its own measures in two tables, and nobody else's. The second may have more columns."""
    faults: list[str] = []
    for code, tables in word_peers.ministry_tables_of(snapshot_of(folder)):
        path = made / f"{code}.docx"
        if not path.exists():
            faults.append(f"{code}: there is no briefing")
            continue
        rows = [row for _, row in _word_rows(path) if row[0].startswith("XX-")]
        told, asked = (len(headings) for headings, _ in tables)
        for width, (_, expected) in zip((told, asked), tables, strict=True):
            own = (row[:width] for row in rows if (len(row) == told) == (width == told))
            faults += [f"{code}: {fault}" for fault in _differences(own, expected)]
        faults += _opens_in_word(path)
    return faults


def _word_rows(path: Path) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each row of each table as texts, with the first row of its table."""
    with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as part:
        header: tuple[str, ...] = ()
        for _, element in etree.iterparse(part, ("end",), tag=[f"{WORD}tr", f"{WORD}tbl"]):
            if element.tag == f"{WORD}tr":
                cells = [cell for cell in element if cell.tag == f"{WORD}tc"]
                row = tuple("".join(text.text or "" for text in cell.iter(f"{WORD}t")) for cell in cells)
                header = header or row
                yield header, row
            else:
                header = ()
            element.clear()


def _opens_in_word(path: Path) -> list[str]:
    from docx import Document

    if path.stat().st_size < MOST_TO_OPEN // 10:
        Document(str(path))
    return []


def matrix(folder: Path, made: Path) -> list[str]:
    """Every sheet that the matrix has, with its headings and all of its rows."""
    from openpyxl import load_workbook

    if made.stat().st_size < MOST_TO_OPEN:
        load_workbook(made, read_only=True).close()
    workbook = CalamineWorkbook.from_path(made)
    faults: list[str] = []
    for name, rows in excel_peers.sheets_of(snapshot_of(folder)):
        if name not in workbook.sheet_names:
            faults.append(f"the sheet {name} is missing")
            continue
        headings, *_ = expected = [tuple(map(_plain, row)) for row in rows]
        found = [tuple(map(_plain, row)) for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        start = next((at for at, row in enumerate(found) if row[: len(headings)] == headings), 0)
        faults += [f"{name}: {fault}" for fault in _differences((r[: len(headings)] for r in found[start:]), expected)]
    return faults


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def changes(folder: Path, made: Path) -> list[str]:
    """Every field that differs, and no other; in whatever order."""
    old = {measure.id: measure for measure in _dataset(folder / "measures.csv")}
    expected = [
        f"{new.id}\t{field}\t{old[new.id].text(field)}\t{new.text(field)}"
        for new in _dataset(folder / "new.csv")
        for field in ALL_FIELDS
        if new.text(field) != old[new.id].text(field)
    ]
    head, *found = made.read_text(encoding="utf-8").splitlines()
    faults = [] if f"{head}\n" == CHANGES else ["the list has another head"]
    return [*faults, *_differences(sorted(found), sorted(expected))]


def _dataset(path: Path) -> tuple[Measure, ...]:
    return read_dataset(read_input(path, "dataset")).measures


def reading(folder: Path, made: Path) -> list[str]:
    """As many rows as the workbook has, and all of their text."""
    rows = list(table(_dataset(folder / "measures.csv")))
    return _differences([made.read_text(encoding="utf-8")], [summary(rows)])


def importing(folder: Path, made: Path) -> list[str]:
    """The dataset that comes out, but for where each measure was read."""
    found = [replace(measure, source="") for measure in _dataset(made)]
    return _differences(found, _dataset(folder / "measures.csv"))


def _differences(found: Iterable[object], expected: Iterable[object]) -> list[str]:
    """The first place at which two rows of things differ, if there is any."""
    for number, (one, other) in enumerate(zip_longest(found, expected), 1):
        if one != other:
            return [f"row {number} is {str(one)[:120]} instead of {str(other)[:120]}"]
    return []


def valid(made: Path) -> list[str]:
    """What the rules of the format have against these files. That a text stands within its cell is fine to Excel."""
    from openxml_audit import OpenXmlValidator

    files = [made] if made.is_file() else sorted(path for path in made.rglob("*") if path.is_file())
    errors = (
        str(error)
        for path in files
        if path.suffix in (".docx", ".xlsx")
        for error in OpenXmlValidator().validate(str(path)).errors
    )
    return [error for error in errors if "inline-string" not in error]


def build(folder: Path, made: Path) -> list[str]:
    """The appendix as above, a briefing for each ministry, and a matrix with all measures in whatever order."""
    snapshot = snapshot_of(folder)
    briefings_made = len(list(made.rglob("briefing-*.docx")))
    workbook = CalamineWorkbook.from_path(next(made.rglob("matrix-maatregelen*.xlsx")))
    rows = workbook.get_sheet_by_name("Matrix").to_python(skip_empty_area=False)
    titles = snapshot.pillar_titles
    expected = [(m.id, titles[m.pillar], m.objective, m.activity) for m in snapshot.measures]
    found = [tuple(row[:4]) for row in rows if str(row[0]).startswith(f"{snapshot.plan.identifier_prefix}-")]
    return [
        *appendix(folder, next(made.rglob("bijlage-maatregelen*.docx"))),
        *_differences([briefings_made], [len(snapshot.departments)]),
        *_differences(sorted(found), sorted(expected)),
    ]


def imported(_folder: Path, made: Path) -> list[str]:
    return [] if made.exists() else ["nothing was imported"]
