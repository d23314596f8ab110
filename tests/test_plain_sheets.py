"""Sheets that hold nothing but values are read by other means than the others, and must read the same."""

import io
import re
import zipfile
from datetime import date, datetime
from xml.parsers import expat

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.reader.strings import read_string_table
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from report_builder.office import excel_reading
from report_builder.office.excel_markup import CHUNK
from report_builder.office.excel_plain import plain_rows
from report_builder.office.excel_shared import shared_texts
from report_builder.office.excel_values import CellTexts
from report_builder.problems import ExitCode, Stop
from tests.test_gate import repacked

MAIN_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
VALUES = st.one_of(
    st.none(),
    st.text(st.sampled_from("ab <&>é_x0041\n"), max_size=6),
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3)),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2099, 12, 31)),
    st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
)


def workbook_of(rows: list[list[object]]) -> Workbook:
    workbook = Workbook()
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = workbook.worksheets[0].cell(number, column)
            cell.value = value  # type: ignore[assignment]
            if isinstance(value, str):
                cell.data_type = "s"
    return workbook


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def part_of(content: bytes, part: str = SHEET) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(part)


def with_shared_texts(content: bytes) -> bytes:
    """The same workbook as Excel would have written it: its texts apart, each with a number."""
    shared: list[str] = []

    def share(text: re.Match[str]) -> str:
        shared.append(f"<si>{text[1]}</si>")
        return f't="s"><v>{len(shared) - 1}</v>'

    sheet = re.sub(r't="inlineStr"><is>(.*?)</is>', share, part_of(content).decode(), flags=re.DOTALL)
    kind = "officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Type="http://schemas.openxmlformats.org/{kind}" Target="sharedStrings.xml" Id="t"/>'
    relations = "xl/_rels/workbook.xml.rels"
    return repacked(
        content,
        (SHEET, sheet.encode()),
        ("xl/sharedStrings.xml", f'<sst xmlns="{MAIN_NAMESPACE}">{"".join(shared)}</sst>'.encode()),
        (relations, part_of(content, relations).replace(b"</Rel", relation.encode() + b"</Rel")),
        (
            "[Content_Types].xml",
            part_of(content, "[Content_Types].xml").replace(
                b"</Types>",
                b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument'
                b'.spreadsheetml.sharedStrings+xml"/></Types>',
            ),
        ),
    )


def sheet_of(rows: str, before: str = "", after: str = "") -> bytes:
    """A workbook whose sheet is written out."""
    content = saved(Workbook())
    head, tail = re.split("<sheetData.*sheetData>|<sheetData ?/>", part_of(content).decode())
    return repacked(content, (SHEET, f"{head}{before}<sheetData>{rows}</sheetData>{after}{tail}".encode()))


