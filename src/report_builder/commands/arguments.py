"""Arguments that several commands take. argparse turns each refusal into its usage message."""

import argparse
from datetime import date

from report_builder.model import Edition

MOST_JOBS = 64


def edition(text: str) -> Edition:
    """An edition such as 2021-Q1."""
    try:
        return Edition.parse(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def day(text: str) -> date:
    """A day such as 2021-04-21."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2021-04-21") from None


def mail_address(text: str) -> str:
    """An address such as archive@ministry.example."""
    from report_builder.recipients import address

    try:
        return address(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address such as archive@ministry.example") from None


def jobs(text: str) -> int:
    """A number of processes, from 1."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_JOBS}")
    return int(text)


def reason(text: str) -> str:
    """A reason that documents print: one line, without characters that a document cannot hold."""
    line = " ".join(text.split())
    if not line.isprintable():
        raise argparse.ArgumentTypeError("it holds a character that cannot be printed")
    return line
