"""Crashes, closed connections, refusals and time-outs at every step: none doubled, none lost, the doubtful unknown.

What the server took in is compared with the ledger, after a run in which something goes wrong and after the next one.
"""

import random
import shutil
import sys
from pathlib import Path

import pytest

from report_builder.problems import ExitCode
from tests.mail_server import SIGNALS, STEPS, Fault, MailServer
from tests.post_office import PostOffice, open_copy
from tests.test_sending import authority, drafted, made_up_edition, running_server, server

__all__ = ["authority", "drafted", "made_up_edition", "running_server", "server"]

TAKEN_IN = {"sent": (1,), "planned": (0,), "refused": (0,), "sending": (0, 1), "unknown": (0, 1)}
"""How often the server may have taken in a letter of which the ledger says this."""

SILENCE = 2.0
"""Seconds until a silent server is given up. Long enough for a busy machine to answer within it."""


def apply(office: PostOffice, *faults: Fault) -> ExitCode:
    """A run in which this goes wrong; a process of its own when it is to be killed."""
    office.server.fail(*faults)
    silent = any(fault.kind == "silence" for fault in faults)
    office.write_recipients("Bos", "Zee", timeout=SILENCE if silent else 20)
    if all(fault.kind not in SIGNALS for fault in faults):
        return ExitCode(office.send("--apply").returncode)
    process = office.start(office.edition, "--concept", "--apply")
    office.server.victim = process.pid
    _, messages = process.communicate()
    assert "Traceback" not in messages
    return ExitCode(process.returncode) if process.returncode >= 0 else ExitCode.INTERRUPTED


def books(office: PostOffice) -> dict[str, str]:
    """The states in the ledger, which agree with what the server took in."""
    taken_in = office.server.identifiers()
    assert all(count == 1 for count in taken_in.values()), "none doubled"
    entries = [entry for known in office.entries().values() for entry in known]
    for entry in entries:
        assert taken_in[entry.message_id] in TAKEN_IN[entry.state], (entry.ministry, entry.state)
    assert len(entries) == 2
    return office.states()


def check_the_next_run(office: PostOffice) -> dict[str, str]:
    """A run in which nothing goes wrong sends what was certainly not sent, and leaves the rest alone."""
    before = books(office)
    apply(office)
    after = books(office)
    for code, state in before.items():
        assert after[code] == {"planned": "sent", "sending": "unknown"}.get(state, state)
    assert "planned" not in after.values(), "none lost"
    for code in (code for code, state in after.items() if state == "unknown"):
        assert office.report_builder("send", "--settle", code, "sent").returncode == ExitCode.DONE
    return after


DOUBTFUL = ("content", "dot", "stored")
"""Where the end of a letter may have left without an answer."""

SINGLE = [
    *(Fault(step, "close") for step in STEPS),
    *(Fault(step, "421") for step in ("connect", "STARTTLS", "RCPT", "dot")),
    *(Fault(step, "451") for step in ("MAIL", "DATA", "dot")),
    *(Fault(step, "550", time=2) for step in ("EHLO", "MAIL", "DATA", "dot")),
    *(Fault(step, "silence") for step in ("AUTH", "RCPT", "DATA", "dot", "stored")),
    *(Fault(step, "kill") for step in ("RCPT", "DATA", "dot", "stored", "QUIT")),
]


@pytest.mark.parametrize("fault", SINGLE, ids=lambda fault: f"{fault.kind} at {fault.step}")
def test_one_thing_goes_wrong(drafted: PostOffice, fault: Fault) -> None:
    code = apply(drafted, fault)
    after = check_the_next_run(drafted)
    unanswered = fault.kind in ("close", "silence", "kill")
    if unanswered and fault.step in ("dot", "stored"):
        assert sorted(after.values()) == ["sent", "unknown"], "the doubtful one is unknown"
    elif (fault.kind, fault.step) == ("kill", "DATA"):
        assert sorted(after.values()) == ["sent", "unknown"], "it was about to leave"
    elif fault.kind == "550" and fault.step != "EHLO":
        assert (code, sorted(after.values())) == (ExitCode.OUTPUT, ["refused", "sent"])
    elif fault.step not in DOUBTFUL:
        assert set(after.values()) == {"sent"}, "all that was certainly not sent has been sent"


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX")
def test_an_interrupted_run_says_how_far_it_came(drafted: PostOffice) -> None:
    assert apply(drafted, Fault("stored", "interrupt", time=2)) == ExitCode.INTERRUPTED
    assert sorted(check_the_next_run(drafted).values()) == ["sent", "unknown"]


BIG = 10_000
"""Bytes of a write to a socket that can only be the letter itself."""


@pytest.mark.skipif(not shutil.which("strace"), reason="the order of calls is seen with strace")
def test_the_ledger_is_on_disk_before_the_letter_leaves(drafted: PostOffice) -> None:
    log = drafted.house / "calls.txt"
    trace = ("strace", "-f", "-qq", "-y", "-o", str(log), "-e", "trace=fsync,fdatasync,sendto,write")
    process = drafted.start(drafted.edition, "--concept", "--apply", "--department", "Zee", under=trace)
    _, messages = process.communicate()
    assert process.returncode == ExitCode.DONE, messages
    calls = log.read_text(encoding="utf-8", errors="replace").splitlines()
    left = next(n for n, call in enumerate(calls) if "<socket:" in call and int(call.rpartition("= ")[2]) > BIG)
    flushed = [call for call in calls[:left] if "sync(" in call]
    assert [call for call in flushed if "ledger.sqlite>" in call], "the entry"
    assert [call for call in flushed if "/.state>" in call], "and the folder, from which its journal was taken"


@pytest.mark.torture
def test_200_runs_in_which_things_go_wrong(
    made_up_edition: Path, tmp_path: Path, running_server: MailServer, authority: Path
) -> None:
    """Each step and each kind of fault, in either letter, and now and then a second one on top.

    No server refuses what it has taken in: at `stored` it answers well or not at all.
    """
    every = [Fault(step, kind, time) for step in STEPS for kind in KINDS for time in (1, 2)]
    every = [fault for fault in every if fault.step != "stored" or not fault.kind.isdecimal()]
    chance = random.Random(34843)  # noqa: S311  not for secrets: the same faults each time
    runs = [(fault,) for fault in every] + [tuple(chance.sample(every, 2)) for _ in range(200 - len(every))]
    assert len(runs) == 200
    seen: set[str] = set()
    for number, faults in enumerate(runs):
        house = tmp_path / str(number)
        running_server.received.clear()
        office = open_copy(made_up_edition, house, "2030-Q2", running_server, authority)
        apply(office, *faults)
        seen.update(check_the_next_run(office).values())
        shutil.rmtree(house)
    assert seen == {"sent", "refused", "unknown"}


KINDS = ("close", "421", "451", "550", "silence", "kill")
