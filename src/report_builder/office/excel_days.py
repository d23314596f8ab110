"""Numbers that a workbook shows as days or times, by the rules of openpyxl, which starts slowly."""

from collections.abc import Callable
from functools import partial

from openpyxl.styles.numbers import builtin_format_code, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel


def day_reader(number: int, code: str | None) -> Callable[[float], object] | None:
    """How to read numbers in the format with this number, or with this code of the workbook's own; None: as numbers."""
    code = builtin_format_code(number) if code is None else code
    return partial(from_excel, timedelta=is_timedelta_format(code)) if is_date_format(code) else None
