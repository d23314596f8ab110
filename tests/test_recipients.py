"""Who may get what: the list of recipients, and what is wrong with it, all at once. All addresses are made up."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.problems import ExitCode, Stop
from report_builder.recipients import Recipients, address, load_recipients
from tests.test_cli import ROOT

EXAMPLE = (ROOT / "sample/recipients.toml").read_text(encoding="utf-8")


def read(folder: Path, text: str) -> Recipients:
    path = folder / "recipients.toml"
    path.write_text(text, encoding="utf-8")
    return load_recipients(path)


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = EXAMPLE.replace("port = 587", "port = 0").replace("coordinatie@ocw.example", "coordinatie ocw.example")
    text = text.replace('domains = ["vws.example"]', 'domains = ["vws"]').replace("timeout", "time_out")
    with pytest.raises(Stop) as found:
        read(tmp_path, text)
    assert found.value.exit_code == ExitCode.PLAN
    lines = text.splitlines()
    told = {problem.place.field: lines[problem.place.line - 1] for problem in found.value.problems}
    assert told == {
        "smtp.port": "port = 0",
        "smtp.time_out": "time_out = 60",
        "ministries.VWS.domains.0": 'domains = ["vws"]',
        "ministries.OCW.to.0": 'to = ["coordinatie ocw.example"]',
    }


FAULTS = {
    "an address with two ministries": ("coordinatie@ocw.example", "Coordinatie@VWS.example"),
    "a classification that does not exist": ('highest_classification = "DEP', 'highest_classification = "IETS'),
    "an edition that is none": ("2021-Q1", "2021-Q9"),
    "a contact of two lines": ("het secretariaat,", r"het secretariaat,\n"),
    "a password in the list": ('security = "starttls"', 'security = "starttls"\npassword = "verzonnen"'),
    "no safe connection": ('"starttls"', '"none"'),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_could_go_wrong_is_refused(tmp_path: Path, name: str) -> None:
    old, new = FAULTS[name]
    with pytest.raises(Stop) as found:
        read(tmp_path, EXAMPLE.replace(old, new))
    assert len(found.value.problems) == 1


def test_pauses_grow_within_a_limit() -> None:
    server = load_recipients(ROOT / "sample/recipients.toml").server
    assert server
    assert server.pauses == (15, 30, 60, 120)


LEVELS = ["", "DEPARTEMENTAAL VERTROUWELIJK", "STG. CONFIDENTIEEL", "STG. GEHEIM", "STG. ZEER GEHEIM"]


@given(wanted=st.sampled_from(LEVELS), highest=st.sampled_from(LEVELS))
def test_nothing_goes_above_the_highest_that_may(wanted: str, highest: str) -> None:
    recipients = load_recipients(ROOT / "sample/recipients.toml")
    ministry = replace(recipients.ministries["VWS"], highest_classification=highest)
    assert recipients.may_go(wanted.lower(), ministry) == (LEVELS.index(wanted) <= LEVELS.index(highest))
    assert not recipients.may_go("VERZONNEN", ministry), "what is not in the list is above all"


@given(st.text(max_size=60))
def test_an_address_is_never_more_than_one_address(text: str) -> None:
    """Whatever somebody types: what is taken for an address can do nothing else in a header."""
    try:
        found = address(text)
    except ValueError:
        return
    assert found.isascii()
    assert found.count("@") == 1
    assert not set(found) & set(' \t\r\n,;:<>()[]"\\')
