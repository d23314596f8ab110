"""Faults: those in the user's data are values, those that end the program are one exception."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What a scheduler sees. These numbers are a contract: they never change meaning."""

    DONE = 0
    USAGE = 2
    DATA = 3
    PLAN = 4
    INPUT = 5
    OUTPUT = 6
    LOCKED = 7
    CONFLICT = 8
    VERIFICATION = 9
    INTERNAL = 70
    INTERRUPTED = 130


class Level(StrEnum):
    """An error stops publication, a warning asks for a person, a notice only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault stands, as far as it is known. Empty text and number 0 mean: does not apply.

    `heading`, `table` and `row` are for Word files: under which heading, and in which table and row of it.
    `paragraph` counts the paragraphs of the body, for a program that must find the place again.
    """

    file: str = ""
    line: int = 0
    sheet: str = ""
    cell: str = ""
    measure: str = ""
    field: str = ""
    heading: str = ""
    table: int = 0
    row: int = 0
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. Its sentences (what was found, what to do) stand in `texts.toml` under its code."""

    level: Level
    code: str
    place: Place = Place()
    parameters: Mapping[str, str | int] = field(default_factory=dict)

    def within(self, file: str, line: int = 0) -> "Problem":
        """The same fault with file and line filled in where it names none, for a check that knows only the measure."""
        place = self.place
        if place.file:
            return self
        return replace(self, place=replace(place, file=file, line=place.line or line))


def error(code: str, place: Place = Place(), /, **parameters: str | int) -> Problem:
    return Problem(Level.ERROR, code, place, parameters)


def warning(code: str, place: Place = Place(), /, **parameters: str | int) -> Problem:
    return Problem(Level.WARNING, code, place, parameters)


def notice(code: str, place: Place = Place(), /, **parameters: str | int) -> Problem:
    return Problem(Level.NOTICE, code, place, parameters)


def errors_in(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.level is Level.ERROR)


class Stop(Exception):
    """The program cannot go on. It ends with `exit_code`, the message as one line and the problems, if any."""

    def __init__(self, exit_code: ExitCode, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.message = message
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type["Stop"], tuple[ExitCode, str, tuple[Problem, ...]]]:
        """So that a document that fails in another process says so in this one."""
        return Stop, (self.exit_code, self.message, self.problems)
