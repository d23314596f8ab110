"""`manifest.json`: what a set was made from, what it holds, and how many; written last, and proof of the rest."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from report_builder import __version__
from report_builder.intake.inputs import Input
from report_builder.intake.snapshot import Snapshot
from report_builder.problems import Level, Problem

NAME = "manifest.json"
DRAFTS = "verzending"
"""The folder of a set with drafts of letters, `*.eml`. They are made after the set, so no manifest lists them."""

FORM = 1
"""Raised when a reader of manifests would have to change."""


def describe(
    snapshot: Snapshot,
    problems: Iterable[Problem],
    inputs: Iterable[Input],
    outputs: Mapping[str, Path],
    *,
    whole: bool,
) -> dict[str, Any]:
    """The manifest as plain values. Nothing in it comes from a clock, a user or a machine."""
    mentions = Counter(code for measure in snapshot.measures for code in measure.departments)
    pillars = Counter(measure.pillar for measure in snapshot.measures)
    levels = Counter(problem.level for problem in problems)
    return {
        "form": FORM,
        "program": f"report-builder {__version__}",
        "title": snapshot.plan.title,
        "edition": str(snapshot.edition),
        "as_of": snapshot.as_of.isoformat(),
        "version": snapshot.closing.version if snapshot.closing else None,
        "previous_edition": str(snapshot.previous.edition) if snapshot.previous else None,
        "concept": snapshot.concept,
        "whole": whole,
        "counts": {
            "rows_in": snapshot.rows_in,
            "measures": len(snapshot.measures),
            "mentions": mentions.total(),
            "pillars": {pillar.id: pillars[pillar.id] for pillar in snapshot.plan.pillars},
            "departments": {department.code: mentions[department.code] for department in snapshot.departments},
        },
        "problems": {level.value: levels[level] for level in Level},
        "inputs": inputs_of(snapshot, inputs),
        "outputs": {name: entry_of(path) for name, path in sorted(outputs.items())},
    }


def inputs_of(snapshot: Snapshot, inputs: Iterable[Input]) -> dict[str, dict[str, str | int]]:
    """What a set is made from: each file as it was read, by its place as seen from the plan."""
    folder = snapshot.plan.path.parent.resolve()
    return {_relative(source.path, folder): {"sha256": source.digest, "size": len(source.content)} for source in inputs}


def _relative(path: Path, folder: Path) -> str:
    """The file's place as seen from the plan, with slashes on every system."""
    parts = path.resolve().parts
    common = 0
    while common < min(len(parts), len(folder.parts)) and parts[common] == folder.parts[common]:
        common += 1
    return "/".join([".."] * (len(folder.parts) - common) + list(parts[common:]))


def entry_of(path: Path) -> dict[str, str | int]:
    """A file as it stands on disk: its SHA-256 in hexadecimal, and its size in bytes."""
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size": path.stat().st_size}


def write_manifest(values: Mapping[str, Any]) -> bytes:
    """The manifest's bytes, with a digest of all the rest in it, so that a change to the manifest shows too."""
    plain = {name: value for name, value in values.items() if name != "digest"}
    digest = hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return (json.dumps({**plain, "digest": digest}, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
