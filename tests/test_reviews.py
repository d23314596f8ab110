"""What several forms say together: nothing lost, nothing doubled, and a person decides where they differ."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.intake.returned import Answer, Doubled, Remark, Returned
from report_builder.intake.snapshot import Snapshot
from report_builder.intake.trail import Outcome, Trail, TrailLine, read_trail
from report_builder.problems import Place, Stop
from report_builder.study.changes import apply
from report_builder.study.confirmations import settle_confirmations
from report_builder.study.reviews import DATASET, Settled, in_order, remarks, settle_fields
from tests import made_up

EDITION = "2030-Q1"
NONE = Trail(None, ())


def form(department: str, *answers: tuple[str, str, str, str], name: str = "") -> Returned:
    """A form with these answers: measure, field, what it was, what it is now."""
    file = name or f"{department or 'alle'}.xlsx"
    found = tuple(
        Answer(measure, field, old, new, Place(file, sheet="Uitvraag", cell=f"G{at}", measure=measure, field=field))
        for at, (measure, field, old, new) in enumerate(answers, 4)
    )
    return Returned(file, f"sha-{file}-{hash(answers)}", department, (), found)


def settled(snapshot: Snapshot, *forms: Returned, trail: Trail = NONE, takes: tuple[str, ...] = ()) -> Settled:
    ordered = in_order(forms)
    fields = settle_fields(ordered, snapshot, trail, takes)
    return Settled.of((*fields, *settle_confirmations(ordered, snapshot, trail, takes)))


def after(snapshot: Snapshot, done: Settled, trail: Trail = NONE) -> tuple[Snapshot, Trail]:
    """The edition and its trail once this is applied."""
    measures = apply(snapshot.measures, done.changes)
    grown = Trail(None, (*trail.lines, *done.lines))
    return replace(snapshot, measures=measures, confirmed_by=grown.confirmed_by), grown


ONE = made_up.measure(1, departments=("AA", "AB"), status="loopt")
SNAPSHOT = made_up.snapshot(ONE, made_up.measure(2, departments=("AA",)))


def test_a_field_that_one_form_changed_is_changed() -> None:
    done = settled(SNAPSHOT, form("AA", ("XX-001", "status", "loopt", "klaar")), form("AB"))
    assert [(c.measure, c.field, c.old, c.new) for c in done.changes] == [("XX-001", "status", "loopt", "klaar")]
    assert [(line.outcome, line.departments, line.cell) for line in done.lines] == [(Outcome.CHANGED, "AA", "G4")]


def test_two_forms_that_say_the_same_make_one_change_and_both_are_in_the_trail() -> None:
    forms = [form(code, ("XX-001", "status", "loopt", "klaar")) for code in ("AA", "AB")]
    done = settled(SNAPSHOT, *forms)
    assert len(done.changes) == 1
    assert [line.departments for line in done.lines] == ["AA", "AB"]


def test_two_forms_that_differ_are_a_conflict_with_both_values_files_and_cells() -> None:
    one, other = form("AA", ("XX-001", "lead", "", "AA")), form("AB", ("XX-001", "lead", "", "AB"))
    (conflict,) = settled(SNAPSHOT, other, one).conflicts
    assert (conflict.measure, conflict.field, conflict.base) == ("XX-001", "lead", "")
    assert [(c.value, c.file, c.place.cell) for c in conflict.claims] == [
        ("AA", "AA.xlsx", "G4"),
        ("AB", "AB.xlsx", "G4"),
    ]


def test_a_form_and_a_dataset_that_both_changed_are_a_conflict() -> None:
    (conflict,) = settled(SNAPSHOT, form("AA", ("XX-001", "status", "", "klaar"))).conflicts
    assert [(claim.value, claim.file) for claim in conflict.claims] == [("loopt", DATASET), ("klaar", "AA.xlsx")]


def test_an_answer_that_the_dataset_has_already_is_nothing_new() -> None:
    done = settled(SNAPSHOT, form("AA", ("XX-001", "status", "", "loopt")))
    assert done == Settled()


def test_a_conflict_is_settled_by_name_and_that_is_recorded() -> None:
    forms = form("AA", ("XX-001", "lead", "", "AA")), form("AB", ("XX-001", "lead", "", "AB"))
    done = settled(SNAPSHOT, *forms, takes=("AB.xlsx",))
    assert [change.new for change in done.changes] == ["AB"]
    assert [(line.outcome, line.new) for line in done.lines] == [(Outcome.SET_ASIDE, "AA"), (Outcome.CHANGED, "AB")]
    kept = settled(SNAPSHOT, *forms, takes=(DATASET,))
    assert kept.changes == ()
    assert [line.outcome for line in kept.lines] == [Outcome.SET_ASIDE, Outcome.SET_ASIDE]


def test_the_first_party_that_is_named_and_has_a_claim_counts() -> None:
    forms = form("AA", ("XX-001", "lead", "", "AA")), form("AB", ("XX-001", "lead", "", "AB"))
    strangers = settled(SNAPSHOT, *forms, takes=("AC.xlsx", "AA.xlsx", DATASET))
    assert [change.new for change in strangers.changes] == ["AA"]
    assert settled(SNAPSHOT, *forms, takes=("AC.xlsx",)).conflicts


def test_a_measure_that_stands_twice_in_a_form_is_a_conflict_that_only_the_dataset_settles() -> None:
    places = (Place("AA.xlsx", sheet="Uitvraag", cell="A4"), Place("AA.xlsx", sheet="Uitvraag", cell="A9"))
    doubled = replace(form("AA"), doubled=(Doubled("XX-001", places),))
    (conflict,) = settled(SNAPSHOT, doubled, takes=("AA.xlsx",)).conflicts
    assert (conflict.field, [claim.place.cell for claim in conflict.claims]) == ("id", ["A4", "A9"])
    done = settled(SNAPSHOT, doubled, takes=(DATASET,))
    assert not done.conflicts
    assert not done.changes
    assert settled(SNAPSHOT, doubled, trail=after(SNAPSHOT, done)[1]) == Settled()


def test_an_answer_about_a_measure_that_is_gone_is_an_error() -> None:
    for field in ("status", "confirmed_for"):
        (problem,) = settled(SNAPSHOT, form("AA", ("XX-009", field, "", EDITION))).problems
        assert problem.code == "review-measure-gone"


def yes(code: str, measure: str = "XX-001") -> Returned:
    return form(code, (measure, "confirmed_for", "", EDITION))


def no(code: str, measure: str = "XX-001", old: str = "") -> Returned:
    return form(code, (measure, "confirmed_for", old, ""), name=f"nee-{code}.xlsx")


def test_a_shared_measure_is_confirmed_when_every_ministry_has_confirmed_it() -> None:
    first = settled(SNAPSHOT, yes("AA"))
    assert first.changes == ()
    half, trail = after(SNAPSHOT, first)
    assert half.awaiting(half.measures[0]) == ("AB",)
    assert half.has_confirmed("AA", half.measures[0])
    second = settled(half, yes("AB"), trail=trail)
    assert [(change.field, change.new) for change in second.changes] == [("confirmed_for", EDITION)]
    whole, _ = after(half, second, trail)
    assert whole.awaiting(whole.measures[0]) == ()


def test_the_form_for_all_speaks_for_every_ministry() -> None:
    done = settled(SNAPSHOT, yes(""))
    assert [change.new for change in done.changes] == [EDITION]
    assert done.lines[0].departments == "AA;AB"


def test_a_ministry_that_takes_its_word_back_leaves_the_measure_unconfirmed() -> None:
    before = made_up.snapshot(replace(ONE, confirmed_for="2029-Q4"))
    confirmed, trail = after(before, settled(before, yes("AA"), yes("AB")))
    assert confirmed.measures[0].confirmed_for == EDITION
    back = settled(confirmed, no("AB", old=EDITION), trail=trail)
    assert [(change.old, change.new) for change in back.changes] == [(EDITION, "2029-Q4")]
    left, _ = after(confirmed, back, trail)
    assert left.awaiting(left.measures[0]) == ("AB",)


def test_that_a_ministry_will_not_confirm_is_heard_once() -> None:
    done = settled(SNAPSHOT, no("AA"))
    assert [line.outcome for line in done.lines] == [Outcome.NOT_CONFIRMED]
    snapshot, trail = after(SNAPSHOT, done)
    assert settled(snapshot, replace(no("AA"), sha256="saved again"), trail=trail) == Settled()


def test_two_forms_of_one_ministry_that_disagree_about_confirmation_are_a_conflict() -> None:
    assert settled(SNAPSHOT, yes("AA"), no("AA")).conflicts
    assert settled(SNAPSHOT, yes(""), no("AB")).conflicts
    done = settled(SNAPSHOT, yes(""), no("AB"), takes=("nee-AB.xlsx",))
    assert {(line.outcome, line.departments) for line in done.lines} == {
        (Outcome.CONFIRMED, "AA"),
        (Outcome.NOT_CONFIRMED, "AB"),
    }


def test_the_same_remark_of_the_same_ministry_counts_once() -> None:
    said = Remark(Outcome.REMARK, "XX-001", "verzonnen", "", Place("AA.xlsx", sheet="Uitvraag", cell="L4"))
    one = replace(form("AA"), remarks=(said,))
    other = replace(form("AA", name="later.xlsx"), remarks=(said,))
    (line,) = remarks((one, other), NONE)
    assert list(remarks((one,), Trail(None, (line,)))) == []
    assert len(list(remarks((one, replace(form("AB"), remarks=(said,))), NONE))) == 2


FIELDS = {"status": ("", "loopt", "klaar"), "lead": ("", "AA", "AB", "AC"), "progress": ("", "een", "twee", "drie")}
NUMBERS = st.integers(1, 4)
MEASURES = st.lists(
    st.builds(
        lambda status, lead, progress: {"status": status, "lead": lead, "progress": progress},
        *(st.sampled_from(values) for values in FIELDS.values()),
    ),
    min_size=4,
    max_size=4,
)
EDITS = st.lists(
    st.one_of(
        *(
            st.tuples(NUMBERS, st.just(field), st.sampled_from(values))
            for field, values in {**FIELDS, "confirmed_for": ("", EDITION)}.items()
        )
    ),
    max_size=12,
)
CODES = ("AA", "AB", "AC")


def edition(texts: list[dict[str, str]]) -> Snapshot:
    return made_up.snapshot(
        *(made_up.measure(n, departments=CODES[: 1 + n % 3]).with_texts(fields) for n, fields in enumerate(texts, 1))
    )


def returned(base: Snapshot, code: str, edits: list[tuple[int, str, str]]) -> Returned:
    """What the form says of a reviewer who had this state and typed this; the last word in each cell counts."""
    known = {measure.id: measure for measure in base.measures}
    last = {(f"XX-{number:03}", field): new for number, field, new in edits}
    touched = [
        (name, field, known[name].text(field), new)
        for (name, field), new in sorted(last.items())
        if known[name].text(field) != new or (field == "confirmed_for" and not new)
    ]
    return form(code, *(answer for answer in touched if code in known[answer[0]].departments))


def words(lines: tuple[TrailLine, ...]) -> set[tuple[str, str, str, str]]:
    return {(line.file, line.measure, line.field, line.new) for line in lines}


@given(MEASURES, MEASURES, st.tuples(EDITS, EDITS, EDITS))
def test_whatever_three_reviewers_type_nothing_is_lost_or_doubled(
    base: list[dict[str, str]], now: list[dict[str, str]], edits: tuple[list[tuple[int, str, str]], ...]
) -> None:
    snapshot = edition(now)
    forms = [returned(edition(base), code, typed) for code, typed in zip(CODES, edits, strict=True)]
    found = settled(snapshot, *forms)
    assert all(settled(snapshot, *order) == found for order in permutations(forms)), "the order does not matter"

    contested = {(conflict.measure, conflict.field) for conflict in found.conflicts}
    changed = {(change.measure, change.field): change for change in found.changes}
    assert len(changed) == len(found.changes), "no field changes twice"
    texts = {(measure.id, field): measure.text(field) for measure in snapshot.measures for field in FIELDS}
    for answer in (answer for one in forms for answer in one.answers if answer.field in FIELDS):
        key = (answer.measure, answer.field)
        applied = key in changed and changed[key].new == answer.new
        assert applied + (key in contested) + (texts[key] == answer.new) >= 1, "no answer is lost"
        if applied:
            assert changed[key].old == answer.old, "nothing is overwritten that the form did not know"


@given(MEASURES, st.tuples(EDITS, EDITS, EDITS), st.permutations([*(f"{code}.xlsx" for code in CODES), DATASET]))
def test_once_settled_and_applied_the_same_forms_change_nothing(
    base: list[dict[str, str]], edits: tuple[list[tuple[int, str, str]], ...], takes: list[str]
) -> None:
    snapshot = edition(base)
    forms = [returned(snapshot, code, typed) for code, typed in zip(CODES, edits, strict=True)]
    done = settled(snapshot, *forms, takes=tuple(takes))
    assert done.conflicts == (), "every party is named, so every conflict is settled"
    later, trail = after(snapshot, done)
    assert settled(later, *forms, takes=tuple(takes), trail=trail) == Settled()
    for order in permutations(forms):
        assert settled(later, *order, trail=trail) == Settled(), "nor without a party"


@given(MEASURES, st.tuples(EDITS, EDITS, EDITS))
def test_forms_that_come_one_by_one_say_the_same_as_together(
    base: list[dict[str, str]], edits: tuple[list[tuple[int, str, str]], ...]
) -> None:
    """As long as they do not contradict one another."""
    snapshot = edition(base)
    forms = [returned(snapshot, code, typed) for code, typed in zip(CODES, edits, strict=True)]
    together = settled(snapshot, *forms)
    if together.conflicts:
        return
    state, trail = snapshot, NONE
    for one in forms:
        done = settled(state, one, trail=trail)
        assert done.conflicts == ()
        state, trail = after(state, done, trail)
    assert state.measures == after(snapshot, together)[0].measures
    assert state.confirmed_by == after(snapshot, together)[0].confirmed_by


def test_a_trail_reads_back_as_it_was_written_and_only_grows(tmp_path: Path) -> None:
    plan = replace(made_up.plan(), path=tmp_path / "plan.toml")
    line = TrailLine(
        Outcome.CHANGED, "XX-001", "progress", 'a;"b"\nc', "=d", "AA", "", "f.xlsx", "0a", "Blad", "G4", "t"
    )
    path = plan.trail(SNAPSHOT.edition)
    path.parent.mkdir()
    path.write_bytes(NONE.extended((line,)))
    once = read_trail(plan, SNAPSHOT.edition)
    assert once.lines == (line,)
    path.write_bytes(once.extended((line,)))
    assert read_trail(plan, SNAPSHOT.edition).lines == (line, line)
    assert path.read_bytes().startswith(NONE.extended((line,)))


@pytest.mark.parametrize("content", [b"iets anders\n", b"\xff\xfe", NONE.extended(()) + b"onzin,1\n"])
def test_a_trail_that_somebody_wrote_in_is_refused(content: bytes, tmp_path: Path) -> None:
    plan = replace(made_up.plan(), path=tmp_path / "plan.toml")
    plan.trail(SNAPSHOT.edition).parent.mkdir()
    plan.trail(SNAPSHOT.edition).write_bytes(content)
    with pytest.raises(Stop, match="trail of reviews"):
        read_trail(plan, SNAPSHOT.edition)
