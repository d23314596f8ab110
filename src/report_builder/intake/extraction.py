"""Measures out of text that was extracted from a PDF, whose tables came apart on the way.

Every line of the source meets one fate, and none is dropped: what no rule understands is an error with its number.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from report_builder.departments import Register
from report_builder.intake.corrections import Corrections, Passage
from report_builder.intake.inputs import Input
from report_builder.intake.names import read_departments
from report_builder.model import LIST_SEPARATOR, Pillar, Repair
from report_builder.problems import ExitCode, Place, Problem, Stop, error
from report_builder.settings import Plan
from report_builder.texts import Texts

CONTEXT_WORDS = 5
"""How many words before a join are quoted, so that a reader recognises the sentence that went on."""

MARKUP = re.compile(r"</?(?:i|b|u|em|strong|sup|sub|br)\s*/?>", re.IGNORECASE)
OPEN_END = re.compile(r"[^.!?:;\"'”’)\s]\s*$")
"""A cell of sentences that ends without a closing mark goes on somewhere."""


class Fate(StrEnum):
    """What became of a line of the source."""

    BLANK = "blank"
    HEADER = "header"
    HEADING = "heading"
    ROW = "row"
    JOINED = "joined"
    REPEATED = "repeated"
    CORRECTED = "corrected"
    LEFT_OVER = "left over"


@dataclass(slots=True)
class ExtractedRow:
    """A measure as read, before it has an identifier: its texts by field, its pillar, and its source lines."""

    pillar: str
    texts: dict[str, str]
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from a source text: `fates` has one entry for each of its lines."""

    file: str
    rows: tuple[ExtractedRow, ...]
    fates: tuple[Fate, ...]
    repairs: tuple[Repair, ...]
    problems: tuple[Problem, ...]

    @property
    def joins(self) -> int:
        return sum(fate in (Fate.JOINED, Fate.REPEATED) for fate in self.fates)

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(fate.value for fate in self.fates)


def extract(source: Input, corrections: Corrections, plan: Plan, register: Register, texts: Texts) -> Extraction:
    """The rows of the source text, with every repair and every fault. Ministries are those of the plan's date."""
    try:
        content = source.content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Stop(ExitCode.INPUT, f"the source {source.path} is not UTF-8: {fault}") from None
    lines = tuple(content.replace("\r\n", "\n").removesuffix("\n").split("\n"))
    passages, problems = corrections.apply(lines)
    reading = _Reading(source.path.name, plan, texts, problems=list(problems))
    for passage in passages:
        reading.take(passage)
    if not reading.columns:
        looked_for = ", ".join(spellings[0] for spellings in plan.headings.values())
        raise Stop(ExitCode.INPUT, f"the source {source.path} has no row of headings; looked for {looked_for}")
    reading.read_ministries(register, plan.source_date or plan.as_of)
    fates = tuple(reading.fates[number] for number in range(1, len(lines) + 1))
    repairs = sorted(
        (*corrections.repairs, *reading.repairs), key=lambda repair: int(re.split("[-,]", repair.lines)[0])
    )
    return Extraction(source.path.name, tuple(reading.rows), fates, tuple(repairs), tuple(reading.problems))


