"""A mail message as bytes: made the same way each time, and opened again to see what is in it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses

UNSENT = b"X-Unsent: 1\r\n"
"""The first line of a draft: mail programs open such a file ready to be looked at and sent."""

BOUNDARY_START = "=_"
"""Occurs in no encoded part: there, an equals sign is followed by a number."""

PLAIN_LINE, ENCODED_LINE = 300, 78
"""How long a header may get before it is folded. A fold right after the name of a header becomes a space in some mail
programs, so plain headers are folded only where they must be; encoded words may not be longer than a line of 78."""

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What may not stand in a header: control characters, ends of lines, and turns of the direction of reading."""

TYPES = {
    ".docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. Its type follows from its ending."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Message:
    """All that a message is made of. `replaces` is the Message-ID of the one it takes the place of; empty is none."""

    sender_name: str
    sender: str
    reply_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    plain: str
    html: str
    attachments: Sequence[Attachment]
    message_id: str = ""
    replaces: str = ""

    @property
    def unsafe_headers(self) -> tuple[str, ...]:
        """The headers that a line break or another control character would turn into something else."""
        texts = {
            "From": self.sender_name,
            "To": "".join(self.to),
            "Cc": "".join(self.cc),
            "Reply-To": self.reply_to,
            "Subject": self.subject,
            "Content-Disposition": "".join(attachment.name for attachment in self.attachments),
        }
        return tuple(name for name, text in texts.items() if UNSAFE.search(text))

    def draft(self) -> bytes:
        """The message as a file to open in a mail program. It has no date yet: that is the moment of sending."""
        made = EmailMessage(policy=policy.SMTP)
        made["Message-ID"] = self.message_id
        made["From"] = Address(self.sender_name, addr_spec=self.sender)
        made["To"] = ", ".join(self.to)
        for name, value in (("Cc", ", ".join(self.cc)), ("Reply-To", self.reply_to)):
            if value:
                made[name] = value
        made["Subject"] = self.subject
        if self.replaces:
            made["In-Reply-To"] = made["References"] = self.replaces
        made.set_content(self.plain, cte="quoted-printable")
        made.add_alternative(self.html, subtype="html", cte="quoted-printable")
        for attachment in self.attachments:
            kind = TYPES[attachment.name[attachment.name.rindex(".") :]]
            made.add_attachment(attachment.content, "application", kind, filename=attachment.name)
        self._fix_boundaries(made)
        headers = (self.sender_name, self.subject, *(attachment.name for attachment in self.attachments))
        longest = PLAIN_LINE if all(text.isascii() for text in headers) else ENCODED_LINE
        return UNSENT + made.as_bytes(policy=policy.SMTP.clone(max_line_length=longest))

    def _fix_boundaries(self, made: EmailMessage) -> None:
        """Without this, each making of the same message would give other bytes."""
        texts = (self.plain, self.html, *(attachment.digest for attachment in self.attachments))
        digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]
        for number, part in enumerate(part for part in made.walk() if part.is_multipart()):
            part.set_boundary(f"{BOUNDARY_START}{digest}-{number}")


def as_sent(draft: bytes, moment: datetime) -> bytes:
    """The draft as it leaves: exactly what was drafted, with the date in place of the mark that it was not sent yet."""
    if not draft.startswith(UNSENT):
        raise ValueError("this is no draft")
    return f"Date: {format_datetime(moment)}\r\n".encode("ascii") + draft.removeprefix(UNSENT)


@dataclass(frozen=True, slots=True)
class OpenedMessage:
    """A message as its reader gets it. `headers` are all of them, by their names in lower case, each as often as it
    stands there. `extra` tells of parts that are neither a text nor an attachment.
    """

    headers: tuple[tuple[str, str], ...]
    plain: str
    html: str
    attachments: tuple[Attachment, ...]
    types: tuple[str, ...]
    extra: int

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name.lower()), "")

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address the message says it goes to, with the domain in lower case."""
        fields = [value for name, value in self.headers if name in ("to", "cc", "bcc", "resent-to", "resent-cc")]
        found = (address.rpartition("@") for _, address in getaddresses(fields))
        return tuple(f"{local}@{domain.lower()}" for local, _, domain in found)


def open_message(content: bytes) -> OpenedMessage:
    """The message as a mail program reads it."""
    message = message_from_bytes(content, policy=policy.SMTP)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    enclosed = list(message.iter_attachments())
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return OpenedMessage(
        headers=tuple((name.lower(), " ".join(str(value).split())) for name, value in message.items()),
        plain=plain.get_content() if plain else "",
        html=html.get_content() if html else "",
        attachments=tuple(
            Attachment(part.get_filename() or "", bytes(part.get_payload(decode=True) or b"")) for part in enclosed
        ),
        types=tuple(part.get_content_type() for part in enclosed),
        extra=len(leaves) - len(enclosed) - bool(plain) - bool(html),
    )
