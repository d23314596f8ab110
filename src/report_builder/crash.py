"""The report of an unexpected error, ready to send."""

import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from report_builder import __version__


def write_report(fault: BaseException, given: Sequence[str] | None) -> Path:
    """Write what a maintainer needs to a file of its own, and return where it is. It holds no text of any measure.

    The values in a message may come from the data, so of each exception only the kind and the lines of code are kept.
    """
    lines = [
        f"report-builder {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"arguments: {' '.join(sys.argv[1:] if given is None else given)}",
        *_chain(fault),
    ]
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="report-builder-", suffix=".txt", delete=False
    ) as file:
        file.write("\n".join(lines) + "\n")
    return Path(file.name)


def _chain(fault: BaseException) -> list[str]:
    lines = []
    current: BaseException | None = fault
    while current is not None:
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines.extend(line.rstrip() for line in traceback.format_tb(current.__traceback__))
        current = current.__cause__ or current.__context__
    return lines
