"""Rules of settings: every field has one, and every fault in a file is found at once."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from report_builder.checked_toml import ANY_TEXT, TEXT, Rules, many, whole, without_repeats
from report_builder.problems import ExitCode, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Made-up settings."""

    name: str
    count: int = 3
    names: tuple[str, ...] = ()


RULES = Rules(Made, {"name": TEXT, "count": whole(1, 5), "names": many(ANY_TEXT)}, keys={"count": "how-many"})


def test_a_field_without_a_rule_and_a_rule_without_a_field_are_refused() -> None:
    with pytest.raises(ValueError, match="count"):
        Rules(Made, {"name": TEXT, "names": many(TEXT)})
    with pytest.raises(ValueError, match="colour"):
        Rules(Made, {"name": TEXT, "count": whole(1), "names": many(TEXT), "colour": TEXT})


def test_what_is_left_out_has_its_default() -> None:
    assert RULES.of({"name": " een "}) == Made(name="een")
    assert RULES.keys == {"name", "how-many", "names"}


def test_every_fault_is_found_at_once_each_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "made-up.toml"
    path.write_text('name = ""\nhow-many = 6\ncolour = "x"\nnames = [1]\n')
    with pytest.raises(Stop) as stop:
        RULES.read(path, "plan", lambda _: {})
    assert stop.value.exit_code == ExitCode.PLAN
    assert [problem.place.line for problem in stop.value.problems] == [1, 2, 4, 3]
    assert stop.value.problems[-1].code == "plan-unknown"


@pytest.mark.parametrize("count", [0, 6, "x", 1.5, None])
def test_a_number_keeps_within_its_bounds(count: object) -> None:
    with pytest.raises(ValueError, match="how-many"):
        RULES.of({"name": "een", "how-many": count})


def test_a_value_that_stands_there_twice_is_named() -> None:
    assert without_repeats(("a", "b")) == ("a", "b")
    with pytest.raises(ValueError, match="repeated"):
        without_repeats(("a", "b", "a"))
