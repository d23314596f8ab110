"""Tables of Word files that others made, read as they would be after all changes are accepted."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from docx import Document

from report_builder.office.gate import pass_gate, refusing_damage
from report_builder.office.grids import MAX_COLUMNS, MAX_ROWS, Grid, GridRow
from report_builder.office.word_names import qn
from report_builder.problems import ExitCode, Place, Problem, Stop, error, warning

TRANSPARENT = {qn(f"w:{name}") for name in ("sdt", "sdtContent", "ins", "moveTo", "hyperlink", "smartTag", "customXml")}
"""Elements that stand around content without changing it: content controls, insertions, links. Deletions do not."""

BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
PARAGRAPH, TABLE, ROW, CELL, RUN = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "r"))

PARAGRAPHS_ABOVE = 5
"""How far above a table its pillar may stand: a heading, and a few lines of introduction."""


def read_tables(content: bytes, file: str) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The tables of the body, named `table 1`, `table 2` in their order; tables inside tables are only reported."""
    with pass_gate(content, file) as archive, refusing_damage(file):
        if "word/document.xml" not in archive.namelist():
            raise Stop(ExitCode.INPUT, f"{file} is refused: it is no Word document")
        grids: list[Grid] = []
        above: list[str] = []
        for element in children(Document(BytesIO(content)).element.body):
            if element.tag == PARAGRAPH:
                if text := paragraph_text(element).strip():
                    above.insert(0, text)
            elif element.tag == TABLE:
                grids.append(_grid(element, file, f"table {len(grids) + 1}", tuple(above[:PARAGRAPHS_ABOVE])))
                above.clear()
        return tuple(grids), ()


def _grid(table: Any, file: str, name: str, above: tuple[str, ...]) -> Grid:
    rows: list[GridRow] = []
    problems: list[Problem] = []
    for number, row in enumerate(standing_rows(table), 1):
        if number > MAX_ROWS:
            raise Stop(ExitCode.INPUT, f"{file}: {name} has more than {MAX_ROWS} rows")
        cells: list[str] = []
        for cell in (child for child in children(row) if child.tag == CELL):
            place = Place(file=file, sheet=name, cell=f"{len(cells) + 1},{number}")
            if _continues_above(cell):
                problems.append(error("cells-merged", place))
            if any(child.tag == TABLE for child in children(cell)):
                problems.append(warning("table-nested", place))
            texts = (paragraph_text(child) for child in children(cell) if child.tag == PARAGRAPH)
            cells.extend(("\n".join(texts).strip(), *[""] * (_span(cell) - 1)))
        if len(cells) > MAX_COLUMNS:
            raise Stop(ExitCode.INPUT, f"{file}: {name} has more than {MAX_COLUMNS} columns")
        if any(cells):
            rows.append(GridRow(number, tuple(cells)))
    return Grid(file, name, tuple(rows), above, tuple(problems))


def standing_rows(table: Any) -> Iterator[Any]:
    """The rows of a table, but for those that a tracked change deletes."""
    for row in children(table):
        if row.tag == ROW and row.find(f"{qn('w:trPr')}/{qn('w:del')}") is None:
            yield row


def children(element: Any) -> Iterator[Any]:
    """The children, with those of content controls, insertions and links in their place."""
    for child in element:
        if child.tag in TRANSPARENT:
            yield from children(child)
        else:
            yield child


def paragraph_text(paragraph: Any) -> str:
    parts: list[str] = []
    for run in children(paragraph):
        for child in run if run.tag == RUN else ():
            if child.tag == qn("w:t"):
                parts.append(child.text or "")
            elif child.tag in BREAKS:
                parts.append(BREAKS[child.tag])
    return "".join(parts)


def _span(cell: Any) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    return int(span.get(qn("w:val"), "1")) if span is not None else 1


def _continues_above(cell: Any) -> bool:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val"), "continue") == "continue"
