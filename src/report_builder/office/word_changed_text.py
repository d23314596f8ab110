"""The tracked changes within paragraphs: which words were deleted and which inserted, as Word records them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import count, groupby
from typing import Any

from lxml import etree

from report_builder.office.word_names import qn

R, T, RPR, PPR = (qn(f"w:{name}") for name in ("r", "t", "rPr", "pPr"))
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
CONTAINERS = (qn("w:hyperlink"), qn("w:fldSimple"))
"""What may stand around runs, and around tracked changes of runs, in a paragraph."""

MARKS = (qn("w:bookmarkStart"), qn("w:bookmarkEnd"))
LINE_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
FIRST_NUMBER = 1_000_000
"""Of the tracked changes: above the numbers of bookmarks, which share their kind."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Whose changes they are, and of when, in the form of `2021-06-30T00:00:00Z`."""

    author: str
    date: str
    _numbers: "count[int]" = field(default_factory=lambda: count(FIRST_NUMBER))

    def element(self, change: str) -> Any:
        """An `ins` or `del`, with a number that no other has."""
        values = {"id": str(next(self._numbers)), "author": self.author, "date": self.date}
        return etree.Element(qn(f"w:{change}"), {qn(f"w:{name}"): value for name, value in values.items()})


@dataclass(frozen=True, slots=True)
class _Token:
    """The least that changes as a whole: a word in its form, or another thing, such as a field, with its elements."""

    text: str
    form: bytes = b""
    container: Any = None
    elements: tuple[Any, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same as in the other document. Another form of the same words is no change of text."""
        return self.text, _place(self.container)


def text_of(paragraph: Any) -> str:
    """The text of a paragraph as a reader sees it, results of fields included."""
    return "".join(LINE_BREAKS.get(element.tag) or element.text or "" for element in paragraph.iter(T, *LINE_BREAKS))


def redlined_paragraph(old: Any, new: Any, revision: Revision) -> Any:
    """The new paragraph, with the words that are gone in their old places."""
    before, after = list(_tokens(old)), list(_tokens(new))
    if [token.key for token in before] == [token.key for token in after]:
        return new
    properties = [child for child in new if child.tag == PPR]
    starts = [child for child in new if child.tag == qn("w:bookmarkStart")]
    ends = [child for child in new if child.tag == qn("w:bookmarkEnd")]
    changes = [part for operation in _operations(before, after) for part in _written(*operation, revision)]
    new[:] = [*properties, *starts, *changes, *ends]
    return new


def mark_paragraph(paragraph: Any, change: str, revision: Revision) -> None:
    """Let a whole paragraph be inserted or deleted, its end included. What is deleted leaves no bookmark or section."""
    tokens = list(_tokens(paragraph))
    marks = [child for child in paragraph if child.tag in MARKS and change == "ins"]
    properties = paragraph.find(PPR)
    if properties is None:
        properties = etree.Element(PPR)
    section = properties.find(qn("w:sectPr"))
    if section is not None and change == "del":
        properties.remove(section)
        section = None
    form = properties.find(RPR)
    if form is None:
        form = etree.Element(RPR)
        properties.insert(len(properties) if section is None else properties.index(section), form)
    form.insert(0, revision.element(change))
    written = _written(tokens, [], revision) if change == "del" else _written([], tokens, revision)
    starts = [mark for mark in marks if mark.tag == MARKS[0]]
    ends = [mark for mark in marks if mark.tag == MARKS[1]]
    paragraph[:] = [properties, *starts, *written, *ends]


def _place(container: Any) -> str:
    return "" if container is None else repr((container.tag, sorted(container.attrib.items())))


def _tokens(paragraph: Any) -> Iterator[_Token]:
    """The words of a paragraph. A field with its code, separator and result is one thing."""
    field_parts: list[Any] = []
    depth = 0
    for child, container in _content(paragraph):
        depth += _field_depth(child, "begin")
        if depth:
            field_parts.append(child)
            depth -= _field_depth(child, "end")
            if not depth:
                yield _Token("".join(map(_code_and_text, field_parts)), b"", container, tuple(field_parts))
                field_parts = []
        elif child.tag == R:
            yield from _words(child, container)
        else:
            yield _Token(etree.tostring(child).decode(), b"", container, (child,))


def _content(paragraph: Any) -> Iterator[tuple[Any, Any]]:
    """The runs and other things in a paragraph, each with the link or field that it stands in."""
    for child in paragraph:
        if child.tag in CONTAINERS:
            for inner in child:
                yield inner, child
        elif child.tag not in (PPR, *MARKS):
            yield child, None


def _field_depth(element: Any, kind: str) -> int:
    return sum(mark.get(qn("w:fldCharType")) == kind for mark in element.iter(qn("w:fldChar")))


def _code_and_text(element: Any) -> str:
    return "".join(part.text or "" for part in element.iter(qn("w:instrText"), T))


def _words(run: Any, container: Any) -> Iterator[_Token]:
    properties = run.find(RPR)
    form = b"" if properties is None else etree.tostring(properties, method="c14n", exclusive=True)
    for child in run:
        if child.tag == T:
            for word in WORDS.findall(child.text or ""):
                yield _Token(word, form, container)
        elif child.tag != RPR:
            part = etree.Element(R)
            part.extend([deepcopy(element) for element in (properties, child) if element is not None])
            yield _Token(LINE_BREAKS.get(child.tag) or etree.tostring(child).decode(), form, container, (part,))


Operation = tuple[list[_Token], list[_Token]]
"""Old and new words. When both are the same words, nothing changed."""


def _operations(old: Sequence[_Token], new: Sequence[_Token]) -> list[Operation]:
    """What was deleted and inserted, stretch by stretch. Spaces between two changes are part of one change."""
    keys = [token.key for token in old], [token.key for token in new]
    found: list[tuple[bool, Operation]] = []
    for operation, start, end, new_start, new_end in SequenceMatcher(None, *keys).get_opcodes():
        before, after = list(old[start:end]), list(new[new_start:new_end])
        same = operation == "equal"
        blank = same and all(token.text.isspace() for token in before) and found and new_end < len(new)
        if found and not found[-1][0] and (not same or blank):
            found[-1][1][0].extend(before)
            found[-1][1][1].extend(after)
        else:
            found.append((same, (before, after)))
    return [operation for _, operation in found]


def _written(old: Sequence[_Token], new: Sequence[_Token], revision: Revision) -> Iterator[Any]:
    if [token.key for token in old] == [token.key for token in new]:
        yield from _in_containers(new, "", revision)
    else:
        yield from _in_containers(old, "del", revision)
        yield from _in_containers(new, "ins", revision)


def _in_containers(tokens: Iterable[_Token], change: str, revision: Revision) -> Iterator[Any]:
    """The runs of these words within their links and fields; a link in deleted text goes nowhere."""
    for _, group in groupby(tokens, key=lambda token: id(token.container)):
        words = list(group)
        runs = list(_runs(words))
        if change:
            mark = revision.element(change)
            mark.extend(map(_deleted, runs) if change == "del" else runs)
            runs = [mark] if runs else []
        container = words[0].container
        if container is None:
            yield from runs
        else:
            around = etree.Element(container.tag, dict(container.attrib), nsmap=container.nsmap)
            if change == "del" and qn("r:id") in around.attrib:
                del around.attrib[qn("r:id")]
            around.extend(runs)
            yield around


def _runs(tokens: Iterable[_Token]) -> Iterator[Any]:
    """One run for words that follow one another in the same form."""
    for (form, _), group in groupby(tokens, key=lambda token: (token.form, bool(token.elements))):
        words = list(group)
        if words[0].elements:
            yield from (deepcopy(element) for word in words for element in word.elements)
            continue
        run = etree.Element(R)
        if form:
            run.append(etree.fromstring(form))
        text = etree.SubElement(run, T)
        text.text = "".join(word.text for word in words)
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        yield run


def _deleted(run: Any) -> Any:
    """The run with its text as deleted text. The code of a field has a name of its own for that too."""
    for element in run.iter(T, qn("w:instrText")):
        element.tag = qn("w:delText") if element.tag == T else qn("w:delInstrText")
    return run
