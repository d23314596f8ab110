"""Each rule of the dataset with a mutant that it must catch, and the real dataset that it must let pass."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.build import examine
from report_builder.intake.snapshot import Provenance
from report_builder.model import Measure, Repair
from report_builder.problems import Level
from report_builder.settings import load_plan
from report_builder.study import checks
from report_builder.study.checks import RULES, check
from tests.made_up import measure, snapshot

ROOT = Path(__file__).parent.parent

MUTANTS = {
    "field-empty": (measure(objective=""),),
    "identifier-twice": (measure(1), measure(1, activity="Iets anders")),
    "identifier-form": (measure(id="YY-1"),),
    "pillar-unknown": (measure(pillar="p9"),),
    "line-unknown": (measure(line="l9"),),
    "ministry-spelling": (measure(departments=("aa",)),),
    "ministry-resembles": (measure(departments=("Verzonnen ministerie AX",)),),
    "ministry-unknown": (measure(departments=("Q",)),),
    "ministry-twice": (measure(departments=("AA", "AA")),),
    "lead-elsewhere": (measure(lead="AB"),),
    "status-unknown": (measure(status="bijna"),),
    "deadline-form": (measure(deadline="2031-02-30"),),
    "deadline-past": (measure(deadline="2030-Q1"),),
    "edition-form": (measure(confirmed_for="voorjaar"),),
    "replaces-unknown": (measure(replaces=("XX-999",)),),
    "replaced-not-ended": (measure(1), measure(2, replaces=("XX-001",))),
    "measure-copied": (measure(1), replace(measure(1), id="XX-002")),
    "measure-alike": (measure(1), replace(measure(1), id="XX-002", explanation="Anders.")),
    "control-character": (measure(explanation="Een\x0bteken"),),
    "mojibake": (measure(explanation="De coÃ¶rdinatie"),),
    "markup": (measure(explanation="Een <b>woord</b>"),),
    "placeholder": (measure(explanation="Geachte [naam]"),),
    "template-tag": (measure(explanation="Geachte {{ naam }}"),),
    "only-signs": (measure(progress="-"),),
    "text-too-long": (measure(explanation="x" * 40_000),),
    "double-space": (measure(explanation="Twee  spaties"),),
}


def codes(*measures: Measure) -> list[str]:
    return [problem.code for problem in check(snapshot(*measures))]


@pytest.mark.parametrize(("code", "measures"), MUTANTS.items(), ids=MUTANTS)
def test_each_rule_catches_its_mutant_and_nothing_else_is_wrong_with_it(
    code: str, measures: tuple[Measure, ...]
) -> None:
    assert codes(*measures) == [code]


def test_good_measures_pass() -> None:
    ended = measure(1, ended_in="2029-Q4", status="klaar", deadline="2029-12-31")
    good = measure(2, lead="AA", status="loopt", deadline="2030-Q4", replaces=("XX-001",), departments=("AA", "AC"))
    assert codes(ended, good) == ["deadline-past"]
    assert codes(good, measure(1, ended_in="2029-Q4")) == []


def test_every_rule_has_a_mutant() -> None:
    """A rule that no mutant trips could be taken out unseen."""
    for rule in RULES:
        tripped = [code for code, measures in MUTANTS.items() if list(rule(snapshot(*measures)))]
        special = rule.__name__ in ("some_measures", "counts", "source_doubts")
        assert tripped or special, rule.__name__


def test_an_empty_dataset_is_an_error() -> None:
    assert codes() == ["no-measures"]


def test_a_row_that_got_lost_is_an_error() -> None:
    lost = replace(snapshot(measure(1)), rows_in=2)
    assert [problem.code for problem in check(lost)] == ["counts-differ"]


def test_a_doubt_about_the_source_is_shown_until_a_person_decides() -> None:
    repairs = (Repair("1", "a", "b", "zeker"), Repair("2", "c", "d", "misschien", certain=False))
    doubtful = replace(snapshot(measure(1)), provenance=Provenance("bron.txt", 1, 0, repairs))
    (problem,) = check(doubtful)
    assert (problem.level, problem.place.file, problem.parameters["lines"]) == (Level.NOTICE, "bron.txt", "2")
    assert problem.place.measure == "", "no measure says that it was read there"
    (problem,) = check(replace(doubtful, measures=(measure(1, source="bron.txt:2"),)))
    assert problem.place.measure == "XX-001"


def test_a_ministry_that_no_longer_exists_is_named_with_the_present_one() -> None:
    plan = load_plan(ROOT / "data/plan.toml")
    real, _, _ = examine(plan, plan.edition)
    renamed = replace(real.measures[0], departments=("VenJ", "LVVN"))
    problems = check(replace(real, measures=(renamed,), rows_in=1, lines=(2,), provenance=None))
    assert [(p.code, p.parameters["found"], p.parameters["present"]) for p in problems] == [
        ("ministry-former", "VenJ", "JenV"),
        ("ministry-former", "LVVN", "LNV"),
    ]


def test_all_problems_come_in_one_run_each_with_its_place() -> None:
    faulty = (measure(1, objective="", status="bijna"), measure(2, lead="AC", deadline="gauw"))
    problems = check(replace(snapshot(*faulty), lines=(2, 5)))
    assert {(p.code, p.place.line, p.place.measure, p.place.field) for p in problems} == {
        ("field-empty", 2, "XX-001", "objective"),
        ("status-unknown", 2, "XX-001", "status"),
        ("lead-elsewhere", 5, "XX-002", "lead"),
        ("deadline-form", 5, "XX-002", "deadline"),
    }


def test_the_real_dataset_has_one_notice_and_no_error() -> None:
    plan = load_plan(ROOT / "data/plan.toml")
    _, _, problems = examine(plan, plan.edition)
    assert [(p.level, p.code) for p in problems] == [(Level.NOTICE, "source-doubtful")]


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2030, 12, 31)])
def test_a_deadline_on_a_day_that_exists_is_a_deadline(day: date) -> None:
    assert "deadline-form" not in codes(measure(deadline=day.isoformat()))


@given(st.text(st.sampled_from("aX.[]_ <>&;{%}\n\tTODOé\u00a0Ã©"), max_size=12))
def test_no_fault_of_a_text_hides_behind_a_quick_look(text: str) -> None:
    patterns = (checks.MOJIBAKE, checks.MARKUP, checks.PLACEHOLDER, checks.TEMPLATE_TAG, checks.DOUBLE_SPACE)
    assert not (checks._is_plain(text) and any(pattern.search(text) for pattern in patterns))
