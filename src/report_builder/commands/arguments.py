"""Arguments that several commands take."""

import argparse

from report_builder.model import Edition


def edition(text: str) -> Edition:
    """An edition such as 2021-Q1; argparse turns the refusal into its usage message."""
    try:
        return Edition.parse(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None
