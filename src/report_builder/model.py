"""The field's own things as frozen values: measures, pillars, editions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Self

LIST_SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the dataset. An empty field means that it was not delivered, never that it is "none".

    `departments` are codes in the order of the source; that order means nothing (no lead may be read from it).
    `deadline` is a date (`2021-07-01`) or a quarter (`2021-Q3`) as text. `confirmed_for` is an edition as text.
    `line` is the measure's place in the second classification, of a plan that has one.
    """

    id: str
    pillar: str
    objective: str
    activity: str
    explanation: str
    departments: tuple[str, ...]
    lead: str = ""
    status: str = ""
    progress: str = ""
    deadline: str = ""
    references: tuple[str, ...] = ()
    confirmed_for: str = ""
    replaces: tuple[str, ...] = ()
    ended_in: str = ""
    source: str = ""
    line: str = ""

    def text(self, field: str) -> str:
        """The field as it stands in the dataset: lists joined by semicolons."""
        value: str | tuple[str, ...] = getattr(self, field)
        return value if isinstance(value, str) else LIST_SEPARATOR.join(value)

    def with_texts(self, texts: Mapping[str, str]) -> Self:
        """The measure with these fields replaced, given as they stand in the dataset."""
        return replace(self, **_values(texts))

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Self:
        """A measure from its fields as they stand in the dataset. Fields that are left out are empty."""
        return cls(**{**dict.fromkeys(_REQUIRED, ""), "departments": (), **_values(texts)})

    @classmethod
    def from_row(cls, texts: Iterable[str]) -> Self:
        """A measure from its fields in the order of the dataset's columns, with or without the last one."""
        values: list[Any] = list(texts)
        for place in _LIST_PLACES:
            values[place] = split_list(values[place])
        return cls(*values)


ALL_FIELDS: tuple[str, ...] = tuple(Measure.__slots__)
LINE = "line"
FIELDS: tuple[str, ...] = tuple(name for name in ALL_FIELDS if name != LINE)
"""The dataset's columns, in the order in which they are written. A column `line` may follow them."""

LIST_FIELDS = frozenset({"departments", "references", "replaces"})
_LIST_PLACES = tuple(place for place, name in enumerate(ALL_FIELDS) if name in LIST_FIELDS)
_REQUIRED = ("id", "pillar", "objective", "activity", "explanation")


def _values(texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: split_list(text) if name in LIST_FIELDS else text for name, text in texts.items()}


@lru_cache(maxsize=4096)  # the same few ministries stand in every measure
def split_list(text: str) -> tuple[str, ...]:
    """The items of a list field: separated by semicolons, white space around them dropped."""
    return tuple(item for part in text.split(LIST_SEPARATOR) if (item := part.strip()))


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one measure that differs, as texts of the dataset. None means that the measure is not there."""

    measure: str
    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Closing:
    """How an edition was frozen. A correction after the first closing is a next version, with its `reason`.

    `unconfirmed` counts the measures that no ministry had confirmed; above 0, `force` says why it was closed anyhow.
    `past` gives the version of each earlier edition that counted then. `manifest` is the digest of the set that was
    made of it on closing, with the program named in `program`.
    """

    version: int
    reason: str
    unconfirmed: int
    past: Mapping[str, int]
    manifest: str
    program: str
    force: str = ""


@dataclass(frozen=True, slots=True)
class Pillar:
    """A main line of the policy. `note` says what a reader must know of its name, for example that it was inferred."""

    id: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """One place where the dataset departs from its source text, so that a reader can judge it.

    `lines` are the source's line numbers (`39-55`, `70-74,78`). `certain` is False where another reading is
    possible and a person should decide; `reason` says which.
    """

    lines: str
    found: str
    corrected: str
    reason: str
    certain: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Edition:
    """A quarter's set of documents, named `YYYY-Qn`. Editions order by time."""

    year: int
    quarter: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raise ValueError when the text is not exactly of the form `2021-Q1`."""
        found = re.fullmatch(r"(\d{4})-Q([1-4])", text, re.ASCII)
        if not found or found[1] == "0000":
            raise ValueError(f"{text!r} is not an edition such as 2021-Q1")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month + 2) // 3)

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.quarter - 2, 1)

    @property
    def end(self) -> date:
        """The last day of the quarter."""
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> "Edition":
        return Edition(self.year + self.quarter // 4, self.quarter % 4 + 1)

    @property
    def previous(self) -> "Edition":
        return Edition(self.year - (self.quarter == 1), (self.quarter + 2) % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.quarter}"


def deadline_end(deadline: str) -> date:
    """The last day on which a deadline, a date or a quarter, is met. Raise ValueError when it is neither."""
    return Edition.parse(deadline).end if "Q" in deadline else date.fromisoformat(deadline)
