"""The loops of a template that can be filled in for a block of rows at once.

They print, test and walk through fields of their own rows, and do nothing else. What is beyond that is left to Jinja,
row by row: other loops, and blocks of rows that are not plain or in which something fails, so that Jinja says where.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jinja2 import nodes

from report_builder.office.word_blocks import Body, Choice, Field, NotPlain, Path, Step, Text, Within
from report_builder.office.word_writers import GO_AS_THEY_ARE, Writer

BLOCK_ROWS = 64

BLOCKS, XML, ROWS = "_blocks", "_xml", "_rows"
"""In place of a loop the template has one over its blocks. Each is XML, or rows that are left to Jinja."""

FAULTS = (AttributeError, TypeError, ValueError, ArithmeticError)

Blocks = Iterator[tuple[str, list[Any]]]


def in_blocks(
    tree: nodes.Template, writers: Mapping[str, Writer]
) -> tuple[nodes.Template, Callable[[Iterable[Any], int], Blocks]]:
    """The template with blocks in place of the loops that can do with them, and what makes these: the filter BLOCKS.

    `writers` are the filters that end every output tag.
    """
    bodies: list[Body] = []

    def changed(node: Any) -> Any:
        made = copy.copy(node)
        for name in {"body", "elif_", "else_"}.intersection(node.fields):
            setattr(made, name, list(map(changed, getattr(node, name))))
        if isinstance(node, nodes.For):
            try:
                bodies.append(_body_of(node, writers))
            except NotPlain:
                return made
            return _over_blocks(made, len(bodies) - 1)
        return made

    def blocks(rows: Iterable[Any], number: int) -> Blocks:
        remaining = iter(rows)
        while block := list(islice(remaining, BLOCK_ROWS)):
            try:
                yield bodies[number].text(block), []
            except FAULTS:
                yield "", block

    return changed(tree), blocks


def _over_blocks(loop: nodes.For, number: int) -> nodes.For:
    parts = nodes.Tuple([nodes.Name(XML, "store"), nodes.Name(ROWS, "store")], "store")
    blocks = nodes.Filter(loop.iter, BLOCKS, [nodes.Const(number)], [], None, None)
    left = nodes.For(loop.target, nodes.Name(ROWS, "load"), loop.body, [], None, False, lineno=loop.lineno)
    xml = nodes.Output([nodes.Name(XML, "load")])
    return nodes.For(parts, blocks, [xml, left], [], None, False, lineno=loop.lineno)


def _body_of(loop: nodes.For, writers: Mapping[str, Writer]) -> Body:
    """What this loop does for a row. Raise NotPlain when it does more than a block can."""
    if not isinstance(loop.target, nodes.Name) or loop.test or loop.else_ or loop.recursive:
        raise NotPlain
    return _Reading(loop.target.name, writers).body(loop.body)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Of a loop whose rows have this name."""

    row: str
    writers: Mapping[str, Writer]

    def body(self, body: Iterable[nodes.Node]) -> Body:
        return Body(tuple(step for node in body for step in self._steps(node)))

    def _steps(self, node: nodes.Node) -> Iterator[Step]:
        if isinstance(node, nodes.Output):
            yield from map(self._output, node.nodes)
        elif isinstance(node, nodes.If) and not node.elif_:
            yield Choice(self._path(node.test), self.body(node.body), self.body(node.else_))
        elif isinstance(node, nodes.For):
            yield Within(self._path(node.iter), _body_of(node, self.writers))
        else:
            raise NotPlain

    def _output(self, node: nodes.Node) -> Step:
        if isinstance(node, nodes.TemplateData):
            return Text(node.data)
        if not isinstance(node, nodes.Filter) or node.name not in GO_AS_THEY_ARE:
            raise NotPlain
        write, number = self.writers[node.name], node.args[0].as_const()
        return Field(self._path(node.node), lambda value: write(value, number), GO_AS_THEY_ARE[node.name])

    def _path(self, node: nodes.Node | None) -> Path:
        if isinstance(node, nodes.Getattr):
            return (*self._path(node.node), node.attr)
        if isinstance(node, nodes.Name) and node.name == self.row:
            return ()
        raise NotPlain
