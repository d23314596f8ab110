"""Every Dutch sentence, from `templates/texts.toml`; Dutch dates, quarters, numbers and lists."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from report_builder.model import Edition
from report_builder.problems import ExitCode, Place, Problem, Stop

QUOTED_LENGTH = 500
"""How much of a faulty value a finding quotes: enough to recognise it by."""


class Texts:
    """The sentences of one `texts.toml`, asked for by their dotted name.

    A sentence may be a table with `one` and `other`; which of the two is used follows the parameter `count`.
    """

    def __init__(self, values: Mapping[str, Any], path: Path, content: bytes) -> None:
        self._values = values
        self._found: dict[str, object] = {}
        self.path = path
        self.content = content
        """The file as it was read."""

    @property
    def file(self) -> str:
        return str(self.path)

    def __call__(self, name: str, /, **parameters: object) -> str:
        """The sentence with its blanks filled in. Raise Stop when it is not there or asks for another blank."""
        value = self._lookup(name)
        if isinstance(value, dict) and "count" in parameters:
            value = value.get("one" if parameters["count"] == 1 else "other")
        if not isinstance(value, str):
            raise Stop(ExitCode.PLAN, f"{self.file} has no text named {name}")
        return self._filled(name, value, parameters)

    def _filled(self, name: str, value: str, parameters: Mapping[str, object]) -> str:
        shown = {k: self.number(v) if isinstance(v, int) else v for k, v in parameters.items()}
        try:
            return value.format_map(shown)
        except (KeyError, ValueError, IndexError, AttributeError) as fault:
            raise Stop(ExitCode.PLAN, f"{self.file}: the text {name} cannot be filled in: {fault!r}") from None

    def lines(self, name: str, /, **parameters: object) -> tuple[str, ...]:
        """The texts of a list, such as the paragraphs of an introduction, with their blanks filled in."""
        value = self._lookup(name)
        if not isinstance(value, list):
            raise Stop(ExitCode.PLAN, f"{self.file} has no list of texts named {name}")
        return tuple(self._filled(name, line, parameters) for line in value)

    def sentences(self) -> Iterator[str]:
        """Every text, with its blanks not filled in."""
        return _sentences(self._values)

    def found(self, problem: Problem) -> str:
        """What is wrong, as a sentence."""
        return self(f"problems.{problem.code}.found", **_shortened(problem))

    def remedy(self, problem: Problem) -> str:
        """What to do about it, as a sentence."""
        return self(f"problems.{problem.code}.remedy", **_shortened(problem))

    def place(self, place: Place) -> str:
        """Where it stands: file, line or sheet and cell, measure and field, as far as known."""
        parts = [
            self(f"places.{name}", value=getattr(place, name))
            for name in ("file", "line", "sheet", "cell", "measure", "field", "heading", "table", "row")
            if getattr(place, name)
        ]
        return ", ".join(parts)

    def date(self, day: date) -> str:
        """4 februari 2021."""
        return f"{day.day} {self.lines('dates.months')[day.month - 1]} {day.year}"

    def quarter(self, edition: Edition) -> str:
        """eerste kwartaal 2021."""
        ordinal = self.lines("dates.ordinals")[edition.quarter - 1]
        return self("dates.quarter", ordinal=ordinal, year=str(edition.year))

    def deadline(self, text: str) -> str:
        """A date or a quarter of the dataset in words; anything else as it stands there."""
        try:
            return self.quarter(Edition.parse(text)) if "Q" in text else self.date(date.fromisoformat(text))
        except ValueError:
            return text

    def enumeration(self, items: Iterable[str]) -> str:
        """a, b en c."""
        *most, last = items
        return self("lists.last", most=", ".join(most), last=last) if most else last

    def number(self, value: int) -> str:
        """12.345, with a point between the thousands as Dutch has it."""
        return f"{value:,}".replace(",", ".")

    def _lookup(self, name: str) -> object:
        if name not in self._found:
            value: object = self._values
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            self._found[name] = value
        return self._found[name]


def _sentences(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list)):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _sentences(inner)


def _shortened(problem: Problem) -> dict[str, str | int]:
    return {
        name: f"{value[:QUOTED_LENGTH]}…" if isinstance(value, str) and len(value) > QUOTED_LENGTH else value
        for name, value in problem.parameters.items()
    }


def load_texts(path: Path, newer: Path | None = None) -> Texts:
    """The sentences in this file. What it does not have yet is taken from the `newer` file, if that is named."""
    content = _read(path)
    values = _parsed(content, path)
    newest = _read(newer) if newer else content
    return Texts(_completed(values, _parsed(newest, newer)) if newer and newest != content else values, path, content)


def _completed(values: dict[str, Any], newer: Mapping[str, Any]) -> dict[str, Any]:
    """These tables with what only the newer ones have, in tables within tables as well."""
    found = {name: values.get(name, value) for name, value in newer.items()} | values
    tables = [name for name in newer if isinstance(found[name], dict) and isinstance(newer[name], dict)]
    return found | {name: _completed(found[name], newer[name]) for name in tables}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Stop(ExitCode.PLAN, f"the texts are not at {path}") from None
    except OSError as fault:
        raise Stop(ExitCode.PLAN, f"the texts {path} cannot be read: {fault}") from None


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise Stop(ExitCode.PLAN, f"the texts {path} cannot be read: {fault}") from None
    except tomllib.TOMLDecodeError as fault:
        raise Stop(ExitCode.PLAN, f"the texts {path} are not valid TOML: {fault}") from None
