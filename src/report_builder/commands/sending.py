"""`send`: drafts of the letters to the ministries, the letters themselves, and what became of each."""

import argparse
import os
from collections import Counter
from pathlib import Path

from report_builder.commands.arguments import edition, mail_address
from report_builder.console import Console
from report_builder.correspondence import Mission
from report_builder.delivery.dispatch import dispatch
from report_builder.delivery.ledger import Entry, Ledger, open_ledger
from report_builder.delivery.login import find_login
from report_builder.delivery.smtp import Answer, Outcome, Server
from report_builder.problems import ExitCode, Stop
from report_builder.recipients import Recipients, load_recipients
from report_builder.sending import Prepared, approved, ledger_of, prepare, settle, write_drafts
from report_builder.settings import Plan, load_plan
from report_builder.texts import load_texts

EXAMPLE = "report-builder send 2021-Q1"
OUTCOMES = ("sent", "not-sent")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("edition", type=edition, nargs="?", metavar="EDITION", help="the edition to send")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--apply", action="store_true", help="send what was drafted; without this, only make drafts")
    parser.add_argument("--concept", action="store_true", help="also an edition that is not confirmed by all")
    parser.add_argument("--department", default="", metavar="CODE", help="only the letter to this ministry")
    parser.add_argument(
        "--to-archive", type=mail_address, metavar="ADDRESS", help="a blind copy of each, for the record"
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help="where the published set is; default: the plan's")
    what.add_argument("--status", action="store_true", help="show what became of each letter, and send nothing")
    what.add_argument(
        "--settle",
        nargs=2,
        metavar=("CODE", "|".join(OUTCOMES)),
        help="say what became of a letter that is unknown, after asking the ministry",
    )


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    plan = load_plan(arguments.plan)
    output = arguments.output or plan.output
    if arguments.status:
        return _status(plan, output, arguments, console)
    if arguments.settle:
        return _settle(plan, output, arguments, console)
    if arguments.edition is None:
        raise Stop(ExitCode.USAGE, "which edition? such as: report-builder send 2021-Q1")
    recipients = load_recipients(plan.recipients)
    mission = Mission(arguments.edition, output, arguments.department, arguments.concept, arguments.to_archive or "")
    server = _server(recipients) if arguments.apply else None
    with ledger_of(plan, output, f"send {mission.edition}") as ledger:
        prepared = prepare(plan, mission, recipients, ledger)
        console.problems(prepared.left, load_texts(*plan.texts))
        for code in prepared.done:
            console.say(f"{code}: has this letter already")
        if server is None:
            return _draft(prepared, mission, ledger, console)
        return _apply(plan, prepared, server, ledger, console)


def _server(recipients: Recipients) -> Server:
    """The mail server with its login; found before anything else, so that no proof is made in vain."""
    settings = recipients.server
    if settings is None:
        raise Stop(ExitCode.PLAN, f"{recipients.path} names no mail server: [smtp] is missing")
    return Server(
        host=settings.host,
        port=settings.port,
        implicit=settings.security == "tls",
        ca_file=recipients.beside(settings.ca_file),
        timeout=settings.timeout,
        pauses=settings.pauses,
        login=find_login(recipients.beside(settings.login_file), os.environ),
    )


def _draft(prepared: Prepared, mission: Mission, ledger: Ledger, console: Console) -> ExitCode:
    write_drafts(prepared, mission, ledger)
    for letter in prepared.letters:
        again = ", replaces an earlier letter" if letter.entry.replaces else ""
        console.say(f"{letter.entry.ministry}: drafted, to {letter.entry.recipients}{again}")
        console.result(str(letter.path))
    if prepared.letters:
        console.say(f"{len(prepared.letters)} draft(s); look at them, and --apply sends them as they are")
    return ExitCode.DATA if prepared.left else ExitCode.DONE


def _apply(plan: Plan, prepared: Prepared, server: Server, ledger: Ledger, console: Console) -> ExitCode:
    letters, refused = approved(prepared, ledger)
    console.problems(refused, load_texts(*plan.texts))
    answers: dict[str, Answer] = {}

    def told(code: str, answer: Answer) -> None:
        answers[code] = answer
        console.say(f"{code}: {answer.outcome}: {answer.said}", "info" if _sent(answer) else "warning")

    try:
        dispatch(letters, ledger, server, told)
    except KeyboardInterrupt:
        sent = sum(map(_sent, answers.values()))
        raise Stop(ExitCode.INTERRUPTED, f"interrupted after {sent} letter(s); --status shows the ledger") from None
    counts = Counter(answer.outcome for answer in answers.values())
    sent, unknown = counts[Outcome.ACCEPTED], counts[Outcome.UNKNOWN]
    console.result(f"{sent} sent, {len(letters) - sent - unknown} not sent, {unknown} unknown")
    if unknown:
        console.say("ask those ministries whether they have it, then: report-builder send --settle CODE sent|not-sent")
    if sent < len(letters):
        return ExitCode.OUTPUT
    return ExitCode.DATA if prepared.left or refused else ExitCode.DONE


def _sent(answer: Answer) -> bool:
    return answer.outcome is Outcome.ACCEPTED


def _status(plan: Plan, output: Path, arguments: argparse.Namespace, console: Console) -> ExitCode:
    try:
        with ledger_of(plan, output, "send --status") as ledger:
            entries = ledger.entries(arguments.edition)
    except Stop as stop:
        if stop.exit_code is not ExitCode.LOCKED:
            raise
        console.say(f"as it stands now: {stop.message}")
        with open_ledger(plan.state, plan.key) as ledger:
            entries = ledger.entries(arguments.edition)
    for line in as_table(entries):
        console.result(line)
    if not entries:
        console.say("the ledger is empty")
    return ExitCode.DONE


def as_table(entries: tuple[Entry, ...]) -> list[str]:
    """A line for each letter, with what was said of it last."""
    rows = [(e.edition, e.ministry, e.state.value, e.time, e.message_id, e.recipients, e.detail) for e in entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def _settle(plan: Plan, output: Path, arguments: argparse.Namespace, console: Console) -> ExitCode:
    code, outcome = arguments.settle
    if outcome not in OUTCOMES:
        raise Stop(ExitCode.USAGE, f"a letter was {' or '.join(OUTCOMES)}, not {outcome!r}")
    with ledger_of(plan, output, "send --settle") as ledger:
        entry = settle(ledger, arguments.edition, code, sent=outcome == "sent")
    console.say(f"{entry.ministry}, {entry.edition}: settled as {outcome}")
    return ExitCode.DONE
