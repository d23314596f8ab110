"""The ledger of letters: what became of each, on disk before the letter itself leaves.

A letter is known by plan, edition, ministry and content. Mail cannot be delivered exactly once, so a letter is entered
as `sending` before its first byte leaves; when nobody can tell what became of it after that, it is `unknown` and stays
so until a person has asked. The file is SQLite, and each entry is flushed to disk before the program goes on.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from report_builder.model import Edition
from report_builder.problems import ExitCode, Stop

NAME = "ledger.sqlite"
FORM = 1
"""Raised when a reader of ledgers would have to change."""

TABLE = """
CREATE TABLE IF NOT EXISTS letter (
  plan TEXT NOT NULL, edition TEXT NOT NULL, ministry TEXT NOT NULL, content TEXT NOT NULL,
  message_id TEXT NOT NULL, replaces TEXT NOT NULL, draft TEXT NOT NULL, recipients TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'refused', 'unknown')),
  time TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (plan, edition, ministry, content)
)
"""


class State(StrEnum):
    """What is known of a letter. `planned` and `refused` are certainly not sent; `unknown` waits for a person."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter. `content` is a digest of all that a reader gets, `draft` that of the file as it was approved.

    `replaces` is the Message-ID of the letter that this one takes the place of; empty when it is the first. `detail` is
    what the mail server or a person said of it. `time` is that of the last change, in UTC.
    """

    plan: str
    edition: str
    ministry: str
    content: str
    message_id: str
    replaces: str
    draft: str
    recipients: str
    state: State = State.PLANNED
    time: str = ""
    detail: str = ""


FIELDS = tuple(Entry.__slots__)
KEY = "plan = :plan AND edition = :edition AND ministry = :ministry AND content = :content"


class Ledger:
    """The letters of one plan. Only whoever holds the lock of the state folder may write in it."""

    def __init__(self, connection: sqlite3.Connection, plan: str) -> None:
        self._connection = connection
        self._plan = plan

    def entries(self, edition: Edition | None = None, ministry: str | None = None) -> tuple[Entry, ...]:
        """The letters of an edition and a ministry, or of all of them, in the order in which they were planned."""
        rows = self._connection.execute(f"SELECT {', '.join(FIELDS)} FROM letter ORDER BY edition, rowid")  # noqa: S608
        found = (Entry(**dict(zip(FIELDS, row, strict=True)) | {"state": State(row[8])}) for row in rows)
        return tuple(
            entry
            for entry in found
            if entry.plan == self._plan
            and edition in (None, Edition.parse(entry.edition))
            and ministry in (None, entry.ministry)
        )

    def plan_letter(self, entry: Entry) -> None:
        """Enter a letter as drafted. It takes the place of earlier drafts for this ministry, which never left."""
        columns, values = ", ".join(FIELDS), ", ".join(f":{name}" for name in FIELDS)
        earlier = "DELETE FROM letter WHERE plan = :plan AND edition = :edition AND ministry = :ministry"
        row = _row(entry, State.PLANNED, "")
        with self._connection as connection:
            connection.execute(f"{earlier} AND (state = 'planned' OR content = :content AND state = 'refused')", row)
            connection.execute(f"INSERT INTO letter ({columns}) VALUES ({values})", row)  # noqa: S608

    def enter(self, entry: Entry, state: State, detail: str) -> None:
        """Write down what became of a letter. It is on disk when this returns."""
        with self._connection as connection:
            changes = "state = :state, time = :time, detail = :detail"
            done = connection.execute(f"UPDATE letter SET {changes} WHERE {KEY}", _row(entry, state, detail))  # noqa: S608
            if done.rowcount != 1:
                raise LookupError(entry.message_id)

    def recover(self) -> None:
        """What a run that died left as `sending` becomes `unknown`: only a person can find out whether it went."""
        for entry in self.entries():
            if entry.state is State.SENDING:
                self.enter(entry, State.UNKNOWN, "the run ended while this letter was being sent")


def _row(entry: Entry, state: State, detail: str) -> dict[str, str]:
    values = {name: str(getattr(entry, name)) for name in FIELDS}
    return values | {"state": state.value, "detail": detail, "time": datetime.now(UTC).isoformat(timespec="seconds")}


def newest_sent(entries: tuple[Entry, ...]) -> Entry | None:
    """Of the letters to one ministry for one edition, the one that it now holds: sent, and not replaced since."""
    sent = [entry for entry in entries if entry.state is State.SENT]
    replaced = {entry.replaces for entry in sent}
    return next((entry for entry in reversed(sent) if entry.message_id not in replaced), None)


@contextmanager
def open_ledger(folder: Path, plan: str) -> Iterator[Ledger]:
    """The ledger in this folder, made when it is not there. Raise Stop for every fault of the file or the disk."""
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path)
    except (OSError, sqlite3.Error) as fault:
        raise Stop(ExitCode.OUTPUT, f"the ledger {path} cannot be opened: {fault}") from None
    try:
        _set_up(connection, path)
        yield Ledger(connection, plan)
    except sqlite3.DatabaseError as fault:
        raise Stop(ExitCode.OUTPUT, f"the ledger {path} cannot be used: {fault}") from None
    finally:
        connection.close()


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    """EXTRA flushes the folder too: without it, a power cut can bring back the state before the last entry."""
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    if form > FORM:
        raise Stop(ExitCode.INPUT, f"the ledger {path} is of a later version of this program")
    if form == 0:
        with connection:
            connection.execute(TABLE)
            connection.execute(f"PRAGMA user_version = {FORM}")
