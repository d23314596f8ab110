"""The gate that every Office file of others passes before a library sees it."""

import io
import posixpath
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat

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
CONTENT_TYPES = "[Content_Types].xml"


def pass_gate(content: bytes, name: str) -> zipfile.ZipFile:
    """The file as an open zip whose parts are safe to read. Raise Stop, naming file and reason, when it is refused."""
    reason = next(_reasons(content), None)
    if reason:
        raise Stop(ExitCode.INPUT, f"{name} is refused: {reason}")
    return zipfile.ZipFile(io.BytesIO(content))


@contextmanager
def refusing_damage(name: str) -> Iterator[None]:
    """Refuse a file whose parts are each safe but do not fit together, whatever a library makes of that while it reads.

    One damaged file among many must not end the run, and is no fault of the program. What a library warns of while it
    reads, such as parts that it would not save again, is nothing to an operator.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (Stop, MemoryError):
        raise
    except Exception as fault:
        reason = f"its parts do not fit together ({type(fault).__name__})"
        raise Stop(ExitCode.INPUT, f"{name} is refused: {reason}; open it and save it again") from fault


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
    if CONTENT_TYPES not in names:
        yield "it has no content types, so it is no .docx or .xlsx"


def _faulty_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[str]:
    """What is wrong with one part. Sizes are measured while unpacking: what a zip says of itself may be false.

    An XML part is parsed in the same pass, so that the parser never gets more than the limits allow.
    """
    if info.is_dir():
        return
    name = info.filename
    seen = _Seen(name) if name.casefold().endswith((".xml", ".rels")) else None
    try:
        with archive.open(info) as part:
            for size, chunk in _bounded(part):
                if size > MAX_PART_BYTES or (size > RATIO_FREE_BYTES and size > MAX_RATIO * max(info.compress_size, 1)):
                    yield f"its part {name} unpacks beyond the limit"
                    return
                if seen:
                    seen.read(chunk)
        if seen:
            yield from seen.faults()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, RuntimeError):
        yield f"its part {name} is damaged"


def _bounded(part: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The part chunk by chunk, each with the unpacked size so far in bytes."""
    size = 0
    while chunk := part.read(CHUNK):
        size += len(chunk)
        yield size, chunk


def _may_go_out(kind: str) -> bool:
    return kind.endswith(LINKS_THAT_MAY_GO_OUT)


class _Seen:
    """An XML part while it streams by. Nothing is kept of it but what its attributes lead to."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._fault = ""
        self._external: list[str] = []
        self._content_types: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        if name.casefold().endswith(".rels") or name == CONTENT_TYPES:
            self._parser.StartElementHandler = self._start

    def read(self, chunk: bytes, *, last: bool = False) -> None:
        """Once a fault is found, the rest is no longer looked at."""
        if self._fault:
            return
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError:
            self._fault = self._fault or f"its part {self._name} is not valid XML"

    def faults(self) -> Iterator[str]:
        self.read(b"", last=True)
        if self._fault:
            yield self._fault
        elif any(not _may_go_out(kind) for kind in self._external):
            yield f"its part {self._name} fetches something from outside the file"
        elif any(mark in kind.casefold() for kind in self._content_types for mark in MACRO_TYPES):
            yield "it holds macros or active controls"

    def _refuse(self, *_declaration: object) -> None:
        """Entities are declared in a DOCTYPE alone, so without one there are none to expand or to fetch."""
        self._fault = f"its part {self._name} has a DOCTYPE or entities"
        self._parser.StartDoctypeDeclHandler = None
        raise expat.ExpatError(self._fault)

    def _start(self, _tag: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode", "").casefold() == "external":
            self._external.append(attributes.get("Type", ""))
        if "ContentType" in attributes:
            self._content_types.append(attributes["ContentType"])
