"""Loops filled in for a block of rows at once: what comes out is what Jinja makes of them row by row."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from docx import Document
from hypothesis import example, given
from hypothesis import strategies as st

from report_builder.office import word, word_loops
from report_builder.office.word import WordTemplate
from report_builder.problems import Problem, Stop
from report_builder.rich_text import RichText, Run
from tests.test_word_engine import PROPERTIES, TEXTS, as_bytes, template


@dataclass(frozen=True)
class Cell:
    text: object
    name: str = "van de cel"


@dataclass(frozen=True)
class Item:
    name: str
    note: object
    cells: tuple[Cell, ...]
    told: bool = True
    copy: str = "kopie"
    """Named as something that a dictionary of Python has as well."""


@dataclass(frozen=True)
class Bare:
    """A row without most of its fields."""

    name: str


@dataclass(frozen=True)
class Overview:
    items: tuple[Any, ...]


LOOPS = template(
    *("{%p for item in items %}", "{{ item.name }}: {{ item.note }}, {{ item.copy }}.", "{%p if item.told %}"),
    *("verteld {{ item.note }}", "{%p else %}", "stil", "{%p endif %}"),
    *("{%p for cell in item.cells %}", "cel {{ cell.text }}", "{%p endfor %}", "{%p endfor %}"),
    *("{%p for item in items %}", "{{ item.copy }}", "{%p endfor %}"),
    *("{%p for item in items if item.told %}", "{{ item.name }}", "{%p endfor %}"),
    *("{%p for item in items %}", "{{ item.name }}", "{%p else %}", "niets", "{%p endfor %}"),
    *("{%p for item in items %}", "{{ loop.index }} {{ item.name|upper }}", "{%p endfor %}"),
    *("{%p for item in items %}", "{%p if item.told %}", "verteld", "{%p elif item.note %}", "{{ item.note }}"),
    *("{%p endif %}", "{%p endfor %}"),
    *("{%p for item in items %}", "{%p for cell in item.cells %}", "{{ item.name }}", "{%p endfor %}", "{%p endfor %}"),
)
BOLD = RichText((Run("vet", bold=True),))
VALUES = st.sampled_from(["", "een", "twee", "a < b & c", "twee\nregels", "\u00a0", 12, 1, True, None, BOLD])
TEXT = st.sampled_from(["een", "twee", "<b>", "met\ttab", ""])
CELLS = st.lists(st.builds(Cell, VALUES), max_size=3).map(tuple)
ITEMS = st.builds(Item, TEXT, VALUES, CELLS, st.booleans())


def outcome(items: tuple[Any, ...]) -> bytes | tuple[Problem, ...]:
    made = io.BytesIO()
    try:
        WordTemplate.read(as_bytes(LOOPS), "sjabloon.docx", TEXTS).render(Overview(items), made, PROPERTIES)
    except Stop as stop:
        return stop.problems
    return made.getvalue()


@given(items=st.lists(ITEMS, max_size=5).map(tuple))
@example(items=(Item("een", "x", ()), Item("een", "x", ())))
@example(items=(Item("een", "x", (Cell("a"), Cell("b"))), Item("twee", "y", (Cell("c"), Cell("d")))))
@example(items=(Item("een", "x", (), told=True), Item("twee", "y", (), told=False)))
@example(items=(Item("een", "x", ()), Bare("twee")))
@example(items=(Item("een", "x", ()), {"name": "twee", "note": "y", "cells": (), "told": True, "copy": "z"}))
@example(items=({"name": "een", "note": "x", "cells": (), "told": True, "copy": "y"},))
@example(items=(Item("een", "x", (), told=False), Item("twee", "", (), told=False)))
def test_a_block_of_rows_is_what_jinja_makes_of_each(items: tuple[Any, ...]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_loops, "BLOCK_ROWS", 2)
        together = outcome(items)
        patch.setattr(word, "in_blocks", lambda tree, _: (tree, None))
        assert together == outcome(items)


def test_a_row_that_lacks_a_field_is_told_with_the_place_of_the_tag() -> None:
    (problem,) = outcome((Item("een", "x", ()), Bare("twee")))
    assert isinstance(problem, Problem)
    assert problem.place.paragraph == 2
    assert Document(io.BytesIO(as_bytes(LOOPS))).paragraphs[1].text.startswith("{{ item.name }}")
