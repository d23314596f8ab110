"""Which edition is due on a day, and which quarters nobody froze in time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from report_builder.model import Edition


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a day asks for. `due` is None before the first edition is due; `missed` can no longer be made as they were.

    `next_due` is the day on which the next edition will be due.
    """

    due: Edition | None
    closed: bool
    missed: tuple[Edition, ...]
    next_due: date


def due_date(edition: Edition, due_days: int) -> date:
    """The day from which an edition is due: so many days after its quarter has ended."""
    return edition.end + timedelta(days=due_days)


def agenda(today: date, first: Edition, closed: Iterable[Edition], due_days: int) -> Agenda:
    """The newest edition that is due today, and every earlier one since `first` that was never closed.

    An earlier quarter can only be made from data that were frozen for it: those of today speak of today.
    """
    frozen = set(closed)
    latest = Edition.of(today)
    while due_date(latest, due_days) > today:
        latest = latest.previous
    start = min([first, *frozen])
    next_due = due_date(max(latest.next, start), due_days)
    if latest < start:
        return Agenda(None, closed=False, missed=(), next_due=next_due)
    missed = tuple(edition for edition in _through(start, latest.previous) if edition not in frozen)
    return Agenda(latest, latest in frozen, missed, next_due)


def _through(first: Edition, last: Edition) -> Iterator[Edition]:
    while first <= last:
        yield first
        first = first.next
