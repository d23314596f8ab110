"""A workbook of an edition: sheets that Excel can name, and what stands at the top and bottom of each printed page."""

import re
from collections.abc import Iterable

from report_builder.intake.snapshot import Snapshot
from report_builder.office.workbook import PAGE, PAGES, Sheet, Workbook
from report_builder.problems import ExitCode, Stop

NAME = re.compile(r"(?![A-Za-z]{1,3}\d+$)[^\W\d]\w{2,30}")
"""Excel takes more for a sheet, but not for the table on it, which bears its name and may not look like a cell's."""


def workbook_of(snapshot: Snapshot, sheets: Iterable[Sheet]) -> Workbook:
    """These sheets as a workbook. Raise Stop for a name that Excel would call damage: authors may rename sheets."""
    texts, sheets = snapshot.texts, tuple(sheets)
    names = [sheet.name.casefold() for sheet in sheets]
    for sheet in sheets:
        if not NAME.fullmatch(sheet.name) or names.count(sheet.name.casefold()) > 1:
            rule = "3 to 31 letters and digits, no spaces, not like a cell, and no other sheet called so"
            raise Stop(ExitCode.PLAN, f"{texts.file}: a sheet cannot be named {sheet.name!r}: {rule}")
    return Workbook(sheets, printed_mark(snapshot), texts("workbook.page", page=PAGE, pages=PAGES))


def printed_mark(snapshot: Snapshot) -> str:
    """The classification, and whether the edition is still a draft."""
    concept = snapshot.texts("terms.concept") if snapshot.concept else ""
    return "  ".join(part for part in (snapshot.plan.classification, concept) if part)
