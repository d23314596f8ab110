"""What a tag may say: a small part of Jinja, strict, and shut off from everything but the document's contents."""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes, sandbox

from report_builder.model import Edition
from report_builder.office.word_tags import Part
from report_builder.problems import Problem, error
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


class TemplateEnvironment(sandbox.SandboxedEnvironment):
    """Jinja with attributes that start with an underscore shut off, and nothing global to reach.

    Jinja itself escapes nothing, since it would mark and look at each piece of text again. Every output ends in one of
    the `writers`, which escape, and a part in which one does not is never compiled.
    """

    def __init__(self, texts: Texts) -> None:
        super().__init__(autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True, optimized=False)
        self.parse_tag = cache(self.parse)
        """Half of the tags stand in a template more than once."""
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


def ends_in(filters: Container[str], tree: nodes.Template) -> bool:
    """Whether every output in this template goes through one of these filters last."""
    written = (child for output in tree.find_all(nodes.Output) for child in output.nodes)
    return all(
        isinstance(child, nodes.TemplateData) or (isinstance(child, nodes.Filter) and child.name in filters)
        for child in written
    )


def syntax_faults(part: Part, environment: TemplateEnvironment) -> Iterator[Problem]:
    """Every tag that is no Jinja, or that says more than a template may: each on its own, so that all are found."""
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
            tree = environment.parse_tag(source)
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
