"""Counts that every document shows alike: measures counted once, mentions once for each ministry."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from report_builder.documents.columns import TABLE_WIDTH
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Measure

SHADES = ("FFFFFF", "EAF0F7", "D5E1EF", "BFD2E7", "A9C3DF")
"""From none to most, all light enough for black text (contrast above 10 to 1)."""


WIDEST_CODE = 900
TOTAL_WIDTH = 1500
LEAST_TITLE = 2600
"""Widths in twentieths of a point: of a ministry's column, of a column of totals, and the least for a pillar."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number in a table, with the shade that shows its size."""

    number: int
    shade: str


@dataclass(frozen=True, slots=True)
class CountRow:
    """The counts of one pillar, or of all."""

    title: str
    counts: tuple[Count, ...]
    measures: int
    mentions: int


@dataclass(frozen=True, slots=True)
class Glance:
    """All measures at one glance: pillar by ministry. Widths are in twentieths of a point."""

    codes: tuple[str, ...]
    rows: tuple[CountRow, ...]
    total: CountRow
    code_width: int
    total_width: int

    @property
    def title_width(self) -> int:
        return TABLE_WIDTH - len(self.codes) * self.code_width - 2 * self.total_width


def at_a_glance(snapshot: Snapshot) -> Glance:
    codes = tuple(department.code for department in snapshot.departments)
    counted = [(pillar.title, snapshot.measures_in(pillar)) for pillar in snapshot.groups]
    mentioned = [mentions(measure.departments for measure in measures) for _, measures in counted]
    most = max((count for counts in mentioned for count in counts.values()), default=1)
    rows = tuple(
        _row(title, measures, counts, codes, most) for (title, measures), counts in zip(counted, mentioned, strict=True)
    )
    total = _row(snapshot.texts("terms.total"), snapshot.measures, sum(mentioned, Counter()), codes, 0)
    code_width = min(WIDEST_CODE, (TABLE_WIDTH - 2 * TOTAL_WIDTH - LEAST_TITLE) // max(len(codes), 1))
    return Glance(codes, rows, total, code_width, TOTAL_WIDTH)


def mentions(together: Iterable[tuple[str, ...]]) -> Counter[str]:
    """How often each ministry is named in these lists: few are different, so each of those is gone through once."""
    found: Counter[str] = Counter()
    for codes, count in Counter(together).items():
        found.update(dict.fromkeys(codes, count))
    return found


def _row(
    title: str, measures: tuple[Measure, ...], counts: Counter[str], codes: tuple[str, ...], most: int
) -> CountRow:
    shown = tuple(Count(counts[code], _shade(counts[code], most)) for code in codes)
    return CountRow(title, shown, len(measures), sum(counts.values()))


def _shade(count: int, most: int) -> str:
    """Nothing stays white; any count is shaded, the largest darkest. A most of 0 means: no shades."""
    if not count or not most:
        return SHADES[0]
    return SHADES[1 + (count - 1) * (len(SHADES) - 1) // most]
