"""Which edition is due, and which quarters were missed."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.delivery.schedule import agenda, due_date
from report_builder.model import Edition
from report_builder.problems import ExitCode
from tests.test_cli import edit, house, run

__all__ = ["house"]

Q = Edition.parse
FIRST = Q("2021-Q1")


def editions(*names: str) -> tuple[Edition, ...]:
    return tuple(map(Q, names))


@pytest.mark.parametrize(
    ("today", "due"),
    [
        ("2021-04-20", None),
        ("2021-04-21", "2021-Q1"),
        ("2021-07-20", "2021-Q1"),
        ("2021-07-21", "2021-Q2"),
        ("2022-01-20", "2021-Q3"),
        ("2022-01-21", "2021-Q4"),
        ("2024-02-29", "2023-Q4"),
    ],
)
def test_an_edition_is_due_so_many_days_after_its_quarter(today: str, due: str | None) -> None:
    found = agenda(date.fromisoformat(today), FIRST, (), 21).due
    assert (str(found) if found else None) == due


def test_five_skipped_quarters_are_five_gaps() -> None:
    found = agenda(date(2022, 7, 21), FIRST, editions("2020-Q4"), 21)
    assert found.due == Q("2022-Q2")
    assert found.missed == editions("2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4", "2022-Q1")


def test_closed_quarters_are_no_gaps_and_a_closed_edition_is_not_due_again() -> None:
    found = agenda(date(2021, 10, 21), FIRST, editions("2021-Q1", "2021-Q3"), 21)
    assert found.closed
    assert found.missed == editions("2021-Q2")
    assert found.next_due == date(2022, 1, 21)


@given(st.dates(date(2021, 4, 21), date(2060, 1, 1)), st.integers(0, 90))
def test_the_due_edition_is_the_newest_whose_day_has_come(today: date, days: int) -> None:
    found = agenda(today, FIRST, (), days)
    if found.due:
        assert due_date(found.due, days) <= today < due_date(found.due.next, days)
        assert today < found.next_due
        assert list(found.missed) == sorted(set(found.missed))


@given(st.dates(date(1, 4, 1), date(9998, 1, 1)))
def test_quarters_cover_every_day_once(day: date) -> None:
    edition = Edition.of(day)
    assert edition.start <= day <= edition.end
    assert edition.next.previous == edition
    assert edition.next.start == edition.end + timedelta(days=1)
    assert Edition.parse(str(edition)) == edition


def test_a_run_builds_what_is_due_and_can_be_called_again(house: Path) -> None:
    for _ in range(2):
        done = run("run", "--today", "2021-04-21", cwd=house)
        assert done.returncode == ExitCode.DONE, done.stderr
        assert done.stdout.strip() == str(Path("output/2021-Q1"))
    assert "CONCEPT" in done.stderr


def test_a_run_before_the_day_builds_nothing_and_says_when(house: Path) -> None:
    done = run("run", "--today", "2021-04-20", cwd=house)
    assert (done.returncode, done.stdout) == (ExitCode.DONE, "")
    assert "the next is due on 2021-04-21" in done.stderr
    assert not (house / "output").exists()


def test_missed_quarters_are_reported_and_never_made_from_todays_data(house: Path) -> None:
    done = run("run", "--today", "2022-07-21", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert len([line for line in done.stderr.splitlines() if "is nooit afgesloten" in line]) == 5
    assert [path.name for path in (house / "output").iterdir() if path.is_dir()] == ["2022-Q2"]


def test_a_closed_quarter_is_published_once_from_its_own_data(house: Path) -> None:
    assert run("close", "2021-Q1", "--force", "verzonnen", "--apply", cwd=house).returncode == ExitCode.DONE
    edit(house / "data/measures.csv", "Burgerschapsonderwijs", "Later")
    done = run("run", "--today", "2021-05-01", cwd=house)
    assert done.stdout.strip() == str(Path("output/2021-Q1"))
    assert b"Later" not in (house / "output/2021-Q1/bevindingen.csv").read_bytes()
    done = run("run", "--today", "2021-05-02", cwd=house)
    assert (done.returncode, done.stdout) == (ExitCode.DONE, "")
    assert "2021-Q1 is closed and published" in done.stderr
    (house / "output/2021-Q1/bevindingen.csv").unlink()
    assert run("run", "--today", "2021-05-03", cwd=house).stdout.strip() == str(Path("output/2021-Q1"))


def test_a_run_catches_up_with_closed_quarters_and_builds_what_is_due(house: Path) -> None:
    assert run("close", "2021-Q1", "--force", "verzonnen", "--apply", cwd=house).returncode == ExitCode.DONE
    edit(house / "data/plan.toml", 'edition = "2021-Q1"', 'edition = "2021-Q2"')
    done = run("run", "--today", "2021-07-21", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert done.stdout.split() == [str(Path("output/2021-Q1")), str(Path("output/2021-Q2"))]


@pytest.mark.parametrize("given_day", ["gisteren", "2021-02-30"])
def test_a_day_that_does_not_exist_is_wrong_usage(house: Path, given_day: str) -> None:
    assert run("run", "--today", given_day, cwd=house).returncode == ExitCode.USAGE
