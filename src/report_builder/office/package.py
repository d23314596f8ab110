"""The zip around every Office file: written so that the same parts always give the same bytes."""

import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import IO, BinaryIO

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES = "[Content_Types].xml"
STREAM_LEVEL = 3
"""Of zlib, for parts that are streamed: beyond it the file gets little smaller and takes twice the time."""

CHUNK = 1024 * 1024
"""Bytes that are handed to the compressor at once: work for some 5 ms."""

TURN = 0.0001
"""Seconds for which a thread may have to wait until it has the interpreter back. A chunk waits several times; with
Python's usual 5 ms, two threads would hardly be faster than one."""

Part = bytes | Iterable[bytes]


def write_package(target: BinaryIO, parts: Mapping[str, Part]) -> None:
    """Write the parts as one Office file: content types first, then by name, all dated 1980-01-01.

    A part may be an iterable of chunks, which is consumed while it is written, so that a large sheet never stands
    in memory as a whole. `target` must be seekable. Parts are compressed with zlib, because what isal makes of them
    depends on the processor. None is written as ZIP64, which Excel offers to repair; so none may pass 2 GB.
    """
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(parts, key=lambda name: (name != CONTENT_TYPES, name)):
            part = parts[name]
            info = zipfile.ZipInfo(name, FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            info.external_attr = 0
            info._compresslevel = None if isinstance(part, bytes) else STREAM_LEVEL  # type: ignore[attr-defined]
            with archive.open(info, "w") as entry:
                if isinstance(part, bytes):
                    entry.write(part)
                else:
                    _write_all(entry, _in_chunks(part))


def _in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at least CHUNK, but for the last."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _write_all(entry: IO[bytes], chunks: Iterator[bytes]) -> None:
    """Write the chunks in their order, each in a second thread while the next is being made: zlib needs no interpreter.

    So a large part takes as long as making it or compressing it, whichever is longer, and its bytes are the same. What
    fits in one chunk is written at once.
    """
    first, second = next(chunks), next(chunks, b"")
    if not second:
        entry.write(first)
        return
    from concurrent.futures import ThreadPoolExecutor

    with _short_turns(), ThreadPoolExecutor(1) as compressor:
        written = compressor.submit(entry.write, first)
        for chunk in chain([second], chunks):
            written.result()
            written = compressor.submit(entry.write, chunk)
        written.result()


@contextmanager
def _short_turns() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
