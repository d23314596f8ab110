"""Peers for workbooks. All write the sheets, rows and headings that this project composes for the matrix."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.contest import Work
from benchmarks.own import snapshot_of, summary
from report_builder.documents.matrix import compose_matrix
from report_builder.intake.snapshot import Snapshot
from report_builder.office.workbook import Row

Sheets = Iterator[tuple[str, Iterator[Row]]]


def sheets_of(snapshot: Snapshot) -> Sheets:
    """Each sheet that has a table: its name, and its rows with the headings first."""
    for sheet in compose_matrix(snapshot, ()).sheets:
        if sheet.table:
            yield sheet.name, _with_headings(sheet.table)


def _with_headings(table: Any) -> Iterator[Row]:
    yield tuple(column.heading for column in table.columns)
    yield from table.rows


def openpyxl_normal(folder: Path, target: Path) -> Work:
    from openpyxl import Workbook

    snapshot = snapshot_of(folder)

    def work() -> None:
        workbook: Any = Workbook()
        workbook.remove(workbook.active)
        _fill(workbook, snapshot, target)

    return work


def openpyxl_write_only(folder: Path, target: Path) -> Work:
    from openpyxl import Workbook

    snapshot = snapshot_of(folder)

    def work() -> None:
        _fill(Workbook(write_only=True), snapshot, target)

    return work


def _fill(workbook: Any, snapshot: Snapshot, target: Path) -> None:
    for name, rows in sheets_of(snapshot):
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(target)


def xlsxwriter(folder: Path, target: Path) -> Work:
    import xlsxwriter

    snapshot = snapshot_of(folder)

    def work() -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(target), options) as workbook:
            for name, rows in sheets_of(snapshot):
                sheet = workbook.add_worksheet(name)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)

    return work


def pandas(folder: Path, target: Path) -> Work:
    import pandas as pd

    snapshot = snapshot_of(folder)

    def work() -> None:
        with pd.ExcelWriter(target) as writer:
            for name, rows in sheets_of(snapshot):
                headings = next(rows)
                pd.DataFrame(list(rows), columns=list(headings)).to_excel(writer, sheet_name=name, index=False)

    return work


def rust(folder: Path, target: Path) -> Work:
    from rustpy_xlsxwriter import write_worksheets

    snapshot = snapshot_of(folder)

    def work() -> None:
        write_worksheets([(name, _records(rows)) for name, rows in sheets_of(snapshot)], str(target))

    return work


def _records(rows: Iterator[Row]) -> list[dict[str, str | int]]:
    headings = [str(heading) for heading in next(rows)]
    return [dict(zip(headings, row, strict=True)) for row in rows]


def reading_calamine(folder: Path, target: Path) -> Work:
    from python_calamine import CalamineWorkbook

    path = folder / "table.xlsx"

    def work() -> None:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        target.write_text(summary([tuple(map(str, row)) for row in rows]), encoding="utf-8")

    return work


def reading_openpyxl(folder: Path, target: Path) -> Work:
    from openpyxl import load_workbook

    path = folder / "table.xlsx"

    def work() -> None:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        texts = [tuple("" if value is None else str(value) for value in row) for row in rows]
        target.write_text(summary(texts), encoding="utf-8")

    return work


def reading_pandas(folder: Path, target: Path) -> Work:
    import pandas as pd

    path = folder / "table.xlsx"

    def work() -> None:
        frame = pd.read_excel(path, header=None, dtype=str, keep_default_na=False)
        texts = [tuple(map(str, row)) for row in frame.itertuples(index=False)]
        target.write_text(summary(texts), encoding="utf-8")

    return work


def changes_pandas(folder: Path, target: Path) -> Work:
    import pandas as pd

    from benchmarks.own import CHANGES

    def work() -> None:
        names = "measures.csv", "new.csv"
        old, new = (pd.read_csv(folder / name, dtype=str, keep_default_na=False).set_index("id") for name in names)
        both = old.melt(ignore_index=False, var_name="field", value_name="old").set_index("field", append=True)
        both["new"] = new.melt(ignore_index=False, var_name="field", value_name="new").set_index("field", append=True)
        found = both[both["old"] != both["new"]].reset_index()
        lines = (f"{id_}\t{field}\t{before}\t{after}\n" for id_, field, before, after in found.to_numpy().tolist())
        target.write_text(CHANGES + "".join(lines), encoding="utf-8")

    return work
