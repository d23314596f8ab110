"""How values are written: as text of a run, in an attribute, as a number. Every output tag ends in one of these."""

import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree
from markupsafe import escape

from report_builder.office.word_names import qn
from report_builder.office.word_tags import Part
from report_builder.problems import ExitCode, Stop
from report_builder.rich_text import RichText, Run

LINK_COLOUR = "0563C1"
RUN_ORDER = (
    *("rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline"),
    *("shadow", "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w"),
    *("kern", "position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl"),
    *("cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath"),
)

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold. The checks of the dataset report them; none may reach a document."""

SPACES_IN_ATTRIBUTE = {ord(space): f"&#{ord(space)};" for space in "\t\n\r"}
"""As they are, a reader of XML must take these for spaces."""

BREAKS = re.compile("\r\n|[\n\t\r]")
TEXT_START = '<w:t xml:space="preserve">'

WHOLE = "_whole"
"""The name of `whole` in a template."""

Writer = Callable[[Any, int], str]
"""Given a value and the number of its tag, returns XML."""


def writers(part: Part) -> dict[str, Writer]:
    """The filters that end every output tag of this part: text of a run, an attribute, or the number of a name."""
    plain = [tag.run_properties for tag in part.tags]
    formats: dict[tuple[int, Run], str] = {}

    def text(value: Any, number: int) -> str:
        if type(value) is str:
            return _escaped(value)
        if isinstance(value, RichText):
            runs = (_run(run, _format(number, run)) for run in value.runs)
            return f"</w:t></w:r>{''.join(runs)}<w:r>{plain[number]}{TEXT_START}"
        return "" if value is None else _escaped(str(value))

    def _format(number: int, run: Run) -> str:
        form = Run("", run.bold, run.italic, run.struck, run.inserted, "x" if run.link else "")
        if (number, form) not in formats:
            formats[number, form] = _properties(plain[number], form)
        return formats[number, form]

    return {"_text": text, "_attribute": _attribute, "_number": _number}


def _goes_in_text(text: str) -> bool:
    """Whether it is written as it is. Of several texts together this is true only when it is of each."""
    return text.isprintable() and not ("&" in text or "<" in text or ">" in text)


def _goes_in_attribute(text: str) -> bool:
    return _goes_in_text(text) and not ('"' in text or "'" in text)


GO_AS_THEY_ARE: Mapping[str, Callable[[str], bool]] = {"_text": _goes_in_text, "_attribute": _goes_in_attribute}
"""By the name of a writer: whether it writes a text, or each of several texts together, as it is."""


def _attribute(value: Any, _number: int) -> str:
    text = str(value)
    if text.isascii() and text.isalnum():
        return text
    return str(escape(_writable(text))).translate(SPACES_IN_ATTRIBUTE)


def _number(value: Any, _number: int) -> str:
    return str(zlib.crc32(str(value).encode()) & 0x7FFFFFFF)  # the schema allows 31 bits


def whole(content: str) -> str:
    """The contents of a cell, header or footer, which must end with a paragraph."""
    return content if content.rstrip().endswith(("</w:p>", "<w:p/>")) else f"{content}<w:p/>"


def _escaped(text: str) -> str:
    """Text within `w:t`: line feeds and tabs become elements of their own."""
    if _goes_in_text(text):
        return text
    marks = {"\t": "<w:tab/>"}
    return BREAKS.sub(lambda found: f"</w:t>{marks.get(found[0], '<w:br/>')}{TEXT_START}", str(escape(_writable(text))))


def _writable(text: str) -> str:
    if found := UNWRITABLE.search(text):
        raise Stop(ExitCode.DATA, f"a text holds U+{ord(found[0]):04X}, which no document can hold: {text[:60]!r}")
    return text


def _run(run: Run, properties: str) -> str:
    written = f"<w:r>{properties}{TEXT_START}{_escaped(run.text)}</w:t></w:r>"
    if not run.link:
        return written
    if run.link.startswith("#"):
        return f'<w:hyperlink w:anchor="{escape(run.link[1:])}" w:history="1">{written}</w:hyperlink>'
    address = escape(_writable(run.link).replace('"', "%22"))
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> HYPERLINK "{address}" </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{written}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _properties(plain: str, form: Run) -> str:
    """The run's own properties with those of the form set, in the order of the schema."""
    namespace = f'xmlns:w="{qn("w:r")[1:].partition("}")[0]}"'
    properties = etree.fromstring(plain) if plain else etree.fromstring(f"<w:rPr {namespace}/>")
    wanted: list[tuple[str, str | None]] = []
    wanted += [("b", None)] if form.bold else []
    wanted += [("i", None)] if form.italic else []
    wanted += [("strike", None)] if form.struck else []
    wanted += [("u", "single")] if form.inserted or form.link else []
    wanted += [("color", LINK_COLOUR)] if form.link else []
    for name, value in wanted:
        for old in properties.findall(qn(f"w:{name}")):
            properties.remove(old)
        element = etree.SubElement(properties, qn(f"w:{name}"))
        if value:
            element.set(qn("w:val"), value)
    order = {qn(f"w:{name}"): at for at, name in enumerate(RUN_ORDER)}
    properties[:] = sorted(properties, key=lambda child: order.get(child.tag, len(order)))
    return etree.tostring(properties).decode() if len(properties) else ""
