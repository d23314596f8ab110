"""A house from which letters are sent, for the tests: the made-up second plan or the real one, and a mail server."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from report_builder.cli import main
from report_builder.delivery.ledger import Entry, open_ledger
from report_builder.problems import ExitCode
from report_builder.settings import load_plan
from tests.mail_server import PASSWORD, USER, MailServer

LOGIN = {"REPORT_BUILDER_SMTP_USER": USER, "REPORT_BUILDER_SMTP_PASSWORD": PASSWORD}

GENERAL = """
sender = "overzicht@verzonnen.example"
contact = "het verzonnen secretariaat"
classifications = ["VERZONNEN VERTROUWELIJK", "VERZONNEN GEHEIM"]

[reply_by]
{edition} = 2030-08-01

[smtp]
host = "127.0.0.1"
port = {port}
ca_file = "ca.pem"
timeout = {timeout}
attempts = 3
pause = 0.01
"""
MINISTRY = """
[ministries.{code}]
to = ["post@{domain}"]
domains = ["{domain}"]
"""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class PostOffice:
    """A house with a published edition, and the server that its letters go to."""

    house: Path
    edition: str
    server: MailServer

    @property
    def recipients(self) -> Path:
        return self.house / "data/recipients.toml"

    @property
    def published(self) -> Path:
        return self.house / "output" / self.edition

    @property
    def drafts(self) -> Path:
        return self.published / "verzending"

    def write_recipients(self, *codes: str, timeout: float = 20) -> None:
        general = GENERAL.format(edition=self.edition, port=self.server.port, timeout=timeout)
        ministries = (MINISTRY.format(code=code, domain=f"{code.lower()}.example") for code in codes)
        self.recipients.write_text(general + "".join(ministries), encoding="utf-8")

    def start(self, *given: str, under: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """`send` as a process of its own, which a test may kill, or watch with another program."""
        command = [*under, sys.executable, "-m", "report_builder", "send", *given]
        pipe = subprocess.PIPE
        environment = {**os.environ, **LOGIN}
        return subprocess.Popen(command, cwd=self.house, env=environment, stdout=pipe, stderr=pipe, text=True)

    def send(self, *given: str, concept: bool = True, login: Mapping[str, str] = LOGIN) -> Done:
        """`send EDITION` in this process, which saves starting one; the made-up editions are concepts."""
        return self.report_builder("send", self.edition, *(["--concept"] if concept else []), *given, login=login)

    def report_builder(self, command: str, *given: str, login: Mapping[str, str] = LOGIN) -> Done:
        said, messages = io.StringIO(), io.StringIO()
        plan = str(self.house / "data/plan.toml")
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(messages):
            for name in LOGIN:
                patch.setenv(name, login.get(name, ""))
            try:
                code = main([command, *given, "--plan", plan])
            except SystemExit as refusal:  # as argparse refuses
                code = int(str(refusal.code))
        return Done(code, said.getvalue(), messages.getvalue())

    def build(self) -> None:
        done = self.report_builder("build")
        assert done.returncode == ExitCode.DONE, done.stderr

    def entries(self) -> dict[str, list[Entry]]:
        """The ledger as it is on disk, by ministry."""
        plan = load_plan(self.house / "data/plan.toml")
        found: dict[str, list[Entry]] = {}
        with open_ledger(plan.state, plan.key) as ledger:
            for entry in ledger.entries():
                found.setdefault(entry.ministry, []).append(entry)
        return found

    def states(self) -> dict[str, str]:
        """What became of the newest letter to each ministry."""
        return {code: entries[-1].state.value for code, entries in self.entries().items()}


def open_copy(of: Path, folder: Path, edition: str, server: MailServer, authority: Path) -> PostOffice:
    """A copy of a built house, which a test may break."""
    shutil.copytree(of, folder, dirs_exist_ok=True)
    shutil.copy(authority, folder / "data/ca.pem")
    return PostOffice(folder, edition, server)
