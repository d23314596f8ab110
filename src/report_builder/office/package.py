"""The zip around every Office file: written so that the same parts always give the same bytes."""

import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES = "[Content_Types].xml"
STREAM_LEVEL = 3
"""Of zlib, for parts that are streamed: beyond it the file gets little smaller and takes twice the time."""

PIECE = 256 * 1024
"""Bytes that are written at once. With each piece the interpreter is free for a moment, while its checksum is made, so
that the thread that compresses need not wait 5 ms for it whenever it wants it back."""

PIECES, AHEAD = 8, 2
"""Pieces that are compressed at once, and how often so many may wait for the compressor."""

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
                    entry._compressor = _Behind(entry._compressor)  # type: ignore[attr-defined]
                    for piece in _pieces(part):
                        entry.write(piece)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at least PIECE, but for the last."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


class _Behind:
    """A compressor that works in a second thread, behind what is being made: zlib needs no interpreter.

    So a large part takes as long as making it or compressing it, whichever is longer. The same calls in the same order
    give the same bytes; what fits in one call is compressed at the end, without a thread.
    """

    def __init__(self, compressor: Any) -> None:
        self._compressor = compressor
        self._thread: Executor | None = None
        self._waiting: list[bytes] = []
        self._begun: deque[Future[bytes]] = deque()

    def compress(self, piece: bytes) -> bytes:
        """What has become ready of earlier pieces."""
        self._waiting.append(piece)
        if len(self._waiting) == PIECES:
            self._begin()
        return self._begun.popleft().result() if len(self._begun) > AHEAD else b""

    def flush(self) -> bytes:
        ready = [begun.result() for begun in self._begun]
        if self._thread:
            self._thread.shutdown()
        return b"".join((*ready, self._compressor.compress(b"".join(self._waiting)), self._compressor.flush()))

    def _begin(self) -> None:
        if not self._thread:
            from concurrent.futures import ThreadPoolExecutor

            self._thread = ThreadPoolExecutor(1)
        self._begun.append(self._thread.submit(self._compressor.compress, b"".join(self._waiting)))
        self._waiting = []
