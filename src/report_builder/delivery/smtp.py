"""One message over SMTP, step by step, so that what became of it is known whenever it can be known.

Until the point that ends the message has left, no server may deliver it, so every fault before it means: not sent. Once
it has left, only the server's answer tells; without an answer nobody knows.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from report_builder.delivery.login import Login
from report_builder.problems import ExitCode, Stop

START_DATA = 354
NOT_OFFERED = 502
"""What a server would answer to a command that it does not have; it was never asked."""

QUOTED = 200
"""How much of a server's answer is kept."""


class Outcome(StrEnum):
    """What became of a message. Only `accepted` and `unknown` may have reached anybody.

    `later` and `away` may be tried again: the server refused the message for now, or would not talk at all for now.
    `refused` is for good; `shut` is too, and it is the sender whom the server refuses, not this message.
    """

    ACCEPTED = "accepted"
    LATER = "later"
    AWAY = "away"
    REFUSED = "refused"
    SHUT = "shut"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message, and what the server said, or what happened instead."""

    outcome: Outcome
    said: str


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to reach it. `implicit` is TLS from the first byte; else STARTTLS, which it must offer.

    `ca_file` is the authority to trust in place of those of the system. `timeout` is in seconds, and so are `pauses`:
    how long to wait before each further attempt.
    """

    host: str
    port: int
    implicit: bool
    ca_file: Path | None
    timeout: float
    pauses: tuple[float, ...]
    login: Login

    def context(self) -> ssl.SSLContext:
        """Raise Stop when the authority cannot be read."""
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as fault:  # ssl.SSLError is one
            raise Stop(ExitCode.PLAN, f"the authority {self.ca_file} cannot be read: {fault.strerror}") from None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a server goes by: whom a message is from, and everyone it goes to, those of blind copies too."""

    sender: str
    recipients: tuple[str, ...]


class Declined(Exception):
    """An answer of the server that ends the dialogue before the message."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(code)
        self.code = code
        self.said = said


def deliver(
    server: Server,
    envelope: Envelope,
    content: bytes,
    about_to_send: Callable[[], None],
    answered: Callable[[Answer], None],
) -> None:
    """Send one message to all recipients or to none.

    `about_to_send` is called before its first byte leaves, and `answered` as soon as it is known what became of it:
    before the farewell, in which so much can go wrong too.
    """
    context = server.context()
    try:
        connection = _connect(server, context)
    except Declined as declined:
        answered(Answer(Outcome.AWAY if _for_now(declined.code) else Outcome.SHUT, declined.said))
    except ssl.SSLCertVerificationError as fault:
        answered(Answer(Outcome.SHUT, f"the certificate of {server.host} is not trusted: {fault.verify_message}"))
    except (smtplib.SMTPException, OSError) as fault:
        answered(Answer(Outcome.AWAY, _told(fault)))
    else:
        try:
            answered(_hand_over(connection, envelope, content, about_to_send))
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()


def _connect(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    """A connection that is safe and logged in. Raise Declined when the server will not have us."""
    connection: smtplib.SMTP | None = None
    try:
        if server.implicit:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
            _expect(connection.ehlo(), "EHLO")
            connection.starttls(context=context)
        _expect(connection.ehlo(), "EHLO")
        connection.login(server.login.user, server.login.password)
    except BaseException as fault:
        if connection:
            connection.close()
        match fault:
            case smtplib.SMTPAuthenticationError():  # what it says might repeat what it was told
                raise Declined(fault.smtp_code, f"{fault.smtp_code} in answer to the login") from None
            case smtplib.SMTPResponseException():
                raise Declined(fault.smtp_code, f"{fault.smtp_code} {_readable(fault.smtp_error)}") from None
            case smtplib.SMTPNotSupportedError():
                what = "login" if server.implicit else "TLS or login"
                raise Declined(NOT_OFFERED, f"{server.host} offers no {what}") from None
        raise
    return connection


def _hand_over(
    connection: smtplib.SMTP, envelope: Envelope, content: bytes, about_to_send: Callable[[], None]
) -> Answer:
    ended = False
    try:
        options = [f"size={len(content)}"] if connection.has_extn("size") else []
        _expect(connection.mail(envelope.sender, options), "MAIL")
        for address in envelope.recipients:
            _expect(connection.rcpt(address), f"RCPT {address}")
        about_to_send()
        _expect(connection.docmd("DATA"), "DATA", START_DATA)
        connection.send(_stuffed(content))
        ended = True
        connection.send(b".\r\n")
        code, said = connection.getreply()
    except Declined as declined:
        return Answer(Outcome.LATER if _for_now(declined.code) else Outcome.REFUSED, declined.said)
    except (smtplib.SMTPException, OSError) as fault:
        return Answer(Outcome.UNKNOWN if ended else Outcome.LATER, _told(fault))
    return _judged(code, f"{code} {_readable(said)}")


def _judged(code: int, said: str) -> Answer:
    """What the answer to the whole message means. An answer that no server may give says nothing."""
    meanings = {2: Outcome.ACCEPTED, 4: Outcome.LATER, 5: Outcome.REFUSED}
    return Answer(meanings.get(code // 100, Outcome.UNKNOWN), said)


def _expect(answer: tuple[int, bytes], step: str, wanted: int = 250) -> None:
    code, said = answer
    if code != wanted and not (wanted == 250 and code == 251):  # 251: will forward, and so accepted
        raise Declined(code, f"{code} in answer to {step}: {_readable(said)}")


def _for_now(code: int) -> bool:
    """Whether a refusal is temporary. So is an answer that no server may give: nothing was sent."""
    return not 500 <= code < 600


def _stuffed(content: bytes) -> bytes:
    """A point that starts a line is doubled, since a point alone ends the message."""
    return re.sub(rb"(?m)^\.", b"..", content)


def _readable(said: bytes | str) -> str:
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:QUOTED]


def _told(fault: Exception) -> str:
    return _readable(str(fault)) or type(fault).__name__
