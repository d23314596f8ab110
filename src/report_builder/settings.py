"""`plan.toml` to a Plan, with all its faults in one go."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from report_builder.checked_toml import (
    ANY_TEXT,
    DAY,
    GIVEN,
    TEXT,
    Rules,
    also,
    beside,
    broken,
    by_name,
    made_by,
    many,
    matching,
    one_of,
    or_none,
    whole,
    without_repeats,
)
from report_builder.files import complete_replacement
from report_builder.model import ALL_FIELDS, Edition, Pillar


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """Another classification beside the pillars, such as the action lines of a later programme.

    Each measure may have one of these in the column `line`. `name` and `plural` are nouns in lower case.
    """

    name: str
    plural: str
    lines: tuple[Pillar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    """Paths relative to the folder of the plan."""

    dataset: str = "measures.csv"
    departments: str = "departments.csv"
    source: str = ""
    corrections: str = ""
    editions: str = "editions"
    reviews: str = "reviews"
    templates: str = "../templates"
    newer_texts: str = ""
    output: str = "../output"
    recipients: str = "recipients.toml"
    state: str = ".state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything about an overview that is not a measure: its names, dates, order, files and spellings.

    `as_of` is the reference date that documents show and that decides which ministries exist; it may lie after
    the quarter it reports on, so the edition is named apart. `source_date` is that of the source text, which names
    ministries as they were then; None means the reference date. `classification` is input, never computed. An edition
    is due so many days after its quarter ended as `due_days` says. `grouped_by` says whether documents show measures by
    pillar or by the lines of the second classification. `content` is the file as it was read.
    """

    path: Path
    content: bytes = field(default=b"", repr=False)
    title: str
    dossier: str
    letter: int
    letter_date: date
    edition: Edition
    as_of: date
    source_date: date | None = None
    identifier_prefix: str
    sender: str
    classification: str = ""
    due_days: int = 21
    statuses: tuple[str, ...]
    columns: tuple[str, ...]
    files: FileSettings = field(default_factory=FileSettings)
    pillars: tuple[Pillar, ...]
    headings: Mapping[str, tuple[str, ...]]
    second: Second | None = None
    grouped_by: str = "pillar"

    @property
    def lines(self) -> tuple[Pillar, ...]:
        """The lines of the second classification; none when the plan has no such."""
        return self.second.lines if self.second else ()

    @property
    def dataset(self) -> Path:
        return self._beside(self.files.dataset)

    @property
    def departments(self) -> Path:
        return self._beside(self.files.departments)

    @property
    def source(self) -> Path | None:
        """The extracted text that the dataset was first read from; None when there is none."""
        return self._beside(self.files.source) if self.files.source else None

    @property
    def corrections(self) -> Path | None:
        """The repairs that no rule can make; None when the plan names no such file."""
        return self._beside(self.files.corrections) if self.files.corrections else None

    @property
    def editions(self) -> Path:
        return self._beside(self.files.editions)

    def trail(self, edition: Edition) -> Path:
        """Where it stands what returned forms of this edition said and what became of it."""
        return self._beside(self.files.reviews) / f"{edition}.csv"

    @property
    def journal(self) -> Path:
        """What is being changed of dataset and reviews, while that is under way."""
        return self._beside(self.files.reviews) / ".unfinished.json"

    @property
    def templates(self) -> Path:
        return self._beside(self.files.templates)

    @property
    def texts(self) -> tuple[Path, ...]:
        """Where the sentences stand. A frozen edition takes those that were not yet known then from today's texts."""
        newer = (self._beside(self.files.newer_texts),) if self.files.newer_texts else ()
        return self.templates / "texts.toml", *newer

    @property
    def output(self) -> Path:
        return self._beside(self.files.output)

    @property
    def recipients(self) -> Path:
        return self._beside(self.files.recipients)

    @property
    def state(self) -> Path:
        """The folder of what must be remembered between runs: the ledger of letters."""
        return self._beside(self.files.state)

    @property
    def key(self) -> str:
        """What tells this overview from another for good: its measures' identifiers within its dossier."""
        return f"{self.dossier}/{self.identifier_prefix}"

    def _beside(self, relative: str) -> Path:
        return Path(os.path.normpath(self.path.parent / relative))

    def reference_date(self, edition: Edition) -> date:
        """The date an edition speaks of: the plan's own for the edition it names, else the end of the quarter."""
        return self.as_of if edition == self.edition else edition.end


def _known_field(name: str) -> str:
    if name not in ALL_FIELDS:
        raise broken("field_unknown", "no such field")
    return name


def _edition(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        return Edition.parse(text)
    except ValueError:
        raise broken("edition", "not an edition") from None


def _distinct(groups: tuple[Pillar, ...]) -> tuple[Pillar, ...]:
    without_repeats(tuple(group.id for group in groups))
    without_repeats(tuple(group.title for group in groups))
    return groups


def _grouping_exists(value: str, known: Mapping[str, Any]) -> str:
    if value == "line" and not known.get("second"):
        raise broken("grouping", "there is no second classification to group by")
    return value


EDITION_NAME = made_by(_edition, Edition)
TEXTS = also(many(TEXT), without_repeats)
_FIELD_NAME = also(ANY_TEXT, _known_field)
_GROUP = Rules(Pillar, {"id": matching(r"^[a-z][a-z0-9-]*$"), "title": TEXT, "note": ANY_TEXT})
_GROUPS = also(many(_GROUP.rule, least=1), _distinct)
_SECOND = Rules(Second, {"name": TEXT, "plural": TEXT, "lines": _GROUPS})
_MAY_BE_EMPTY = ("source", "corrections", "newer_texts")
_FILES = Rules(
    FileSettings,
    {name: ANY_TEXT if name in _MAY_BE_EMPTY else TEXT for name in FileSettings.__slots__},
)
PLAN = Rules(
    Plan,
    {
        "path": GIVEN,
        "content": GIVEN,
        "title": TEXT,
        "dossier": matching(r"^\d{2} \d{3}$"),
        "letter": whole(1),
        "letter_date": DAY,
        "edition": EDITION_NAME,
        "as_of": DAY,
        "source_date": or_none(DAY),
        "identifier_prefix": matching(r"^[A-Z][A-Z0-9]*$"),
        "sender": TEXT,
        "classification": ANY_TEXT,
        "due_days": whole(0, 90),
        "statuses": TEXTS,
        "columns": also(many(_FIELD_NAME, least=1), without_repeats),
        "files": _FILES.rule,
        "pillars": _GROUPS,
        "headings": by_name(_FIELD_NAME, TEXTS),
        "second": or_none(_SECOND.rule),
        "grouped_by": beside(one_of("pillar", "line"), _grouping_exists),
    },
)
"""What `plan.toml` must hold."""


def load_plan(path: Path) -> Plan:
    """The plan in this file. Raise Stop with every fault in it; a file that cannot be read is one fault.

    A change of dataset and reviews that a crash cut short is finished first, so that they are read as they belong
    together.
    """
    plan = PLAN.read(path, "plan", lambda content: {"path": path, "content": content})
    complete_replacement(plan.journal)
    return plan
