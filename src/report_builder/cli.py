"""The roof: commands and exit codes."""

import argparse
import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from report_builder import __version__
from report_builder.console import Console
from report_builder.crash import write_report
from report_builder.problems import ExitCode, Stop

if TYPE_CHECKING:
    from report_builder.texts import Texts

COMMANDS = {
    "build": ("building", "make and publish the documents of an edition"),
    "run": ("running", "find the edition that is due, and build it: what a scheduler calls"),
    "send": ("sending", "draft the letter to each ministry, with its own excerpt, and send it when told to"),
    "verify": ("verifying", "compare the published files with their manifest"),
    "review": ("reviewing", "read returned forms, and write what they say into the dataset"),
    "close": ("closing", "freeze an edition, so that it can be made again and compared with"),
    "changes": ("comparing", "tell what differs between two editions or dataset files"),
    "history": ("recalling", "tell the life of one measure over all closed editions"),
    "check": ("checking", "report every problem in plan and dataset, in one go; writes nothing"),
    "template": ("templating", "report faults in the Word templates, or list the fields an author may use"),
    "import": ("importing", "read extracted text, CSV, XLSX or a Word table into the dataset"),
}
"""Each command: its module in `commands/`, and what it does."""

DEFAULT_PLAN = Path("data/plan.toml")

SELDOM = (500_000, 20, 20)
"""When Python's collector of garbage looks for things that only name each other: after so many more were made than let
go. Measures are no such things, but at its usual 700 it would look through all of them again and again."""


class Command(Protocol):
    """What each module in `commands/` offers."""

    EXAMPLE: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Console], ExitCode]


def main(given: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Expected failures end in one line, never in a traceback."""
    gc.set_threshold(*SELDOM)
    console = Console.of_terminal()
    arguments, command = _parse(list(sys.argv[1:] if given is None else given))
    console.as_json = arguments.log_format == "json"
    with suppress(ValueError):  # signals belong to the main thread; elsewhere the caller stops us
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = command.run(arguments, console)
        sys.stdout.flush()
    except Stop as stop:
        console.problems(stop.problems, _texts(arguments.plan))
        console.say(f"report-builder: {stop.message}", "error")
        return stop.exit_code
    except KeyboardInterrupt:
        console.say("report-builder: interrupted; nothing was published", "error")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except Exception as fault:  # noqa: BLE001  the last resort: what nobody expected becomes a report
        console.say(f"report-builder: internal error; please send the report {write_report(fault, given)}", "error")
        return ExitCode.INTERNAL
    return code


def _parse(given: list[str]) -> tuple[argparse.Namespace, Command]:
    """The arguments and the command. Only the command asked for is imported: start-up is most of a small job."""
    parser = argparse.ArgumentParser(
        prog="report-builder",
        description="Turns a dataset of policy measures into the parliamentary set of a quarter.",
        epilog="report-builder COMMAND -h says what a command does, with an example.",
    )
    parser.add_argument("--version", action="version", version=f"report-builder {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    asked = next((word for word in given if not word.startswith("-")), "")
    for name, (_, summary) in COMMANDS.items():
        subparser = subparsers.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == asked:
            command = _import(name)
            subparser.epilog = f"example:\n  {command.EXAMPLE}"
            subparser.add_argument(
                "--plan", type=Path, default=DEFAULT_PLAN, metavar="PATH", help="default: %(default)s"
            )
            subparser.add_argument("--log-format", choices=("text", "json"), default="text", help="of messages")
            command.add_arguments(subparser)
    arguments = parser.parse_args(given)
    return arguments, _import(arguments.command)


def _import(name: str) -> Command:
    with _lasting(), _hidden("numpy"):
        return cast("Command", importlib.import_module(f"report_builder.commands.{COMMANDS[name][0]}"))


@contextmanager
def _lasting() -> Iterator[None]:
    """Let the collector of garbage pass over what is made meanwhile, since it lasts as long as the process.

    It would look through all modules again and again, and once more at the end: an eighth of a build.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Let libraries that can do without this module do so.

    openpyxl imports numpy only to recognise its numbers, of which no cell here holds one. Who needs it, such as pandas
    for Parquet, imports it later.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # what Python takes for "not installed"
    try:
        yield
    finally:
        del sys.modules[module]


def _texts(plan: Path) -> "Texts | None":
    """The sentences for the problems of a run that failed: from the plan if it can be read, else from beside it."""
    from report_builder.settings import FileSettings, load_plan
    from report_builder.texts import load_texts

    try:
        folder = load_plan(plan).templates
    except Stop:
        folder = plan.parent / FileSettings().templates
    try:
        return load_texts(folder / "texts.toml")
    except Stop:
        return None
