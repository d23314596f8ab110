"""`plan.toml` to a Plan, with all its faults in one go."""

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from report_builder.files import complete_replacement
from report_builder.model import ALL_FIELDS, Edition, Pillar
from report_builder.problems import ExitCode, Place, Problem, Stop, error


def _known_field(name: str) -> str:
    if name not in ALL_FIELDS:
        raise PydanticCustomError("field_unknown", "no such field")
    return name


def _edition(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        return Edition.parse(text)
    except ValueError:
        raise PydanticCustomError("edition", "not an edition") from None


def _without_repeats(values: tuple[str, ...]) -> tuple[str, ...]:
    for value, count in Counter(values).items():
        if count > 1:
            raise PydanticCustomError("repeated", "repeated", {"value": value})
    return values


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
FieldName = Annotated[str, AfterValidator(_known_field)]
EditionName = Annotated[Edition, BeforeValidator(_edition)]
Texts = Annotated[tuple[Text, ...], AfterValidator(_without_repeats)]

STRICT = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class PillarSettings(BaseModel):
    model_config = STRICT

    id: Identifier
    title: Text
    note: str = ""


def _distinct(groups: tuple[PillarSettings, ...]) -> tuple[PillarSettings, ...]:
    _without_repeats(tuple(group.id for group in groups))
    _without_repeats(tuple(group.title for group in groups))
    return groups


Groups = Annotated[tuple[PillarSettings, ...], AfterValidator(_distinct)]


class SecondSettings(BaseModel):
    """Another classification beside the pillars, such as the action lines of a later programme.

    Each measure may have one of these in the column `line`. `name` and `plural` are nouns in lower case.
    """

    model_config = STRICT

    name: Text
    plural: Text
    line_settings: Annotated[Groups, Field(alias="lines", min_length=1)]

    @property
    def lines(self) -> tuple[Pillar, ...]:
        return tuple(Pillar(line.id, line.title, line.note) for line in self.line_settings)


class FileSettings(BaseModel):
    """Paths relative to the folder of the plan."""

    model_config = STRICT

    dataset: Text = "measures.csv"
    departments: Text = "departments.csv"
    source: str = ""
    corrections: str = ""
    editions: Text = "editions"
    reviews: Text = "reviews"
    templates: Text = "../templates"
    newer_texts: str = ""
    output: Text = "../output"
    recipients: Text = "recipients.toml"
    state: Text = ".state"


class Plan(BaseModel):
    """Everything about an overview that is not a measure: its names, dates, order, files and spellings.

    `as_of` is the reference date that documents show and that decides which ministries exist; it may lie after
    the quarter it reports on, so the edition is named apart. `source_date` is that of the source text, which names
    ministries as they were then; None means the reference date. `classification` is input, never computed. An edition
    is due so many days after its quarter ended as `due_days` says. `grouped_by` says whether documents show measures by
    pillar or by the lines of the second classification. `content` is the file as it was read.
    """

    model_config = STRICT

    path: Path = Field(exclude=True)
    content: bytes = Field(default=b"", exclude=True, repr=False)
    title: Text
    dossier: Annotated[str, StringConstraints(pattern=r"^\d{2} \d{3}$")]
    letter: Annotated[int, Field(gt=0)]
    letter_date: date
    edition: EditionName
    as_of: date
    source_date: date | None = None
    identifier_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*$")]
    sender: Text
    classification: str = ""
    due_days: Annotated[int, Field(ge=0, le=90)] = 21
    statuses: Texts
    columns: Annotated[tuple[FieldName, ...], Field(min_length=1), AfterValidator(_without_repeats)]
    files: FileSettings = Field(default_factory=FileSettings)
    pillar_settings: Annotated[Groups, Field(alias="pillars", min_length=1)]
    headings: dict[FieldName, Texts]
    second: SecondSettings | None = None
    grouped_by: Literal["pillar", "line"] = "pillar"

    @field_validator("grouped_by")
    @classmethod
    def _grouping_exists(cls, value: str, known: ValidationInfo) -> str:
        if value == "line" and not known.data.get("second"):
            raise PydanticCustomError("grouping", "there is no second classification to group by")
        return value

    @property
    def pillars(self) -> tuple[Pillar, ...]:
        return tuple(Pillar(p.id, p.title, p.note) for p in self.pillar_settings)

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


def load_plan(path: Path) -> Plan:
    """The plan in this file. Raise Stop with every fault in it; a file that cannot be read is one fault.

    A change of dataset and reviews that a crash cut short is finished first, so that they are read as they belong
    together.
    """
    content, values = read_toml(path, "plan")
    plan = validated(Plan, {**values, "path": path, "content": content}, path, content, "plan")
    complete_replacement(plan.journal)
    return plan


def read_toml(path: Path, what: str) -> tuple[bytes, dict[str, Any]]:
    """A file of settings as bytes and as values. Raise Stop, naming `what` it is, when it is not there or no TOML."""
    try:
        content = path.read_bytes()
        return content, tomllib.loads(content.decode("utf-8"))
    except FileNotFoundError:
        raise Stop(ExitCode.PLAN, f"there is no {what} at {path}") from None
    except tomllib.TOMLDecodeError as fault:
        raise Stop(ExitCode.PLAN, f"the {what} {path} is not valid TOML: {fault}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise Stop(ExitCode.PLAN, f"the {what} {path} cannot be read: {fault}") from None


Settings = TypeVar("Settings", bound=BaseModel)


def validated(kind: type[Settings], values: dict[str, Any], path: Path, content: bytes, what: str) -> Settings:
    """These values as settings of this kind. Raise Stop with every fault in them, each with its line in the file."""
    try:
        return kind(**values)
    except ValidationError as fault:
        problems = tuple(_problems(fault, path, content.decode("utf-8")))
        raise Stop(ExitCode.PLAN, f"the {what} {path} has {len(problems)} fault(s)", problems) from None


_CODES = {
    "missing": "plan-missing",
    "extra_forbidden": "plan-unknown",
    "field_unknown": "plan-field",
    "edition": "plan-edition",
    "repeated": "plan-repeated",
}


def _problems(fault: ValidationError, path: Path, text: str) -> Iterator[Problem]:
    for detail in fault.errors(include_url=False):
        parts = [str(part) for part in detail["loc"]]
        place = Place(file=str(path), line=_line(text, detail["loc"]), field=".".join(parts))
        code = _CODES.get(detail["type"], "plan-value")
        yield error(code, place, found=_found(detail), expected=detail["msg"])


def _found(detail: ErrorDetails) -> str:
    repeated: Any = detail.get("ctx", {}).get("value")
    return str(repeated or detail["input"]) if detail["type"] != "missing" else ""


def _line(text: str, location: tuple[int | str, ...]) -> int:
    """The line of the innermost key of this location that is written in the file; 0 when none is."""
    lines = text.splitlines()
    start, found = 0, 0
    for part, following in zip(location, (*location[1:], ""), strict=True):
        if isinstance(part, int):
            continue
        nth = following if isinstance(following, int) else 0
        pattern = re.compile(rf"\s*(\[+\s*([\w-]+\.)*{re.escape(part)}\s*\]+|{re.escape(part)}\s*=)")
        hits = [number for number, line in enumerate(lines, 1) if number > start and pattern.match(line)]
        if hits:
            start = found = hits[min(nth, len(hits) - 1)]
    return found
