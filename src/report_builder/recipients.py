"""`recipients.toml`: to whom the letters of an overview go, and through which mail server."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from report_builder.model import Edition
from report_builder.problems import ExitCode, Stop
from report_builder.settings import STRICT, EditionName, Text, Texts, read_toml, validated

DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z")
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")


def _one_line(text: str) -> str:
    if len(text.splitlines()) > 1:
        raise PydanticCustomError("line", "must be one line of plain text")
    return text


def _domain(text: str) -> str:
    if not DOMAIN.match(text.lower()):
        raise PydanticCustomError("domain", "must be a domain such as ministry.example")
    return text.lower()


def address(text: str) -> str:
    """A bare address, with the domain in lower case. Raise PydanticCustomError, a ValueError, when it is none."""
    local, _, domain = text.rpartition("@")
    if not LOCAL_PART.match(local) or not DOMAIN.match(domain.lower()):
        raise PydanticCustomError("address", "must be an address such as somebody@ministry.example")
    return f"{local}@{domain.lower()}"


def _some(domains: tuple[str, ...]) -> tuple[str, ...]:
    if not domains:
        raise PydanticCustomError("none", "must name at least one domain")
    return domains


Domain = Annotated[str, AfterValidator(_domain)]
Address = Annotated[str, AfterValidator(address)]
Line = Annotated[Text, AfterValidator(_one_line)]


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


class Correspondent(BaseModel):
    """Where the letter to one ministry may go. Without `to` there is nobody to write to yet.

    `highest_classification` is the highest that may go there by mail; empty means that only what is not classified may.
    """

    model_config = STRICT

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    domains: Annotated[tuple[Domain, ...], AfterValidator(_some)]
    highest_classification: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (*self.to, *self.cc)


class MailServer(BaseModel):
    """How mail leaves the house: always over TLS, and with a login.

    `starttls` turns a plain connection into a safe one before anything is said; `tls` is safe from the first byte.
    `ca_file` names the authority of an internal server, `login_file` a file with `user` and `password`; paths are
    relative to `recipients.toml`. A message that is refused for now is tried `attempts` times in all, after a `pause`
    that doubles each time. `timeout` and `pause` are in seconds.
    """

    model_config = STRICT

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]+\z")]
    port: Annotated[int, Field(gt=0, lt=65536)] = 587
    security: Literal["starttls", "tls"] = "starttls"
    ca_file: str = ""
    login_file: str = ""
    timeout: Annotated[float, Field(gt=0, le=600)] = 60
    attempts: Annotated[int, Field(ge=1, le=10)] = 5
    pause: Annotated[float, Field(ge=0, le=600)] = 15

    @property
    def pauses(self) -> tuple[float, ...]:
        """How long to wait before each further attempt, in seconds."""
        return tuple(self.pause * 2**number for number in range(self.attempts - 1))


def _nobody_twice(ministries: Mapping[str, Correspondent]) -> Mapping[str, Correspondent]:
    """An address that stands with two ministries would get what is not its own."""
    counts = Counter(address.lower() for ministry in ministries.values() for address in {*ministry.addresses})
    for address, count in counts.items():
        if count > 1:
            raise PydanticCustomError("repeated", "repeated", {"value": address})
    return ministries


def _known_classifications(
    ministries: Mapping[str, Correspondent], known: ValidationInfo
) -> Mapping[str, Correspondent]:
    for ministry in ministries.values():
        highest = ministry.highest_classification
        if highest and highest not in known.data.get("classifications", ()):
            message = "is not one of the classifications"
            raise PydanticCustomError("classification", "{highest} {message}", {"highest": highest, "message": message})
    return ministries


class Recipients(BaseModel):
    """Who gets a letter, and what only a person can say in it.

    `sender` is the address it comes from; `contact` is whom to ask; `reply_by` says for each edition by when an answer
    is wanted, so that last quarter's day can never be asked for again. `classifications` are all there are, the lowest
    first. A blind copy may only go to `archive_domains`. `server` is None as long as drafts are enough.
    """

    model_config = STRICT

    path: Path = Field(exclude=True)
    sender: Address
    reply_to: Address | None = None
    contact: Line
    reply_by: dict[EditionName, date]
    classifications: Texts = ()
    archive_domains: tuple[Domain, ...] = ()
    ministries: Annotated[
        dict[str, Correspondent], AfterValidator(_nobody_twice), AfterValidator(_known_classifications)
    ]
    server: MailServer | None = Field(default=None, alias="smtp")

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


def load_recipients(path: Path) -> Recipients:
    """The recipients in this file. Raise Stop with every fault in it."""
    what = "list of recipients"
    content, values = read_toml(path, what)
    return validated(Recipients, {**values, "path": path}, path, content, what)
