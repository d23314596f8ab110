"""The ledger of letters: what it keeps, and what it will not do."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from report_builder.delivery.ledger import Entry, State, newest_sent, open_ledger
from report_builder.problems import ExitCode, Stop


def entry(content: str = "a", replaces: str = "", **values: str) -> Entry:
    """A made-up letter, with a Message-ID that is its content."""
    known = Entry("plan", "2030-Q2", "Zee", content, content, replaces, "draft", "post@zee.example")
    return replace(known, **values)  # type: ignore[arg-type]


def test_an_entry_is_read_back_by_another_program(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "plan") as ledger:
        ledger.plan_letter(entry())
        ledger.enter(entry(), State.SENT, "250 aangenomen")
    found = sqlite3.connect(tmp_path / "ledger.sqlite")
    assert found.execute("SELECT ministry, state, detail FROM letter").fetchall() == [("Zee", "sent", "250 aangenomen")]
    found.close()


def test_an_entry_survives_a_power_cut(tmp_path: Path) -> None:
    """The journal is a file whose removal is the entry, so its folder must be flushed too."""
    with open_ledger(tmp_path, "plan") as ledger:
        connection = ledger._connection  # the settings are of the connection, not of the file
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)


def test_what_a_dead_run_left_is_unknown_and_only_in_its_own_plan(tmp_path: Path) -> None:
    for plan in ("plan", "ander"):
        with open_ledger(tmp_path, plan) as ledger:
            ledger.plan_letter(entry(plan=plan))
            ledger.enter(entry(plan=plan), State.SENDING, "")
    with open_ledger(tmp_path, "plan") as ledger:
        ledger.recover()
        assert [known.state for known in ledger.entries()] == [State.UNKNOWN]
    with open_ledger(tmp_path, "ander") as ledger:
        assert [known.state for known in ledger.entries()] == [State.SENDING]


@pytest.mark.parametrize("state", [State.SENT, State.UNKNOWN, State.SENDING])
def test_a_new_draft_takes_no_letter_away_that_may_have_left(tmp_path: Path, state: State) -> None:
    with open_ledger(tmp_path, "plan") as ledger:
        ledger.plan_letter(entry("a"))
        ledger.enter(entry("a"), state, "")
        for content in ("b", "c"):
            ledger.plan_letter(entry(content))
        found = {known.content: known.state for known in ledger.entries()}
    assert found == {"a": state, "c": State.PLANNED}


def test_a_ministry_holds_the_last_letter_it_got() -> None:
    sent = [entry("a"), entry("b", "a"), entry("c", "b")]
    sent = [replace(known, state=State.SENT) for known in sent]
    assert newest_sent(()) is None
    assert newest_sent(tuple(sent)) == sent[2]
    assert newest_sent((sent[2], sent[0], sent[1])) == sent[2], "by what replaces what, not by the clock"
    assert newest_sent((sent[0], entry("b", "a"))) == sent[0], "a draft replaces nothing yet"


def test_a_ledger_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "plan"):
        pass
    later = sqlite3.connect(tmp_path / "ledger.sqlite")
    later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(Stop) as found, open_ledger(tmp_path, "plan"):
        pass
    assert found.value.exit_code == ExitCode.INPUT


def test_a_letter_that_was_never_planned_cannot_be_entered(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "plan") as ledger, pytest.raises(LookupError):
        ledger.enter(entry(), State.SENT, "")
