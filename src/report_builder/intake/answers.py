"""What people type in an answer cell to what the dataset holds: the same meaning, in one way of writing."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from report_builder.departments import Register
from report_builder.intake.names import read_departments
from report_builder.intake.recognition import clean
from report_builder.model import Edition
from report_builder.problems import Place, Problem, error
from report_builder.texts import Texts

AUTOCORRECTED = str.maketrans(
    {**dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("–—‑‐−", "-"), "…": "..."}
)
"""What Word and Excel make of quotes, dashes and dots while someone types."""

INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
DAY_IN_WORDS = re.compile(r"(\d{1,2}) ([^\W\d_]+)\.? (\d{4})")
QUARTER = re.compile(r"q([1-4])[ -]?(\d{4})|(\d{4})[ -]?q([1-4])")


def meaning(text: str) -> str:
    """A text without what programs change in it by themselves: quotes, dashes, spaces, line ends."""
    plain = INVISIBLE.sub("", unicodedata.normalize("NFC", clean(text))).translate(AUTOCORRECTED)
    return "\n".join(" ".join(line.split()) for line in plain.split("\n")).strip()


def same(one: str, other: str) -> bool:
    """Whether two texts mean the same to whoever typed them."""
    return one == other or meaning(one) == meaning(other)


@dataclass(frozen=True)
class AnswerRules:
    """How answers are read: the plan's statuses, the ministries of the day, and the words of dates, yes and no."""

    statuses: tuple[str, ...]
    register: Register
    day: date
    texts: Texts

    def read(self, field: str, typed: str, place: Place) -> tuple[str, tuple[Problem, ...]]:
        """The answer as the dataset writes it, and what is wrong with it. Words that say "not delivered" are empty."""
        text = clean(typed)
        if not text or same(text, self.texts("terms.not_delivered")):
            return "", ()
        if field == "status":
            return self._status(text, place)
        if field == "lead":
            return self._lead(text, place)
        if field == "deadline":
            found = self._deadline(text)
            return (found, ()) if found else (text, (error("deadline-form", place, found=text),))
        return text, ()

    def confirmed(self, typed: str, place: Place) -> tuple[bool | None, tuple[Problem, ...]]:
        """Whether the cell says yes or no; None when it says neither."""
        word = meaning(typed).casefold()
        if not word or same(typed, self.texts("terms.not_delivered")):
            return None, ()
        for said, name in ((True, "answers.yes"), (False, "answers.no")):
            if word in self.texts.lines(name):
                return said, ()
        yes, no = (self.texts.lines(name)[0] for name in ("answers.yes", "answers.no"))
        return None, (error("answer-yes-no", place, found=typed, yes=yes, no=no),)

    def _status(self, text: str, place: Place) -> tuple[str, tuple[Problem, ...]]:
        for status in self.statuses:
            if meaning(status).casefold() == meaning(text).casefold():
                return status, ()
        return text, (error("status-unknown", place, found=text, known=", ".join(self.statuses)),)

    def _lead(self, text: str, place: Place) -> tuple[str, tuple[Problem, ...]]:
        codes, problems = read_departments(text, self.register, self.day, place)
        if len(codes) > 1:
            return text, (error("answer-one-lead", place, found=text),)
        return (codes[0] if codes else text), problems

    def _deadline(self, text: str) -> str:
        """A day as 2021-07-01 or a quarter as 2021-Q3, from any usual way to write it; empty when it is neither."""
        plain = meaning(text).casefold()
        if found := QUARTER.fullmatch(plain):
            return str(Edition(int(found[2] or found[3]), int(found[1] or found[4])))
        words, _, year = plain.rpartition(" ")
        if words in self._quarters and re.fullmatch(r"\d{4}", year, re.ASCII):
            return str(Edition(int(year), self._quarters[words]))
        try:
            if found := DAY.fullmatch(plain):
                return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
            if (found := DAY_IN_WORDS.fullmatch(plain)) and found[2] in self._months:
                return date(int(found[3]), self._months[found[2]], int(found[1])).isoformat()
            return date.fromisoformat(plain).isoformat()
        except ValueError:
            return ""

    @cached_property
    def _months(self) -> Mapping[str, int]:
        """The months by name, in full and shortened."""
        lists = (self.texts.lines(name) for name in ("dates.months", "dates.short_months"))
        return {name.casefold(): number for names in lists for number, name in enumerate(names, 1)}

    @cached_property
    def _quarters(self) -> Mapping[str, int]:
        """The words before the year of a quarter, by which quarter they mean."""
        return {
            self.texts("dates.quarter", ordinal=ordinal, year="").strip().casefold(): number
            for name in ("dates.ordinals", "dates.short_ordinals")
            for number, ordinal in enumerate(self.texts.lines(name), 1)
        }
