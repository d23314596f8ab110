"""`python -m benchmarks`: measure everything, keep the figures, and write docs/performance.md."""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks import figures
from benchmarks.made_up import write_house
from benchmarks.measuring import RUNS, Figure, measure, run_here
from benchmarks.page import write_page
from benchmarks.profiles import stages
from benchmarks.workloads import REAL, WORKLOADS

ROOT = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--one", nargs=4, metavar=("WORKLOAD", "CONTENDER", "FOLDER", "TARGET"), help="a single run")
    parser.add_argument("--only", metavar="WORKLOAD", help="measure one anew, and keep the figures of the others")
    parser.add_argument("--most", type=int, default=100_000, metavar="N", help="leave larger sizes out")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N", help="of each contender, as far as time allows")
    parser.add_argument("--page", action="store_true", help="write the page anew from the figures that were kept")
    arguments = parser.parse_args()
    if arguments.one:
        name, contender, folder, target = arguments.one
        workload = next(workload for workload in WORKLOADS if workload.name == name)
        run = run_here(workload.contender(contender), Path(folder), Path(target))
        print(json.dumps(asdict(run)))
    elif arguments.page:
        write_page()
    else:
        measured = measure_all(arguments.only, arguments.most, arguments.runs)
        if arguments.only:
            measured = [*(f for f in figures.read().figures if f.workload != arguments.only), *measured]
        figures.keep(measured, stages(ROOT / "data"))
        write_page()


def measure_all(only: str | None, most: int, runs: int) -> list[Figure]:
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as scratch:
        houses = dict.fromkeys(REAL, ROOT / "data")
        for workload in WORKLOADS:
            for size in workload.sizes:
                if size > most or only not in (None, workload.name):
                    continue
                if size not in houses:
                    write_house(Path(scratch) / str(size), size)
                    houses[size] = Path(scratch) / str(size)
                found += measure(workload, size, houses[size], Path(scratch), say, runs)
    return found


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
