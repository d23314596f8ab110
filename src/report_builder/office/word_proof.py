"""Proof of a made Word document: it is opened again, and must hold exactly what belongs in it, in good form."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

from report_builder.office.word_facts import TableRow, WordFacts, WordReading
from report_builder.office.word_rules import RULES
from report_builder.problems import Place, Problem, error

MOST_DIFFERENCES = 20
"""A document made from the wrong rows differs everywhere; this many are enough to see it."""


class Expectation(Protocol):
    """What must stand in a document, told row by row what does."""

    def take(self, row: TableRow) -> Iterator[Problem]: ...
    def missing(self) -> Iterator[Problem]: ...


class ExactRows:
    """Rows that must stand, in this order and no others, in the tables under exactly these headings."""

    def __init__(self, header: tuple[str, ...], rows: Iterable[Sequence[str]]) -> None:
        self._header = header
        self._rows = iter(rows)

    def take(self, row: TableRow) -> Iterator[Problem]:
        if row.header != self._header:
            return
        place = Place(table=row.table)
        expected = next(self._rows, None)
        if expected is None:
            yield error("word-row-foreign", place, text=" | ".join(row.cells))
        elif row.cells != tuple(map(as_shown, expected)):
            yield error("word-row-differs", place, text=" | ".join(row.cells), expected=" | ".join(expected))

    def missing(self) -> Iterator[Problem]:
        for row in self._rows:
            yield error("word-row-missing", text=" | ".join(row))


class OwnMeasures:
    """Measures that must stand, in this order and no others, in every table whose rows start with an identifier.

    `texts` are by identifier what may stand beside it, by field. A column holds the same field in every row, so that
    two fields of a measure cannot change places unseen. Each of `required` must stand in some column.
    """

    def __init__(self, prefix: str, texts: Mapping[str, Mapping[str, str]], required: Sequence[str]) -> None:
        self._identifier = re.compile(rf"{re.escape(prefix)}-\d+")
        self._texts = texts
        self._required = required
        self._fields: dict[tuple[tuple[str, ...], int], frozenset[str]] = {}
        self._seen: dict[tuple[str, ...], list[str]] = {}

    def take(self, row: TableRow) -> Iterator[Problem]:
        name, *others = row.cells
        if not self._identifier.fullmatch(name):
            return
        place = Place(table=row.table, measure=name)
        self._seen.setdefault(row.header, []).append(name)
        if name not in self._texts:
            yield error("word-row-foreign", place, text=" | ".join(row.cells))
            return
        for number, text in enumerate(others):
            column = (row.header, number)
            fields = frozenset(field for field, value in self._texts[name].items() if value == text)
            fields &= self._fields.get(column, fields)
            if fields:
                self._fields[column] = fields
            else:
                yield error("word-row-differs", place, text=text, expected=name)

    def missing(self) -> Iterator[Problem]:
        wanted = list(self._texts)
        for header, found in self._seen.items() or {(): []}.items():
            if found != wanted:
                lost = [name for name in wanted if name not in set(found)]
                extra = len(found) - len(set(found))
                yield error("word-measures-differ", header=" | ".join(header), lost=", ".join(lost) or "-", extra=extra)
        shown = frozenset[str]().union(*self._fields.values())
        for field in self._required:
            if wanted and field not in shown:
                yield error("word-field-missing", field=field)


def prove_word(
    content: bytes, file: str, expected: Sequence[Expectation], controls: Iterable[str]
) -> tuple[Problem, ...]:
    """What is wrong with this document: rows missing, foreign, doubled or altered, controls of others, faults of form.

    `controls` are the tags of its content controls, in order. The document is read once, as a stream.
    """
    reading = WordReading(content)
    differences: list[Problem] = []
    for row in reading.rows():
        for part in expected:
            if len(differences) < MOST_DIFFERENCES:
                differences.extend(part.take(row))
            else:
                list(part.take(row))
    for part in expected:
        differences.extend(islice(part.missing(), MOST_DIFFERENCES))
    form = (problem for rule in RULES for problem in rule(reading.facts))
    found = (*differences, *_foreign_controls(reading.facts, controls), *form)
    return tuple(problem.within(file) for problem in found)


def _foreign_controls(facts: WordFacts, expected: Iterable[str]) -> Iterator[Problem]:
    if facts.control_tags != list(expected):
        foreign = sorted(set(facts.control_tags) - set(expected))
        yield error("word-controls-differ", count=len(facts.control_tags), foreign=", ".join(foreign) or "-")


def as_shown(text: str) -> str:
    """A text as it reads back from a document: every kind of line break is the same."""
    return re.sub("\r\n?", "\n", text) if "\r" in text else text
