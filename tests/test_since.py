"""What happened since the previous edition, told of made-up measures."""

import tracemalloc
from dataclasses import replace
from datetime import date

import pytest

from report_builder.departments import Department, Register
from report_builder.documents.briefing import own_changes
from report_builder.documents.changes import change_texts, changes_of
from report_builder.documents.columns import TABLE_WIDTH, columns_of, shown
from report_builder.documents.matrix import history
from report_builder.intake.snapshot import Past, Snapshot
from report_builder.model import Edition, Measure, Pillar
from report_builder.settings import Plan, Second, load_plan
from report_builder.study.changes import compare
from report_builder.study.renames import continued, under_own_names
from report_builder.study.since import Since, State, since_previous
from tests import made_up
from tests.made_up import measure


def following(*past: tuple[Measure, ...], now: tuple[Measure, ...]) -> tuple[Snapshot, Since]:
    """2030-Q1 after editions of these measures, the last of which was 2029-Q4."""
    editions = [Edition(2029, 4)]
    while len(editions) < len(past):
        editions.insert(0, editions[0].previous)
    closed = tuple(made_up.past(edition, *known) for edition, known in zip(editions, past, strict=True))
    snapshot = replace(made_up.snapshot(*now), past=closed)
    since = since_previous(snapshot)
    assert since
    return snapshot, since


def told(snapshot: Snapshot, since: Since) -> list[tuple[str, str, str]]:
    """What readers see of each change: what it is, what stood there, and what stands there now."""
    found = (change_texts(snapshot, since, event) for event in since.events)
    return [(what, old, new) for what, _, old, new in found]


def test_a_measure_that_ended_before_did_not_end_again() -> None:
    earlier, lately = measure(1, ended_in="2029-Q4"), measure(2)
    snapshot, since = following((earlier, lately), now=(earlier, replace(lately, ended_in="2030-Q1"), measure(3)))
    assert list(since.states.values()) == [State.ENDED_BEFORE, State.ENDED, State.NEW]
    (figures, *_) = changes_of(snapshot, since).lines
    assert figures.endswith(
        "1 nieuw, 0 bijgewerkt, 0 ongewijzigd bevestigd, 0 niet aangeleverd, 1 beëindigd en 1 eerder al beëindigd."
    )


def test_what_ended_in_a_quarter_that_nobody_closed_ended_since_the_previous_edition() -> None:
    old = made_up.past(Edition(2029, 2), measure(1))
    since = since_previous(replace(made_up.snapshot(measure(1, ended_in="2029-Q4")), past=(old,)))
    assert since
    assert since.states == {"XX-001": State.ENDED}


def test_a_measure_that_takes_over_another_says_so_and_so_does_the_other() -> None:
    gone, heir, same = measure(1), measure(2, replaces=("XX-009",)), measure(3)
    now = (replace(gone, ended_in="2030-Q1"), replace(heir, replaces=("XX-009", "XX-001")), same)
    snapshot, since = following((gone, heir, same), now=now)
    assert told(snapshot, since) == [
        ("beëindigd, verder als XX-002", "", "eerste kwartaal 2030"),
        ("neemt XX-001 over", "XX-009", "XX-009, XX-001"),
    ]
    assert list(since.states.values()) == [State.ENDED, State.UPDATED, State.NOT_DELIVERED]


def test_another_order_of_the_same_ministries_is_shown_and_is_no_update() -> None:
    """That order means nothing; and what nobody delivered may not pass for updated."""
    before, after = measure(1, departments=("AA", "AB")), measure(1, departments=("AB", "AA"))
    snapshot, since = following((before,), now=(after,))
    assert told(snapshot, since) == [("departementen: andere volgorde", "AA, AB", "AB, AA")]
    assert since.states == {"XX-001": State.NOT_DELIVERED}


