"""Ministries through time, with the real register."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.departments import Register
from report_builder.intake.inputs import Input, read_input
from report_builder.intake.names import read_departments
from report_builder.intake.register import COLUMNS, read_register
from report_builder.problems import ExitCode, Place, Stop

REGISTER = read_register(read_input(Path(__file__).parent.parent / "data/departments.csv", "list"))


def code_on(name: str, day: str) -> str | None:
    department = REGISTER.resolve(name, date.fromisoformat(day)).department
    return department.code if department else None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ocw", "OCW"),
        ("OC&W", "OCW"),
        ("OCenW", "OCW"),
        ("J & V", "JenV"),
        ("I&W", "IenW"),
        ("BuZa", "BZ"),
        ("def", "Def"),
        ("Ministerie van Financiën", "Fin"),
        ("het ministerie van volksgezondheid, welzijn en sport", "VWS"),
    ],
)
def test_known_spellings_resolve(name: str, code: str) -> None:
    assert code_on(name, "2021-02-04") == code


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("EZ", "2017-12-31", "EZ"),
        ("EZ", "2018-01-01", None),
        ("EZK", "2018-01-01", "EZK"),
        ("EZK", "2024-07-01", "EZK"),
        ("EZK", "2024-07-02", None),
        ("EZ", "2024-07-02", "EZ"),
        ("EZ", "2026-02-22", "EZ"),
        ("EZ", "2026-02-23", None),
        ("EZK", "2026-02-23", "EZK"),
        ("LNV", "2024-07-01", "LNV"),
        ("LNV", "2024-07-02", None),
        ("LVVN", "2024-07-02", "LVVN"),
        ("V&J", "2017-12-31", "VenJ"),
        ("V&J", "2021-02-04", None),
        ("AenM", "2024-07-01", None),
        ("AenM", "2024-07-02", "AenM"),
        ("KGG", "2026-02-23", None),
    ],
)
def test_names_follow_their_dates(name: str, day: str, code: str | None) -> None:
    assert code_on(name, day) == code


@pytest.mark.parametrize(
    ("name", "day", "present"),
    [
        ("V&J", "2021-02-04", "JenV"),
        ("EZ", "2021-02-04", "EZK"),
        ("EZK", "2025-01-01", "EZ"),
        ("LNV", "2025-01-01", "LVVN"),
        ("AenM", "2026-03-31", "JenV"),
        ("KGG", "2026-03-31", "EZK"),
        ("VRO", "2026-03-31", "BZK"),
        ("IenM", "2021-02-04", "IenW"),
    ],
)
def test_a_name_of_another_time_is_shown_with_the_present_one(name: str, day: str, present: str) -> None:
    found = REGISTER.resolve(name, date.fromisoformat(day))
    assert found.department is None
    assert found.present
    assert found.present.code == present


@pytest.mark.parametrize("name", ["OCWW", "Financien", "Justitie", "VSW", ""])
def test_likeness_never_makes_a_ministry(name: str) -> None:
    assert code_on(name, "2021-02-04") is None


def test_an_unknown_name_is_reported_with_what_it_resembles() -> None:
    codes, problems = read_departments("OCW, Financien, Zzz", REGISTER, date(2021, 2, 4), Place(line=3))
    assert codes == ("OCW",)
    assert [(p.code, p.place.line) for p in problems] == [("ministry-resembles", 3), ("ministry-unknown", 3)]
    assert problems[0].parameters["like"] == "Fin"


@given(st.dates(date(2010, 12, 1), date(2030, 1, 1)))
def test_on_any_day_a_code_means_one_ministry(day: date) -> None:
    codes = [department.code for department in REGISTER.on(day)]
    assert len(codes) == len(set(codes))


@given(st.dates(date(2010, 12, 1), date(2030, 1, 1)))
def test_on_any_day_an_organisation_bears_one_name(day: date) -> None:
    tooi = [department.tooi for department in REGISTER.on(day)]
    assert len(tooi) == len(set(tooi))


def test_the_names_of_one_organisation_leave_no_gap() -> None:
    for department in REGISTER.departments:
        heirs = [other for other in REGISTER.departments if other.tooi == department.tooi]
        if (
            department.valid_until
            and len(heirs) > 1
            and department.valid_until < max(other.valid_from or date.min for other in heirs)
        ):
            assert any(other.valid_from == department.valid_until + timedelta(days=1) for other in heirs)


ON = date(2021, 2, 4)
NAMES = [name for d in REGISTER.on(ON) for name in (d.code, d.name, *d.spellings)]


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=5), st.sampled_from([", ", ";", "; ", " / ", "\n", " en "])
)
def test_cells_are_cut_at_separators_and_not_inside_names(names: list[str], separator: str) -> None:
    codes, problems = read_departments(separator.join(names), REGISTER, ON, Place())
    expected = [found.code for name in names if (found := REGISTER.resolve(name, ON).department)]
    assert (codes, problems) == (tuple(dict.fromkeys(expected)), ())


def test_faulty_rows_of_the_register_are_all_named() -> None:
    header = ",".join(COLUMNS)
    text = f"{header}\nAA,Aa,x,2020-13-01,,,\n,Bb,x,,,,\nCC,Cc,x,2021-01-01,2020-01-01,,\nDD,Dd,x,,,,\n"
    with pytest.raises(Stop) as stop:
        read_register(Input(Path("departments.csv"), text.encode()))
    assert stop.value.exit_code is ExitCode.PLAN
    assert [problem.place.line for problem in stop.value.problems] == [2, 3, 4]


def test_a_register_of_no_ministries_knows_none() -> None:
    assert Register(()).resolve("OCW", ON).department is None
