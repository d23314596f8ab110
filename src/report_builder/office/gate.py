"""The gate that every Office file of others passes before a library sees it."""

import io
import posixpath
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
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

MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "attachedtoolbars.bin")
MACRO_TYPES = ("macroenabled", "vbaproject", "activex")
LINKS_THAT_MAY_GO_OUT = "/hyperlink"
CONTENT_TYPES = "[Content_Types].xml"


def pass_gate(content: bytes, name: str) -> zipfile.ZipFile:
    """The file as an open zip whose parts are safe to read. Raise Stop, naming file and reason, when it is refused."""
    safe_parts(content, name)
    return zipfile.ZipFile(io.BytesIO(content))


def safe_parts(content: bytes, name: str) -> dict[str, bytes]:
    """The parts of the file by name, just as the gate unpacked and checked them, or Stop as `pass_gate` raises it."""
    parts, unparsed = parts_but((), content, name)
    return parts | unparsed


def parts_but(folders: Collection[str], content: bytes, name: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The safe parts, and apart from them the XML parts in these folders, which are unpacked and not parsed yet.

    Each of those has to be proven valid XML without a DOCTYPE in another way, or be given to `check_xml`, before any
    library may see the file.
    """
    with _refusing(name):
        parts = dict(_unpacked(content))
        later = [part for part in parts if posixpath.dirname(part) in folders and part.endswith(".xml")]
        unparsed = {part: parts.pop(part) for part in later}
        for part, data in parts.items():
            if part.casefold().endswith((".xml", ".rels")):
                _Look(part).at(data)
    return parts, unparsed


def check_xml(data: bytes, part: str, name: str) -> None:
    """Parse one part of the file with this name, or raise Stop as `pass_gate` does."""
    with _refusing(name):
        _Look(part).at(data)


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


class _Refused(Exception):
    """The reason why a file may not pass, in words that follow upon "it is refused"."""


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    try:
        yield
    except _Refused as refusal:
        raise Stop(ExitCode.INPUT, f"{name} is refused: {refusal}") from None


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    with _opened(content) as archive:
        _look_at_entries(archive)
        for info in archive.infolist():
            if not info.is_dir():
                yield info.filename, _unpacked_part(archive, info)


def _opened(content: bytes) -> zipfile.ZipFile:
    if content.startswith(OLE_SIGNATURE):
        if ENCRYPTED_MARK in content:
            raise _Refused("it is encrypted")
        raise _Refused("it is in the old binary format (.doc, .xls); save it as .docx or .xlsx")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        if content.startswith(b"PK\x03\x04"):
            raise _Refused("it is a zip file that was cut short") from None
        raise _Refused("it is not a zip file, so no .docx or .xlsx") from None


def _look_at_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES:
        raise _Refused(f"it has more than {MAX_ENTRIES} parts")
    if len({name.casefold() for name in names}) < len(names):
        raise _Refused("two of its parts bear the same name")
    for entry in entries:
        path = entry.filename
        if path.startswith(("/", "\\")) or ":" in path or ".." in path.replace("\\", "/").split("/"):
            raise _Refused(f"its part {path!r} points outside the file")
        if entry.flag_bits & 0x1:
            raise _Refused("it is encrypted")
        if posixpath.basename(path.casefold()) in MACRO_PARTS:
            raise _Refused("it holds macros")
        if "/externallinks/" in f"/{path.casefold()}":
            raise _Refused("it links to other workbooks")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise _Refused(f"it unpacks to more than {MAX_TOTAL_BYTES // 1024**2} MB")
    if CONTENT_TYPES not in names:
        raise _Refused("it has no content types, so it is no .docx or .xlsx")


def _unpacked_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one part, unpacked no further than the limits allow: what a zip says of its sizes may be false."""
    most = min(MAX_PART_BYTES, max(RATIO_FREE_BYTES, MAX_RATIO * info.compress_size))
    try:
        with archive.open(info) as part:
            data = part.read(min(info.file_size, most) + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, RuntimeError):
        raise _Refused(f"its part {info.filename} is damaged") from None
    if len(data) > most:
        raise _Refused(f"its part {info.filename} unpacks beyond the limit")
    return data


def _may_go_out(kind: str) -> bool:
    return kind.endswith(LINKS_THAT_MAY_GO_OUT)


class _Look:
    """A look at one XML part. Nothing is kept of it but what its attributes lead to."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        if name.casefold().endswith(".rels") or name == CONTENT_TYPES:
            self._parser.StartElementHandler = self._start

    def at(self, part: bytes) -> None:
        try:
            self._parser.Parse(part, True)
        except (expat.ExpatError, ValueError, LookupError):
            raise _Refused(f"its part {self._name} is not valid XML") from None

    def _refuse(self, *_declaration: object) -> None:
        """Entities are declared in a DOCTYPE alone, so without one there are none to expand or to fetch."""
        raise _Refused(f"its part {self._name} has a DOCTYPE or entities")

    def _start(self, _tag: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode", "").casefold() == "external" and not _may_go_out(attributes.get("Type", "")):
            raise _Refused(f"its part {self._name} fetches something from outside the file")
        if any(mark in attributes.get("ContentType", "").casefold() for mark in MACRO_TYPES):
            raise _Refused("it holds macros or active controls")
