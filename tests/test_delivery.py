"""A batch run that can be trusted: nothing half published, nothing lost, the same bytes each time."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from report_builder.delivery.lock import only_run
from report_builder.delivery.staging import exchange, heal, retired_folder, staged, staging_folder
from report_builder.delivery.verification import verify
from report_builder.problems import ExitCode, Stop

ROOT = Path(__file__).parent.parent
EDITION = "output/2030-Q2"

needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="faults are injected with strace")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The made-up second plan, imported but not yet built: small, so that it can be built many times."""
    shutil.copytree(ROOT / "tests/second_plan", tmp_path / "data")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    assert run("import", "data/verzonnen-bron.csv", "--apply", cwd=tmp_path).returncode == 0
    return tmp_path


def run(*given: str, cwd: Path, under: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*under, sys.executable, "-m", "report_builder", *given]
    settings = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", env=settings, check=False)


def change_the_data(house: Path) -> None:
    path = house / "data/measures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Scheppen", "Harken"), encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def leftovers(output: Path) -> set[str]:
    return {path.name for path in output.iterdir()} - {".report-builder.lock", ".report-builder.holder", "2030-Q2"}


def measures_digest(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["inputs"]["measures.csv"]["sha256"])


class Sets:
    """An old set that was published, and the digest of the data that a new one is made from."""

    def __init__(self, house: Path) -> None:
        self.house, self.target = house, house / EDITION
        assert run("build", cwd=house).returncode == 0
        self.old = files(self.target)
        self.old_digest = measures_digest(self.target)
        change_the_data(house)
        assert run("build", "--output", "new", cwd=house).returncode == 0
        self.new_digest = measures_digest(house / "new/2030-Q2")

    def check_whole(self) -> str:
        """The set that stands there is the old one or the new one, whole."""
        assert verify(self.target) == ()
        digest = measures_digest(self.target)
        assert digest in (self.old_digest, self.new_digest)
        return "old" if digest == self.old_digest else "new"

    def check_healed(self) -> None:
        """The next run makes the new set and leaves nothing behind."""
        done = run("build", cwd=self.house)
        assert done.returncode == 0, done.stderr
        assert self.check_whole() == "new"
        assert leftovers(self.house / "output") == set()

    def restore(self) -> None:
        shutil.rmtree(self.house / "output")
        for name, content in self.old.items():
            path = self.target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def injected(fault: str) -> tuple[str, ...]:
    calls = fault.split(":", 1)[0]
    return ("strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}", "-e", f"inject={fault}")


FAULTS = [f"fsync:error=EIO:when={n}" for n in (1, 4, 9)]
FAULTS += ["renameat2:error=EIO:when=1", "mkdir:error=EIO:when=8", "mkdir:error=ENOSPC:when=9"]


@needs_strace
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_disk_keeps_the_last_good_set(house: Path, fault: str) -> None:
    sets = Sets(house)
    done = run("build", cwd=house, under=injected(fault))
    if done.returncode != 0:
        assert done.returncode == ExitCode.OUTPUT, done.stderr
        assert "Traceback" not in done.stderr
        assert files(sets.target) == sets.old
        assert leftovers(house / "output") == set()
    sets.check_healed()


KILLS = ["fsync:when=2", "fsync:when=11", "renameat2:when=1", "mkdir:when=7", "unlink:when=3", "unlinkat:when=1"]


@needs_strace
@pytest.mark.parametrize("moment", KILLS)
def test_a_kill_leaves_the_old_set_or_the_new_one(house: Path, moment: str) -> None:
    sets = Sets(house)
    run("build", cwd=house, under=injected(moment.replace(":when", ":signal=SIGKILL:when")))
    sets.check_whole()
    sets.check_healed()


@needs_strace
@pytest.mark.torture
@pytest.mark.parametrize("call", ["write", "fsync", "rename", "renameat2", "mkdir", "unlink", "unlinkat", "rmdir"])
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=EIO", "error=ENOSPC"])
def test_a_fault_at_every_write_flush_and_rename(house: Path, call: str, fault: str) -> None:
    """Every call of its kind in turn, until a run ends that never made so many."""
    sets = Sets(house)
    for number in range(1, 200):
        log = house / "calls.txt"
        under = ("strace", "-f", "-qq", "-o", str(log), "-e", f"trace={call}")
        done = run("build", cwd=house, under=(*under, "-e", f"inject={call}:{fault}:when={number}"))
        sets.check_whole()
        assert "Traceback" not in done.stderr
        if "SIGKILL" not in fault and done.returncode == ExitCode.OUTPUT:
            assert files(sets.target) == sets.old
        made = log.read_text(encoding="utf-8", errors="replace")
        if "INJECTED" not in made and "SIGKILL" not in made:
            break
        if number % 10 == 0:
            sets.check_healed()
        sets.restore()
    else:
        pytest.fail("the run never ended without a fault")
    sets.check_healed()


