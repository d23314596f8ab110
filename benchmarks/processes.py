"""Whole jobs as cold processes: what a scheduler waits for."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.contest import Prepare, Run, Work

SCRIPT = Path(__file__).with_name("usual_script.py")


def own_build(folder: Path, target: Path) -> Work:
    plan, output = str(folder / "plan.toml"), str(target)
    return running("-m", "report_builder", "build", "--plan", plan, "--output", output)


def usual_script(folder: Path, target: Path) -> Work:
    return running(str(SCRIPT), str(folder), str(target))


def importing(modules: str) -> Prepare:
    """A process that only imports what such a job needs."""
    return lambda _folder, target: running("-c", f"import pathlib, {modules}; pathlib.Path({str(target)!r}).touch()")


LAUNCHER = """
import json, os, sys, time
quietly = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
start = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quietly)
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - start
print(json.dumps([seconds, usage.ru_maxrss]))
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Starts and measures a process from one that is small itself: a process begins with the peak of who started it."""


def running(*arguments: str) -> Work:
    def work() -> Run:
        command = [sys.executable, "-S", "-c", LAUNCHER, sys.executable, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChildProcessError(done.stderr[-2000:])
        seconds, peak = json.loads(done.stdout)
        return Run(seconds, 0.0, peak / 1024)

    return work
