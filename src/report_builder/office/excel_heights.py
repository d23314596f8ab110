"""How high a row is: as high as the text in it that takes most lines."""

from collections.abc import Iterable, Sequence

from report_builder.office.workbook import Row

LINE_HEIGHT, ROW_PADDING, MAX_HEIGHT = 11.5, 4.0, 409.0
"""Points. Excel draws no row higher than 409."""


def row_height(row: Row, wrapped: Iterable[tuple[int, int]]) -> float:
    """Points that a row needs: `wrapped` are the numbers of its columns of running text and their characters a line."""
    return height_of(max((text_lines(str(row[column]), characters) for column, characters in wrapped), default=1))


def height_of(lines: int) -> float:
    """Points of a row of so many lines."""
    return min(lines * LINE_HEIGHT + ROW_PADDING, MAX_HEIGHT)


def text_lines(text: str, characters: int) -> int:
    """Lines that the text takes, each of its paragraphs on lines of its own."""
    return sum(line_count(paragraph, characters) for paragraph in text.split("\n"))


def lines_of_all(texts: Sequence[str], characters: int) -> list[int]:
    """The same for many texts at once, few of which have a line break."""
    if "\n" in "".join(texts):
        return [text_lines(text, characters) for text in texts]
    return [line_count(text, characters) if len(text) > characters else 1 for text in texts]


def line_count(text: str, characters: int) -> int:
    """Lines that the text takes, broken at spaces, and inside a word only where that is longer than a line."""
    lines, start, last = 1, 0, len(text) - characters
    while start < last:
        space = text.rfind(" ", start + 1, start + characters + 1)
        start = space + 1 if space > 0 else start + characters
        lines += 1
    return lines


def characters_a_line(width: int, *, heading: bool = False) -> int:
    """Characters of running text on a line: in Verdana most are narrower than a digit, which widths are measured in.

    In a heading they are bold, and the button of the filter takes room.
    """
    return max(int(width * 0.9) - 2 if heading else int(width * 1.1), 1)
