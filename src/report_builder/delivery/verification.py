"""The published files against their manifest: what was changed, is missing, or does not belong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from report_builder.delivery.manifest import DRAFTS, NAME, entry_of, write_manifest
from report_builder.problems import ExitCode, Place, Problem, Stop, error


def verify(folder: Path) -> tuple[Problem, ...]:
    """Every difference between this set and its manifest; drafts of letters may stand beside it.

    Raise Stop when there is no set, or it has no manifest.
    """
    if not folder.is_dir():
        raise Stop(ExitCode.INPUT, f"there is no published set at {folder}")
    try:
        content = (folder / NAME).read_bytes()
    except OSError:
        raise Stop(ExitCode.VERIFICATION, f"{folder} has no manifest, so nothing in it can be verified") from None
    return tuple(_differences(folder, content))


def _differences(folder: Path, content: bytes) -> Iterator[Problem]:
    listed = _listed(content)
    if listed is None:
        yield error("file-changed", Place(file=NAME))
        return
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name, entry in listed.items():
        path = there.get(name)
        if path is None:
            yield error("file-missing", Place(file=name))
        elif entry_of(path) != entry:
            yield error("file-changed", Place(file=name))
    drafts = {name for name, path in there.items() if name == f"{DRAFTS}/{path.name}" and path.suffix == ".eml"}
    for name in sorted(there.keys() - listed.keys() - drafts - {NAME}):
        yield error("file-extra", Place(file=name))


def _listed(content: bytes) -> dict[str, dict[str, Any]] | None:
    """The files that the manifest lists; None when the manifest itself is not what was written."""
    try:
        values = json.loads(content)
        return dict(values["outputs"]) if write_manifest(values) == content else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