@pytest.mark.torture
def test_200_kills_at_random_moments(house: Path) -> None:
    sets = Sets(house)
    chance = random.Random(34843)  # noqa: S311  not for secrets: the same moments each time
    seen = []
    for _ in range(200):
        process = subprocess.Popen([sys.executable, "-m", "report_builder", "build"], cwd=house, stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0.2, 1.0))
        process.kill()
        process.communicate()
        seen.append(sets.check_whole())
        sets.check_healed()
        sets.restore()
    assert set(seen) == {"old", "new"}, "the moments covered both sides of the publication"


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX")
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_with_130_and_keeps_the_last_set(house: Path, asked: signal.Signals) -> None:
    sets = Sets(house)
    (house / "sitecustomize.py").write_text(
        "import os, signal\nreal = os.fsync\ncount = 0\n"
        "def fsync(handle):\n    global count\n    count += 1\n"
        f"    if count == 3: os.kill(os.getpid(), {int(asked)})\n    return real(handle)\nos.fsync = fsync\n",
        encoding="utf-8",
    )
    done = run("build", cwd=house, PYTHONPATH=str(house))
    assert done.returncode == ExitCode.INTERRUPTED
    assert "interrupted; nothing was published" in done.stderr
    assert files(sets.target) == sets.old
    assert leftovers(house / "output") == set()


def test_an_unexpected_error_writes_a_report_that_holds_no_data(house: Path) -> None:
    (house / "sitecustomize.py").write_text(
        "import os\ndef fsync(handle):\n    raise LookupError(open('data/measures.csv').read())\nos.fsync = fsync\n",
        encoding="utf-8",
    )
    done = run("build", cwd=house, PYTHONPATH=str(house), TMPDIR=str(house))
    assert done.returncode == ExitCode.INTERNAL
    assert "Traceback" not in done.stderr
    found = re.search(r"please send the report (\S+)", done.stderr)
    assert found
    report = Path(found[1]).read_text(encoding="utf-8")
    assert "LookupError" in report
    assert "making.py" in report
    assert "Scheppen" not in report


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid"), reason="file systems are mounted as on Linux")
def test_a_full_disk_keeps_the_last_good_set(house: Path) -> None:
    sets = Sets(house)
    output = house / "small"
    output.mkdir()
    size = sum(map(len, sets.old.values())) * 3 // 2
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(output)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this test may not mount a file system")
    try:
        shutil.copytree(sets.target, output / "2030-Q2")
        done = run("build", "--output", "small", cwd=house)
        assert done.returncode == ExitCode.OUTPUT
        assert "No space left" in done.stderr
        assert files(output / "2030-Q2") == sets.old
        assert leftovers(output) == set()
    finally:
        subprocess.run(["umount", str(output)], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="limits as on POSIX")
def test_files_that_may_not_grow_are_a_fault_of_the_output(house: Path) -> None:
    sets = Sets(house)
    limited = ("bash", "-c", 'ulimit -f 4; trap "" XFSZ; exec "$@"', "bash")
    done = run("build", cwd=house, under=limited)
    assert done.returncode == ExitCode.OUTPUT, done.stderr
    assert files(sets.target) == sets.old


def test_a_second_run_is_refused_at_once_and_told_who_holds_the_lock(house: Path) -> None:
    with only_run(house / "output", "build 2030-Q2"):
        started = time.monotonic()
        done = run("build", cwd=house)
        assert time.monotonic() - started < 10
    assert done.returncode == ExitCode.LOCKED
    assert f"build 2030-Q2, process {os.getpid()}" in done.stderr
    assert not (house / EDITION).exists()
    assert run("build", cwd=house).returncode == 0


@needs_strace
@pytest.mark.torture
def test_of_20_parallel_starts_one_runs_and_19_are_refused(house: Path) -> None:
    slow = ("strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=fsync", "-e", "inject=fsync:delay_enter=40s:when=1")
    command = [*slow, sys.executable, "-m", "report_builder", "build"]
    started = [subprocess.Popen(command, cwd=house, stderr=subprocess.DEVNULL) for _ in range(20)]
    codes = sorted(process.wait() for process in started)
    assert codes == [ExitCode.DONE] + [ExitCode.LOCKED] * 19
    assert verify(house / EDITION) == ()


