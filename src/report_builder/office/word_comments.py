"""A copy of a template with a Word comment at each of its faults, for whoever must mend it."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from docx import Document
from docx.text.paragraph import Paragraph

from report_builder.office.word_names import qn
from report_builder.problems import Problem
from report_builder.texts import Texts

AUTHOR = "report-builder"


def annotate(content: bytes, problems: Iterable[Problem], texts: Texts) -> bytes:
    """The template with its faults as comments. Faults in headers and footers, where Word allows none, come first."""
    document = Document(BytesIO(content))
    known = {style.style_id for style in document.styles}
    paragraphs = list(document.element.body.iter(qn("w:p")))
    for problem in problems:
        paragraph = Paragraph(paragraphs[max(problem.place.paragraph - 1, 0)], document._body)
        runs = paragraph.runs or [paragraph.add_run("")]
        comment = document.add_comment(runs, f"{texts.found(problem)} {texts.remedy(problem)}", AUTHOR, "rb")
        comment._comment_elm.attrib.pop(qn("w:date"), "")
        _without_missing_styles((*runs[-1]._r.itersiblings(), comment._comment_elm), known)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _without_missing_styles(elements: Iterable[Any], known: set[str]) -> None:
    """Comments bring the names of Word's own styles, which a template from elsewhere may not have."""
    for element in elements:
        for style in list(element.iter(qn("w:rStyle"), qn("w:pStyle"))):
            if style.get(qn("w:val")) not in known:
                style.getparent().remove(style)
