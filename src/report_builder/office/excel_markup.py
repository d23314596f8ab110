"""Large parts of a workbook piece by piece, and what the text in them says."""

import re
from collections.abc import Iterator

CHUNK = 1024 * 1024
PROLOGUE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=.1\.0.(?: encoding=.(?i:utf-8).)?(?: standalone=.(?:yes|no).)?\s*\?>)?\s*"
)
"""What may stand before the first tag of a part whose bytes are UTF-8."""

REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+));")
CHARACTERS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
ESCAPED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
"""How Excel writes a character that XML cannot hold. A half of a pair is no character."""


class NotPlain(Exception):
    """More than plain values stands here, or they are written in an unusual way: a slower reader has to look at it."""


def opening(part: bytes, before: bytes) -> int:
    """Where the first `before` stands, if nothing above it can hide what follows, and the part is in UTF-8."""
    prologue, place = PROLOGUE.match(part), part.find(before)
    head = part[prologue.end() : place] if prologue else b""
    if place < 0 or not head or b"<!" in head or b"<?" in head:
        raise NotPlain
    return place


def pieces(part: bytes, last: bytes, start: int, end: int) -> Iterator[str]:
    """What stands there in pieces of at most a megabyte, each up to a `last`, so that nothing is cut in two."""
    while start < end:
        stop = part.rfind(last, start, start + CHUNK) + len(last)
        if stop < len(last) or stop > end:
            stop = end
        if stop - start > CHUNK:
            raise NotPlain
        text = part[start:stop].decode()
        yield text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        start = stop


def is_text(markup: str) -> bool:
    """Whether all text in this piece of XML says just what stands there."""
    return "&" not in markup and "_" not in markup


def text_of(markup: str) -> str:
    """What this text in XML says."""
    return unescaped(REFERENCE.sub(_character, markup) if "&" in markup else markup)


def unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code, number, name = found.groups()
    return CHARACTERS[name] if name else chr(int(code, 16) if code else int(number))
