"""Text with structure, so that no markup ever stands in the data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one form. `link` is an address, or `#name` for a place in the same document."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    inserted: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class RichText:
    """Runs that follow one another."""

    runs: tuple[Run, ...]

    def __str__(self) -> str:
        return "".join(run.text for run in self.runs)
