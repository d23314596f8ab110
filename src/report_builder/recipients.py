"""`recipients.toml`: to whom the letters of an overview go, and through which mail server."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from report_builder.checked_toml import (
    ANY_TEXT,
    DAY,
    GIVEN,
    TEXT,
    Rules,
    also,
    beside,
    broken,
    by_name,
    many,
    matching,
    one_of,
    or_none,
    seconds,
    whole,
)
from report_builder.model import Edition
from report_builder.problems import ExitCode, Stop
from report_builder.settings import EDITION_NAME, TEXTS

DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z")
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")


def _one_line(text: str) -> str:
    if len(text.splitlines()) > 1:
        raise broken("line", "must be one line of plain text")
    return text


def _domain(text: str) -> str:
    if not DOMAIN.match(text.lower()):
        raise broken("domain", "must be a domain such as ministry.example")
    return text.lower()


def address(text: str) -> str:
    """A bare address, with the domain in lower case. Raise ValueError when it is none."""
    local, _, domain = text.rpartition("@")
    if not LOCAL_PART.match(local) or not DOMAIN.match(domain.lower()):
        raise broken("address", "must be an address such as somebody@ministry.example")
    return f"{local}@{domain.lower()}"


def _some(domains: tuple[str, ...]) -> tuple[str, ...]:
    if not domains:
        raise broken("none", "must name at least one domain")
    return domains


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Where the letter to one ministry may go. Without `to` there is nobody to write to yet.

    `highest_classification` is the highest that may go there by mail; empty means that only what is not classified may.
    """

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    domains: tuple[str, ...]
    highest_classification: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (*self.to, *self.cc)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """How mail leaves the house: always over TLS, and with a login.

    `starttls` turns a plain connection into a safe one before anything is said; `tls` is safe from the first byte.
    `ca_file` names the authority of an internal server, `login_file` a file with `user` and `password`; paths are
    relative to `recipients.toml`. A message that is refused for now is tried `attempts` times in all, after a `pause`
    that doubles each time. `timeout` and `pause` are in seconds.
    """

    host: str
    port: int = 587
    security: str = "starttls"
    ca_file: str = ""
    login_file: str = ""
    timeout: float = 60
    attempts: int = 5
    pause: float = 15

    @property
    def pauses(self) -> tuple[float, ...]:
        """How long to wait before each further attempt, in seconds."""
        return tuple(self.pause * 2**number for number in range(self.attempts - 1))


def _nobody_twice(ministries: Mapping[str, Correspondent]) -> Mapping[str, Correspondent]:
    """An address that stands with two ministries would get what is not its own."""
    counts = Counter(address.lower() for ministry in ministries.values() for address in {*ministry.addresses})
    for address, count in counts.items():
        if count > 1:
            raise broken("repeated", "repeated", value=address)
    return ministries


def _known_classifications(
    ministries: Mapping[str, Correspondent], known: Mapping[str, Any]
) -> Mapping[str, Correspondent]:
    for ministry in ministries.values():
        highest = ministry.highest_classification
        if highest and highest not in known.get("classifications", ()):
            raise broken("classification", "{highest} is not one of the classifications", highest=highest)
    return ministries


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who gets a letter, and what only a person can say in it.

    `sender` is the address it comes from; `contact` is whom to ask; `reply_by` says for each edition by when an answer
    is wanted, so that last quarter's day can never be asked for again. `classifications` are all there are, the lowest
    first. A blind copy may only go to `archive_domains`. `server` is None as long as drafts are enough.
    """

    path: Path
    sender: str
    reply_to: str | None = None
    contact: str
    reply_by: Mapping[Edition, date]
    classifications: tuple[str, ...] = ()
    archive_domains: tuple[str, ...] = ()
    ministries: Mapping[str, Correspondent]
    server: MailServer | None = None

    def may_go(self, classification: str, ministry: Correspondent) -> bool:
        """Whether a letter of this classification may go to that ministry by mail. One that is not listed never may."""
        ranks = {name.casefold(): rank for rank, name in enumerate(self.classifications)}
        wanted, highest = classification.strip().casefold(), ministry.highest_classification.casefold()
        return not wanted or (wanted in ranks and highest in ranks and ranks[wanted] <= ranks[highest])

    def may_archive(self, address: str) -> bool:
        return domain_of(address) in (self.archive_domains or (domain_of(self.sender),))

    def day_for(self, edition: Edition) -> date:
        """By when an answer is wanted. Raise Stop when nobody has said so: no day is ever made up."""
        if edition not in self.reply_by:
            raise Stop(ExitCode.PLAN, f"{self.path} does not say by when to answer: [reply_by] {edition} = DATE")
        return self.reply_by[edition]

    def beside(self, name: str) -> Path | None:
        """A file that these settings name; None when they name none."""
        return self.path.parent / name if name else None


_DOMAIN = also(ANY_TEXT, _domain)
_ADDRESS = also(ANY_TEXT, address)
_CORRESPONDENT = Rules(
    Correspondent,
    {
        "to": many(_ADDRESS),
        "cc": many(_ADDRESS),
        "domains": also(many(_DOMAIN), _some),
        "highest_classification": ANY_TEXT,
    },
)
_SERVER = Rules(
    MailServer,
    {
        "host": matching(r"^[A-Za-z0-9.:-]+\z"),
        "port": whole(1, 65_535),
        "security": one_of("starttls", "tls"),
        "ca_file": ANY_TEXT,
        "login_file": ANY_TEXT,
        "timeout": seconds(600),
        "attempts": whole(1, 10),
        "pause": seconds(600, or_none=True),
    },
)
RECIPIENTS = Rules(
    Recipients,
    {
        "path": GIVEN,
        "sender": _ADDRESS,
        "reply_to": or_none(_ADDRESS),
        "contact": also(TEXT, _one_line),
        "reply_by": by_name(EDITION_NAME, DAY),
        "classifications": TEXTS,
        "archive_domains": many(_DOMAIN),
        "ministries": beside(also(by_name(ANY_TEXT, _CORRESPONDENT.rule), _nobody_twice), _known_classifications),
        "server": or_none(_SERVER.rule),
    },
    keys={"server": "smtp"},
)
"""What `recipients.toml` must hold."""


def load_recipients(path: Path) -> Recipients:
    """The recipients in this file. Raise Stop with every fault in it."""
    return RECIPIENTS.read(path, "list of recipients", lambda _: {"path": path})
