"""What a tag may say: a small part of Jinja, strict, and shut off from everything but the document's contents."""

import re
import zlib
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes, sandbox
from lxml import etree
from markupsafe import escape

from report_builder.model import Edition
from report_builder.office.word_names import qn
from report_builder.office.word_tags import Part
from report_builder.problems import ExitCode, Problem, Stop, error
from report_builder.rich_text import RichText, Run
from report_builder.texts import Texts

HARMLESS_FILTERS = (
    *("upper", "lower", "capitalize", "title", "trim", "length", "count", "first", "last", "join"),
    *("default", "d", "replace", "round", "int", "string", "abs"),
)
HARMLESS_TESTS = (
    "defined",
    "undefined",
    "none",
    "odd",
    "even",
    "divisibleby",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "in",
)
STATEMENTS = (nodes.For, nodes.If, nodes.Output)
FORBIDDEN = (nodes.Call, nodes.Pow, nodes.Mul, nodes.Mod)
"""Calls reach code, and products of texts reach all memory; contents are ready-made, so no tag needs them."""

INNER_ATTRIBUTES = frozenset(
    sandbox.UNSAFE_FUNCTION_ATTRIBUTES
    | sandbox.UNSAFE_METHOD_ATTRIBUTES
    | sandbox.UNSAFE_GENERATOR_ATTRIBUTES
    | sandbox.UNSAFE_COROUTINE_ATTRIBUTES
    | sandbox.UNSAFE_ASYNC_GENERATOR_ATTRIBUTES
    | {"mro"}
)
"""Ways from a value to the code around it that do not start with an underscore: found here once, not at each use."""

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


class TemplateEnvironment(sandbox.SandboxedEnvironment):
    """Jinja with attributes that start with an underscore shut off, and nothing global to reach.

    Jinja itself escapes nothing, since it would mark and look at each piece of text again. Every output ends in one of
    the `writers`, which escape, and a part in which one does not is never compiled.
    """

    def __init__(self, texts: Texts) -> None:
        super().__init__(autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in HARMLESS_FILTERS}
        self.filters |= {"datum": texts.date, "kwartaal": texts.quarter, "getal": texts.number}
        self.filters["opsomming"] = texts.enumeration
        self.tests = {name: self.tests[name] for name in HARMLESS_TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if attribute[0] != "_":
            try:
                return obj[attribute] if isinstance(obj, dict) else getattr(obj, attribute)
            except (AttributeError, KeyError):
                pass
        return self.undefined(obj=obj, name=attribute)


FILTER_ARGUMENTS: dict[str, tuple[type, ...]] = {"datum": (date,), "kwartaal": (Edition,), "getal": (int,)}
"""What the filters of this house are for; any other use is a fault of the template."""


def writers(part: Part) -> dict[str, Callable[..., str]]:
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

    return {"_text": text, "_attribute": _attribute, "_number": _number, "_whole": _whole}


def ends_in(filters: Container[str], tree: nodes.Template) -> bool:
    """Whether every output in this template goes through one of these filters last."""
    written = (child for output in tree.find_all(nodes.Output) for child in output.nodes)
    return all(
        isinstance(child, nodes.TemplateData) or (isinstance(child, nodes.Filter) and child.name in filters)
        for child in written
    )


def _attribute(value: Any, _number: int) -> str:
    text = str(value)
    if text.isascii() and text.isalnum():
        return text
    return str(escape(_writable(text))).translate(SPACES_IN_ATTRIBUTE)


def _number(value: Any, _number: int) -> str:
    return str(zlib.crc32(str(value).encode()) & 0x7FFFFFFF)  # the schema allows 31 bits


def _whole(content: str) -> str:
    """The contents of a cell, header or footer, which must end with a paragraph."""
    return content if content.rstrip().endswith(("</w:p>", "<w:p/>")) else f"{content}<w:p/>"


def _escaped(text: str) -> str:
    """Text within `w:t`: line feeds and tabs become elements of their own."""
    if text.isprintable() and not ("&" in text or "<" in text or ">" in text):
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


def syntax_faults(part: Part, environment: TemplateEnvironment) -> Iterator[Problem]:
    """Every tag that is no Jinja, or that says more than a template may: each on its own, so that all are found."""
    parse = cache(environment.parse)  # a third of the tags stand in a part more than once
    for tag in part.tags:
        words = tag.words
        source = tag.source
        if tag.form == "own" or (words and words[0] in ("else", "endif", "endfor")):
            continue
        if words and words[0] not in ("if", "elif", "for"):
            tag.wrong = True
            yield error("tag-forbidden", tag.place, tag=" ".join(source.split()), what=words[0])
            continue
        if words and words[0] in ("if", "for"):
            source += f"{{% end{words[0]} %}}"
        elif words and words[0] == "elif":
            source = source.replace("elif", "if", 1) + "{% endif %}"
        try:
            tree = parse(source)
        except TemplateSyntaxError as fault:
            tag.wrong = True
            yield error("tag-syntax", tag.place, tag=" ".join(tag.source.split()), reason=str(fault.message))
            continue
        if forbidden := _forbidden(tree):
            tag.wrong = True
            yield error("tag-forbidden", tag.place, tag=" ".join(tag.source.split()), what=forbidden)
        for node in tree.find_all((nodes.Filter, nodes.Test)):
            known = environment.filters if isinstance(node, nodes.Filter) else environment.tests
            if node.name not in known:
                yield error("filter-unknown", tag.place, name=node.name, known=", ".join(known))


def parsed(
    parts: Iterable[Part], environment: TemplateEnvironment
) -> tuple[dict[str, nodes.Template], tuple[Problem, ...]]:
    """Each part as a tree by its name, and tags that are right in themselves but not together, such as a second else.

    Parsing takes most of the time of a template, so this is done once, for checks and for rendering.
    """
    trees: dict[str, nodes.Template] = {}
    faults: list[Problem] = []
    for part in parts:
        try:
            trees[part.name] = environment.parse(part.source)
        except TemplateSyntaxError as fault:
            tag = part.tag_of_line(fault.lineno)
            shown = " ".join(tag.source.split())
            faults.append(error("tag-syntax", tag.place, tag=shown, reason=str(fault.message)))
    return trees, tuple(faults)


def _forbidden(tree: nodes.Template) -> str:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, FORBIDDEN) or (isinstance(node, nodes.Stmt) and not isinstance(node, STATEMENTS)):
            return type(node).__name__
        if isinstance(node, nodes.For) and node.recursive:
            return "recursive"
        if isinstance(node, (nodes.Getattr, nodes.Getitem)) and _private(node):
            return "_"
    return ""


def _private(node: nodes.Getattr | nodes.Getitem) -> bool:
    if isinstance(node, nodes.Getattr):
        return node.attr.startswith("_") or node.attr in INNER_ATTRIBUTES
    return isinstance(node.arg, nodes.Const) and str(node.arg.value).startswith("_")
