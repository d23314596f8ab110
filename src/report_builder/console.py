"""What a person at the terminal sees: results on standard output, messages and problems on standard error."""

import json
import secrets
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TextIO

from report_builder.problems import Problem
from report_builder.texts import Texts

PATIENCE = 1.0
"""Seconds of work before a progress bar appears: for less it would only flicker."""


class Console:
    """The two streams of the terminal. Nothing else in the house prints.

    As JSON, each message is one object on one line with the run's own identifier, so that a log of many runs can be
    taken apart again.
    """

    def __init__(self, results: TextIO, messages: TextIO) -> None:
        self._results = results
        self._messages = messages
        self._bar: Any = None
        self.as_json = False
        self.run = secrets.token_hex(6)

    @classmethod
    def of_terminal(cls) -> "Console":
        """The process's own streams, in UTF-8 whatever the locale, so that a Dutch name never stops a run."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        return cls(sys.stdout, sys.stderr)

    def result(self, text: str) -> None:
        print(text, file=self._results)

    def say(self, text: str, level: str = "info") -> None:
        self._write({"level": level, "message": text}, text)

    def problems(self, problems: Iterable[Problem], texts: Texts | None) -> None:
        for problem in problems:
            line = problem_line(problem, texts)
            place = problem.place
            record = {"level": problem.level.value, "code": problem.code, "measure": place.measure, "message": line}
            self._write(record, line)

    def progress(self, step: str, done: int, total: int) -> None:
        """Draw a bar on a terminal once the work lasts; say nothing where nobody watches."""
        if self.as_json or not self._messages.isatty():
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=step, file=self._messages, delay=PATIENCE, leave=False)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()
            self._bar = None

    def _write(self, record: dict[str, str], line: str) -> None:
        if self.as_json:
            time = datetime.now(UTC).isoformat(timespec="milliseconds")
            line = json.dumps({"time": time, "run": self.run, **record}, ensure_ascii=False)
        print(line, file=self._messages, flush=True)


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
