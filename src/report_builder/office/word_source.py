"""A part of a Word template as Jinja source, with every fault in how its tags are placed."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from report_builder.office.word_bookmarks import drop_bookmarks
from report_builder.office.word_lifting import lift_tags
from report_builder.office.word_names import qn
from report_builder.office.word_tags import (
    BEGINNING,
    TOKEN,
    Part,
    Tag,
    join_tags,
    report_misplaced,
    shown,
    take_attributes,
)
from report_builder.problems import Place, Problem, error

NOISE = (qn("w:proofErr"), qn("w:lastRenderedPageBreak"), qn("w:noProof"))
STATEMENT = re.compile(r"\{%.*?%\}")
"""What a reader of a heading passes over."""

BLOCKS = {"for": "endfor", "if": "endif"}
MIDDLES = {"else", "elif"}


def read_part(name: str, content: bytes, file: str) -> Part:
    """The Jinja source of this part, with every fault in how its tags are placed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(content, parser)
    for element in list(root.iter(*NOISE)):
        element.getparent().remove(element)
    part = Part(name)
    for paragraph, place in list(_paragraphs(root, file, in_body=name == "word/document.xml")):
        join_tags(part, paragraph, place)
        report_misplaced(part, paragraph, place)
    take_attributes(part, root, file)
    lift_tags(part)
    drop_bookmarks(part, root)
    part.xml = _ordered(part, root)
    part.source = _source(part)
    part.problems.extend(_unbalanced(part))
    return part


def _paragraphs(root: Any, file: str, *, in_body: bool) -> Iterator[tuple[Any, Place]]:
    """Every paragraph with its place in words: the heading above it, and its table and row."""
    heading = ""
    tables = {table: number for number, table in enumerate(root.iter(qn("w:tbl")), 1)}
    for count, element in enumerate(root.iter(qn("w:p")), 1):
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and style.get(qn("w:val"), "").lower().startswith(("heading", "kop", "title", "titel")):
            heading = STATEMENT.sub("", "".join(text.text or "" for text in element.iter(qn("w:t"))))
        row = next(element.iterancestors(qn("w:tr")), None)
        if row is None:
            yield element, Place(file=file, heading=heading, paragraph=count if in_body else 0)
        else:
            number = sum(1 for _ in row.itersiblings(qn("w:tr"), preceding=True)) + 1
            paragraph = count if in_body else 0
            table = tables[next(row.iterancestors(qn("w:tbl")))]
            yield element, Place(file=file, heading=heading, table=table, row=number, paragraph=paragraph)


def _unbalanced(part: Part) -> Iterator[Problem]:
    """Blocks that are never closed or opened, and those that cross: open and close must stand in alike places."""
    opened: list[Tag] = []
    for tag in part.tags:
        word = tag.words[0] if tag.words else ""
        if word in BLOCKS:
            opened.append(tag)
        elif word in BLOCKS.values() or word in MIDDLES:
            if not opened or (word not in MIDDLES and BLOCKS[opened[-1].words[0]] != word):
                tag.wrong = True
                yield error("tag-not-opened", tag.place, tag=shown(tag.source))
                continue
            start = opened[-1] if word in MIDDLES else opened.pop()
            if not _alike(start, tag):
                yield error("tag-crossed", tag.place, tag=shown(start.source), end=shown(tag.source))
    for tag in opened:
        part.unclosed.append(tag.words[0])
        yield error("tag-not-closed", tag.place, tag=shown(tag.source))


def _alike(start: Tag, end: Tag) -> bool:
    """Whether what stands between two tags is whole: the elements around each, up to a common one, are the same."""
    first, second = _chain(start), _chain(end)
    common = {id(element) for element in first} & {id(element) for element in second}
    up = [element.tag for element in first if id(element) not in common]
    down = [element.tag for element in second if id(element) not in common]
    return up == down


def _chain(tag: Tag) -> tuple[Any, ...]:
    return tag.path or tuple(tag.element.iterancestors())


def _ordered(part: Part, root: Any) -> str:
    """The part with a token for each tag, and its tags put in the order of their tokens."""
    xml = BEGINNING.sub("&#123;", etree.tostring(root, encoding="unicode").replace("\n", " "))
    order = [int(token[1]) for token in TOKEN.finditer(xml)]
    part.tags = [part.tags[number] for number in order]
    return xml


def _source(part: Part) -> str:
    """The part as Jinja source, each tag on a line of its own by a line feed inside it."""
    numbers = iter(range(len(part.tags)))
    return TOKEN.sub(lambda _: _as_jinja(part.tags[number := next(numbers)], number), part.xml)


def readable_source(part: Part) -> str:
    """The source with its wrong tags made harmless, so that the others can be checked in the same run."""
    numbers = iter(range(len(part.tags)))
    ends = "".join(f"{{% {BLOCKS[word]} %}}" for word in reversed(part.unclosed))
    return TOKEN.sub(lambda _: _harmless(part.tags[number := next(numbers)], number), part.xml) + ends


def _harmless(tag: Tag, number: int) -> str:
    word = tag.words[0] if tag.words else ""
    if not tag.wrong:
        return _as_jinja(tag, number)
    if word in ("if", "elif"):
        return f"{{%\n{word} true %}}"
    if word == "for":
        name = tag.words[1] if len(tag.words) > 1 and tag.words[1].isidentifier() else "item"
        return f"{{%\nfor {name} in [] %}}"
    return "{#\n#}"


def _as_jinja(tag: Tag, number: int) -> str:
    source = tag.source
    opening, closing = source[:2], source[-2:]
    inner = source[2:-2].removeprefix("-").removeprefix("+").removesuffix("-").strip()
    if opening == "{{":
        form = tag.form or ("text" if tag.stands_in_text else "attribute")
        return f"{{{{\n({inner})|_{form}({number}) }}}}"
    return f"{opening}\n{inner} {closing}"
