"""Permanent identifiers: a row that is known keeps its own, a new one gets a number never used before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from report_builder.model import Measure
from report_builder.problems import Place, Problem, error, notice

SOURCE_WORDS = ("pillar", "objective", "activity", "explanation", "departments")
"""The words that make a row without an identifier recognisable: neither goal nor title alone is a key."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an import makes of the dataset: rows of the source, and known measures that the source does not have."""

    measures: tuple[Measure, ...]
    added: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]
    problems: tuple[Problem, ...]


def identify(rows: Sequence[Mapping[str, str]], known: Iterable[Measure], prefix: str) -> Arrival:
    """Give each row, as texts by field, its measure; fields that the rows do not have stay as they are known.

    A row is known by its `id`, or else by exactly the same words. A known measure that the rows lack is never
    dropped: it stays, in its place, and is reported.
    """
    measures = {measure.id: measure for measure in known}
    by_words: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for measure in measures.values():
        by_words[tuple(measure.text(name) for name in SOURCE_WORDS)].append(measure.id)
    number = max((_number(name, prefix) for name in measures), default=0)
    number = max([number, *(_number(row.get("id", ""), prefix) for row in rows)])
    seen: set[str] = set()
    added: list[str] = []
    updated: list[str] = []
    problems: list[Problem] = []
    for row in rows:
        name = row.get("id", "")
        alike = by_words.get(tuple(row.get(field, "") for field in SOURCE_WORDS), [])
        if not name and alike:
            name = alike.pop(0)
        elif not name:
            number += 1
            name = f"{prefix}-{number:03}"
        if name in seen:
            problems.append(error("identifier-twice", Place(measure=name, field="id"), count=2))
            continue
        seen.add(name)
        former = measures.get(name)
        texts = {**row, "id": name}
        measures[name] = former.with_texts(texts) if former else Measure.from_texts(texts)
        if former is None:
            added.append(name)
        elif measures[name] != former:
            updated.append(name)
    kept = tuple(name for name in measures if name not in seen)
    if kept:
        problems.append(notice("measures-not-in-source", count=len(kept), names=", ".join(kept)))
    return Arrival(tuple(measures.values()), tuple(added), tuple(updated), kept, tuple(problems))


def _number(name: str, prefix: str) -> int:
    digits = name.removeprefix(f"{prefix}-")
    return int(digits) if digits != name and digits.isascii() and digits.isdigit() else 0
