"""docs/performance.md and its chart, from the figures of the last run and nothing else."""

from collections.abc import Iterator, Sequence
from html import escape
from math import log10
from pathlib import Path

from benchmarks.contest import OWN, Workload
from benchmarks.figures import Measured, read
from benchmarks.measuring import BUDGET, RUNS, Figure
from benchmarks.workloads import REAL, WORKLOADS, ZLIB

ROOT = Path(__file__).parent.parent
PAGE, CHART = ROOT / "docs" / "performance.md", ROOT / "docs" / "images" / "performance.svg"
REASONS = Path(__file__).with_name("reasons.md")
"""What the figures do not say of themselves: why something falls short of its goal."""

INTRODUCTION = f"""\
# Performance

Written by `make bench` from the figures that were measured last, `benchmarks/figures.json`. The measures are made up,
over 12 ministries and 5 pillars. All contenders write the same rows, each in a process of its own, in turn. What each
wrote is read back and compared with the dataset before its time counts; `openxml-audit` validates what this project
wrote.

Medians of {RUNS} runs; fewer, as the last column says, where these would take over {BUDGET:.0f} s. Imports and reading
the dataset are not counted, but for whole builds. Memory is the peak of the process, and how much of it came with the
work itself.
"""

GROWTH = 11
"""Times as long that ten times the measures may take."""

CHARTED = ("appendix", "matrix", "reading")
BAR, GAP, LABEL, WIDTH = 18, 6, 220, 760


def write_page() -> None:
    measured = read()
    PAGE.write_text(page(measured), encoding="utf-8")
    CHART.write_text(chart(measured), encoding="utf-8")


def page(measured: Measured) -> str:
    return "\n".join(_lines(measured)) + "\n"


def _lines(measured: Measured) -> Iterator[str]:
    yield INTRODUCTION
    yield f"Measured on {measured.machine}. Versions: {', '.join(f'{n} {v}' for n, v in measured.versions.items())}."
    yield ""
    yield "![Seconds for 100,000 measures, by contender, on a logarithmic scale](images/performance.svg)"
    yield ""
    yield "## Goals"
    yield ""
    yield from _goals(measured)
    for workload in WORKLOADS:
        yield ""
        yield f"## {workload.title}"
        yield ""
        yield workload.about
        yield ""
        yield from _table(workload, measured.of(workload.name))
    yield ""
    yield "## Where the time of the real edition goes"
    yield ""
    yield "| part | ms |"
    yield "|---|--:|"
    for stage in measured.stages:
        yield f"| {stage.name} | {stage.milliseconds:.0f} |"
    yield ""
    yield REASONS.read_text(encoding="utf-8").strip()


def _goals(measured: Measured) -> Iterator[str]:
    yield "How many times as fast as a peer, in the same run, at the largest size that both did."
    yield ""
    yield "| workload | against | measures | goal | reached | |"
    yield "|---|---|--:|--:|--:|---|"
    for workload in WORKLOADS:
        for peer, goal in workload.goals.items():
            for size in reversed(workload.sizes):
                own, other = (measured.find(workload.name, name, size) for name in (OWN, peer))
                if own and other:
                    reached = other.seconds / own.seconds
                    verdict = "yes" if reached >= goal else "no"
                    yield f"| {workload.title} | {peer} | {size:,} | {goal:g} | {_ratio(reached)} | {verdict} |"
                    break
    for workload in WORKLOADS:
        if (growth := _growth(measured.of(workload.name), OWN)) is not None:
            verdict = "yes" if growth <= GROWTH else "no"
            cells = "10,000 to 100,000 measures", "", f"at most {GROWTH}", f"{growth:.1f}", verdict
            yield f"| {workload.title} | {' | '.join(cells)} |"


def _growth(figures: Sequence[Figure], contender: str) -> float | None:
    """How many times as long 100,000 measures take as 10,000; None where both were not measured."""
    taken = {figure.size: figure.seconds for figure in figures if figure.contender == contender}
    return taken[100_000] / taken[10_000] if taken.keys() >= {10_000, 100_000} else None


def _table(workload: Workload, figures: Sequence[Figure]) -> Iterator[str]:
    sizes = [size for size in workload.sizes if any(figure.size == size for figure in figures)]
    heads = [f"{size:,} (s)" for size in sizes]
    heads += [f"times {OWN}", "growth", "memory (MB)", "with the work (MB)", "written (kB)", "runs"]
    yield f"| | {' | '.join(heads)} |"
    yield f"|---|{'--:|' * len(heads)}"
    own = {figure.size: figure.seconds for figure in figures if figure.contender == OWN}
    for contender in workload.contenders:
        found = {figure.size: figure for figure in figures if figure.contender == contender.name}
        if not found:
            continue
        largest = found[max(found)]
        growth = _growth(figures, contender.name)
        cells = (
            *(_seconds(found[size].seconds) if size in found else "" for size in sizes),
            _ratio(largest.seconds / own[largest.size]),
            f"{growth:.1f}" if growth else "",
            f"{largest.memory:,.0f}",
            f"{largest.beyond:,.0f}" if largest.beyond < largest.memory else "",
            f"{largest.written / 1000:,.0f}" if contender.name != ZLIB else "",
            str(largest.runs),
        )
        yield f"| {contender.name} | {' | '.join(cells)} |"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds < 1 else f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def chart(measured: Measured) -> str:
    """Bars by contender for the largest size, on a logarithmic scale of seconds."""
    bars: list[tuple[str, str, float]] = []
    for workload in WORKLOADS:
        figures = [f for f in measured.of(workload.name) if f.size == max(workload.sizes) and f.size not in REAL]
        if workload.name in CHARTED:
            bars += [(workload.title, f.contender, f.seconds) for f in sorted(figures, key=lambda f: f.seconds)]
    height = 40 + sum(BAR + GAP for _ in bars) + 34 * len({title for title, _, _ in bars})
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t"'
        ' font-family="Verdana, sans-serif" font-size="11">',
        '<title id="t">Seconds for 100,000 measures by contender, on a logarithmic scale</title>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for power in range(-1, 3):
        x = _x(10.0**power)
        lines.append(f'<line x1="{x:.0f}" y1="20" x2="{x:.0f}" y2="{height}" stroke="#d0d7e2"/>')
        lines.append(f'<text x="{x:.0f}" y="14" text-anchor="middle" fill="#333333">{10.0**power:g} s</text>')
    y, shown = 24, ""
    for title, contender, seconds in bars:
        if title != shown:
            y += 24 if shown else 0
            lines.append(f'<text x="4" y="{y + 14}" font-weight="bold" fill="#154273">{escape(title)}</text>')
            y, shown = y + 20, title
        colour = "#154273" if contender.startswith(OWN) else "#767676" if contender == ZLIB else "#8fb4de"
        end = _x(seconds)
        lines.append(f'<text x="{LABEL - 6}" y="{y + 13}" text-anchor="end" fill="#333333">{escape(contender)}</text>')
        lines.append(f'<rect x="{LABEL}" y="{y}" width="{end - LABEL:.1f}" height="{BAR}" fill="{colour}"/>')
        lines.append(f'<text x="{end + 4:.0f}" y="{y + 13}" fill="#333333">{_seconds(seconds)} s</text>')
        y += BAR + GAP
    return "\n".join([*lines, "</svg>"]) + "\n"


def _x(seconds: float) -> float:
    """Where so many seconds stand: 0.05 s at the left, 200 s at the right."""
    share = (log10(max(seconds, 0.05)) - log10(0.05)) / (log10(200) - log10(0.05))
    return LABEL + share * (WIDTH - LABEL - 60)
