"""The letters of one edition: what they are made of, and how the one to a ministry is made and proved."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from report_builder.build import examine
from report_builder.delivery.dispatch import Outgoing
from report_builder.delivery.ledger import Entry, newest_sent
from report_builder.delivery.manifest import DRAFTS, NAME, inputs_of
from report_builder.delivery.smtp import Envelope
from report_builder.delivery.verification import verify
from report_builder.departments import Department
from report_builder.documents.letter import compose_letter
from report_builder.documents.letter_proofs import Parcel, prove_letter
from report_builder.documents.private import PrivateTexts
from report_builder.editions import plan_of
from report_builder.intake.snapshot import Snapshot
from report_builder.intake.trail import read_trail
from report_builder.model import Edition
from report_builder.office.mail import Attachment, Message, open_message
from report_builder.office.mail_template import write_letter
from report_builder.problems import ExitCode, Place, Problem, Stop, error, errors_in
from report_builder.recipients import Recipients, domain_of
from report_builder.rendering import template_inputs
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
class Published:
    """The set that letters are made of: the digest of each of its files, and the state of the data that it is of."""

    digests: Mapping[str, str]
    concept: bool
    snapshot: Snapshot
    since: Since | None


@dataclass(frozen=True, slots=True)
class Correspondence:
    """All that the letters of one edition are made of. Their wording is today's, also for a closed edition."""

    plan: Plan
    mission: Mission
    recipients: Recipients
    published: Published
    secrets: PrivateTexts


def open_correspondence(plan: Plan, mission: Mission, recipients: Recipients) -> Correspondence:
    """Read what the letters are made of. Raise Stop when the set is not whole, or not of the data as they are now."""
    folder = mission.folder
    if problems := verify(folder):
        raise Stop(ExitCode.VERIFICATION, f"{folder}: {len(problems)} difference(s) from the manifest", problems)
    manifest = json.loads((folder / NAME).read_bytes())
    source = plan_of(plan, mission.edition)
    snapshot, since, problems = examine(source, mission.edition)
    if errors := errors_in(problems):
        raise Stop(ExitCode.DATA, f"{len(errors)} error(s) in the data; nothing was sent", problems)
    now, then = inputs_of(snapshot, (*snapshot.inputs, *template_inputs(source))), manifest["inputs"]
    changed = [name for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)]
    if changed or not manifest["whole"]:
        problems = tuple(error("set-outdated", Place(file=name)) for name in changed)
        raise Stop(ExitCode.VERIFICATION, f"{folder} is not the whole set of the data as they are; build it", problems)
    _refuse_unknown_ministries(recipients, snapshot)
    digests = {name: entry["sha256"] for name, entry in manifest["outputs"].items()}
    published = Published(digests, manifest["concept"], snapshot, since)
    said = [line for known, edition in _reviewed(source, snapshot) for line in read_trail(known, edition).lines]
    return Correspondence(plan, mission, recipients, published, PrivateTexts(snapshot, said))


def _reviewed(source: Plan, snapshot: Snapshot) -> tuple[tuple[Plan, Edition], ...]:
    """Where returned forms may have left something private: of this edition, and of those before it."""
    return (*((past.plan, past.edition) for past in snapshot.past), (source, snapshot.edition))


def _refuse_unknown_ministries(recipients: Recipients, snapshot: Snapshot) -> None:
    """A code with a slip of the pen would leave a ministry without its letter, and nobody would see why."""
    known = {department.code for department in snapshot.register.departments}
    place = Place(file=str(recipients.path), field="ministries")
    problems = [error("letter-ministry-unknown", place, code=code) for code in recipients.ministries.keys() - known]
    if problems:
        raise Stop(ExitCode.PLAN, f"{recipients.path} names {len(problems)} unknown ministries", problems)


def letter_to(work: Correspondence, department: Department, earlier: tuple[Entry, ...]) -> Outgoing | None:
    """The letter to one ministry; None when it already has exactly this one. `earlier` are those in the ledger.

    Its Message-ID follows from plan, edition, ministry and content, and from the letter that it replaces: a content
    that comes back after another is a new letter too. Raise Stop when no message can be made.
    """
    mission, code = work.mission, department.code
    before = newest_sent(earlier)
    first = _message(work, department, replaces="")
    if before and before.content == _content(work, department, first, before.replaces):
        return None
    replaces = before.message_id if before else ""
    content = _content(work, department, first, replaces)
    message_id = f"<{content[:32]}@{domain_of(work.recipients.sender)}>"
    message = _message(work, department, replaces) if replaces else first
    draft = replace(message, message_id=message_id).draft()
    addresses = work.recipients.ministries[code].addresses
    entry = Entry(
        plan=work.plan.key,
        edition=str(mission.edition),
        ministry=code,
        content=content,
        message_id=message_id,
        replaces=replaces,
        draft=hashlib.sha256(draft).hexdigest(),
        recipients=", ".join(addresses),
    )
    copies = (mission.archive,) if mission.archive else ()
    envelope = Envelope(work.recipients.sender, (*addresses, *copies))
    path = mission.folder / DRAFTS / f"verzending-{code.lower()}-{mission.edition}.eml"
    return Outgoing(entry, message.subject, envelope, draft, path)


def _content(work: Correspondence, department: Department, message: Message, replaces: str) -> str:
    """What tells one letter from all others: a digest of plan, edition, ministry, and all that its reader gets."""
    draft = hashlib.sha256(message.draft()).hexdigest()
    parts = (work.plan.key, str(work.mission.edition), department.code, draft, replaces)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _enclosed(work: Correspondence, department: Department) -> tuple[str, str]:
    """The two files of the set that belong to a ministry."""
    code, edition = department.code.lower(), work.mission.edition
    return f"briefings/briefing-{code}-{edition}.docx", f"uitvraag/uitvraag-{code}-{edition}.xlsx"


def _message(work: Correspondence, department: Department, replaces: str) -> Message:
    """The message without its identifier."""
    recipients, snapshot = work.recipients, work.published.snapshot
    paths = [work.mission.folder / name for name in _enclosed(work, department)]
    try:
        attachments = tuple(Attachment(path.name, path.read_bytes()) for path in paths)
    except OSError as fault:
        raise Stop(ExitCode.VERIFICATION, f"{fault.filename} cannot be read: {fault.strerror}") from None
    letter = compose_letter(
        snapshot,
        department,
        [(attachment.name, attachment.digest) for attachment in attachments],
        recipients.day_for(work.mission.edition),
        recipients.contact,
        replaces=bool(replaces),
    )
    text, html = write_letter(work.plan.templates / "mail", letter, snapshot.texts)
    correspondent = recipients.ministries[department.code]
    message = Message(
        sender_name=work.plan.sender,
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


def faults_of(work: Correspondence, department: Department, letter: Outgoing) -> tuple[Problem, ...]:
    """Every reason why this letter may not leave, found in its draft opened again."""
    published = work.published
    parcel = Parcel(
        file=letter.path.name,
        message=open_message(letter.draft),
        subject=letter.subject,
        department=department,
        published={Path(name).name: published.digests.get(name, "") for name in _enclosed(work, department)},
        correspondent=work.recipients.ministries[department.code],
        recipients=work.recipients,
        snapshot=published.snapshot,
        since=published.since,
        secrets=work.secrets,
        concept=published.concept,
        concept_allowed=work.mission.concept,
    )
    return prove_letter(parcel)
