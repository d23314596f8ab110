"""`corrections.toml`: repairs that no rule can make, each tied to the source text it was made for."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from report_builder.intake.inputs import Input
from report_builder.model import Repair
from report_builder.problems import ExitCode, Place, Problem, Stop, error


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of the source as it is to be read: `numbers` are the lines it came from, in order."""

    numbers: tuple[int, ...]
    text: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Corrections:
    """The repairs of one source file, in the order in which they stand in `file`."""

    file: str
    repairs: tuple[Repair, ...] = ()

    def apply(self, lines: tuple[str, ...]) -> tuple[tuple[Passage, ...], tuple[Problem, ...]]:
        """The source as corrected, and every correction that does not fit it.

        A corrected passage takes the place of its first line. A correction fits when its lines exist, no other
        correction has them, and its found text stands in them exactly once (blank lines left out): a source that
        was extracted anew must not be corrected blindly.
        """
        taken: dict[int, Repair] = {}
        starting: dict[int, list[Passage]] = {}
        problems: list[Problem] = []
        for repair in self.repairs:
            place = Place(file=self.file, line=line_numbers(repair.lines)[0])
            numbers = line_numbers(repair.lines)
            text = "\n".join(lines[n - 1] for n in numbers if n <= len(lines) and lines[n - 1].strip())
            if twice := [n for n in numbers if n in taken]:
                problems.append(error("correction-overlaps", place, lines=repair.lines, twice=twice[0]))
            elif text.count(repair.found) != 1:
                times = text.count(repair.found)
                problems.append(error("correction-mismatch", place, lines=repair.lines, times=times, text=repair.found))
            else:
                taken.update(dict.fromkeys(numbers, repair))
                corrected = text.replace(repair.found, repair.corrected).split("\n")
                starting[numbers[0]] = [Passage(numbers, line, repaired=True) for line in corrected]
        passages: list[Passage] = []
        for number, line in enumerate(lines, 1):
            if number in taken:
                passages.extend(starting.get(number, ()))
            else:
                passages.append(Passage((number,), line))
        return tuple(passages), tuple(problems)


def line_numbers(label: str) -> tuple[int, ...]:
    """`70-72,78` as 70, 71, 72, 78. Raise ValueError when it is not a list of line numbers."""
    numbers: list[int] = []
    for part in label.split(","):
        found = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part, re.ASCII)
        if not found or not 1 <= int(found[1]) <= int(found[2] or found[1]) <= 1_000_000:
            raise ValueError(f"{label!r} names no lines")
        numbers.extend(range(int(found[1]), int(found[2] or found[1]) + 1))
    return tuple(sorted(set(numbers)))


def read_corrections(source: Input) -> Corrections:
    """The corrections in this file. Raise Stop with every faulty entry."""
    try:
        values = tomllib.loads(source.content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Stop(ExitCode.INPUT, f"the corrections {source.path} are not valid TOML: {fault}") from None
    repairs: list[Repair] = []
    problems: list[Problem] = []
    entries = values.get("correction", [])
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        faults = list(_faults(entry))
        if faults:
            place = Place(file=str(source.path), field=f"correction {number}")
            problems.extend(error("correction-entry", place, field=name) for name in faults)
        else:
            repairs.append(Repair(**entry))
    if problems:
        raise Stop(ExitCode.DATA, f"the corrections {source.path} have {len(problems)} fault(s)", problems)
    return Corrections(str(source.path), tuple(repairs))


_TYPES = {"lines": str, "found": str, "corrected": str, "reason": str, "certain": bool}


def _faults(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield "lines"
        return
    for name in {**_TYPES, **entry}:
        value: Any = entry.get(name)
        if name not in _TYPES or not isinstance(value, _TYPES[name]) or value == "":
            yield name
        elif name == "lines":
            try:
                line_numbers(str(value))
            except ValueError:
                yield name
