"""What a person at the terminal sees: results on standard output, messages and problems on standard error."""

import sys
from collections.abc import Iterable
from typing import TextIO

from report_builder.problems import Problem
from report_builder.texts import Texts


class Console:
    """The two streams of the terminal. Nothing else in the house prints."""

    def __init__(self, results: TextIO, messages: TextIO) -> None:
        self._results = results
        self._messages = messages

    @classmethod
    def of_terminal(cls) -> "Console":
        """The process's own streams, in UTF-8 whatever the locale, so that a Dutch name never stops a run."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        return cls(sys.stdout, sys.stderr)

    def result(self, text: str) -> None:
        print(text, file=self._results)

    def say(self, text: str) -> None:
        print(text, file=self._messages)

    def problems(self, problems: Iterable[Problem], texts: Texts | None) -> None:
        for problem in problems:
            self.say(problem_line(problem, texts))


def problem_line(problem: Problem, texts: Texts | None) -> str:
    """One problem on one line. Without texts, which may be what is broken, its bare code and values."""
    if texts is None:
        place, values = problem.place, ", ".join(f"{k}={v}" for k, v in problem.parameters.items())
        where = ":".join(str(part) for part in (place.file, place.line, place.field) if part)
        return f"{problem.level}: {where}: {problem.code} ({values})".replace("\n", " ")
    level = texts(f"levels.{problem.level}")
    place_text = texts.place(problem.place)
    sentence = f"{texts.found(problem)} {texts.remedy(problem)}"
    return " ".join(f"{level}: {place_text + ': ' if place_text else ''}{sentence}".split())
