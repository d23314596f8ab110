"""The body of a loop, filled in for a block of rows at once: each tag for all of them, and then the next tag.

Texts that need no care go in as they are, all together, and what is the same in every row is made once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, Protocol

MOST_WITHIN = 64
"""Rows of a loop within a loop, such as the cells of a row. What has more is no row but a table of its own."""

Rows = Sequence[Any]
Path = tuple[str, ...]
"""The names from a row to a field of it, or of its fields."""

Column = str | Sequence[str]
"""What comes out at one place of a loop: the same text for each row, or a text of its own for each."""


class NotPlain(ValueError):
    """These rows are not for a block."""


class Step(Protocol):
    """A part of the body of a loop."""

    def columns(self, rows: Rows, /) -> Iterator[Column]: ...


@dataclass(frozen=True, slots=True)
class Body:
    """All that a loop does for a row."""

    steps: tuple[Step, ...]

    def columns(self, rows: Rows) -> Iterator[Column]:
        return chain.from_iterable(step.columns(rows) for step in self.steps)

    def text(self, rows: Rows) -> str:
        """What comes out for these rows, of which there is at least one."""
        return "".join(chain.from_iterable(self._woven(rows)))

    def texts(self, rows: Rows) -> Iterator[str]:
        """What comes out for each row."""
        return map("".join, self._woven(rows))

    def _woven(self, rows: Rows) -> Iterator[tuple[str, ...]]:
        count = len(rows)
        pieces: list[Iterable[str]] = []
        constant = ""
        for column in self.columns(rows):
            if isinstance(column, str):
                constant += column
            else:
                pieces += (repeat(constant, count), column)
                constant = ""
        return zip(*pieces, repeat(constant, count), strict=True)


@dataclass(frozen=True, slots=True)
class Text:
    """What stands between tags."""

    text: str

    def columns(self, _rows: Rows) -> Iterator[Column]:
        yield self.text


@dataclass(frozen=True, slots=True)
class Field:
    """A tag that prints a field. `goes_as_it_is` tells of texts together whether `write` changes none of them."""

    path: Path
    write: Callable[[Any], str]
    goes_as_it_is: Callable[[str], bool]

    def columns(self, rows: Rows) -> Iterator[Column]:
        values = _values(rows, self.path)
        kinds = {*map(type, values)}
        if kinds in ({str}, {int}) and values.count(values[0]) == len(values):
            yield self.write(values[0])
        elif kinds == {str} and self.goes_as_it_is("".join(values)):
            yield values
        else:
            yield list(map(self.write, values))


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands between `if` and `endif`: a body for the rows that have something in a field, one for the others."""

    path: Path
    then: Body
    otherwise: Body

    def columns(self, rows: Rows) -> Iterator[Column]:
        tests = list(map(bool, _values(rows, self.path)))
        if all(tests):
            yield from self.then.columns(rows)
        elif any(tests):
            chosen = [row for row, test in zip(rows, tests, strict=True) if test]
            others = [row for row, test in zip(rows, tests, strict=True) if not test]
            texts = {True: self.then.texts(chosen), False: self.otherwise.texts(others)}
            yield [next(texts[test]) for test in tests]
        else:
            yield from self.otherwise.columns(rows)


@dataclass(frozen=True, slots=True)
class Within:
    """A loop within the loop. Its first row in each row is one block, its second another."""

    path: Path
    body: Body

    def columns(self, rows: Rows) -> Iterator[Column]:
        lists = _values(rows, self.path)
        if not all(issubclass(kind, Sequence) for kind in {*map(type, lists)}) or len(lists[0]) > MOST_WITHIN:
            raise NotPlain
        for block in zip(*lists, strict=True):
            yield from self.body.columns(block)


def _values(rows: Rows, path: Path) -> Rows:
    for name in path:
        if any(issubclass(kind, dict) for kind in {*map(type, rows)}):
            raise NotPlain
        rows = list(map(attrgetter(name), rows))
    return rows
