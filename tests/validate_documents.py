"""Lets Microsoft's Open XML SDK validate each document of the real edition, of a made-up successor, and of extremes."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from tests.extremes import extreme_editions, extreme_workbooks  # noqa: E402  found from the root, as pytest finds it
from tests.successor import made_up_successor  # noqa: E402

VALIDATOR = ROOT / "node_modules" / ".bin" / "ooxml-validator"
OFFICE_VERSIONS = ("Office2019", "Microsoft365")


def errors_in(document: Path, version: str) -> list[str]:
    """What the SDK holds against this document. A validator that cannot run is an error too."""
    command = [str(VALIDATOR), str(document), "--officeVersion", version]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        verdict = json.loads(done.stdout)
    except ValueError:
        return [f"the validator did not run: {done.stderr.strip()}"]
    return [] if verdict["ok"] else [json.dumps(error) for error in verdict["errors"]] or ["not ok"]


def documents_in(folder: Path) -> list[Path]:
    """The documents that were made, templates left out."""
    found = (path for path in folder.rglob("*") if path.suffix in (".docx", ".xlsx"))
    return sorted(path for path in found if "templates" not in path.parts)


def main() -> int:
    if not VALIDATOR.exists():
        subprocess.run(["npm", "install", "--no-save", "--silent", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "report_builder", "build", "--output", folder]
        subprocess.run(build, cwd=ROOT, check=True)
        successor = Path(folder) / "successor"
        successor.mkdir()
        subprocess.run(build, cwd=made_up_successor(successor), check=True)
        for name, edition in extreme_editions().items():
            for kind, content in extreme_workbooks(edition).items():
                (Path(folder) / f"{name}-{kind}.xlsx").write_bytes(content)
        for document in documents_in(Path(folder)):
            errors = [f"{version}: {error}" for version in OFFICE_VERSIONS for error in errors_in(document, version)]
            print(f"{'FAIL' if errors else 'ok'}  {document.name}", *errors, sep="\n      " if errors else "")
            passed, failed = passed + (not errors), failed + bool(errors)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