@pytest.mark.parametrize(
    ("deadlines", "now", "what"),
    [
        (["2030-Q2"], "2030-Q3", "deadline"),
        (["2030-Q1", "2030-Q2"], "2030-Q3", "deadline, eerder al 1 keer verschoven"),
        (["2030-Q1", "2030-Q2", "2030-Q3"], "2030-Q4", "deadline, eerder al 2 keer verschoven"),
        (["", "2030-Q2"], "2030-Q3", "deadline"),
        (["2030-Q1", "", "2030-Q2"], "2030-Q3", "deadline, eerder al 1 keer verschoven"),
        (["2030-Q1", ""], "2030-Q3", "deadline"),
        (["2030-Q2", "2030-06-30"], "2030-Q3", "deadline"),
    ],
    ids=["first", "once", "twice", "set", "over a gap", "withdrawn", "the same day in other words"],
)
def test_a_deadline_tells_how_often_it_moved_before(deadlines: list[str], now: str, what: str) -> None:
    past = [(measure(1, deadline=deadline),) for deadline in deadlines]
    found = told(*following(*past, now=(measure(1, deadline=now),)))
    assert [row[0] for row in found] == [what]
    assert found[0][2].endswith("kwartaal 2030")


def test_a_deadline_is_told_as_a_day_in_words() -> None:
    (row,) = told(*following((measure(1, deadline="2030-07-01"),), now=(measure(1, deadline="2030-Q4"),)))
    assert row[1:] == ("1 juli 2030", "vierde kwartaal 2030")
    assert shown(made_up.snapshot(), None, measure(1, deadline="2030-07-01"), "deadline") == "1 juli 2030"


def two_ways(plan: Plan) -> Plan:
    """The plan with a second classification."""
    lines = tuple(Pillar(name, f"Verzonnen lijn {name}") for name in ("a", "b"))
    return replace(plan, second=Second(name="actielijn", plural="actielijnen", lines=lines))


def test_a_measure_can_go_to_another_pillar_and_to_another_line() -> None:
    """The line is how documents arrange measures: by itself it makes none of them updated."""
    before, after = measure(1, line="a"), measure(1, pillar="p2", line="b")
    plan = two_ways(made_up.plan())
    past = replace(made_up.past(Edition(2029, 4), before, measure(2)), plan=plan)
    snapshot = replace(made_up.snapshot(after, measure(2, line="b")), plan=plan, past=(past,))
    since = since_previous(snapshot)
    assert since
    assert told(snapshot, since) == [
        ("naar een andere pijler", "Verzonnen pijler 1", "Verzonnen pijler 2"),
        ("andere actielijn", "Verzonnen lijn a", "Verzonnen lijn b"),
        ("andere actielijn", "", "Verzonnen lijn b"),
    ]
    assert list(since.states.values()) == [State.UPDATED, State.NOT_DELIVERED]


def test_a_second_classification_that_is_new_is_no_change_to_each_measure() -> None:
    past = made_up.past(Edition(2029, 4), measure(1))
    snapshot = replace(made_up.snapshot(measure(1, line="a")), plan=two_ways(past.plan), past=(past,))
    since = since_previous(snapshot)
    assert since
    assert (since.events, since.states) == ((), {"XX-001": State.NOT_DELIVERED})


def test_the_history_of_a_measure_has_its_line_under_the_title_of_each_edition() -> None:
    plan = two_ways(made_up.plan())
    past = replace(made_up.past(Edition(2029, 4), measure(1, line="a")), plan=made_up.plan())
    table = history(replace(made_up.snapshot(measure(1, line="b")), plan=plan, past=(past,))).table
    assert table
    assert table.columns[-1].heading == "Actielijn"
    assert [row[-1] for row in table.rows] == ["a", "Verzonnen lijn b"]


def test_what_was_not_answered_is_said_to_be_not_delivered_in_the_appendix_too() -> None:
    empty = [shown(made_up.snapshot(), None, measure(1), name) for name in ("status", "deadline", "lead", "references")]
    assert empty == ["(nog niet aangeleverd)"] * 3 + [""]


def test_no_word_of_a_heading_is_cut_where_there_are_many_columns() -> None:
    plan = load_plan(made_up.ROOT / "data/plan.toml")
    shown_first = ("objective", "activity", "explanation", "departments")
    few = columns_of(replace(made_up.snapshot(), plan=plan), shown_first)
    assert [column.width for column in few] == [2914, 3191, 6383, 2081]
    many = columns_of(replace(made_up.snapshot(), plan=plan), ("id", *shown_first, "status", "deadline"))
    assert sum(column.width for column in many) <= TABLE_WIDTH
    widths = {column.field: column.width for column in many}
    assert widths["departments"] > len("Samenwerkende") * 115


