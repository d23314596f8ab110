"""The rules of form that every made Word document keeps: each a small function that yields its problems.

They are those for accessible government documents (EN 301 549, WCAG 2.1 AA) as far as a program can check them.
"""

from collections.abc import Callable, Iterator

from report_builder.office.word_facts import WordFacts
from report_builder.problems import Problem, error

Rule = Callable[[WordFacts], Iterator[Problem]]

LANGUAGE = "nl-NL"
LEAST_CONTRAST = 4.5
"""WCAG 2.1, success criterion 1.4.3, for text of ordinary size."""

VAGUE_LINKS = ("http://", "https://", "www.")


def no_tag_is_left(facts: WordFacts) -> Iterator[Problem]:
    for text in facts.tags_left:
        yield error("word-tag-left", text=text)


def title_is_set(facts: WordFacts) -> Iterator[Problem]:
    if not facts.title.strip():
        yield error("word-no-title")


def language_is_set(facts: WordFacts) -> Iterator[Problem]:
    if facts.language != LANGUAGE or facts.text_language != LANGUAGE:
        yield error("word-language", found=facts.language, text=facts.text_language)


def headings_skip_no_level(facts: WordFacts) -> Iterator[Problem]:
    if not facts.headings:
        yield error("word-no-headings")
    before = 0
    for level, text in facts.headings:
        if level > before + 1:
            yield error("word-heading-skips", text=text, level=level)
        if not text.strip():
            yield error("word-heading-empty", level=level)
        before = level


def tables_have_a_header(facts: WordFacts) -> Iterator[Problem]:
    """Two marks are needed: one makes the row repeat, the other says to a screen reader that it is a header."""
    for table in facts.tables:
        if not table.header_repeats or not table.header_marked:
            yield error("word-table-header", heading=table.heading, table=table.number)
        if not all(text.strip() for text in table.header):
            yield error("word-table-header-empty", heading=table.heading, table=table.number)


def tables_are_plain(facts: WordFacts) -> Iterator[Problem]:
    for table in facts.tables:
        if table.spans or table.nested:
            yield error("word-table-merged", heading=table.heading, table=table.number)
        if table.empty_rows:
            yield error("word-table-empty-row", heading=table.heading, table=table.number)


def rows_do_not_break(facts: WordFacts) -> Iterator[Problem]:
    for table in facts.tables:
        if table.breaking_rows:
            yield error("word-row-breaks", heading=table.heading, table=table.number)


def no_spacing_by_empty_paragraphs(facts: WordFacts) -> Iterator[Problem]:
    if facts.empty_runs:
        yield error("word-empty-paragraphs", count=facts.empty_runs)


def pictures_have_text(facts: WordFacts) -> Iterator[Problem]:
    if facts.pictures_without_text:
        yield error("word-picture", count=facts.pictures_without_text)


def nothing_floats(facts: WordFacts) -> Iterator[Problem]:
    if facts.floating:
        yield error("word-floating", count=facts.floating)


def links_say_where_they_go(facts: WordFacts) -> Iterator[Problem]:
    for words in facts.links:
        if not words.strip() or words.strip().lower().startswith(VAGUE_LINKS):
            yield error("word-link", text=words)


def lists_are_lists(facts: WordFacts) -> Iterator[Problem]:
    for text in facts.fake_lists:
        yield error("word-fake-list", text=text)


def controls_have_names(facts: WordFacts) -> Iterator[Problem]:
    if facts.controls_without_name:
        yield error("word-control", count=facts.controls_without_name)


def nothing_is_protected(facts: WordFacts) -> Iterator[Problem]:
    if facts.protected:
        yield error("word-protected")


def text_stands_out(facts: WordFacts) -> Iterator[Problem]:
    for text, background in sorted(facts.colours):
        if contrast(text, background) < LEAST_CONTRAST:
            yield error("word-contrast", text=text, background=background)


RULES: tuple[Rule, ...] = (
    no_tag_is_left,
    title_is_set,
    language_is_set,
    headings_skip_no_level,
    tables_have_a_header,
    tables_are_plain,
    rows_do_not_break,
    no_spacing_by_empty_paragraphs,
    pictures_have_text,
    nothing_floats,
    links_say_where_they_go,
    lists_are_lists,
    controls_have_names,
    nothing_is_protected,
    text_stands_out,
)


def contrast(text: str, background: str) -> float:
    """The contrast ratio of two colours written as RRGGBB, from 1 to 21 (WCAG 2.1)."""
    lighter, darker = sorted((_luminance(text), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
