"""Sending an edition: each ministry its own letter, every letter proved before the first one leaves, and each once."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from report_builder.build import examine
from report_builder.delivery.dispatch import Outgoing
from report_builder.delivery.ledger import Entry, Ledger, State, newest_sent, open_ledger
from report_builder.delivery.lock import only_run
from report_builder.delivery.manifest import DRAFTS, NAME, inputs_of
from report_builder.delivery.smtp import Envelope
from report_builder.delivery.verification import verify
from report_builder.departments import Department
from report_builder.documents.letter import compose_letter
from report_builder.documents.letter_proofs import Parcel, prove_letter
from report_builder.documents.private import PrivateTexts
from report_builder.editions import plan_of
from report_builder.files import replace_file
from report_builder.intake.snapshot import Snapshot
from report_builder.model import Edition
from report_builder.office.mail import Attachment, Message, open_message
from report_builder.office.mail_template import write_letter
from report_builder.problems import ExitCode, Place, Problem, Stop, error, errors_in, warning
from report_builder.recipients import Recipients, domain_of
from report_builder.rendering import read_templates
from report_builder.settings import Plan
from report_builder.study.since import Since


@dataclass(frozen=True, slots=True)
class Mission:
    """What is asked of a sending. `department` empty means all; `archive` empty means no blind copy.

    `concept` says that an edition may go though ministries have not confirmed it.
    """

    edition: Edition
    output: Path
    department: str = ""
    concept: bool = False
    archive: str = ""

    @property
    def folder(self) -> Path:
        return self.output / str(self.edition)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Letters that are proved, and the ministries that get none now. `left` says why; `done` have theirs already."""

    letters: tuple[Outgoing, ...]
    left: tuple[Problem, ...]
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Set:
    """The published set that letters are made of, with the state of the dataset that it must still be of."""

    folder: Path
    digests: Mapping[str, str]
    concept: bool
    snapshot: Snapshot
    since: Since | None
    secrets: PrivateTexts


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
    published = _published(plan, mission)
    _refuse_unknown_ministries(recipients, published.snapshot)
    letters: list[Outgoing] = []
    left: list[Problem] = []
    done: list[str] = []
    faults: list[Problem] = []
    for department in _asked_for(published.snapshot, mission):
        code = department.code
        correspondent = recipients.ministries.get(code)
        earlier = ledger.entries(mission.edition, code)
        if correspondent is None or not correspondent.to:
            left.append(warning("letter-no-address", Place(file=str(recipients.path)), code=code))
        elif any(entry.state is State.UNKNOWN for entry in earlier):
            left.append(warning("letter-unknown", code=code))
        elif (letter := _letter(plan, mission, recipients, published, department, earlier)) is None:
            done.append(code)
        else:
            letters.append(letter)
            faults += _faults(published, mission, recipients, department, letter)
    if faults:
        message = f"{mission.edition}: {len(faults)} reason(s) not to send; nothing was sent to anyone"
        raise Stop(ExitCode.VERIFICATION, message, (*faults, *left))
    return Prepared(tuple(letters), tuple(left), tuple(done))


def _published(plan: Plan, mission: Mission) -> Set:
    """The set as it was published. Raise Stop when it is not whole, or not of the dataset as it is now."""
    folder = mission.folder
    if problems := verify(folder):
        raise Stop(ExitCode.VERIFICATION, f"{folder}: {len(problems)} difference(s) from the manifest", problems)
    manifest = json.loads((folder / NAME).read_bytes())
    source = plan_of(plan, mission.edition)
    snapshot, since, problems = examine(source, mission.edition)
    if errors := errors_in(problems):
        raise Stop(ExitCode.DATA, f"{len(errors)} error(s) in the data; nothing was sent", problems)
    templates, _ = read_templates(source, snapshot.texts)
    now, then = inputs_of(snapshot, (*snapshot.inputs, *templates.inputs(source))), manifest["inputs"]
    changed = [name for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)]
    if changed or not manifest["whole"]:
        problems = tuple(error("set-outdated", Place(file=name)) for name in changed)
        raise Stop(ExitCode.VERIFICATION, f"{folder} is not the whole set of the data as they are; build it", problems)
    digests = {name: entry["sha256"] for name, entry in manifest["outputs"].items()}
    return Set(folder, digests, manifest["concept"], snapshot, since, PrivateTexts(snapshot))


def _refuse_unknown_ministries(recipients: Recipients, snapshot: Snapshot) -> None:
    """A code with a slip of the pen would leave a ministry without its letter, and nobody would see why."""
    known = {department.code for department in snapshot.register.departments}
    place = Place(file=str(recipients.path), field="ministries")
    problems = [error("letter-ministry-unknown", place, code=code) for code in recipients.ministries.keys() - known]
    if problems:
        raise Stop(ExitCode.PLAN, f"{recipients.path} names {len(problems)} unknown ministries", problems)


