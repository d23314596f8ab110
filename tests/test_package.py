"""The zip around an Office file: what goes into it in pieces comes out whole, the same bytes however it was made."""

import io
import threading
import zipfile
from collections.abc import Iterator
from random import Random

import pytest

from report_builder.office import package
from report_builder.office.package import write_package

SIZES = (0, 1, 300_000, 7, 3_000_000, 99, 2_500_000, 5)


def chunks() -> Iterator[bytes]:
    random = Random(1)  # noqa: S311  no secret
    for size in SIZES:
        yield random.randbytes(size // 4).hex().encode() * 2


def written() -> bytes:
    with io.BytesIO() as file:
        write_package(file, {"large": chunks(), "small": iter([b"one", b"two"]), "none": iter(()), "whole": b"bytes"})
        return file.getvalue()


def test_what_is_written_in_pieces_comes_out_whole() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {"large": b"".join(chunks()), "none": b"", "small": b"onetwo", "whole": b"bytes"}


def test_a_second_thread_changes_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    threaded = written()
    monkeypatch.setattr(package, "PIECES", 1_000)
    assert written() == threaded


def test_a_fault_in_what_is_being_made_comes_out_as_it_is_and_no_thread_goes_on() -> None:
    def broken() -> Iterator[bytes]:
        yield from chunks()
        raise ValueError("no cell can hold this")

    before = threading.active_count()
    with pytest.raises(ValueError, match="no cell can hold this"):
        write_package(io.BytesIO(), {"sheet": broken()})
    assert threading.active_count() == before
