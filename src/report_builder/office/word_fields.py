"""The fields that a template may use, from the types of a document's contents: so faults show without any data."""

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import TemplateSyntaxError, nodes

from report_builder.model import Edition
from report_builder.office.word_language import FILTER_ARGUMENTS, TemplateEnvironment
from report_builder.office.word_source import readable_source
from report_builder.office.word_tags import Part
from report_builder.problems import Problem, error
from report_builder.rich_text import RichText

PRINTABLE = (str, int, float, date, Edition, RichText)
LOOP_FIELDS = ("index", "index0", "first", "last", "length", "revindex", "revindex0", "previtem", "nextitem")

Names = dict[str, Any]
"""The names that are known at a place in a template, each with its type; Any where that is not known."""


def fields_of(kind: Any) -> Names:
    """The fields and properties of a contents type, or of what may be there, each with its type. Empty for others."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return {name: found for option in typing.get_args(kind) for name, found in fields_of(option).items()}
    if not isinstance(kind, type) or not (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")):
        return {}
    found: Names = dict(typing.get_type_hints(kind))
    for owner in reversed(kind.__mro__):
        for name, value in vars(owner).items():
            if isinstance(value, property) and value.fget and not name.startswith("_"):
                found[name] = typing.get_type_hints(value.fget).get("return", Any)
    return found


def element_of(kind: Any) -> Any:
    """What a loop over this type yields; None when it is no sequence."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return Any
    if origin in (types.UnionType, typing.Union):
        return next((element for option in arguments if (element := element_of(option)) is not None), None)
    if isinstance(origin, type) and issubclass(origin, Iterable) and arguments:
        return arguments[0]
    return None


def unknown_fields(
    part: Part, tree: nodes.Template | None, environment: TemplateEnvironment, contents: type
) -> Iterator[Problem]:
    """Every name, field, filter and use in this part that the contents do not allow, each with its place.

    `tree` is None for a part with faults. Tags that are wrong in themselves are then passed over, so that they hide no
    fault of another.
    """
    if tree is None:
        try:
            tree = environment.parse(readable_source(part))
        except TemplateSyntaxError:
            return
    yield from _Walk(part, environment).body(tree.body, fields_of(contents))


class _Loop:
    """The type of `loop`, of which LOOP_FIELDS may be asked."""


@dataclass(frozen=True, slots=True)
class _Walk:
    part: Part
    environment: TemplateEnvironment

    def body(self, body: Iterable[nodes.Node], names: Names) -> Iterator[Problem]:
        for node in body:
            if isinstance(node, nodes.For):
                kind, problems = self.type_of(node.iter, names)
                yield from problems
                element = element_of(kind)
                if element is None:
                    yield self._fault("field-no-list", node, field=_written(node.iter))
                within = {**names, "loop": _Loop}
                if isinstance(node.target, nodes.Name):
                    within[node.target.name] = Any if element is None else element
                else:
                    yield self._fault("for-target", node, field=_written(node.iter))
                    within |= {name.name: Any for name in node.target.find_all(nodes.Name)}
                if node.test:
                    yield from self.type_of(node.test, within)[1]
                yield from self.body(node.body, within)
                yield from self.body(node.else_, names)
            elif isinstance(node, nodes.If):
                yield from self.type_of(node.test, names)[1]
                yield from self.body((*node.body, *node.elif_, *node.else_), names)
            elif isinstance(node, nodes.FilterBlock):
                yield from self.body(node.body, names)
            elif isinstance(node, nodes.Output):
                for child in node.nodes:
                    yield from self._output(child, names)

    def _output(self, node: nodes.Expr, names: Names) -> Iterator[Problem]:
        if isinstance(node, nodes.TemplateData):
            return
        inner = node.node if isinstance(node, nodes.Filter) and node.name.startswith("_") and node.node else node
        kind, problems = self.type_of(inner, names)
        yield from problems
        if not problems and not _is_printable(kind):
            yield self._fault("field-no-text", inner, field=_written(inner))

    def type_of(self, node: nodes.Node | None, names: Names) -> tuple[Any, list[Problem]]:
        """The type of an expression, Any when it cannot be told, and the faults in it."""
        if isinstance(node, nodes.Name):
            return self._name(node, names)
        if isinstance(node, nodes.Getattr):
            kind, problems = self.type_of(node.node, names)
            return self._field(node, kind, problems)
        if isinstance(node, nodes.Getitem):
            return self._item(node, names)
        if isinstance(node, nodes.Filter):
            return self._filter(node, names)
        if isinstance(node, nodes.Const):
            return type(node.value), []
        problems = (
            [fault for child in node.iter_child_nodes() for fault in self.type_of(child, names)[1]] if node else []
        )
        return Any, problems

    def _name(self, node: nodes.Name, names: Names) -> tuple[Any, list[Problem]]:
        if node.name in names:
            return names[node.name], []
        return Any, [self._unknown(node, node.name, node.name, names)]

    def _item(self, node: nodes.Getitem, names: Names) -> tuple[Any, list[Problem]]:
        kind, problems = self.type_of(node.node, names)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._field(nodes.Getattr(node.node, node.arg.value, "load", lineno=node.lineno), kind, problems)
        problems += self.type_of(node.arg, names)[1]
        element = element_of(kind)
        return (Any if element is None or isinstance(node.arg, nodes.Slice) else element), problems

    def _field(self, node: nodes.Getattr, kind: Any, problems: list[Problem]) -> tuple[Any, list[Problem]]:
        if kind is Any:
            return Any, problems
        known = dict.fromkeys(LOOP_FIELDS, Any) if kind is _Loop else fields_of(kind)
        if node.attr in known:
            return known[node.attr], problems
        return Any, [*problems, self._unknown(node, _written(node), node.attr, known)]

    def _filter(self, node: nodes.Filter, names: Names) -> tuple[Any, list[Problem]]:
        kind, problems = self.type_of(node.node, names)
        wanted = FILTER_ARGUMENTS.get(node.name)
        if wanted and isinstance(kind, type) and not issubclass(kind, wanted):
            problems.append(self._fault("filter-wrong", node, name=node.name, field=_written(node.node)))
        for argument in node.args:
            problems += self.type_of(argument, names)[1]
        if node.name in ("first", "last"):
            element = element_of(kind)
            return (Any if element is None else element), problems
        return (kind if node.name in ("default", "d") else Any), problems

    def _unknown(self, node: nodes.Node, written: str, name: str, known: Names) -> Problem:
        like = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        if like:
            return self._fault("field-misspelt", node, field=written, like=like[0])
        return self._fault("field-unknown", node, field=written, known=", ".join(known) or "-")

    def _fault(self, code: str, node: nodes.Node, **parameters: str | int) -> Problem:
        return error(code, self.part.place_of_line(node.lineno), **parameters)


def _is_printable(kind: Any) -> bool:
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return all(option is type(None) or _is_printable(option) for option in typing.get_args(kind))
    return kind is Any or (isinstance(kind, type) and issubclass(kind, PRINTABLE) and kind is not bool)


def _written(node: nodes.Node | None) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    return node.name if isinstance(node, (nodes.Name, nodes.Filter)) else "…"
