"""A real mail server for the tests, with STARTTLS and login, that can be told to fail at any step of the dialogue."""

import asyncio
import os
import signal
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "verzonnen-gebruiker", "verzonnen-wachtwoord"

STEPS = ("connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "content", "dot", "stored", "QUIT")
"""Where a dialogue can fail. At `dot` the whole message is there but not taken in; at `stored` it has been."""


SIGNALS = {"kill": getattr(signal, "SIGKILL", signal.SIGTERM), "interrupt": signal.SIGINT}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at a step, the given time that a dialogue comes there: `close`, `silence`, signal or code."""

    step: str
    kind: str
    time: int = 1


@dataclass(slots=True)
class Received:
    """A message that the server took in, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        return message


@dataclass(slots=True)
class MailServer:
    """What a test sees of the server. `victim` is the process that a fault of the kind `kill` ends."""

    port: int = 0
    faults: tuple[Fault, ...] = ()
    received: list[Received] = field(default_factory=list)
    victim: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)
    """Answers to RCPT, by address."""

    connections: list[Any] = field(default_factory=list)

    async def hang_up(self) -> None:
        """Close what a client left open when it went away."""
        for connection in self.connections:
            connection.abort()
        await asyncio.sleep(0.1)

    def fail(self, *faults: Fault) -> None:
        self.steps.clear()
        self.faults = faults

    def due(self, step: str) -> Fault | None:
        self.steps[step] += 1
        return next((f for f in self.faults if (f.step, f.time) == (step, self.steps[step])), None)

    def identifiers(self) -> Counter[str]:
        """How often each Message-ID was taken in."""
        return Counter(str(mail.message["Message-ID"]) for mail in self.received)


class _Dialogue(SMTP):
    """One dialogue, which stops where the test says so."""

    def __init__(self, server: MailServer, *given: Any, **settings: Any) -> None:
        self._server = server
        super().__init__(*given, **settings)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._server.connections.append(transport)
        super().connection_made(transport)

    async def fails(self, step: str) -> bool:
        """Whether a fault was the answer to this step."""
        fault = self._server.due(step)
        if fault:
            await self._fail(fault)
        return fault is not None

    async def _fail(self, fault: Fault) -> None:
        if fault.kind.isdecimal():
            await self.push(f"{fault.kind} verzonnen antwoord bij {fault.step}")
            if fault.kind != "421":
                return
            await asyncio.sleep(0.01)
        if fault.kind in SIGNALS:
            os.kill(self._server.victim, SIGNALS[fault.kind])
        transport: Any = self._original_transport or self.transport
        if fault.kind not in ("silence", "interrupt"):
            transport.abort()
        try:
            await asyncio.sleep(3600)  # until the connection is gone, which cancels this
        finally:
            transport.abort()

    async def _handle_client(self) -> None:
        if not await self.fails("connect"):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self.fails("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self.fails("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self.fails("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self.fails("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        answer = next((a for address, a in self._server.refused.items() if address in (arg or "")), "")
        if answer:
            await self.push(answer)
        elif not await self.fails("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self.fails("DATA"):
            return
        if fault := self._server.due("content"):
            await self.push("354 gaat uw gang")
            await self._reader.readline()
            await self._fail(fault)
            return
        await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        if not await self.fails("QUIT"):
            await super().smtp_QUIT(arg)

    async def take_in(self, envelope: Any) -> str:
        fault = self._server.due("dot")
        if fault and fault.kind.isdecimal():
            return f"{fault.kind} verzonnen antwoord op het bericht"
        if fault:
            await self._fail(fault)
        self._server.received.append(Received(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        await self.fails("stored")
        return "250 aangenomen"


class _Handler:
    """What aiosmtpd asks what to do with a whole message: the dialogue that it came in by."""

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        assert isinstance(server, _Dialogue)
        return await server.take_in(envelope)


class _Controller(Controller):
    def __init__(self, server: MailServer, **settings: Any) -> None:
        self._mail_server = server
        super().__init__(_Handler(), hostname="127.0.0.1", port=0, ready_timeout=60, **settings)

    def factory(self) -> SMTP:
        return _Dialogue(self._mail_server, self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """Port 0 was any port that is free: this is the one it became."""
        server: Any = self.server
        self.port = self._mail_server.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _login(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    known = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == known, handled=False)


@contextmanager
def mail_server(authority: Path, *, implicit: bool = False) -> Iterator[MailServer]:
    """A server on this machine, with STARTTLS, or with TLS from the first byte.

    The certificate of the authority that it is to be trusted by is written to a file.
    """
    maker = trustme.CA()
    maker.cert_pem.write_to_path(str(authority))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    maker.issue_cert("127.0.0.1").configure_cert(context)
    server = MailServer()
    controller = _Controller(
        server,
        auth_required=not implicit,  # aiosmtpd would warn of a login without STARTTLS
        authenticator=_login,
        **({"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}),
        auth_require_tls=not implicit,
    )
    controller.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.hang_up(), controller.loop).result()
        controller.stop()
