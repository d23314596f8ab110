"""Files of others that pass the gate and are damaged all the same: each is read or refused by name, never a crash."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report_builder.office import excel_reading, word_reading
from report_builder.problems import ExitCode, Stop
from report_builder.rendering import read_templates
from report_builder.settings import load_plan
from tests import made_up
from tests.forms import briefing_bytes, form_bytes, read, read_word

ROOT = Path(__file__).parent.parent
SNAPSHOT = made_up.snapshot(*made_up.measures(3))
FORM = form_bytes(SNAPSHOT, "AB")
BRIEFING = briefing_bytes(SNAPSHOT, "AB", read_templates(load_plan(ROOT / "data/plan.toml"), SNAPSHOT.texts)[0])

Read = Callable[[bytes], object]
READERS: dict[str, tuple[bytes, Read]] = {
    "form": (FORM, lambda content: read(content, SNAPSHOT, "terug")),
    "workbook": (FORM, lambda content: excel_reading.read_sheets(content, "terug")),
    "briefing": (BRIEFING, lambda content: read_word(content, SNAPSHOT, "terug")),
    "document": (BRIEFING, lambda content: word_reading.read_tables(content, "terug")),
}


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def refused_or_read(reader: Read, content: bytes) -> bool:
    """Whether it was refused; then in one line that names the file."""
    refusal: Stop | None = None
    try:
        reader(content)
    except Stop as stop:
        refusal = stop
    if refusal is None:
        return False
    assert refusal.exit_code == ExitCode.INPUT
    assert re.fullmatch("terug is refused: .+", refusal.message)
    return True


@pytest.mark.parametrize("kind", READERS)
def test_a_file_without_one_of_its_parts_or_with_a_hollow_one_is_read_or_refused(kind: str) -> None:
    content, reader = READERS[kind]
    assert not refused_or_read(reader, content)
    whole = parts_of(content)
    refused = [
        refused_or_read(reader, packed(parts))
        for name in whole
        for parts in ({n: d for n, d in whole.items() if n != name}, {**whole, name: b"<a/>"})
    ]
    assert any(refused)


@settings(max_examples=60)
@given(st.sampled_from(list(READERS)), st.data())
def test_a_file_with_one_wrong_value_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    content, reader = READERS[kind]
    parts = parts_of(content)
    name = data.draw(st.sampled_from([name for name, part in parts.items() if b'="' in part]))
    values = list(re.finditer(rb'"[^"<>]*"', parts[name]))
    place = data.draw(st.sampled_from(values))
    wrong = data.draw(st.sampled_from([b'""', b'"-1"', b'"99999999"', b'"zz"', b'"A0"']))
    damaged = parts[name][: place.start()] + wrong + parts[name][place.end() :]
    refused_or_read(reader, packed({**parts, name: damaged}))
