"""The schedules to copy, each tried by the program it is for."""

import re
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from report_builder.problems import ExitCode

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_accepts_the_service_and_the_timer(tmp_path: Path) -> None:
    program = tmp_path / "report-builder"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    for name in ("report-builder.service", "report-builder.timer"):
        text = (SAMPLE / name).read_text(encoding="utf-8")
        text = text.replace("/srv/report-builder/.venv/bin/report-builder", str(program))
        (tmp_path / name).write_text(text, encoding="utf-8")
    units = [str(tmp_path / name) for name in ("report-builder.service", "report-builder.timer")]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "report-builder" in line]
    assert (done.returncode, complaints) == (0, [])


def test_a_missed_run_is_made_up_for() -> None:
    assert "Persistent=true" in (SAMPLE / "report-builder.timer").read_text(encoding="utf-8")


def test_kubernetes_accepts_the_job_and_never_runs_two() -> None:
    job = yaml.safe_load((SAMPLE / "cronjob.yaml").read_text(encoding="utf-8"))
    kubernetes_validate.validate(job, "1.30", strict=True)
    assert job["spec"]["concurrencyPolicy"] == "Forbid"


def test_the_line_for_cron_has_five_fields_and_a_command() -> None:
    (line,) = [
        line
        for line in (SAMPLE / "crontab").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert re.match(r"(?:[\d*/,-]+\s+){5}\S", line)


def test_every_sample_calls_a_run_that_exists() -> None:
    for name in ("report-builder.service", "crontab"):
        assert "report-builder run --log-format json" in (SAMPLE / name).read_text(encoding="utf-8")


def test_operations_tell_what_to_do_at_each_exit_code() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert told == set(ExitCode) - {ExitCode.DONE, ExitCode.USAGE, ExitCode.CONFLICT}
