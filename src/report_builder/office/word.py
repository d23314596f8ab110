"""Word documents from templates that policy staff edit: compiled once, rendered as a stream into the zip."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from traceback import walk_tb
from typing import Any, BinaryIO

from jinja2 import Template, TemplateError, UndefinedError, nodes

from report_builder.office.gate import safe_parts
from report_builder.office.package import CONTENT_TYPES, write_package
from report_builder.office.package import Part as PackagePart
from report_builder.office.properties import CORE_PART, CORE_RELATION, CORE_TYPE, Properties, core_properties
from report_builder.office.word_data import attach_rows
from report_builder.office.word_fields import unknown_fields
from report_builder.office.word_language import TemplateEnvironment, ends_in, parsed, syntax_faults
from report_builder.office.word_loops import BLOCKS, in_blocks
from report_builder.office.word_remarks import without_remarks
from report_builder.office.word_source import read_part
from report_builder.office.word_tags import Part
from report_builder.office.word_writers import WHOLE, whole, writers
from report_builder.problems import ExitCode, Problem, Stop, error, errors_in
from report_builder.texts import Texts

PIECE = 2**16
"""Characters that are at least written at once. What a template yields may be a word or a block of rows."""

DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TEXT_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml", "word/header", "word/footer")


@dataclass(frozen=True, slots=True)
class WordTemplate:
    """A template, ready to be rendered any number of times.

    `static` are the parts that no tag stands in. `trees` are the others as Jinja reads them, unless a fault in some tag
    keeps them from being read as a whole. `problems` are faults that do not depend on any contents.
    """

    file: str
    static: dict[str, bytes]
    parts: tuple[Part, ...]
    trees: dict[str, nodes.Template]
    templates: dict[str, Template]
    problems: tuple[Problem, ...]
    environment: TemplateEnvironment
    content: bytes
    texts: Texts

    def __reduce__(self) -> tuple[Callable[..., "WordTemplate"], tuple[bytes, str, Texts]]:
        """Compiled code goes to no other process; the template is read there anew."""
        return WordTemplate.read, (self.content, self.file, self.texts)

    @classmethod
    def read(cls, content: bytes, file: str, texts: Texts) -> "WordTemplate":
        """Compile a template. Faults in its tags are collected in `problems`; another kind of file raises Stop."""
        package = without_remarks(safe_parts(content, file))
        if "word/document.xml" not in package:
            raise Stop(ExitCode.PLAN, f"{file} is no Word document")
        environment = TemplateEnvironment(texts)
        parts = [read_part(name, package[name], file) for name in package if name.startswith(TEXT_PARTS)]
        parts = [part for part in parts if part.tags or part.problems]
        problems = [problem for part in parts for problem in (*part.problems, *syntax_faults(part, environment))]
        trees, faults = ({}, ()) if errors_in(problems) else parsed(parts, environment)
        problems.extend(faults)
        templates = {} if errors_in(problems) else {part.name: _compile(part, trees, environment) for part in parts}
        static = {name: data for name, data in package.items() if name not in {part.name for part in parts}}
        return cls(file, static, tuple(parts), trees, templates, tuple(problems), environment, content, texts)

    def check(self, contents: type) -> tuple[Problem, ...]:
        """Every fault of the template for contents of this type, without any data."""
        fields = (fault for part in self.parts for fault in self._unknown_fields(part, contents))
        return (*self.problems, *fields)

    def _unknown_fields(self, part: Part, contents: type) -> Iterator[Problem]:
        return unknown_fields(part, self.trees.get(part.name), self.environment, contents)

    def render(
        self, contents: object, target: BinaryIO, properties: Properties, rows: Iterable[Sequence[str]] = ()
    ) -> None:
        """Write the document. Memory does not grow with the number of rows in `contents`.

        `rows` travel in the file beside what people see; none: nothing does.
        """
        if errors := errors_in(self.problems):
            raise Stop(ExitCode.PLAN, f"the template {self.file} has {len(errors)} fault(s)", self.problems)
        values = _values(contents)
        rendered: dict[str, PackagePart] = {part.name: self._stream(part, values) for part in self.parts}
        static = {**self.static, CORE_PART: core_properties(properties)}
        _declare_properties(static)
        if known := tuple(rows):
            attach_rows(static, known)
        write_package(target, {**static, **rendered})

    def _stream(self, part: Part, values: dict[str, Any]) -> Iterator[bytes]:
        yield DECLARATION
        try:
            for text in _in_pieces(self.templates[part.name].generate(values)):
                yield text.encode()
        except UndefinedError as fault:
            message = f"the template {self.file} asks for what is not there: {fault.message}"
            raise Stop(ExitCode.PLAN, message, _placed(fault, part)) from fault
        except (TemplateError, TypeError, ValueError, ArithmeticError) as fault:
            message = f"the template {self.file} cannot be filled in: {fault}"
            raise Stop(ExitCode.PLAN, message, _placed(fault, part)) from fault


def _in_pieces(texts: Iterable[str]) -> Iterator[str]:
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= PIECE:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


def _placed(fault: Exception, part: Part) -> tuple[Problem, ...]:
    """The tag at which rendering ended, found by the line that Jinja puts in the traceback."""
    lines = [line for frame, line in walk_tb(fault.__traceback__) if frame.f_code.co_filename == "<template>"]
    return tuple(error("tag-fails", part.place_of_line(line), reason=str(fault)) for line in lines[-1:])


def _compile(part: Part, trees: dict[str, nodes.Template], environment: TemplateEnvironment) -> Template:
    """One template a part: its filters know the formatting of the part's own runs."""
    own, own_writers, tree = environment.overlay(), writers(part), trees[part.name]
    if not ends_in(own_writers, tree):
        raise ValueError(f"{part.name}: a tag would be written without being escaped")
    tree, blocks = in_blocks(tree, own_writers)
    own.filters = {**environment.filters, **own_writers, WHOLE: whole, BLOCKS: blocks}
    tree.set_environment(own)
    return own.from_string(tree)


def _values(contents: object) -> dict[str, Any]:
    """The top-level names of a template: the fields and properties of the contents."""
    if isinstance(contents, dict):
        return contents
    kind = type(contents)
    names = [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
    names += [name for name, value in vars(kind).items() if isinstance(value, property) and name[0] != "_"]
    return {name: getattr(contents, name) for name in names}


def _declare_properties(parts: dict[str, bytes]) -> None:
    """Name the part of core properties where a package must, for templates that have none of their own."""
    if CORE_TYPE.encode() not in parts[CONTENT_TYPES]:
        override = f'<Override PartName="/{CORE_PART}" ContentType="{CORE_TYPE}"/></Types>'
        parts[CONTENT_TYPES] = parts[CONTENT_TYPES].replace(b"</Types>", override.encode())
    if CORE_RELATION.encode() not in parts["_rels/.rels"]:
        relation = f'<Relationship Id="coreProperties" Type="{CORE_RELATION}" Target="{CORE_PART}"/></Relationships>'
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"</Relationships>", relation.encode())
