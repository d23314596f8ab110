"""A set of files published in one step: a reader sees the old set or the new one, never a mixture.

The set is made in a folder beside its place, flushed to disk, and then exchanged with the set that stands there. Where
the system can exchange two folders in one step (Linux), there is no moment without a set; elsewhere there are two
renames, and `heal` puts back the old set when a crash came between them.
"""

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from report_builder.files import flush_folder
from report_builder.problems import ExitCode, Stop

RENAME_EXCHANGE = 2
"""`linux/fs.h`: exchange two names in one step."""

CURRENT_FOLDER = -100
"""`AT_FDCWD`: paths are relative to the current folder."""


def staging_folder(target: Path) -> Path:
    return target.parent / f".{target.name}.staging"


def retired_folder(target: Path) -> Path:
    return target.parent / f".{target.name}.retired"


def heal(target: Path) -> None:
    """Undo what a run that died left beside `target`. Only for whoever holds the lock."""
    retired = retired_folder(target)
    with _as_stop(target):
        if retired.exists() and not target.exists():
            retired.rename(target)
        for leftover in (staging_folder(target), retired):
            if leftover.exists():
                shutil.rmtree(leftover)


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A new folder in which to make the set; published when the block ends well, removed when it does not.

    Raise Stop for every fault of the file system, with the set that stands at `target` left as it was.
    """
    stage = staging_folder(target)
    with _as_stop(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        heal(target)
        stage.mkdir()
    try:
        with _as_stop(target), _scratch_in(stage):
            yield stage
            _publish(stage, target)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


@contextmanager
def _scratch_in(stage: Path) -> Iterator[None]:
    """Let libraries put their temporary files in the stage: no other folder need be writable, and none stays behind."""
    before, tempfile.tempdir = tempfile.tempdir, str(stage)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def _as_stop(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise Stop(ExitCode.OUTPUT, f"{target} cannot be written: {fault.strerror or fault}") from None


def _publish(stage: Path, target: Path) -> None:
    for folder in sorted({path.parent for path in stage.rglob("*")} | {stage}, reverse=True):
        flush_folder(folder)
    retired = None
    if not target.exists():
        stage.rename(target)
    elif exchange(stage, target):
        retired = stage
    else:
        retired = retired_folder(target)
        target.rename(retired)
        stage.rename(target)
    flush_folder(target.parent)
    if retired:  # the new set stands; what cannot be removed now, the next run removes
        shutil.rmtree(retired, ignore_errors=True)


def exchange(first: Path, second: Path) -> bool:
    """Let two names change places in one step. False when this system or this file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    result = rename(CURRENT_FOLDER, os.fsencode(first), CURRENT_FOLDER, os.fsencode(second), RENAME_EXCHANGE)
    if result == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM):
        return False
    raise OSError(code, os.strerror(code), str(second))
