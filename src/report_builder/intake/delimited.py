"""CSV as Dutch Excel writes it, and as others do: read right, or refused with the reason."""

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path

from report_builder.office.grids import MAX_COLUMNS, MAX_ROWS, Grid, GridRow
from report_builder.problems import ExitCode, Stop

DELIMITERS = (";", "\t", ",")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
IsHeader = Callable[[tuple[str, ...]], bool]


def read_delimited(content: bytes, path: Path, is_header: IsHeader) -> Grid:
    """The rows of a CSV file. Its delimiter is that of `sep=`, else the one under which a header row is found.

    Raise Stop when the bytes are no text, when rows cannot be told apart, or when two delimiters would both do.
    """
    text = decode(content, path.name)
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r").strip('"')
    if first.lower().startswith("sep="):
        delimiter = first[4:]
        if len(delimiter) != 1:
            raise Stop(ExitCode.INPUT, f"{path.name}: its first line {first!r} names no separator")
        return Grid(path.name, "", _rows(rest, delimiter, path.name, skipped=1))
    fitting = {}
    for delimiter in DELIMITERS:
        rows = _rows(text, delimiter, path.name)
        if any(is_header(row.cells) for row in rows):
            fitting[delimiter] = rows
    if len(fitting) > 1:
        raise Stop(
            ExitCode.INPUT, f"{path.name}: its cells may be parted by {' or '.join(map(repr, fitting))}; add sep="
        )
    return Grid(path.name, "", next(iter(fitting.values()), ()))


def decode(content: bytes, name: str) -> str:
    """Bytes to text: by the byte order mark, else UTF-8, else Windows-1252, which must then hold no UTF-8 at all."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as fault:
                raise Stop(ExitCode.INPUT, f"{name}: says that it is {encoding}, but is not: {fault.reason}") from None
    if b"\x00" in content:
        raise Stop(ExitCode.INPUT, f"{name}: holds zero bytes, so it is no text, or UTF-16 without a byte order mark")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        return _windows(content, name, fault)


def _windows(content: bytes, name: str, utf8_fault: UnicodeDecodeError) -> str:
    """A file that is partly UTF-8 was pasted together, or cut; read as Windows-1252 it would be garbled unseen."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise Stop(ExitCode.INPUT, f"{name}: is neither UTF-8 nor Windows-1252") from None
    for line in content.splitlines():
        try:
            if not line.isascii() and line.decode("utf-8"):
                at = f"byte {utf8_fault.start}"
                raise Stop(ExitCode.INPUT, f"{name}: is UTF-8 in one line and something else in another ({at})")
        except UnicodeDecodeError:
            continue
    return text


def _rows(text: str, delimiter: str, name: str, *, skipped: int = 0) -> tuple[GridRow, ...]:
    """The rows that hold anything, each with the line on which it starts."""
    rows: list[GridRow] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(GridRow(line + 1 + skipped, tuple(cells)))
            line = reader.line_num
            if len(cells) > MAX_COLUMNS or len(rows) > MAX_ROWS:
                raise Stop(ExitCode.INPUT, f"{name}: has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")
    except csv.Error as fault:
        if delimiter == DELIMITERS[-1] or skipped:
            raise Stop(ExitCode.INPUT, f"{name}: line {line + 1 + skipped} is no valid CSV: {fault}") from None
        return ()
    return tuple(rows)
