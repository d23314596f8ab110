"""The zip around every Office file: written so that the same parts always give the same bytes."""

import zipfile
from collections.abc import Iterable, Mapping
from typing import BinaryIO

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES = "[Content_Types].xml"
STREAM_LEVEL = 3
"""Of zlib, for parts that are streamed: beyond it the file gets little smaller and takes twice the time."""

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
                for chunk in [part] if isinstance(part, bytes) else part:
                    entry.write(chunk)
