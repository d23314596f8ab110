"""What a document with tracked changes says once they are accepted, or rejected."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from report_builder.office.word_names import qn
from report_builder.office.word_redline import REDLINED_PARTS

P, TR, TC, INS, DEL = (qn(f"w:{name}") for name in ("p", "tr", "tc", "ins", "del"))
TEXT, DELETED_TEXT = qn("w:t"), qn("w:delText")
BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}

Text = tuple[str, ...]
"""A paragraph as one text, a row of a table as the texts of its cells."""


def texts_after(content: bytes, *, accepted: bool) -> dict[str, tuple[Text, ...]]:
    """The paragraphs and rows of body, headers and footers when every change is accepted, or when all are rejected.

    They go by the name of their part. A document without changes says the same either way.
    """
    gone = DEL if accepted else INS
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith(REDLINED_PARTS))
        return {name: tuple(_texts(archive.read(name), gone)) for name in names}


def _texts(part: bytes, gone: str) -> Iterator[Text]:
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, huge_tree=True))
    for element in root.iter(P, TR):
        if element.tag == TR:
            if element.find(f"{qn('w:trPr')}/{gone}") is None:
                cells = (cell.iterfind(f".//{P}") for cell in element.findall(TC))
                yield tuple("\n".join(_text(p, gone) for p in cell if not _gone(p, gone)) for cell in cells)
        elif not _gone(element, gone) and next(element.iterancestors(TR), None) is None:
            yield (_text(element, gone),)


def _gone(paragraph: Any, gone: str) -> bool:
    """Whether the paragraph goes as a whole, its end included."""
    return paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{gone}") is not None


def _text(paragraph: Any, gone: str) -> str:
    return "".join(
        BREAKS.get(element.tag) or element.text or ""
        for element in paragraph.iter(TEXT, DELETED_TEXT, *BREAKS)
        if not any(around.tag == gone for around in element.iterancestors(INS, DEL))
    )
