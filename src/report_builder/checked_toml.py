"""Settings in a TOML file, checked by rules as a whole, so that a person sees every fault in them at once.

The rules are those of pydantic, from its core: its classes, in which each field would state its own, take longer to
import than the documents of an edition take to be made.
"""

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic_core import ErrorDetails, PydanticCustomError, SchemaValidator, ValidationError
from pydantic_core import core_schema as core

from report_builder.problems import ExitCode, Place, Problem, Stop, error

Rule = core.CoreSchema
"""What a value must be, and what becomes of it."""

Made = TypeVar("Made")

TEXT: Rule = core.str_schema(strip_whitespace=True, min_length=1)
"""Text that says something; spaces around it are dropped."""

ANY_TEXT: Rule = core.str_schema()
DAY: Rule = core.date_schema()
GIVEN: Rule = core.any_schema()
"""What the program adds itself, such as the path of the file."""


def matching(pattern: str) -> Rule:
    return core.str_schema(pattern=pattern)


def whole(least: int, most: int | None = None) -> Rule:
    """A whole number within these, which are allowed themselves."""
    return core.int_schema(ge=least, le=most)


def seconds(most: float, *, or_none: bool = False) -> Rule:
    """A time to wait. `or_none` lets it be 0."""
    return core.float_schema(ge=0, le=most) if or_none else core.float_schema(gt=0, le=most)


def one_of(*values: str) -> Rule:
    return core.literal_schema(list(values))


def many(rule: Rule, least: int = 0) -> Rule:
    """A list of such values, as a tuple."""
    return core.tuple_schema([rule], variadic_item_index=0, min_length=least)


def by_name(names: Rule, values: Rule) -> Rule:
    """A table of such values by such names."""
    return core.dict_schema(names, values)


def or_none(rule: Rule) -> Rule:
    return core.nullable_schema(rule)


def made_by(make: Callable[[Any], object], kind: type) -> Rule:
    """A value of this kind, made from what stands in the file."""
    return core.no_info_before_validator_function(make, core.is_instance_schema(kind))


def also(rule: Rule, check: Callable[[Any], object]) -> Rule:
    """The rule, and after it this check, which returns the value or raises what `broken` makes."""
    return core.no_info_after_validator_function(check, rule)


def beside(rule: Rule, check: Callable[[Any, Mapping[str, Any]], object]) -> Rule:
    """The same for a check that looks at the fields before this one too, as far as these are right."""
    return core.with_info_after_validator_function(lambda value, info: check(value, info.data or {}), rule)


def broken(code: str, expected: str, **found: object) -> ValueError:
    """The error of a rule that does not hold. `expected` says what a value must be; `value` in `found` is shown."""
    return PydanticCustomError(code, expected, found or None)


def without_repeats(values: tuple[str, ...]) -> tuple[str, ...]:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise broken("repeated", "repeated", value=value)
    return values


class Rules(Generic[Made]):
    """The rules for the fields of a frozen dataclass. A field with a default may be left out of the file.

    `keys` are the names of fields in the file, where these differ. A key that no field bears is a fault.
    """

    def __init__(self, kind: type[Made], fields: Mapping[str, Rule], keys: Mapping[str, str] | None = None) -> None:
        names = {name: (keys or {}).get(name, name) for name in fields}
        known = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]  # any dataclass
        if known.keys() != names.keys():
            raise ValueError(f"{kind.__name__}: each field needs a rule, and {known.keys() ^ names.keys()} has none")
        arguments = [
            core.dataclass_field(name, _with_default(rule, known[name]), kw_only=True, validation_alias=names[name])
            for name, rule in fields.items()
        ]
        self.keys = frozenset(names.values())
        self.rule: Rule = core.dataclass_schema(
            kind,
            core.dataclass_args_schema(kind.__name__, arguments),
            list(fields),
            slots=True,
            config=core.CoreConfig(extra_fields_behavior="forbid"),
        )

    @cached_property
    def _validator(self) -> SchemaValidator:
        return SchemaValidator(self.rule)

    def of(self, values: Mapping[str, Any]) -> Made:
        """The settings with these values. Raise ValueError with every fault in them."""
        made: Made = self._validator.validate_python(dict(values))
        return made

    def read(self, path: Path, what: str, add: Callable[[bytes], Mapping[str, Any]]) -> Made:
        """The settings in this file, with what `add` makes of its bytes.

        Raise Stop, naming `what` it is, with every fault in it, each with its line; a file that cannot be read is one.
        """
        content, values = _read_toml(path, what)
        try:
            return self.of({**values, **add(content)})
        except ValidationError as fault:
            problems = tuple(_problems(fault, path, content.decode("utf-8")))
            raise Stop(ExitCode.PLAN, f"the {what} {path} has {len(problems)} fault(s)", problems) from None


def _with_default(rule: Rule, field: "dataclasses.Field[Any]") -> Rule:
    if field.default is not dataclasses.MISSING:
        return core.with_default_schema(rule, default=field.default)
    if field.default_factory is not dataclasses.MISSING:
        return core.with_default_schema(rule, default_factory=field.default_factory)
    return rule


def _read_toml(path: Path, what: str) -> tuple[bytes, dict[str, Any]]:
    try:
        content = path.read_bytes()
        return content, tomllib.loads(content.decode("utf-8"))
    except FileNotFoundError:
        raise Stop(ExitCode.PLAN, f"there is no {what} at {path}") from None
    except tomllib.TOMLDecodeError as fault:
        raise Stop(ExitCode.PLAN, f"the {what} {path} is not valid TOML: {fault}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise Stop(ExitCode.PLAN, f"the {what} {path} cannot be read: {fault}") from None


_CODES = {
    "missing": "plan-missing",
    "unexpected_keyword_argument": "plan-unknown",
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