def test_a_number_that_was_in_use_long_ago_is_not_used_again() -> None:
    old = measure(7, ended_in="2029-Q2")
    _, since = following((measure(1), old), (measure(1), old), (measure(1),), now=(measure(1), measure(7)))
    assert [(p.code, p.place.measure, p.parameters["ended"]) for p in since.problems] == [
        ("measure-came-back", "XX-007", "2029-Q3")
    ]


def test_a_briefing_counts_the_measures_that_went_to_others() -> None:
    gone, own = measure(1, departments=("AB",)), measure(2, departments=("AB",))
    snapshot, since = following((gone, own), now=(replace(gone, departments=("AA",)), own))
    changes = own_changes(snapshot, snapshot.department("AB"), since)
    assert changes.rows == ()
    assert changes.lines[-1].startswith("1 maatregel uit de vorige editie hoort niet meer bij")


OLD_NAMES = Register(
    [
        Department("ZA", "Oude Zaken", "x1", valid_until=date(2029, 12, 31), successor="ZB"),
        Department("ZB", "Nieuwe Zaken", "x2"),
        Department("ZC", "Andere Zaken", "x3"),
    ]
)


def under_old_names(edition: Edition, *given: Measure) -> Past:
    return replace(made_up.past(edition, *given), register=OLD_NAMES, as_of=edition.end)


def test_only_the_measure_that_had_a_former_name_goes_on_under_the_present_one() -> None:
    """On a measure that never had it, the former name is a mistake that the checks must see."""
    had = measure(1, departments=("ZA",))
    previous = under_old_names(Edition(2029, 4), had, measure(2, departments=("ZC",)))
    now = (had, measure(2, departments=("ZA",)), measure(3, departments=("ZA",)))
    found = continued(previous, now, OLD_NAMES, date(2030, 3, 31))
    assert [known.departments for known in found] == [("ZB",), ("ZA",), ("ZA",)]


def test_a_closed_edition_keeps_the_names_that_its_documents_showed() -> None:
    """Though its dataset still had the former ones; so a later edition finds no change where there was none."""
    row = measure(1, departments=("ZA",), lead="ZA")
    states = under_own_names([under_old_names(Edition(2029, 4), row), under_old_names(Edition(2030, 1), row)])
    assert [(s.measures[0].departments, s.measures[0].lead) for s in states] == [(("ZA",), "ZA"), (("ZB",), "ZB")]


def test_a_ministry_that_took_part_before_it_took_over_is_named_too() -> None:
    old = measure(1, departments=("ZA", "ZB", "ZC"))
    new = replace(old, departments=("ZB", "ZC"))
    snapshot = replace(
        made_up.snapshot(new),
        register=OLD_NAMES,
        as_of=date(2030, 3, 31),
        past=(under_old_names(Edition(2029, 4), old),),
    )
    since = since_previous(snapshot)
    assert since
    assert shown(snapshot, since, new, "departments") == "ZB (voorheen ZA, ZB), ZC"
    assert since.states == {"XX-001": State.NOT_DELIVERED}


def peak(measures: int) -> int:
    """The most memory that a comparison takes beyond the measures themselves, in bytes."""
    old = made_up.measures(measures)
    new = tuple(replace(m, status="loopt") if number % 10 == 0 else m for number, m in enumerate(old))
    snapshot = replace(made_up.snapshot(*new), past=(made_up.past(Edition(2029, 4), *old),))
    tracemalloc.start()
    try:
        assert len(compare(old, new).changes) == measures // 10
        since = since_previous(snapshot)
        assert since
        assert len(since.events) == measures // 10
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_comparing_ten_times_as_many_measures_takes_ten_times_the_memory() -> None:
    peak(100)
    assert peak(10_000) < 15 * peak(1_000)


def test_comparing_takes_less_memory_than_the_measures_do() -> None:
    """So that 100,000 of them are compared where they can be read."""
    tracemalloc.start()
    held = made_up.measures(10_000)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(held) == 10_000
    assert peak(10_000) < size
