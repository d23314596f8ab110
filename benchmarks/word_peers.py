"""Peers for Word documents, each in its best usual form. They write the same rows; few write as much around them."""

import copy
import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.contest import Work
from benchmarks.own import snapshot_of
from report_builder.documents.briefing import partners_of
from report_builder.documents.columns import columns_of, shown
from report_builder.intake.snapshot import Snapshot

Rows = list[tuple[str, ...]]

Table = tuple[tuple[str, ...], Rows]

FIELDS = "abcdef"
"""Names for the cells of a row in a template of docxtpl."""

ASKED = ("lead", "status", "progress", "deadline")
TOLD_HEADINGS = ("Nummer", "Doel", "Activiteit", "Toelichting", "Samen met")
ASKED_HEADINGS = ("Nummer", "Activiteit", "Trekker", "Status", "Voortgang", "Deadline")


def tables_of(snapshot: Snapshot) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    """Each table of the appendix: its title, its headings and its rows."""
    columns = columns_of(snapshot, snapshot.plan.columns)
    headings = tuple(column.heading for column in columns)
    for pillar in snapshot.groups:
        measures = snapshot.measures_in(pillar)
        yield (
            pillar.title,
            headings,
            [tuple(shown(snapshot, None, m, column.field) for column in columns) for m in measures],
        )


def ministry_tables_of(snapshot: Snapshot) -> Iterator[tuple[str, tuple[Table, Table]]]:
    """For each ministry the two tables of its measures in a briefing: what they are, and what is asked of them."""
    empty = snapshot.texts("terms.not_delivered")
    for department in snapshot.departments:
        code, measures = department.code, snapshot.measures_of(department.code)
        own = [measure for pillar in snapshot.groups for measure in measures if measure.pillar == pillar.id]
        told: Rows = [(m.id, m.objective, m.activity, m.explanation, partners_of(snapshot, None, code, m)) for m in own]
        asked: Rows = [(m.id, m.activity, *(m.text(name) or empty for name in ASKED)) for m in own]
        yield code, ((TOLD_HEADINGS, told), (ASKED_HEADINGS, asked))


def python_docx_added(folder: Path, target: Path) -> Work:
    """The usual way: a row is added and its cells are filled."""
    from docx import Document

    snapshot = snapshot_of(folder)

    def work() -> None:
        document = Document()
        for title, headings, rows in tables_of(snapshot):
            table = _headed_table(document, title, headings)
            for row in rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        document.save(str(target))

    return work


def python_docx_copied(folder: Path, target: Path) -> Work:
    """The quick way: one row is copied as XML and its texts are set."""
    from docx import Document

    snapshot = snapshot_of(folder)

    def work() -> None:
        document = Document()
        for title, headings, rows in tables_of(snapshot):
            _copy_rows(_headed_table(document, title, headings), rows)
        document.save(str(target))

    return work


def python_docx_briefings(folder: Path, target: Path) -> Work:
    from docx import Document

    snapshot = snapshot_of(folder)

    def work() -> None:
        target.mkdir(exist_ok=True)
        for code, tables in ministry_tables_of(snapshot):
            document = Document()
            for headings, rows in tables:
                _copy_rows(_headed_table(document, code, headings), rows)
            document.save(str(target / f"{code}.docx"))

    return work


def _headed_table(document: Any, title: str, headings: Sequence[str]) -> Any:
    document.add_heading(title, 1)
    table = document.add_table(1, len(headings))
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        cell.text = heading
    return table


def _copy_rows(table: Any, rows: Rows) -> None:
    from docx.oxml.ns import qn

    for cell in (model := table.add_row()).cells:
        cell.text = "x"
    table._tbl.remove(model._tr)
    for row in rows:
        copied = copy.deepcopy(model._tr)
        for text, value in zip(copied.iter(qn("w:t")), row, strict=True):
            text.text = value
        table._tbl.append(copied)


def docxtpl(folder: Path, target: Path) -> Work:
    from docxtpl import DocxTemplate

    snapshot = snapshot_of(folder)
    template = target.with_name("docxtpl-template.docx")
    _docxtpl_template(template, {"tables": len(snapshot.plan.columns)})

    def work() -> None:
        document = DocxTemplate(str(template))
        tables = [_for_docxtpl(title, headings, rows) for title, headings, rows in tables_of(snapshot)]
        document.render({"tables": tables}, autoescape=True)
        document.save(str(target))

    return work


def docxtpl_briefings(folder: Path, target: Path) -> Work:
    from docxtpl import DocxTemplate

    snapshot = snapshot_of(folder)
    template = target.with_name("docxtpl-briefing.docx")
    _docxtpl_template(template, {"told": len(TOLD_HEADINGS), "asked": len(ASKED_HEADINGS)})

    def work() -> None:
        target.mkdir(exist_ok=True)
        for code, (told, asked) in ministry_tables_of(snapshot):
            document = DocxTemplate(str(template))
            values = {"told": [_for_docxtpl(code, *told)], "asked": [_for_docxtpl(code, *asked)]}
            document.render(values, autoescape=True)
            document.save(str(target / f"{code}.docx"))

    return work


def _for_docxtpl(title: str, headings: tuple[str, ...], rows: Rows) -> dict[str, Any]:
    return {"title": title, "headings": headings, "rows": [dict(zip(FIELDS, row, strict=False)) for row in rows]}


def _docxtpl_template(path: Path, loops: dict[str, int]) -> None:
    """A template as its authors write it: loops over tables of so many columns, and in each a loop over its rows."""
    from docx import Document

    document = Document()
    for name, columns in loops.items():
        document.add_paragraph(f"{{%p for table in {name} %}}")
        document.add_heading("{{ table.title }}", 1)
        table = document.add_table(4, columns)
        for number, cell in enumerate(table.rows[0].cells):
            cell.text = f"{{{{ table.headings[{number}] }}}}"
        table.rows[1].cells[0].text = "{%tr for row in table.rows %}"
        for field, cell in zip(FIELDS, table.rows[2].cells, strict=False):
            cell.text = f"{{{{ row.{field} }}}}"
        table.rows[3].cells[0].text = "{%tr endfor %}"
        document.add_paragraph("{%p endfor %}")
    document.save(str(path))


def pandoc(folder: Path, target: Path) -> Work:
    """From a tree in JSON, pandoc's own form, which it need not parse as text."""
    import pypandoc

    snapshot = snapshot_of(folder)
    program = pypandoc.get_pandoc_path()

    def work() -> None:
        blocks: list[Any] = []
        for title, headings, rows in tables_of(snapshot):
            blocks += [{"t": "Header", "c": [1, ["", [], []], _inlines(title)]}, _pandoc_table(headings, rows)]
        tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
        command = [program, "--from", "json", "--to", "docx", "--output", str(target)]
        subprocess.run(command, input=json.dumps(tree).encode(), check=True)

    return work


def _pandoc_table(headings: Sequence[str], rows: Rows) -> dict[str, Any]:
    nothing: list[Any] = ["", [], []]
    columns = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": 1 / len(headings)}] for _ in headings]

    def row(texts: Sequence[str]) -> list[Any]:
        cells = [
            [nothing, {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": _inlines(text)}] if text else []]
            for text in texts
        ]
        return [nothing, cells]

    body = [nothing, 0, [], [row(texts) for texts in rows]]
    return {"t": "Table", "c": [nothing, [None, []], columns, [nothing, [row(headings)]], [body], [nothing, []]]}


def _inlines(text: str) -> list[dict[str, Any]]:
    """One inline for the whole text: parted into words, as pandoc itself would have it, it takes longer."""
    return [{"t": "Str", "c": text}]