def _asked_for(snapshot: Snapshot, mission: Mission) -> tuple[Department, ...]:
    code = mission.department.casefold()
    chosen = tuple(d for d in snapshot.departments if code in ("", d.code.casefold()))
    if not chosen:
        codes = ", ".join(department.code for department in snapshot.departments)
        raise Stop(ExitCode.USAGE, f"no such ministry; those with measures are {codes}")
    return chosen


def _letter(
    plan: Plan,
    mission: Mission,
    recipients: Recipients,
    published: Set,
    department: Department,
    earlier: tuple[Entry, ...],
) -> Outgoing | None:
    """The letter to one ministry; None when it already has exactly this one.

    Its Message-ID follows from plan, edition, ministry and content, and from the letter that it replaces: a content
    that comes back after another is a new letter too.
    """
    correspondent = recipients.ministries[department.code]
    before = newest_sent(earlier)
    plain = _message(plan, mission, recipients, published, department, replaces="")
    digest = _digest(plain.draft())
    if before and before.content == _content(plan, mission, department, digest, before.replaces):
        return None
    replaces = before.message_id if before else ""
    content = _content(plan, mission, department, digest, replaces)
    message_id = f"<{content[:32]}@{domain_of(recipients.sender)}>"
    message = _message(plan, mission, recipients, published, department, replaces) if replaces else plain
    draft = replace(message, message_id=message_id).draft()
    code = department.code
    entry = Entry(
        plan=plan.key,
        edition=str(mission.edition),
        ministry=code,
        content=content,
        message_id=message_id,
        replaces=replaces,
        draft=_digest(draft),
        recipients=", ".join(correspondent.addresses),
    )
    copies = (mission.archive,) if mission.archive else ()
    envelope = Envelope(recipients.sender, (*correspondent.addresses, *copies))
    path = mission.folder / DRAFTS / f"verzending-{code.lower()}-{mission.edition}.eml"
    return Outgoing(entry, message.subject, envelope, draft, path)


def _content(plan: Plan, mission: Mission, department: Department, digest: str, replaces: str) -> str:
    parts = (plan.key, str(mission.edition), department.code, digest, replaces)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _enclosed(department: Department, edition: Edition) -> tuple[str, str]:
    """The two files of the set that belong to a ministry."""
    code = department.code.lower()
    return f"briefings/briefing-{code}-{edition}.docx", f"uitvraag/uitvraag-{code}-{edition}.xlsx"


def _message(
    plan: Plan, mission: Mission, recipients: Recipients, published: Set, department: Department, replaces: str
) -> Message:
    """The message without its identifier. The wording is that of today's templates, also for a closed edition."""
    paths = [published.folder / name for name in _enclosed(department, mission.edition)]
    try:
        attachments = tuple(Attachment(path.name, path.read_bytes()) for path in paths)
    except OSError as fault:
        raise Stop(ExitCode.VERIFICATION, f"{fault.filename} cannot be read: {fault.strerror}") from None
    snapshot = published.snapshot
    letter = compose_letter(
        snapshot,
        department,
        [(attachment.name, attachment.digest) for attachment in attachments],
        recipients.day_for(mission.edition),
        recipients.contact,
        replaces=bool(replaces),
    )
    text, html = write_letter(plan.templates / "mail", letter, snapshot.texts)
    correspondent = recipients.ministries[department.code]
    message = Message(
        sender_name=plan.sender,
        sender=recipients.sender,
        reply_to=recipients.reply_to or "",
        to=correspondent.to,
        cc=correspondent.cc,
        subject=letter.subject,
        plain=text,
        html=html,
        attachments=attachments,
        replaces=replaces,
    )
    if unsafe := message.unsafe_headers:
        problems = [error("letter-line-break", Place(file=department.code, field=name)) for name in unsafe]
        raise Stop(ExitCode.VERIFICATION, "a line break would become a header; nothing was sent to anyone", problems)
    return message


def _faults(
    published: Set, mission: Mission, recipients: Recipients, department: Department, letter: Outgoing
) -> tuple[Problem, ...]:
    names = _enclosed(department, mission.edition)
    parcel = Parcel(
        file=letter.path.name,
        message=open_message(letter.draft),
        subject=letter.subject,
        department=department,
        published={Path(name).name: published.digests.get(name, "") for name in names},
        correspondent=recipients.ministries[department.code],
        recipients=recipients,
        snapshot=published.snapshot,
        since=published.since,
        secrets=published.secrets,
        concept=published.concept,
        concept_allowed=mission.concept,
    )
    return prove_letter(parcel)


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
        elif known is None:
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
        return _digest(path.read_bytes()) == digest
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