def is_plain(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return plain_rows(parts[SHEET], CellTexts(parts)) is not None


def read(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    (grid,), problems = excel_reading.read_sheets(content, "x.xlsx")
    assert not problems
    rows = [(row.number, row.cells) for row in grid.rows]
    return [(number, cells[: max(at for at, cell in enumerate(cells, 1) if cell)]) for number, cells in rows]


def read_slowly(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(excel_reading, "plain_rows", lambda *_: None)
        return read(content)


@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=5), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_sheet_of_values_reads_the_same_quickly_and_slowly(rows: list[list[object]], shared: bool) -> None:
    content = saved(workbook_of(rows))
    if shared:
        content = with_shared_texts(content)
    assert is_plain(content) or all(value is None for row in rows for value in row)
    assert read(content) == read_slowly(content)


def test_a_sheet_with_anything_else_than_values_is_not_read_quickly() -> None:
    formula, error, hidden_row, hidden_column, merged, far = (workbook_of([["x", "y"], [1, 2]]) for _ in range(6))
    formula.worksheets[0]["C1"] = "=A2+B2"
    error.worksheets[0]["C1"] = "#N/A"
    hidden_row.worksheets[0].row_dimensions[2].hidden = True
    hidden_column.worksheets[0].column_dimensions["B"].hidden = True
    merged.worksheets[0].merge_cells("A1:A2")
    far.worksheets[0]["SG900000"] = "far from all other cells"
    made = {
        "formula": formula,
        "error": error,
        "row": hidden_row,
        "column": hidden_column,
        "merged": merged,
        "far": far,
    }
    assert [name for name, workbook in made.items() if is_plain(saved(workbook))] == []


CELLS = '<row r="1"><c r="A1"><v>1</v></c></row>'
UNUSUAL = {
    "a row within a comment": sheet_of(f"<!--{CELLS}-->"),
    "rows within a comment": sheet_of(CELLS, "<!-- ", "--><sheetData/>"),
    "rows within an instruction": sheet_of(CELLS, "<?rows ", "?><sheetData/>"),
    "rows elsewhere": sheet_of(CELLS, after="<sheetData ><row/></sheetData >"),
    "rows twice": sheet_of(CELLS, after=f"<sheetData>{CELLS.replace('1', '2')}</sheetData>"),
    "a row twice": sheet_of(CELLS + CELLS),
    "rows out of order": sheet_of(CELLS.replace("1", "2") + CELLS),
    "a row of a name of its own": sheet_of('<row r="1" xmlns="urn:x"><c r="A1"><v>1</v></c></row>'),
    "a cell of another row": sheet_of('<row r="1"><c r="A2"><v>1</v></c></row>'),
    "cells out of order": sheet_of('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
    "a cell without a place": sheet_of('<row r="1"><c><v>1</v></c></row>'),
    "a row beyond the limit": sheet_of(CELLS.replace('"1"', '"1000001"').replace("A1", "A1000001")),
    "a day in writing": sheet_of('<row r="1"><c r="A1" t="d"><v>2021-02-04</v></c></row>'),
    "a text that is a value": sheet_of('<row r="1"><c r="A1" t="inlineStr"><v>1</v></c></row>'),
    "a number that is none": sheet_of('<row r="1"><c r="A1"><v>1_0</v></c></row>'),
    "a row longer than a megabyte": sheet_of(CELLS.replace("1</v>", "1".zfill(CHUNK) + "</v>")),
    "text in two ways of writing": sheet_of(
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>'
    ),
}


LATIN = b'<?xml version="1.0" encoding="iso-8859-1"?>'
UNUSUAL["another encoding"] = repacked(sheet_of(CELLS), (SHEET, LATIN + part_of(sheet_of(CELLS))))


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_written_in_an_unusual_way_is_left_to_the_slow_reader(name: str) -> None:
    assert is_plain(sheet_of(CELLS))
    assert not is_plain(UNUSUAL[name])


def test_a_sheet_as_other_programs_write_it_is_plain() -> None:
    libreoffice = (
        '<row r="1" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0"'
        ' collapsed="false"><c r="A1" s="0" t="n"><v>5</v></c><c r="B1" s="0"/></row>'
    )
    excel = (
        '<row r="2" spans="1:3" x14ac:dyDescent="0.25"><c r="A2" t="str"><v>a</v></c><c r="C2" t="b"><v>1</v></c></row>'
    )
    columns = '<cols><col collapsed="false" customWidth="true" hidden="false" max="1" min="1" width="9"/></cols>'
    content = sheet_of(f'{libreoffice}{excel}<row r="7"/>', columns)
    assert is_plain(content)
    assert read(content) == [(1, ("5",)), (2, ("a", "", "True"))]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<t>a &amp;lt; &#233; &#x1F600;</t>", "a &lt; é \U0001f600"),
        ("<t>a_x000D_b _x005F_x0041_</t>", "a\rb _x0041_"),
        ("<t>_xD83D_</t>", "_xD83D_"),
        ('<t xml:space="preserve"> a\r\n b </t>', " a\n b "),
    ],
)
def test_a_text_says_what_excel_shows(written: str, meant: str) -> None:
    content = sheet_of(f'<row r="1"><c r="A1" t="inlineStr"><is>{written}</is></c></row>')
    assert is_plain(content)
    assert read(content) == [(1, (meant,))]
    assert read(with_shared_texts(content)) == [(1, (meant,))]


@pytest.mark.parametrize("number", ["-1", "1", "x"])
def test_a_number_of_a_shared_text_that_is_not_there_is_refused(number: str) -> None:
    content = with_shared_texts(sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'))
    wrong = part_of(content).replace(b"<v>0</v>", f"<v>{number}</v>".encode())
    with pytest.raises(Stop, match="do not fit together"):
        excel_reading.read_sheets(repacked(content, (SHEET, wrong)), "x.xlsx")


def test_a_day_that_cannot_be_is_an_error_of_its_cell() -> None:
    workbook = workbook_of([[10**9]])
    workbook.worksheets[0]["A1"].number_format = "dd-mm-yyyy"
    (grid,), _ = excel_reading.read_sheets(saved(workbook), "x.xlsx")
    assert [(problem.code, problem.place.cell) for problem in grid.problems] == [("cell-error", "A1")]


def test_days_are_counted_as_the_workbook_counts_them() -> None:
    workbook = workbook_of([[]])
    workbook.epoch = CALENDAR_MAC_1904
    workbook.worksheets[0]["A1"] = date(2021, 2, 4)
    assert read(saved(workbook)) == [(1, ("2021-02-04",))]


ITEMS = st.sampled_from(
    (
        "<si><t>a</t></si>",
        "<si><t/></si>",
        "<si/>",
        '<si><t xml:space="preserve"> &amp;amp; </t></si>',
        "<si><r><rPr><b/></rPr><t>ab</t></r><r><t>c</t></r></si>",
        '<si><t>a</t><rPh sb="0" eb="1"><t>no</t></rPh></si>',
        "<!--<si><t>no</t></si>-->",
        "<si><t>a<!--</t></si>--></t></si>",
        "<si><t><![CDATA[</t></si>]]></t></si>",
        "<?x <si>?>",
        "\n",
    )
)


@given(st.lists(ITEMS, max_size=5), st.sampled_from((MAIN_NAMESPACE, "urn:x")), st.sampled_from(("</sst>", "</sst >")))
@settings(max_examples=150, deadline=None)
def test_shared_texts_are_those_of_openpyxl(items: list[str], namespace: str, end: str) -> None:
    part = f'<sst xmlns="{namespace}">{"".join(items)}{end}'.encode()
    assert shared_texts(part) == read_string_table(io.BytesIO(part))


ROWS = (
    '<row r="1" spans="1:2"><c r="A1" t="inlineStr"><is><t>a &amp; b</t></is></c><c r="B1" s="0"><v>12</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t xml:space="preserve"> c</t></is></c><c r="B3" s="0"/></row>'
)
PIECES = r"""
< > / & " ' = ; ! ]]> &amp; &b; <!-- --> <![CDATA[ <? ?> <!DOCTYPE> x 1 - é <f>1</f> <v>1</v> <v/> </c> <c> </row> <row>
</sheetData> <sheetData> <sheetData/> <is> </is> <t> t="e" s="0" r="1" hidden="1" xmlns="x" <row/> <mergeCell/> <x/> <x>
""".split()
PIECES += [" ", "\n", "\x00", "\x0b", "\ufffe", ' t="inlineStr"', ' r="2"', ' hidden="true"', ' s="1"', "</x>"]


@st.composite
def tampered(draw: st.DrawFn) -> str:
    """The rows, or all of the sheet, with something put in or taken out in one or two places."""
    text = ROWS
    for _ in range(draw(st.integers(1, 2))):
        tokens = re.split(r"(?<=[<>\"= ])|(?=[<>\"= ])", text)
        at = draw(st.integers(0, len(tokens) - 1))
        tokens[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(PIECES), max_size=1))
        text = "".join(tokens)
    return text


@given(tampered())
@settings(max_examples=500, deadline=None)
@example(ROWS.replace("12</v>", "1&2;</v>"))
@example(ROWS.replace("a &", "]]>a &"))
@example(ROWS.replace("a &amp; b", "a &").replace(" c<", "amp; c<"))
@example(ROWS.replace('s="0"><v>12</v>', 't="inlineStr"><is><t>1 &</t></is>').replace('<c r="B3" s="0"/>', ""))
@example(ROWS.replace('spans="1:2"', 'spans="1:2" spans="1:2"'))
def test_what_is_read_quickly_is_valid_and_reads_the_same_slowly(rows: str) -> None:
    content = sheet_of(rows)
    if is_plain(content):
        expat.ParserCreate().Parse(part_of(content), True)
        assert read(content) == read_slowly(content)


@pytest.mark.parametrize("state", ["visible", "hidden", "unlisted"])
@pytest.mark.parametrize(
    ("fault", "reason"),
    [(b"<row>", "not valid XML"), (b"<!DOCTYPE a [<!ENTITY b 'c'>]>", "DOCTYPE"), (b"\xff", "not valid XML")],
)
def test_a_sheet_is_refused_like_any_other_part(state: str, fault: bytes, reason: str) -> None:
    workbook = workbook_of([["x"]])
    workbook.create_sheet("other").append(["y"])
    if state == "hidden":
        workbook.worksheets[1].sheet_state = "hidden"
    content = saved(workbook)
    name = "xl/worksheets/sheet2.xml"
    sheet = part_of(content, name)
    damaged = fault + sheet if b"DOCTYPE" in fault else sheet.replace(b"</sheetData>", fault + b"</sheetData>")
    if state == "unlisted":
        content, name = repacked(content, (name, sheet)), "xl/worksheets/sheet3.xml"
    excel_reading.read_sheets(content, "x.xlsx")
    with pytest.raises(Stop, match=reason) as stop:
        excel_reading.read_sheets(repacked(content, (name, damaged)), "x.xlsx")
    assert stop.value.exit_code is ExitCode.INPUT
    assert stop.value.message.startswith("x.xlsx is refused: ")


def test_what_stands_beside_the_sheets_is_looked_at_as_usual() -> None:
    binary = ("xl/worksheets/printer.bin", b"\x00")
    assert read(repacked(saved(workbook_of([["x"]])), binary)) == [(1, ("x",))]
    relations = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship'
    outside = relations + b' Id="x" Type="http://x/image" Target="http://x/" TargetMode="External"/></Relationships>'
    for folder in ("xl/worksheets/_rels", "xl/worksheets"):
        content = repacked(saved(workbook_of([["x"]])), (f"{folder}/sheet1.xml.rels", outside))
        with pytest.raises(Stop, match="outside the file"):
            excel_reading.read_sheets(content, "x.xlsx")
