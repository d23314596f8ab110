"""The fields that authors of templates may use, with their meaning and an example from real contents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from report_builder.office.word_fields import PRINTABLE, element_of, fields_of
from report_builder.texts import Texts

EXAMPLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Field:
    """A field: how a template writes it, what it is, and what it may look like. An empty list has no example."""

    tag: str
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """The fields of one document, or of the items in one of its lists."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FieldGuide:
    """Everything that the template of the guide may use."""

    title: str
    introduction: tuple[str, ...]
    groups: tuple[FieldGroup, ...]


def compose_field_guide(texts: Texts, documents: dict[str, object]) -> FieldGuide:
    """The guide for these documents: real contents by the name of their template."""
    groups = tuple(group for name, contents in documents.items() for group in _groups(texts, name, contents))
    return FieldGuide(texts("guide.title"), texts.lines("guide.introduction"), groups)


def _groups(texts: Texts, title: str, contents: object, within: str = "", name: str = "") -> Iterator[FieldGroup]:
    """The fields of these contents, then those of what is in them."""
    fields: list[Field] = []
    inner: list[tuple[str, object, str, str]] = []
    for field, kind in fields_of(type(contents)).items():
        value = getattr(contents, field)
        written = f"{name}.{field}" if name else field
        element = element_of(kind)
        if fields_of(kind) and kind not in PRINTABLE:
            inner.append((title, value, within, written))
        elif element is not None:
            item = f"{field}_{texts('guide.item')}"
            loop = f"{within} {{% for {item} in {written} %}}".strip()
            fields.append(_field(texts, contents, field, loop, ""))
            first = next(iter(islice(value, 1)), None) if isinstance(value, Sequence) else None
            if fields_of(element) and element not in PRINTABLE and first is not None:
                inner.append((title, first, loop, item))
        else:
            fields.append(_field(texts, contents, field, f"{within} {{{{ {written} }}}}".strip(), str(value)))
    shown = f"{title}: {within} {name}".strip(": ") if name else title
    if fields:
        yield FieldGroup(shown, tuple(fields))
    for group in inner:
        yield from _groups(texts, *group)


def _field(texts: Texts, contents: Any, name: str, tag: str, example: str) -> Field:
    meaning = texts(f"guide.meanings.{type(contents).__name__}.{name}")
    return Field(tag, meaning, example if len(example) <= EXAMPLE_LENGTH else f"{example[:EXAMPLE_LENGTH]}…")
