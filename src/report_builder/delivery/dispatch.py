"""Letters that were approved, sent one after another: each entered in the ledger before it leaves and after."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from report_builder.delivery.ledger import Entry, Ledger, State
from report_builder.delivery.smtp import Answer, Envelope, Outcome, Server, deliver
from report_builder.office.mail import as_sent

STATES = {Outcome.ACCEPTED: State.SENT, Outcome.REFUSED: State.REFUSED, Outcome.UNKNOWN: State.UNKNOWN}
"""What becomes of a letter after an answer; after any other it is still planned, and certainly not sent."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter that may leave: its entry in the ledger, whom it goes to, and the draft that was approved, on disk."""

    entry: Entry
    subject: str
    envelope: Envelope
    draft: bytes
    path: Path


Told = Callable[[str, Answer], None]
"""Told after each attempt: the ministry, and what became of its letter."""


def dispatch(letters: Sequence[Outgoing], ledger: Ledger, server: Server, told: Told) -> dict[str, Answer]:
    """Send the letters, in rounds: what is refused for now waits for the next round, after a pause.

    A server that will not talk to us ends the round, and one that never will ends them all. Gives the last answer for
    each ministry whose letter was tried.
    """
    answers: dict[str, Answer] = {}
    waiting = list(letters)
    for pause in (None, *server.pauses):
        if pause is not None:
            time.sleep(pause)
        for letter in tuple(waiting):
            answer = answers[letter.entry.ministry] = _send(letter, ledger, server, told)
            if answer.outcome is Outcome.SHUT:
                return answers
            if answer.outcome is Outcome.AWAY:
                break
            if answer.outcome is not Outcome.LATER:
                waiting.remove(letter)
        if not waiting:
            break
    return answers


def _send(letter: Outgoing, ledger: Ledger, server: Server, told: Told) -> Answer:
    found: list[Answer] = []

    def answered(answer: Answer) -> None:
        ledger.enter(letter.entry, STATES.get(answer.outcome, State.PLANNED), answer.said)
        if answer.outcome is Outcome.ACCEPTED:
            with suppress(OSError):  # a draft that lingers could be sent again by hand; the ledger would still say so
                letter.path.unlink()
        told(letter.entry.ministry, answer)
        found.append(answer)

    content = as_sent(letter.draft, datetime.now().astimezone())
    deliver(server, letter.envelope, content, partial(ledger.enter, letter.entry, State.SENDING, ""), answered)
    return found[0]
