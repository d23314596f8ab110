"""The gate: files of others that no library may see, each refused by name and reason."""

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from docx import Document

from report_builder.office import gate
from report_builder.office.gate import pass_gate
from report_builder.problems import ExitCode, Stop


def good_workbook() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Doel"])
    book.worksheets[0]["A2"].hyperlink = "https://example.org/"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def good_document() -> bytes:
    file = io.BytesIO()
    Document().save(file)
    return file.getvalue()


def repacked(content: bytes, *added: tuple[str, bytes], without: str = "") -> bytes:
    """The same zip with parts added or replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        replaced = {name for name, _ in added} | {without}
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, part in added:
            new.writestr(name, part)
    return file.getvalue()


def with_duplicate(content: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("XL/workbook.xml", b"<a/>")
    return file.getvalue()


def with_flag(content: bytes) -> bytes:
    """The first entry marked as encrypted, in both of its headers."""
    data = bytearray(content)
    data[6] |= 1
    directory = data.rindex(b"PK\x01\x02", 0, data.index(b"PK\x01\x02") + 4)
    data[directory + 8] |= 1
    return bytes(data)


def flipped(content: bytes) -> bytes:
    """A workbook whose first part was damaged on the way."""
    data = bytearray(content)
    start = 30 + int.from_bytes(data[26:28], "little") + int.from_bytes(data[28:30], "little")
    for at in range(start + 5, start + 25):
        data[at] ^= 0xFF
    return bytes(data)


RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
OUTSIDE = b'<Relationship Id="x" Type="http://x/attachedTemplate" Target="http://x/" TargetMode="External"/>'
DOCTYPE = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/x"'
    b' ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
)

MUTANTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "not a zip": (lambda _: b"zomaar tekst", "not a zip file"),
    "cut short": (lambda good: good[: len(good) // 2], "cut short"),
    "encrypted by Office": (lambda _: gate.OLE_SIGNATURE + bytes(600) + gate.ENCRYPTED_MARK, "encrypted"),
    "old binary format": (lambda _: gate.OLE_SIGNATURE + bytes(600), "old binary format"),
    "an encrypted part": (with_flag, "encrypted"),
    "a damaged part": (flipped, "damaged"),
    "a DOCTYPE": (lambda good: repacked(good, ("docProps/app.xml", DOCTYPE)), "DOCTYPE"),
    "XML that is none": (lambda good: repacked(good, ("docProps/app.xml", b"<a>")), "not valid XML"),
    "macros": (lambda good: repacked(good, ("xl/vbaProject.bin", b"x")), "macros"),
    "a macro type under an ordinary name": (lambda good: repacked(good, ("[Content_Types].xml", TYPES)), "macros"),
    "links to other workbooks": (lambda good: repacked(good, ("xl/externalLinks/externalLink1.xml", b"<a/>")), "links"),
    "a template from outside": (
        lambda good: repacked(good, ("word/_rels/settings.xml.rels", RELATIONS % OUTSIDE)),
        "outside the file",
    ),
    "two parts of one name": (with_duplicate, "same name"),
    "a part that points outside": (lambda good: repacked(good, ("../../boos.xml", b"<a/>")), "points outside"),
    "a bomb": (lambda good: repacked(good, ("xl/media/a.bin", bytes(gate.RATIO_FREE_BYTES * 2))), "beyond the limit"),
    "too many parts": (
        lambda good: repacked(good, *((f"x/{n}.bin", b"") for n in range(gate.MAX_ENTRIES))),
        "parts",
    ),
    "no content types": (lambda good: repacked(good, without="[Content_Types].xml"), "no content types"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_each_danger_is_refused_by_name_and_reason(name: str) -> None:
    make, reason = MUTANTS[name]
    with pytest.raises(Stop, match=reason) as stop:
        pass_gate(make(good_workbook()), "boos.xlsx")
    assert stop.value.exit_code is ExitCode.INPUT
    assert stop.value.message.startswith("boos.xlsx is refused: ")
    assert "\n" not in stop.value.message


@pytest.mark.parametrize("make", [good_workbook, good_document])
def test_good_files_pass(make: Callable[[], bytes]) -> None:
    with pass_gate(make(), "goed") as archive:
        assert archive.namelist()


def test_a_strict_workbook_is_refused_and_not_read_as_empty() -> None:
    from report_builder.office.excel_reading import STRICT_NAMESPACE, read_sheets

    strict = b'<workbook xmlns="' + STRICT_NAMESPACE + b'spreadsheetml/main"/>'
    with pytest.raises(Stop, match="Strict Open XML"):
        read_sheets(repacked(good_workbook(), ("xl/workbook.xml", strict)), "strict.xlsx")


def test_a_false_dimension_costs_nothing() -> None:
    from report_builder.office.excel_reading import read_sheets

    with zipfile.ZipFile(io.BytesIO(good_workbook())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    assert b"XFD1048576" in sheet
    (grid,), _ = read_sheets(repacked(good_workbook(), ("xl/worksheets/sheet1.xml", sheet)), "groot.xlsx")
    assert grid.rows[0].cells == ("Doel",)
