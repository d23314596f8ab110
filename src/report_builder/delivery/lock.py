"""One run at a time: a lock of the operating system, which a crash never leaves behind."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from report_builder.problems import ExitCode, Stop

LOCK_NAME = ".report-builder.lock"
HOLDER_NAME = ".report-builder.holder"


@contextmanager
def only_run(output: Path, task: str) -> Iterator[None]:
    """Hold the lock on this output folder. Raise Stop at once when another run holds it, and say who that is."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = FileLock(output / LOCK_NAME, timeout=0)
        lock.acquire()
    except Timeout:
        raise Stop(ExitCode.LOCKED, f"another run holds {output}: {_holder(output)}") from None
    except OSError as fault:
        raise Stop(ExitCode.OUTPUT, f"{output} cannot be written: {fault.strerror or fault}") from None
    try:
        with suppress(OSError):  # who holds the lock is a courtesy, not the lock
            holder = {"task": task, "process": os.getpid(), "machine": socket.gethostname()}
            (output / HOLDER_NAME).write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            (output / HOLDER_NAME).unlink(missing_ok=True)
        lock.release()


def _holder(output: Path) -> str:
    try:
        holder = json.loads((output / HOLDER_NAME).read_text(encoding="utf-8"))
        return f"{holder['task']}, process {holder['process']} on {holder['machine']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not said its name yet"
