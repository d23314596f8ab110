"""Rows that are made when they are asked for, and batches in which measures are gone through."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Generic, TypeVar, overload

Source = TypeVar("Source")
Made = TypeVar("Made")

TOGETHER = 64
"""Rows that are made at once: enough to make them column by column, and few enough to be no burden."""


def batches(source: Sequence[Source]) -> Iterator[Sequence[Source]]:
    """The same things, TOGETHER at a time."""
    return (source[start : start + TOGETHER] for start in range(0, len(source), TOGETHER))


class Lazily(Sequence[Made], Generic[Source, Made]):
    """A sequence of one thing seen as a sequence of another. Only some hundreds of rows at a time are in memory.

    So a document of 100,000 measures needs no more than the measures themselves. `make` is given several things, and
    makes a row of each, in their order.
    """

    def __init__(self, make: Callable[[Sequence[Source]], Iterable[Made]], source: Sequence[Source]) -> None:
        self._make = make
        self._source = source

    def __len__(self) -> int:
        return len(self._source)

    def __iter__(self) -> Iterator[Made]:
        return chain.from_iterable(map(self._make, batches(self._source)))

    @overload
    def __getitem__(self, index: int) -> Made: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Made]: ...
    def __getitem__(self, index: int | slice) -> Made | Sequence[Made]:
        if isinstance(index, slice):
            return Lazily(self._make, self._source[index])
        (made,) = self._make([self._source[index]])
        return made
