"""Replacing one file so that a reader, or a crash, sees the old content or the new, never a mixture."""

import contextlib
import os
import tempfile
from pathlib import Path

from report_builder.problems import ExitCode, Stop


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to a file beside `path`, flush it to disk, and put it in place. Raise Stop when that fails."""
    staged = ""
    try:
        handle, staged = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(staged).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(staged).replace(path)
    except OSError as fault:
        if staged:
            Path(staged).unlink(missing_ok=True)
        raise Stop(ExitCode.OUTPUT, f"{path} cannot be written: {fault.strerror}") from None
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make a rename in this folder last through a power cut, where the system lets a folder be flushed at all."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