@dataclass(slots=True)
class _Reading:
    """The state of one pass over the source, line by line."""

    file: str
    plan: Plan
    texts: Texts
    problems: list[Problem]
    columns: tuple[str, ...] = ()
    pillar: str = ""
    rows: list[ExtractedRow] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    fates: dict[int, Fate] = field(default_factory=dict)
    open_row: ExtractedRow | None = None

    def take(self, passage: Passage) -> None:
        cells = tuple(cell.strip() for cell in passage.text.split("\t"))
        plain = tuple(MARKUP.sub("", cell) for cell in cells)
        fate = self._fate(passage, plain)
        for found, corrected in zip(cells, plain, strict=True):
            if found != corrected:
                self._repair(passage.numbers, found, corrected, "markup")
        for number in passage.numbers:
            self.fates[number] = Fate.CORRECTED if passage.repaired and fate is not Fate.LEFT_OVER else fate

    def _fate(self, passage: Passage, cells: tuple[str, ...]) -> Fate:
        if not any(cells):
            return Fate.BLANK
        if columns := self._header(cells):
            self.columns, self.open_row = columns, None
            return Fate.HEADER
        if found := self._heading(cells):
            pillar, damaged = found
            if damaged:
                self._repair(passage.numbers, passage.text.rstrip("\t"), pillar.title, "heading")
            self.pillar, self.open_row = pillar.id, None
            return Fate.HEADING
        if self.columns and len(cells) == len(self.columns) and all(cells):
            return self._start_row(passage, cells)
        if self.open_row and (continuation := self._continuation(self.open_row, cells)):
            return self._join(self.open_row, passage, *continuation)
        return self._leave(passage)

    def _header(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        spelled = {_key(text): name for name, spellings in self.plan.headings.items() for text in spellings}
        columns = tuple(spelled.get(_key(cell), "") for cell in cells)
        return columns if len(columns) > 1 and all(columns) else ()

    def _heading(self, cells: tuple[str, ...]) -> tuple[Pillar, bool] | None:
        """The pillar whose title these cells are, and whether the title was damaged.

        A title over the whole width of a table comes out cut over two cells, in the middle of a word or even of a
        letter, so that an m is read as an n on either side (`duurzaan`, `n oplossen`).
        """
        filled = [cell for cell in cells if cell]
        for pillar in self.plan.pillars:
            if _key(filled[0]) == _key(pillar.title) and len(filled) == 1:
                return pillar, False
            if len(filled) == 2 and filled == list(cells[:2]):
                left, right = (_key(cell) for cell in filled)
                title = _key(pillar.title)
                whole = _key("".join(filled)) == title or _key(" ".join(filled)) == title
                letter_cut = len(left) + len(right) == len(title) + 1 and (
                    title.startswith(left[:-1]) and title.endswith(right[1:]) and left[-1] == right[0]
                )
                if whole or letter_cut:
                    return pillar, True
        return None

    def _start_row(self, passage: Passage, cells: tuple[str, ...]) -> Fate:
        if not self.pillar and not self.rows:
            place = Place(file=self.file, line=passage.numbers[0])
            self.problems.append(error("row-without-pillar", place, text=cells[0]))
        texts = dict(zip(self.columns, cells, strict=True))
        self.open_row = ExtractedRow(self.pillar, texts, list(passage.numbers))
        self.rows.append(self.open_row)
        return Fate.ROW

    def _continuation(self, row: ExtractedRow, cells: tuple[str, ...]) -> tuple[str, str] | None:
        """The column and the text of a cell that goes on after a page break; None when it is not that.

        It comes as a row with all other cells empty, or as a loose line after a row whose explanation, the one
        column of whole sentences, was left open.
        """
        filled = [(name, cell) for name, cell in zip(self.columns, cells, strict=False) if cell]
        if len(cells) == len(self.columns) and len(filled) == 1:
            return filled[0]
        loose = len(cells) < len(self.columns) and len(filled) == 1 and filled[0][1] == cells[0]
        if loose and OPEN_END.search(row.texts.get("explanation", "")):
            return "explanation", cells[0]
        return None

    def _join(self, row: ExtractedRow, passage: Passage, column: str, text: str) -> Fate:
        before = row.texts[column]
        context = f"… {' '.join(before.split()[-CONTEXT_WORDS:])}"
        if before.endswith(text):
            row.numbers.extend(passage.numbers)
            self._repair(passage.numbers, text, context, "repeated")
            return Fate.REPEATED
        if not OPEN_END.search(before):
            return self._leave(passage)
        row.numbers.extend(passage.numbers)
        row.texts[column] = f"{before} {text}"
        self._repair(passage.numbers, text, f"{context} {text}", "joined")
        return Fate.JOINED

    def _leave(self, passage: Passage) -> Fate:
        place = Place(file=self.file, line=passage.numbers[0])
        self.problems.append(error("line-left-over", place, text=passage.text.strip()))
        return Fate.LEFT_OVER

    def _repair(self, numbers: tuple[int, ...], found: str, corrected: str, rule: str) -> None:
        self.repairs.append(Repair(line_label(numbers), found, corrected, self.texts(f"repairs.{rule}")))

    def read_ministries(self, register: Register, day: date) -> None:
        """Turn the cells of ministries into codes, and list each that was spelled otherwise."""
        for row in self.rows:
            cell = row.texts.get("departments", "")
            place = Place(file=self.file, line=row.numbers[0], field="departments")
            codes, problems = read_departments(cell, register, day, place)
            self.problems.extend(problems)
            row.texts["departments"] = LIST_SEPARATOR.join(codes)
            if not problems and ", ".join(codes) != cell:
                self._repair(tuple(row.numbers), cell, ", ".join(codes), "spelling")


def line_label(numbers: tuple[int, ...]) -> str:
    """Line numbers as `14-16` or `70-72,78`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def source_label(extraction: Extraction, row: ExtractedRow) -> str:
    """Where a row was read: file and lines, blank lines between them counted in (`kst-1.txt:14-16`)."""
    return f"{extraction.file}:{line_label(tuple(_with_blanks(row.numbers, extraction.fates)))}"


def _with_blanks(numbers: list[int], fates: tuple[Fate, ...]) -> Iterator[int]:
    for number, following in zip(numbers, (*numbers[1:], numbers[-1]), strict=True):
        yield number
        between = range(number + 1, following)
        if all(fates[n - 1] is Fate.BLANK for n in between):
            yield from between


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()