def test_two_builds_under_other_circumstances_give_the_same_bytes(house: Path, tmp_path: Path) -> None:
    """Clock, time zone, locale, hash seed, path, user name and number of jobs are not in the documents."""
    elsewhere = tmp_path / "een ander pad" / "é"
    shutil.copytree(house / "data", elsewhere / "data")
    shutil.copytree(house / "templates", elsewhere / "templates")
    (elsewhere / "sitecustomize.py").write_text(
        "import time\nreal = time.time\ntime.time = lambda: real() + 4e8\n"
        "real_local = time.localtime\ntime.localtime = lambda *a: real_local(*(a or (real() + 4e8,)))\n",
        encoding="utf-8",
    )
    assert run("build", cwd=house, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C", USER="jansen").returncode == 0
    other: dict[str, Any] = {"PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "USER": "pietersen"}
    done = run("build", "--jobs", "2", cwd=elsewhere, under=(), PYTHONPATH=str(elsewhere), **other)
    assert done.returncode == 0, done.stderr
    assert files(house / EDITION) == files(elsewhere / EDITION)


@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.torture)])
def test_every_flipped_bit_is_found(house: Path, count: int) -> None:
    assert run("build", cwd=house).returncode == 0
    target = house / EDITION
    chance = random.Random(1)  # noqa: S311  not for secrets: the same bits each time
    paths = sorted(path for path in target.rglob("*") if path.is_file())
    for _ in range(count):
        path = chance.choice(paths)
        good = path.read_bytes()
        at = chance.randrange(len(good) * 8)
        bad = bytearray(good)
        bad[at // 8] ^= 1 << at % 8
        path.write_bytes(bad)
        assert [problem.code for problem in verify(target)] == ["file-changed"], (path.name, at)
        path.write_bytes(good)
    assert verify(target) == ()


def test_missing_and_extra_files_are_found(house: Path) -> None:
    assert run("build", cwd=house).returncode == 0
    target = house / EDITION
    (target / "bevindingen.csv").unlink()
    (target / "briefings/kladje.docx").write_bytes(b"x")
    done = run("verify", cwd=house)
    assert done.returncode == ExitCode.VERIFICATION
    assert "bevindingen.csv: Dit bestand is er niet meer." in done.stderr
    assert "briefings/kladje.docx: Dit bestand hoort niet bij de gepubliceerde editie." in done.stderr
    (target / "manifest.json").unlink()
    assert run("verify", cwd=house).returncode == ExitCode.VERIFICATION
    shutil.rmtree(target)
    assert run("verify", cwd=house).returncode == ExitCode.INPUT


def test_a_dataset_changed_during_the_run_is_named_and_not_used(house: Path) -> None:
    (house / "sitecustomize.py").write_text(
        "import os\nreal = os.fsync\ndef fsync(handle):\n"
        "    open('data/measures.csv', 'a').write('\\n')\n    return real(handle)\nos.fsync = fsync\n",
        encoding="utf-8",
    )
    before = measures_csv = (house / "data/measures.csv").read_bytes()
    done = run("build", cwd=house, PYTHONPATH=str(house))
    assert done.returncode == 0
    assert "measures.csv was changed during the run; the set is of what was read before" in done.stderr
    manifest = json.loads((house / EDITION / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"]["measures.csv"]["size"] == len(before) == len(measures_csv)


def test_one_failing_document_names_itself_and_nothing_is_published(house: Path) -> None:
    sets = Sets(house)
    path = house / "templates/briefing.docx"
    from docx import Document

    document = Document(str(path))
    document.tables[3].rows[2].cells[0].paragraphs[0].runs[0].text = "VZ-999"
    document.save(str(path))
    for jobs in ("1", "2"):
        done = run("build", "--jobs", jobs, cwd=house)
        assert done.returncode == ExitCode.PLAN
        assert "2 of 8 files failed: briefings/briefing-bos-2030-Q2.docx: " in done.stderr
        assert "briefings/briefing-zee-2030-Q2.docx: " in done.stderr
        assert files(sets.target) == sets.old


def test_messages_as_json_are_one_object_a_line_with_the_runs_identifier(house: Path) -> None:
    done = run("build", "--log-format", "json", cwd=house)
    records = [json.loads(line) for line in done.stderr.splitlines()]
    assert len({record["run"] for record in records}) == 1
    assert {"time", "run", "level", "message"} <= records[0].keys()
    (house / "data/measures.csv").unlink()
    (record,) = map(json.loads, run("build", "--log-format", "json", cwd=house).stderr.splitlines())
    assert record["level"] == "error"


@pytest.mark.skipif(not shutil.which("unshare"), reason="a machine without network is made with unshare")
def test_a_run_needs_no_network_and_little_memory(house: Path) -> None:
    if subprocess.run(["unshare", "-n", "true"], check=False).returncode != 0:
        pytest.skip("this test may not make a network of its own")
    limited = ("unshare", "-n", "bash", "-c", 'ulimit -v 524288; exec "$@"', "bash")
    assert run("build", cwd=house, under=limited).returncode == 0


def test_an_exchange_is_one_step_and_a_crash_between_two_renames_is_healed(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        (folder / folder.name).write_text("x", encoding="utf-8")
    if exchange(first, second):
        assert (first / "b").exists()
        assert (second / "a").exists()
    target = tmp_path / "2030-Q2"
    retired_folder(target).mkdir()
    (retired_folder(target) / "oud").write_text("x", encoding="utf-8")
    staging_folder(target).mkdir()
    heal(target)
    assert (target / "oud").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2030-Q2", "a", "b"]


@pytest.mark.usefixtures("without_exchange")
def test_without_an_exchange_two_renames_publish_too(tmp_path: Path) -> None:
    target = tmp_path / "2030-Q2"
    for text in ("oud", "nieuw"):
        with staged(target) as stage:
            (stage / "x").write_text(text, encoding="utf-8")
    assert (target / "x").read_text(encoding="utf-8") == "nieuw"
    assert [path.name for path in tmp_path.iterdir()] == ["2030-Q2"]


@pytest.fixture
def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot exchange two folders, such as Windows."""
    monkeypatch.setattr("report_builder.delivery.staging.exchange", lambda _first, _second: False)


UNWRITABLE: dict[str, Callable[[Path], object]] = {
    "a file in its place": lambda output: output.write_text("x", encoding="utf-8"),
    "a file above it": lambda output: (output.parent / "boven").write_text("x", encoding="utf-8"),
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_an_output_that_cannot_be_written_is_one_line(house: Path, name: str) -> None:
    UNWRITABLE[name](house / "plek")
    done = run("build", "--output", "boven/plek" if name == "a file above it" else "plek", cwd=house)
    assert done.returncode == ExitCode.OUTPUT
    assert len(done.stderr.splitlines()) == 1


def test_a_staging_folder_that_fails_is_taken_away(tmp_path: Path) -> None:
    def fail_halfway() -> None:
        with staged(tmp_path / "x") as stage:
            (stage / "file").write_text("half", encoding="utf-8")
            raise Stop(ExitCode.DATA, "no")

    with pytest.raises(Stop):
        fail_halfway()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not shutil.which("unshare"), reason="a read-only root is made with unshare")
def test_only_the_output_folder_need_be_writable(house: Path) -> None:
    output = house / "output"
    output.mkdir()
    script = (
        'mount --bind "$1" /mnt && mount -o remount,bind,ro / / 2>/dev/null && mount --bind /mnt "$1" && shift'
        ' && ! touch data/x 2>/dev/null && exec "$@"'
    )
    shut = ("unshare", "-m", "bash", "-c", script, "bash", str(output))
    if subprocess.run([*shut, "true"], cwd=house, capture_output=True, check=False).returncode != 0:
        pytest.skip("this test may not make a root that is read-only")
    done = run("build", cwd=house, under=shut)
    assert done.returncode == 0, done.stderr
    assert verify(house / EDITION) == ()


@pytest.mark.parametrize("gone", ["output/.2030-Q2.staging", "output"])
def test_an_output_folder_that_vanishes_during_the_run_is_one_line(house: Path, gone: str) -> None:
    (house / "sitecustomize.py").write_text(
        "import os, shutil\nreal = os.fsync\n"
        f"def fsync(handle):\n    shutil.rmtree({gone!r}, ignore_errors=True)\n    return real(handle)\n"
        "os.fsync = fsync\n",
        encoding="utf-8",
    )
    done = run("build", cwd=house, PYTHONPATH=str(house))
    assert done.returncode == ExitCode.OUTPUT, done.stderr
    assert "Traceback" not in done.stderr
    assert not (house / EDITION).exists()
    (house / "sitecustomize.py").unlink()
    assert run("build", cwd=house).returncode == 0
