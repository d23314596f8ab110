"""Whole jobs as cold processes: what a scheduler waits for."""

import subprocess
import sys
from pathlib import Path

from benchmarks.contest import Prepare, Work

SCRIPT = Path(__file__).with_name("usual_script.py")


def own_build(folder: Path, target: Path) -> Work:
    plan, output = str(folder / "plan.toml"), str(target)
    return running("-m", "report_builder", "build", "--plan", plan, "--output", output)


def usual_script(folder: Path, target: Path) -> Work:
    return running(str(SCRIPT), str(folder), str(target))


def importing(modules: str) -> Prepare:
    """A process that only imports what such a job needs."""
    return lambda _folder, target: running("-c", f"import pathlib, {modules}; pathlib.Path({str(target)!r}).touch()")


def running(*arguments: str) -> Work:
    def work() -> None:
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChildProcessError(done.stderr[-2000:])

    return work
