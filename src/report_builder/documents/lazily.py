"""Rows that are made when they are asked for."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

Source = TypeVar("Source")
Made = TypeVar("Made")


class Lazily(Sequence[Made], Generic[Source, Made]):
    """A sequence of one thing seen as a sequence of another. Only one row at a time is in memory.

    So a document of 100,000 measures needs no more than the measures themselves.
    """

    def __init__(self, make: Callable[[Source], Made], source: Sequence[Source]) -> None:
        self._make = make
        self._source = source

    def __len__(self) -> int:
        return len(self._source)

    def __iter__(self) -> Iterator[Made]:
        return map(self._make, self._source)

    @overload
    def __getitem__(self, index: int) -> Made: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Made]: ...
    def __getitem__(self, index: int | slice) -> Made | Sequence[Made]:
        if isinstance(index, slice):
            return Lazily(self._make, self._source[index])
        return self._make(self._source[index])
