"""Sending an edition: each ministry its own letter, every letter proved before the first one leaves, and each once."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from report_builder.correspondence import Correspondence, Mission, faults_of, letter_to, open_correspondence
from report_builder.delivery.dispatch import Outgoing
from report_builder.delivery.ledger import Entry, Ledger, State, open_ledger
from report_builder.delivery.lock import only_run
from report_builder.delivery.manifest import DRAFTS
from report_builder.departments import Department
from report_builder.files import replace_file
from report_builder.model import Edition
from report_builder.problems import ExitCode, Place, Problem, Stop, error, warning
from report_builder.recipients import Recipients
from report_builder.settings import Plan


@dataclass(frozen=True, slots=True)
class Prepared:
    """Letters that are proved, and the ministries that get none now. `left` says why; `done` have theirs already."""

    letters: tuple[Outgoing, ...]
    left: tuple[Problem, ...]
    done: tuple[str, ...]


@contextmanager
def ledger_of(plan: Plan, output: Path, task: str) -> Iterator[Ledger]:
    """The plan's ledger, held alone, and the output folder too, so that no build takes the set away meanwhile.

    What an earlier run left as being sent is unknown from here on.
    """
    with only_run(output, task), only_run(plan.state, task), open_ledger(plan.state, plan.key) as ledger:
        ledger.recover()
        yield ledger


def prepare(plan: Plan, mission: Mission, recipients: Recipients, ledger: Ledger) -> Prepared:
    """The letters of an edition, each proved. Raise Stop, with every reason, when one of them may not leave.

    A ministry without an address, and one whose earlier letter nobody knows the fate of, is left out and reported.
    """
    if mission.archive and not recipients.may_archive(mission.archive):
        raise Stop(ExitCode.PLAN, f"{mission.archive} is in none of the archive_domains of {recipients.path}")
    work = open_correspondence(plan, mission, recipients)
    letters: list[Outgoing] = []
    left: list[Problem] = []
    done: list[str] = []
    faults: list[Problem] = []
    for department in _asked_for(work):
        code = department.code
        correspondent = recipients.ministries.get(code)
        earlier = ledger.entries(mission.edition, code)
        if correspondent is None or not correspondent.to:
            left.append(warning("letter-no-address", Place(file=str(recipients.path)), code=code))
        elif any(entry.state is State.UNKNOWN for entry in earlier):
            left.append(warning("letter-unknown", code=code))
        elif (letter := letter_to(work, department, earlier)) is None:
            done.append(code)
        else:
            letters.append(letter)
            faults += faults_of(work, department, letter)
    if faults:
        message = f"{mission.edition}: {len(faults)} reason(s) not to send; nothing was sent to anyone"
        raise Stop(ExitCode.VERIFICATION, message, (*faults, *left))
    return Prepared(tuple(letters), tuple(left), tuple(done))


def _asked_for(work: Correspondence) -> tuple[Department, ...]:
    code, departments = work.mission.department.casefold(), work.published.snapshot.departments
    chosen = tuple(department for department in departments if code in ("", department.code.casefold()))
    if not chosen:
        codes = ", ".join(department.code for department in departments)
        raise Stop(ExitCode.USAGE, f"no such ministry; those with measures are {codes}")
    return chosen


def write_drafts(prepared: Prepared, mission: Mission, ledger: Ledger) -> None:
    """Put each letter on disk as a draft, and enter it in the ledger: what is there is what may be approved.

    Drafts of what will not be sent go away. Raise Stop when a file cannot be written.
    """
    folder = mission.folder / DRAFTS
    wanted = {letter.path for letter in prepared.letters}
    try:
        folder.mkdir(exist_ok=True)
        for path in folder.glob("*.eml") if not mission.department else ():
            if path not in wanted:
                path.unlink()
    except OSError as fault:
        raise Stop(ExitCode.OUTPUT, f"{folder} cannot be written: {fault.strerror}") from None
    for letter in prepared.letters:
        replace_file(letter.path, letter.draft)
        ledger.plan_letter(letter.entry)


def approved(prepared: Prepared, ledger: Ledger) -> tuple[tuple[Outgoing, ...], tuple[Problem, ...]]:
    """The letters that were drafted and are exactly as they were then, and those that a server refused for good.

    Raise Stop, and so send nothing to anyone, when a letter was never drafted, or its draft is not what it was: changed
    on disk, or made of other contents than those of now.
    """
    entries = {entry.content: entry for entry in ledger.entries()}
    ready: list[Outgoing] = []
    refused: list[Problem] = []
    faults: list[Problem] = []
    for letter in prepared.letters:
        known = entries.get(letter.entry.content)
        place = Place(file=letter.path.name)
        if known and known.state is State.REFUSED:
            refused.append(warning("letter-refused", code=letter.entry.ministry, said=known.detail))
        elif known is None or known.state is not State.PLANNED:
            faults.append(error("letter-not-drafted", place, code=letter.entry.ministry))
        elif not _is(letter.path, known.draft) or known.draft != letter.entry.draft:
            faults.append(error("letter-draft-changed", place, code=letter.entry.ministry))
        else:
            ready.append(letter)
    if faults:
        message = f"{len(faults)} letter(s) were not drafted as they would go; nothing was sent to anyone"
        raise Stop(ExitCode.VERIFICATION, message, faults)
    return tuple(ready), tuple(refused)


def _is(path: Path, digest: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False


def settle(ledger: Ledger, edition: Edition | None, code: str, *, sent: bool) -> Entry:
    """Write down what a person found out of the letter to this ministry that nobody knew the fate of.

    Raise Stop unless there is exactly one such.
    """
    open_entries = [e for e in ledger.entries(edition) if e.state is State.UNKNOWN]
    found = [entry for entry in open_entries if entry.ministry.casefold() == code.casefold()]
    if len(found) != 1:
        which = ", ".join(f"{e.ministry} {e.edition}" for e in open_entries) or "none"
        raise Stop(ExitCode.USAGE, f"{len(found)} letters to {code} are unknown; unknown are: {which}")
    state = State.SENT if sent else State.PLANNED
    ledger.enter(found[0], state, f"settled by a person as {'sent' if sent else 'not sent'}")
    return found[0]
