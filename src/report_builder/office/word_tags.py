"""The tags in a part of a Word template, made whole again.

Word splits what an author types over runs, and puts marks of spelling, bookmarks and comments in between. A tag is
joined into the run in which it starts, whose formatting it keeps.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from report_builder.office.word_names import qn
from report_builder.problems import Place, Problem, error

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
OPENING = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
BEGINNING = re.compile(r"\{(?=[{%#])")
QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\t": " ", "\n": " "}
)
TOKEN = re.compile("\ue000(\\d+)\ue001")
"""What stands for a tag while the part is XML: characters of the private use area, which no author types."""

SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(slots=True)
class Tag:
    """One tag: its source as Jinja has it, where it stands, and the path of elements around it.

    `form` is the way in which its value is written when that is not its place's own; `own` marks the engine's tags.
    `wrong` marks a tag whose fault keeps the part from being read.
    """

    source: str
    place: Place
    run_properties: str = ""
    element: Any = None
    path: tuple[Any, ...] = ()
    form: str = ""
    wrong: bool = False

    @property
    def stands_in_text(self) -> bool:
        return getattr(self.element, "tag", None) == qn("w:t")

    @property
    def words(self) -> list[str]:
        return self.source.strip("{}%-+ ").split() if self.source.startswith("{%") else []


@dataclass(slots=True)
class Part:
    """One part of a template, ready for Jinja. Tag number n, from 0, stands on line n + 2 of `source`.

    `xml` is the part with a token for each tag, `unclosed` the words of the blocks that never end.
    """

    name: str
    tags: list[Tag] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    xml: str = ""
    source: str = ""
    unclosed: list[str] = field(default_factory=list)

    def tag_of_line(self, line: int) -> Tag:
        return self.tags[min(max(line - 2, 0), len(self.tags) - 1)]

    def place_of_line(self, line: int) -> Place:
        return self.tag_of_line(line).place if self.tags else Place()


def join_tags(part: Part, paragraph: Any, place: Place) -> None:
    """Put a token in the place of each tag of the paragraph, and the tags into `part`."""
    texts = [t for t in paragraph.iter(qn("w:t")) if next(t.iterancestors(qn("w:p"))) is paragraph]
    whole = "".join(text.text or "" for text in texts)
    tags = list(enumerate(TAG.finditer(whole), len(part.tags)))
    part.tags.extend(Tag(found[0].translate(QUOTES), place) for _, found in tags)
    for number, found in reversed(tags):
        _replace(texts, found.start(), found.end(), f"\ue000{number}\ue001")
    for text in texts:
        text.text = text.text or ""
        if stray := OPENING.search(text.text):
            part.problems.append(error("tag-not-closed", place, tag=shown(text.text[stray.start() :])))
        if TOKEN.search(text.text):
            text.set(SPACE, "preserve")
            run = text.getparent()
            properties = run.find(qn("w:rPr"))
            for token in TOKEN.finditer(text.text):
                tag = part.tags[int(token[1])]
                tag.element = text
                if properties is not None:
                    tag.run_properties = etree.tostring(properties, with_tail=False).decode()
    for text in texts:
        run = text.getparent()
        if not text.text and run.tag == qn("w:r") and len(run.findall("*")) - len(run.findall(qn("w:rPr"))) == 1:
            run.getparent().remove(run)


def report_misplaced(part: Part, paragraph: Any, place: Place) -> None:
    """Tags in a code of a field or in a formula, which are no text of the document and are not filled in."""
    for element in paragraph.iter("*"):
        if element.tag != qn("w:t") and (found := BEGINNING.search(element.text or "")):
            part.problems.append(error("tag-misplaced", place, tag=shown(element.text[found.start() :])))


def _replace(texts: list[Any], start: int, end: int, token: str) -> None:
    """Put `token` in place of the characters from start to end, counted over all these texts."""
    at = 0
    for text in texts:
        content = text.text or ""
        left, right = max(start - at, 0), min(end - at, len(content))
        if left < right:
            text.text = content[:left] + (token if start >= at else "") + content[right:]
        at += len(content)


def take_attributes(part: Part, root: Any, file: str) -> None:
    """Tags in attributes: the name of a bookmark, the tag of a content control."""
    for element in root.iter("*"):
        for name, value in element.attrib.items():
            for found in TAG.finditer(value):
                value = value.replace(found[0], f"\ue000{len(part.tags)}\ue001")
                part.tags.append(Tag(found[0], Place(file=file), element=element))
                if element.tag == qn("w:bookmarkStart"):
                    _number_bookmark(part, root, element, found[0], file)
            element.set(name, value)


def _number_bookmark(part: Part, root: Any, start: Any, named: str, file: str) -> None:
    """A bookmark in a loop needs another number each time; it gets one from its name, at its start and its end."""
    number = start.get(qn("w:id"))
    ends = [end for end in root.iter(qn("w:bookmarkEnd")) if end.get(qn("w:id")) == number]
    for mark in (start, *ends):
        mark.set(qn("w:id"), f"\ue000{len(part.tags)}\ue001")
        part.tags.append(Tag(named, Place(file=file), element=mark, form="number"))


def shown(text: str) -> str:
    """As much of a tag as a finding quotes."""
    return " ".join(text.split())[:60]
