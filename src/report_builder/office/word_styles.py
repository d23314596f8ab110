"""What the styles of a made Word document say of language, headings and colours."""

import zipfile
from typing import Any

from lxml import etree

from report_builder.office.word_names import qn

AUTOMATIC = ("auto", "")
WHITE, BLACK = "FFFFFF", "000000"
HEADING_STYLE = "heading "


def _style_of(paragraph: Any) -> str | None:
    properties = paragraph.find(qn("w:pPr"))
    style = properties.find(qn("w:pStyle")) if properties is not None else None
    return style.get(qn("w:val")) if style is not None else None


class Styles:
    """The styles of one document."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        root = etree.fromstring(archive.read("word/styles.xml"))
        language = root.find(f"{qn('w:docDefaults')}//{qn('w:lang')}")
        self.language = language.get(qn("w:val"), "") if language is not None else ""
        self._levels: dict[str | None, int] = {}
        self._colours: dict[str | None, str] = {}
        self._by_id: dict[str | None, Any] = {
            style.get(qn("w:styleId")): style for style in root.findall(qn("w:style"))
        }

    def heading_level(self, paragraph: Any) -> int:
        """1 for the highest level; 0 for what is no heading."""
        name = _style_of(paragraph)
        if name not in self._levels:
            self._levels[name] = self._level(name)
        return self._levels[name]

    def _level(self, name: str | None) -> int:
        style = self._by_id.get(name)
        named = style.find(qn("w:name")) if style is not None else None
        shown = named.get(qn("w:val"), "").lower() if named is not None else ""
        return int(shown.removeprefix(HEADING_STYLE)) if shown.startswith(HEADING_STYLE) else 0

    def colours(self, paragraph: Any) -> set[str]:
        """The colours of the text in this paragraph: of each run itself, else of the paragraph's style."""
        name = _style_of(paragraph)
        if name not in self._colours:
            self._colours[name] = self._style_colour(name)
        inherited = self._colours[name]
        found = set()
        for run in paragraph.iter(qn("w:r")):
            if run.find(qn("w:t")) is not None:
                colour = run.find(f"{qn('w:rPr')}/{qn('w:color')}")
                own = colour.get(qn("w:val"), "") if colour is not None else ""
                found.add(inherited if own in AUTOMATIC else own)
        return found

    def _style_colour(self, name: str | None) -> str:
        while name and (style := self._by_id.get(name)) is not None:
            colour = style.find(f"{qn('w:rPr')}/{qn('w:color')}")
            if colour is not None and colour.get(qn("w:val")) not in AUTOMATIC:
                return str(colour.get(qn("w:val")))
            based = style.find(qn("w:basedOn"))
            name = based.get(qn("w:val")) if based is not None else None
        return BLACK

    def first_row_fill(self, name: str | None) -> str:
        style = self._by_id.get(name)
        for part in style.findall(qn("w:tblStylePr")) if style is not None else ():
            shade = part.find(f"{qn('w:tcPr')}/{qn('w:shd')}")
            if part.get(qn("w:type")) == "firstRow" and shade is not None:
                return str(shade.get(qn("w:fill")))
        return WHITE
