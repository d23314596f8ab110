"""The gate that every Office file of others passes before a library sees it."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import defusedxml.ElementTree as SafeXml
from defusedxml.common import DefusedXmlException

from report_builder.problems import ExitCode, Stop

MAX_ENTRIES = 10_000
"""Parts in one file. Word and Excel write dozens; a workbook with a thousand sheets a few thousand."""

MAX_PART_BYTES = 512 * 1024 * 1024
MAX_TOTAL_BYTES = 1024 * 1024 * 1024
"""Unpacked sizes. A sheet of 100,000 measures takes some 100 MB."""

MAX_RATIO = 1000
"""Unpacked against packed. Sheets of repeated cells reach 100; a bomb passes this at once."""

RATIO_FREE_BYTES = 10 * 1024 * 1024
"""Below this size no ratio is held against a part: a blank drawing compresses well and harms nobody."""

OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")
CHUNK = 1024 * 1024

MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "attachedtoolbars.bin")
MACRO_TYPES = ("macroenabled", "vbaproject", "activex")
LINKS_THAT_MAY_GO_OUT = "/hyperlink"


def pass_gate(content: bytes, name: str) -> zipfile.ZipFile:
    """The file as an open zip whose parts are safe to read. Raise Stop, naming file and reason, when it is refused."""
    reason = next(_reasons(content), None)
    if reason:
        raise Stop(ExitCode.INPUT, f"{name} is refused: {reason}")
    return zipfile.ZipFile(io.BytesIO(content))


def _reasons(content: bytes) -> Iterator[str]:
    if content.startswith(OLE_SIGNATURE):
        encrypted = ENCRYPTED_MARK in content
        yield (
            "it is encrypted" if encrypted else "it is in the old binary format (.doc, .xls); save it as .docx or .xlsx"
        )
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        truncated = content.startswith(b"PK\x03\x04")
        yield "it is a zip file that was cut short" if truncated else "it is not a zip file, so no .docx or .xlsx"
        return
    yield from _faulty_entries(archive)
    for info in archive.infolist():
        yield from _faulty_part(archive, info)


def _faulty_entries(archive: zipfile.ZipFile) -> Iterator[str]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES:
        yield f"it has more than {MAX_ENTRIES} parts"
    if len({name.casefold() for name in names}) < len(names):
        yield "two of its parts bear the same name"
    for entry in entries:
        path = entry.filename
        if path.startswith(("/", "\\")) or ":" in path or ".." in path.replace("\\", "/").split("/"):
            yield f"its part {path!r} points outside the file"
        if entry.flag_bits & 0x1:
            yield "it is encrypted"
        if posixpath.basename(path.casefold()) in MACRO_PARTS:
            yield "it holds macros"
        if "/externallinks/" in f"/{path.casefold()}":
            yield "it links to other workbooks"
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        yield f"it unpacks to more than {MAX_TOTAL_BYTES // 1024**2} MB"
    if "[Content_Types].xml" not in names:
        yield "it has no content types, so it is no .docx or .xlsx"


def _faulty_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[str]:
    """What is wrong with one part. Sizes are measured while unpacking: what a zip says of itself may be false."""
    if info.is_dir():
        return
    try:
        with archive.open(info) as part:
            size = _size(part, info)
        if size is None:
            yield f"its part {info.filename} unpacks beyond the limit"
        elif info.filename.casefold().endswith((".xml", ".rels")):
            yield from _faulty_xml(archive, info)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        yield f"its part {info.filename} is damaged"


def _size(part: IO[bytes], info: zipfile.ZipInfo) -> int | None:
    """The unpacked size in bytes; None when it passes a limit."""
    size = 0
    while chunk := part.read(CHUNK):
        size += len(chunk)
        too_dense = size > RATIO_FREE_BYTES and size > MAX_RATIO * max(info.compress_size, 1)
        if size > MAX_PART_BYTES or too_dense:
            return None
    return size


def _faulty_xml(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[str]:
    seen = _Attributes()
    parser = SafeXml.XMLParser(target=seen, forbid_dtd=True)
    try:
        with archive.open(info) as part:
            while chunk := part.read(CHUNK):
                parser.feed(chunk)
        parser.close()
    except DefusedXmlException:
        yield f"its part {info.filename} has a DOCTYPE or entities"
    except SafeXml.ParseError:
        yield f"its part {info.filename} is not valid XML"
    if info.filename.casefold().endswith(".rels") and any(not _may_go_out(kind) for kind in seen.external):
        yield f"its part {info.filename} fetches something from outside the file"
    if any(mark in kind.casefold() for kind in seen.content_types for mark in MACRO_TYPES):
        yield "it holds macros or active controls"


def _may_go_out(kind: str) -> bool:
    return kind.endswith(LINKS_THAT_MAY_GO_OUT)


class _Attributes:
    """What the gate keeps of an XML part while it streams by; text is not even looked at."""

    def __init__(self) -> None:
        self.external: list[str] = []
        self.content_types: list[str] = []

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode", "").casefold() == "external":
            self.external.append(attributes.get("Type", ""))
        if "ContentType" in attributes:
            self.content_types.append(attributes["ContentType"])

    def close(self) -> None: ...
