"""Ministries through time: which one a name means on a given day."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Department:
    """A ministry under one name, as the register of public organisations (TOOI) has it.

    A code may stand in several rows, one for each period in which the ministry bore it (EZ, EZK). No dates mean
    long-standing. `successor` is the code under which its work went on after `valid_until`.
    """

    code: str
    name: str
    tooi: str
    valid_from: date | None = None
    valid_until: date | None = None
    successor: str = ""
    spellings: tuple[str, ...] = ()

    def exists_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name means on a day: a ministry, one of another time, or nothing that is known.

    Exactly one of these holds: `department` is set; `former` is set (with the ministry that has its work on that
    day in `present`, None when there is no such); or neither, with `resembling` naming what it looks like. A
    resemblance is only ever shown, never used: a likeness does not make a ministry.
    """

    department: Department | None = None
    former: Department | None = None
    present: Department | None = None
    resembling: tuple[str, ...] = ()


class Register:
    """All ministries the plan knows, in the order in which they are always shown."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self.departments = tuple(departments)
        self._by_key: dict[str, list[Department]] = {}
        for department in self.departments:
            names = (department.code, department.name, *department.spellings)
            for key in dict.fromkeys(map(_key, names)):
                self._by_key.setdefault(key, []).append(department)

    def on(self, day: date) -> tuple[Department, ...]:
        return tuple(department for department in self.departments if department.exists_on(day))

    def knows(self, name: str) -> bool:
        """Whether this means a ministry of whatever day."""
        return _key(name) in self._by_key

    def resolve(self, name: str, day: date) -> Resolution:
        """What this code, name or known spelling means on that day. Capitals and spaces do not count."""
        candidates = self._by_key.get(_key(name), [])
        for department in candidates:
            if department.exists_on(day):
                return Resolution(department=department)
        if candidates:
            former = max(candidates, key=lambda department: department.valid_until or date.min)
            return Resolution(former=former, present=self.present_of(former, day))
        return Resolution(resembling=self._resembling(name))

    def present_of(self, former: Department, day: date) -> Department | None:
        """Who has the work of `former` on that day: the same organisation under another name, or its successor.

        None when the register knows no such.
        """
        seen: set[str] = set()
        code, tooi = former.code, former.tooi
        while code and code not in seen:
            seen.add(code)
            for department in self.departments:
                if department.exists_on(day) and (department.code == code or department.tooi == tooi):
                    return department
            code = next((d.successor for d in self.departments if d.code == code and d.successor), "")
        return None

    def _resembling(self, name: str) -> tuple[str, ...]:
        keys = difflib.get_close_matches(_key(name), self._by_key, n=3, cutoff=0.6)
        return tuple(dict.fromkeys(self._by_key[key][0].code for key in keys))


@lru_cache(maxsize=4096)  # the same few names stand in every row
def _key(name: str) -> str:
    text = re.sub(r"^(het )?ministerie van ", "", " ".join(name.split()).casefold())
    return re.sub(r"\s*&\s*", "&", text)
