"""Rows that differ in their texts alone: what they have in common is found once, however many there are.

Nothing is taken on trust: the shape of a row is all of its XML but the texts, and a shape that was not seen before is
read in full.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree

from report_builder.office.word_names import qn

MOST_SHAPES = 1_000
"""A table has a few. A document in which each row is another gains nothing, and may not fill memory."""

TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]+)</w:t>")
VARYING = re.compile(r"<w:sdtPr>.*?</w:sdtPr>|>[^<]+(?=</w:t>)", re.DOTALL)
"""What may differ within a shape: texts, and the names of content controls, which are read apart."""

SPECIAL = ("<w:br", "<w:cr", "<w:tab", "<w:hyperlink", "<w:fld", "<w:instrText", "<w:tbl", "&#", "{{", "{%", "\ue000")
"""Where text is more than text: breaks, links, tables within, and what a template left behind."""

Measurement = Callable[[Any], "Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of a row. `cells` counts the texts in each paragraph of each cell; see `TableFacts` for the others."""

    cells: tuple[tuple[int, ...], ...]
    spans: int
    breaking: bool
    colours: frozenset[tuple[str, str]]


class Shapes:
    """The shapes of one document that were seen. `measure` reads a row in full."""

    def __init__(self, measure: Measurement) -> None:
        self._measure = measure
        self._known: dict[str, Shape | None] = {}

    def of(self, row: Any) -> tuple[Shape, tuple[str, ...]] | None:
        """The shape of this row and the text of each cell; None for a row that must be read in full."""
        xml = etree.tostring(row, encoding="unicode", with_tail=False)
        if any(sign in xml for sign in SPECIAL):
            return None
        form, texts = VARYING.sub(">", xml), TEXT.findall(xml)
        if form not in self._known and len(self._known) < MOST_SHAPES:
            self._known[form] = self._new(row, len(texts))
        shape = self._known.get(form)
        return (shape, _by_cell(shape.cells, texts)) if shape else None

    def _new(self, row: Any, texts: int) -> Shape | None:
        """None when the texts are not just those in the runs of the cells, each found in its place."""
        shape = self._measure(row)
        filled = [text for text in row.iter(qn("w:t")) if text.text]
        in_runs = all(text.getparent().tag == qn("w:r") for text in filled)
        return shape if in_runs and texts == len(filled) == sum(map(sum, shape.cells)) else None


def text_counts(cells: Iterable[Any]) -> tuple[tuple[int, ...], ...]:
    """How many texts stand in each paragraph of each cell."""
    return tuple(
        tuple(sum(bool(text.text) for text in paragraph.iter(qn("w:t"))) for paragraph in cell.iter(qn("w:p")))
        for cell in cells
    )


def _by_cell(cells: tuple[tuple[int, ...], ...], texts: list[str]) -> tuple[str, ...]:
    plain = iter([_unescaped(text) if "&" in text else text for text in texts])
    return tuple(
        next(plain) if counts == (1,) else "\n".join("".join(islice(plain, count)) for count in counts)
        for counts in cells
    )


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
