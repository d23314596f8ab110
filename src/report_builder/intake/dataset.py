"""The dataset: one measure a row, in a CSV file, a workbook or a Parquet file, as the plan says."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from report_builder.intake.inputs import Input
from report_builder.model import ALL_FIELDS, FIELDS, Measure
from report_builder.problems import ExitCode, Place, Problem, Stop, error

Row = tuple[int, Sequence[str]]
"""The line or row on which it stands, from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a dataset file holds: its columns and measures, the line of each, and the rows that are no measure."""

    columns: tuple[str, ...]
    measures: tuple[Measure, ...]
    lines: tuple[int, ...]
    rows: int
    problems: tuple[Problem, ...]


def read_dataset(source: Input) -> Dataset:
    """The dataset in this file. Raise Stop when it is no such file at all.

    The columns must be exactly those of the contract, in their order, with or without `line` after them: a dataset is
    ours, not a table to be guessed at.
    """
    header, rows = _READERS.get(source.path.suffix.lower(), _read_csv)(source)
    columns = tuple(header)
    if columns not in (FIELDS, ALL_FIELDS):
        raise Stop(ExitCode.INPUT, f"the dataset {source.path} must have the columns {', '.join(FIELDS)}")
    measures: list[Measure] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for line, row in rows:
        if len(row) == len(columns):
            measures.append(Measure.from_row(row))
            lines.append(line)
        else:
            place = Place(file=str(source.path), line=line)
            problems.append(error("row-width", place, found=len(row), expected=len(columns)))
    return Dataset(columns, tuple(measures), tuple(lines), len(measures) + len(problems), tuple(problems))


def _read_csv(source: Input) -> tuple[Sequence[str], Iterable[Row]]:
    rows = _csv_rows(source)
    return next(rows, (1, ()))[1], rows


def _csv_rows(source: Input) -> Iterator[Row]:
    """Row by row: all of them beside the measures made of them would take as much memory again."""
    text = io.TextIOWrapper(io.BytesIO(source.content), "utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    line = 0
    try:
        for row in reader:
            yield line + 1, row
            line = reader.line_num
    except UnicodeDecodeError:
        raise Stop(ExitCode.INPUT, f"the dataset {source.path} is not UTF-8: {_not_utf8(source.content)}") from None
    except csv.Error as fault:
        raise Stop(ExitCode.INPUT, f"the dataset {source.path} is not a valid CSV file: {fault}") from None


def _not_utf8(content: bytes) -> str:
    """The first bytes that are none, and the line on which they stand."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        return f"{content[fault.start : fault.end].hex(' ')} in line {line} is no letter"
    return ""


def _read_workbook(source: Input) -> tuple[Sequence[str], Iterable[Row]]:
    from report_builder.office.excel_reading import read_sheets

    grids, _ = read_sheets(source.content, str(source.path))
    for grid in grids:
        for at, header in enumerate(grid.rows):
            if header.cells[: len(FIELDS)] == FIELDS:
                below = grid.rows[at + 1 :]
                columns = ALL_FIELDS if header.cells[: len(ALL_FIELDS)] == ALL_FIELDS else FIELDS
                return columns, [(row.number, (*row.cells, *[""] * (len(columns) - len(row.cells)))) for row in below]
    return (), []


def _read_parquet(source: Input) -> tuple[Sequence[str], Iterable[Row]]:
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(source.content))
    except (ValueError, OSError) as fault:
        raise Stop(ExitCode.INPUT, f"the dataset {source.path} is not a valid Parquet file: {fault}") from None
    texts = frame.fillna("").astype(str)
    return list(frame.columns), list(enumerate(texts.itertuples(index=False, name=None), 1))


def write_dataset(measures: Iterable[Measure], path: Path) -> bytes:
    """The bytes of a dataset file of the kind that the path names; the same measures always give the same bytes.

    The column `line` is there when a measure has one.
    """
    known = tuple(measures)
    columns = ALL_FIELDS if any(measure.line for measure in known) else FIELDS
    rows = [[measure.text(field) for field in columns] for measure in known]
    return _WRITERS.get(path.suffix.lower(), _write_csv)(columns, rows)


def _write_csv(columns: Sequence[str], rows: list[list[str]]) -> bytes:
    return csv_text([columns, *rows]).encode("utf-8")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """A line feed after each row, and cells quoted only where they must be: a change reads well in a diff."""
    lines = _Lines()
    csv.writer(lines, lineterminator=_Lines.END).writerows(rows)
    return "".join(lines)


class _Lines(list[str]):
    """Lines of CSV. Python's writer quotes just those ends of lines that it writes itself: a carriage return in a cell
    would be read as the end of its row.
    """

    END = "\r\n"

    def write(self, line: str) -> None:
        self.append(f"{line.removesuffix(self.END)}\n")


def _write_workbook(columns: Sequence[str], rows: list[list[str]]) -> bytes:
    from report_builder.office.excel_dataset import write_texts

    return write_texts("measures", [columns, *rows])


def _write_parquet(columns: Sequence[str], rows: list[list[str]]) -> bytes:
    import pandas as pd

    file = io.BytesIO()
    pd.DataFrame(rows, columns=list(columns), dtype=str).to_parquet(file, index=False)
    return file.getvalue()


_READERS = {".xlsx": _read_workbook, ".parquet": _read_parquet}
_WRITERS = {".xlsx": _write_workbook, ".parquet": _write_parquet}
