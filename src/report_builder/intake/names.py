"""Cells of ministries to codes, by exact name only."""

import re
from datetime import date

from report_builder.departments import Register
from report_builder.problems import Place, Problem, error

SEPARATORS = re.compile(r"\s*(?:[;,/\n]|\ben\b)\s*")


def read_departments(
    cell: str, register: Register, day: date, place: Place
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The codes in this cell, in its order, each once, and every name that means no ministry on that day.

    Names that contain a comma or "en" themselves are tried whole before they are split.
    """
    codes: list[str] = []
    problems: list[Problem] = []
    for name in _names(cell, register):
        found = register.resolve(name, day)
        if found.department:
            codes.append(found.department.code)
        elif found.former:
            codes.append(found.former.code)
            if found.present:
                problems.append(error("ministry-former", place, found=name, present=found.present.code))
            else:
                problems.append(error("ministry-not-valid", place, found=name))
        elif found.resembling:
            problems.append(error("ministry-resembles", place, found=name, like=", ".join(found.resembling)))
        else:
            problems.append(error("ministry-unknown", place, found=name))
    return tuple(dict.fromkeys(codes)), tuple(problems)


def _names(cell: str, register: Register) -> list[str]:
    """The cell cut at its separators, with pieces that form one known name together taken as that name."""
    pieces = [(m.start(), m.end()) for m in SEPARATORS.finditer(cell)]
    starts = [0, *(end for _, end in pieces)]
    ends = [*(start for start, _ in pieces), len(cell)]
    names: list[str] = []
    at = 0
    while at < len(starts):
        last = next((k for k in range(len(ends) - 1, at, -1) if register.knows(cell[starts[at] : ends[k]])), at)
        if name := cell[starts[at] : ends[last]].strip():
            names.append(name)
        at = last + 1
    return names
