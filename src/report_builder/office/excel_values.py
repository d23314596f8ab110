"""What the cells of a workbook say, as text."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import cached_property, partial

from report_builder.office.excel_markup import NotPlain, text_of
from report_builder.office.excel_relations import WORKBOOK, related, root_of
from report_builder.office.excel_shared import shared_texts
from report_builder.office.excel_written import MAIN

NUMBER = re.compile(r"-?\d+(\.\d+)?([Ee][-+]?\d+)?", re.ASCII)
ATTRIBUTE = re.compile(r' (\w)="(\w+)"')
BOOLEANS = {"0": "False", "1": "True", "false": "False", "true": "True"}

Reader = Callable[[str], str]
Column = Sequence[str | None]
NumberFormat = tuple[int, str | None]
"""Its number, and its code where it is the workbook's own."""

GENERAL: NumberFormat = (0, None)


def cell_text(value: object) -> str:
    """A cell as the dataset would write it: whole numbers without a point, days as 2021-02-04."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


class CellTexts:
    """The cells of one workbook, read by their attributes: ` s="3" t="s"`. What is unusual raises NotPlain."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = parts
        self._readers: dict[str, Reader] = {}

    def of(self, texts: Column, attributes: Column, values: Column, *, as_they_stand: bool) -> Sequence[str]:
        """What these cells say, each with a text of its own, or with attributes that tell what its value means.

        `as_they_stand` tells that no text says anything else than it seems to.
        """
        if any(values):
            readers = {kind: self._readers.get(kind) or self._learn(kind) for kind in {*attributes} if kind is not None}
            cells = zip(texts, attributes, values, strict=True)
            return [readers[kind or ""](value) if value else text_of(text or "") for text, kind, value in cells]
        if as_they_stand:
            return [text or "" for text in texts]
        return [text_of(text) if text else "" for text in texts]

    def _learn(self, attributes: str) -> Reader:
        found = dict(ATTRIBUTE.findall(attributes))
        kind, style = found.get("t", "n"), int(found.get("s", "0"))
        self._readers[attributes] = self._number_reader(style) if kind == "n" else self._reader(kind)
        return self._readers[attributes]

    def _reader(self, kind: str) -> Reader:
        if kind == "s":
            return partial(_shared_text, self._shared_texts)
        return {"str": text_of, "b": BOOLEANS.__getitem__}.get(kind, _unusual)

    def _number_reader(self, style: int) -> Reader:
        number_format = self._number_formats.get(style, GENERAL)
        if number_format == GENERAL:
            return _number
        from report_builder.office.excel_days import day_reader

        day = day_reader(*number_format)
        return partial(_day, day) if day else _number

    @cached_property
    def _shared_texts(self) -> list[str]:
        return [text for part in self._related("/sharedStrings") for text in shared_texts(self._parts[part])]

    @cached_property
    def _number_formats(self) -> dict[int, NumberFormat]:
        """By cell style."""
        formats: dict[int, NumberFormat] = {}
        for part in self._related("/styles"):
            root = root_of(self._parts, part)
            own = {code.get("numFmtId"): code.get("formatCode") for code in root.iter(f"{MAIN}numFmt")}
            for style, looks in enumerate(root.iterfind(f"{MAIN}cellXfs/{MAIN}xf")):
                number = looks.get("numFmtId", "0")
                formats[style] = int(number), own.get(number)
        return formats

    def _related(self, kind: str) -> Iterator[str]:
        return (part for found, part in related(self._parts, WORKBOOK) if found.endswith(kind))


def _shared_text(texts: list[str], number: str) -> str:
    place = int(number)
    if place < 0:
        raise IndexError(number)
    return texts[place]


def _unusual(_value: str) -> str:
    raise NotPlain


def _number(content: str) -> str:
    return cell_text(_value(content))


def _day(day: Callable[[float], object], content: str) -> str:
    try:
        return cell_text(day(_value(content)))
    except (OverflowError, ValueError):
        raise NotPlain from None


def _value(content: str) -> int | float:
    number = NUMBER.fullmatch(content)
    if not number:
        raise NotPlain
    return float(content) if number[1] or number[2] else int(content)
