"""The dataset: `measures.csv`, one measure a row, and what is written back to it."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from report_builder.intake.inputs import Input
from report_builder.model import FIELDS, Measure
from report_builder.problems import ExitCode, Place, Problem, Stop, error


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a dataset file holds: its measures, the line on which each stands, and the rows that are no measure."""

    measures: tuple[Measure, ...]
    lines: tuple[int, ...]
    rows: int
    problems: tuple[Problem, ...]


def read_dataset(source: Input) -> Dataset:
    """The dataset in this file. Raise Stop when it is no such file at all."""
    try:
        text = source.content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Stop(ExitCode.INPUT, f"the dataset {source.path} is not UTF-8: {fault}") from None
    try:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = tuple(next(rows, ()))
        if header != FIELDS:
            raise Stop(ExitCode.INPUT, f"the dataset {source.path} must have the columns {', '.join(FIELDS)}")
        measures: list[Measure] = []
        lines: list[int] = []
        problems: list[Problem] = []
        line, count = rows.line_num, 0
        for row in rows:
            place = Place(file=str(source.path), line=line + 1)
            line, count = rows.line_num, count + 1
            if len(row) == len(FIELDS):
                measures.append(Measure.from_texts(dict(zip(FIELDS, row, strict=True))))
                lines.append(place.line)
            else:
                problems.append(error("row-width", place, found=len(row), expected=len(FIELDS)))
    except csv.Error as fault:
        raise Stop(ExitCode.INPUT, f"the dataset {source.path} is not a valid CSV file: {fault}") from None
    return Dataset(tuple(measures), tuple(lines), count, tuple(problems))


def write_dataset(measures: Iterable[Measure]) -> bytes:
    """The bytes of `measures.csv`: UTF-8, a line feed after each row, cells quoted only where they must be."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows([measure.text(field) for field in FIELDS] for measure in measures)
    return text.getvalue().encode("utf-8")
