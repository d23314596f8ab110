"""The wording of a letter, from two templates that must say the same: plain text, and simple HTML."""

import re
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError

from report_builder.office.word_language import TemplateEnvironment
from report_builder.problems import ExitCode, Stop
from report_builder.texts import Texts

PLAIN, HTML = "letter.txt", "letter.html"


def write_letter(folder: Path, letter: Any, texts: Texts) -> tuple[str, str]:
    """The letter, a dataclass, as plain text and as HTML. Raise Stop for what is wrong with a template, with its line.

    In HTML every value is escaped. Templates reach the letter's fields and nothing else.
    """
    plain = TemplateEnvironment(texts).overlay(trim_blocks=True, lstrip_blocks=True, autoescape=False)
    escaping = plain.overlay(autoescape=True)
    values = {field.name: getattr(letter, field.name) for field in fields(letter)}
    written = []
    for name, environment in ((PLAIN, plain), (HTML, escaping)):
        path = folder / name
        try:
            written.append(environment.from_string(path.read_text(encoding="utf-8")).render(values))
        except (OSError, UnicodeDecodeError) as fault:
            raise Stop(ExitCode.PLAN, f"the template {path} cannot be read: {fault}") from None
        except TemplateSyntaxError as fault:
            raise Stop(ExitCode.PLAN, f"{path}, line {fault.lineno}: {fault.message}") from None
        except (TemplateError, TypeError, AttributeError) as fault:
            raise Stop(ExitCode.PLAN, f"{path}: a tag cannot be filled in: {fault}") from None
    text, html = written
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html


class _Reader(HTMLParser):
    """What a person sees of HTML: its text, without what stands in the head."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self._hidden += tag == "head"

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag == "head"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)


def words_of_html(html: str) -> list[str]:
    """The words that a reader of this HTML sees, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return words(" ".join(reader.seen))


def words(text: str) -> list[str]:
    """The words of a text, in order, without what stands between them."""
    return re.findall(r"\w+", text)
