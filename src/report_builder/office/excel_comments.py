"""What people wrote beside the cells of a workbook: notes, and comments with their replies, each with its author."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent
from xml.etree.ElementTree import Element

from report_builder.office.excel_relations import related, root_of

THREADED, NOTES = "/threadedComment", "/comments"
"""How the types of a sheet's relations to its comments end."""

OLD_READER = "linkid=870924"
"""Stands in the note that Excel puts under a threaded comment, for programs that know notes only, in any language."""

LABEL = re.compile(r"\w+:\s*")
"""A line of such a note that says whether a comment or a reply follows."""


@dataclass(frozen=True, slots=True)
class CellComment:
    """`author` is as the file names them; empty where it does not."""

    sheet: str
    cell: str
    author: str
    text: str


def comments_of(parts: Mapping[str, bytes], part: str, sheet: str) -> tuple[CellComment, ...]:
    """The comments on the sheet in this part, in the order in which they were made.

    A threaded comment is also kept as a note by Excel; then only the comment itself counts.
    """
    targets = list(related(parts, part))
    people = dict(_people(parts))
    threads = [
        CellComment(sheet, thread.get("ref", ""), people.get(thread.get("personId", ""), ""), _text(thread))
        for kind, target in targets
        if kind.endswith(THREADED)
        for thread in root_of(parts, target)
    ]
    answered = {comment.cell for comment in threads}
    notes = [
        comment
        for kind, target in targets
        if kind.endswith(NOTES)
        for comment in _notes(root_of(parts, target), sheet)
        if comment.cell not in answered
    ]
    return tuple(comment for comment in (*threads, *notes) if comment.text)


def _notes(root: Element, sheet: str) -> Iterator[CellComment]:
    authors = [element.text or "" for element in root.iter() if _name(element) == "author"]
    for element in root.iter():
        if _name(element) == "comment":
            number = element.get("authorId", "")
            author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
            author = "" if author.startswith("tc=") else author.strip()
            yield CellComment(sheet, element.get("ref", ""), author, _plain(_text(element), author))


def _plain(text: str, author: str) -> str:
    """A note without what the program wrote in it: the author's name above it, or how to read a threaded comment."""
    if OLD_READER in text:
        lines = text.partition(OLD_READER)[2].replace("\r\n", "\n").split("\n")
        return dedent("\n".join(line for line in lines if not LABEL.fullmatch(line))).strip()
    return text.removeprefix(f"{author}:").strip() if author else text.strip()


def _people(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if part.startswith("xl/persons/"):
            yield from ((person.get("id", ""), person.get("displayName", "")) for person in root_of(parts, part))


def _text(element: Element) -> str:
    """All text in the element; phonetic guides are no text of the writer."""
    parts: list[str] = []
    for child in element:
        if _name(child) in ("t", "text") and not len(child):
            parts.append(child.text or "")
        elif _name(child) != "rPh":
            parts.append(_text(child))
    return "".join(parts)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
