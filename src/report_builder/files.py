"""Replacing one file so that a reader, or a crash, sees the old content or the new, never a mixture."""

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
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


def replace_together(contents: Mapping[Path, bytes], journal: Path) -> None:
    """Replace several files as one: after a crash at any moment `complete_replacement` leaves all old or all new.

    All contents are on disk beside their places before `journal` names them; from then on they will be put in place,
    by this process or by the next. Raise Stop when they cannot be written, with nothing changed.
    """
    staged = {path: path.with_name(f".{path.name}.next") for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with staged[path].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        journal.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        for path in staged.values():
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise Stop(ExitCode.OUTPUT, f"{fault.filename or journal} cannot be written: {fault.strerror}") from None
    for folder in {path.parent for path in contents}:
        flush_folder(folder)
    names = {str(path.resolve()): str(beside.resolve()) for path, beside in staged.items()}
    replace_file(journal, json.dumps(names, ensure_ascii=False).encode())
    complete_replacement(journal)


def complete_replacement(journal: Path) -> None:
    """Finish what `replace_together` began, if it was cut short. Raise Stop when that fails.

    Several processes may do this at once.
    """
    try:
        names: dict[str, str] = json.loads(journal.read_bytes())
    except FileNotFoundError:
        return
    except (OSError, ValueError) as fault:
        raise Stop(ExitCode.INPUT, f"the record of an unfinished change {journal} cannot be read: {fault}") from None
    try:
        for path, beside in names.items():
            with contextlib.suppress(FileNotFoundError):  # it is in place already
                Path(beside).replace(path)
        for folder in {Path(path).parent for path in names}:
            flush_folder(folder)
        journal.unlink(missing_ok=True)
    except OSError as fault:
        raise Stop(ExitCode.OUTPUT, f"{fault.filename} cannot be written: {fault.strerror}") from None
