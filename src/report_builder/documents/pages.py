"""What stands at the top and the bottom of each printed page of a workbook."""

from report_builder.intake.snapshot import Snapshot
from report_builder.office.workbook import PAGE, PAGES


def printed_mark(snapshot: Snapshot) -> str:
    """The classification, and whether the edition is still a draft."""
    concept = snapshot.texts("terms.concept") if snapshot.concept else ""
    return "  ".join(part for part in (snapshot.plan.classification, concept) if part)


def printed_page(snapshot: Snapshot) -> str:
    return snapshot.texts("workbook.page", page=PAGE, pages=PAGES)
