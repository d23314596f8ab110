"""A request form that came back: what it says, whatever was done to it, and nothing that nobody meant."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from report_builder.intake.answers import AnswerRules, same
from report_builder.intake.returned import Returned
from report_builder.intake.trail import Outcome
from report_builder.problems import ExitCode, Level, Place, Stop
from tests import made_up
from tests.forms import SHEET, answered, cell_of, codes, filled, form_bytes, named_cells, opened, read, said, saved

KNOWN = made_up.measure(
    2,
    departments=("AA", "AB"),
    lead="AB",
    status="loopt",
    progress="Eerste 'stap' - gezet.\nTweede stap volgt...",
    deadline="2030-07-01",
)
CONFIRMED = made_up.measure(3, departments=("AB",), confirmed_for="2030-Q1", deadline="2030-Q3")
SNAPSHOT = made_up.snapshot(made_up.measure(1, departments=("AB", "AC")), KNOWN, CONFIRMED, made_up.measure(4))
SENT = form_bytes(SNAPSHOT, "AB")


def changed(change: Callable[[Any], object]) -> Returned:
    book = opened(SENT)
    change(book)
    return read(saved(book), SNAPSHOT)


def typed(*answers: tuple[str, str, object]) -> Returned:
    return read(filled(SENT, answers), SNAPSHOT)


def nothing(book: Any) -> None:
    """Opened and saved."""


def sort_rows(book: Any) -> None:
    sheet = book[SHEET]
    first, last = named_cells(book, "shown_id")[0].row, named_cells(book, "shown_id")[-1].row
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(first, last)]
    for number, row in enumerate(reversed(rows), first):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value


def move_columns(book: Any) -> None:
    """Two columns to the left: Excel moves the names with the cells."""
    sheet = book[SHEET]
    sheet.move_range(f"A3:O{sheet.max_row}", cols=2)
    for name, defined in book.defined_names.items():
        if name.startswith(("answer_", "shown_")):
            letter = chr(ord(defined.attr_text.split("$")[1]) + 2)
            parts = defined.attr_text.split("$")
            defined.attr_text = f"{parts[0]}${letter}${parts[2]}${letter}${parts[4]}"


def hide(book: Any) -> None:
    book[SHEET].column_dimensions["C"].hidden = True
    book[SHEET].row_dimensions[5].hidden = True


def rename_sheet(book: Any) -> None:
    book[SHEET].title = "Antwoord AB"
    for defined in book.defined_names.values():
        defined.attr_text = defined.attr_text.replace(SHEET, "Antwoord AB")


def rename_headings(book: Any) -> None:
    for name in ("answer_status", "answer_progress", "shown_activity"):
        cell = named_cells(book, name)[0]
        book[SHEET].cell(cell.row - 1, cell.column).value = "anders"


def lose_names(book: Any) -> None:
    for name in list(book.defined_names):
        del book.defined_names[name]


def rename_baseline(book: Any) -> None:
    book["baseline"].sheet_state = "visible"
    book["baseline"].title = "Blad4"


def unprotect(book: Any) -> None:
    book[SHEET].protection.sheet = False


def add_empty_sheet(book: Any) -> None:
    book.create_sheet("Blad1")


def autocorrect(book: Any) -> None:
    cell_of(book, "XX-002", "progress").value = "Eerste ‘stap’ – gezet. \r\nTweede\u00a0stap volgt…\r\n "
    cell_of(book, "XX-002", "status").value = " Loopt "
    cell_of(book, "XX-003", "confirmed_for").value = "JA "
    cell_of(book, "XX-002", "objective", "shown").value += " "


def as_days(book: Any) -> None:
    cell_of(book, "XX-002", "deadline").value = date(2030, 7, 1)


def write_otherwise(book: Any) -> None:
    cell_of(book, "XX-002", "deadline").value = "1 juli 2030"
    cell_of(book, "XX-003", "deadline").value = "derde kwartaal 2030"
    cell_of(book, "XX-002", "lead").value = "ministerie van verzonnen ministerie ab"
    cell_of(book, "XX-001", "status").value = "(nog niet aangeleverd)"


UNTOUCHED = [
    *(nothing, sort_rows, move_columns, hide, rename_sheet, rename_headings, lose_names, rename_baseline, unprotect),
    *(add_empty_sheet, autocorrect, as_days, write_otherwise),
]


@pytest.mark.parametrize("change", UNTOUCHED, ids=lambda change: change.__name__)
def test_a_form_that_says_nothing_new_gives_no_answer(change: Callable[[Any], None]) -> None:
    form = changed(change)
    assert said(form) == []
    assert set(form.measures) == {"XX-001", "XX-002", "XX-003"}
    assert not any((form.doubled, form.proposals, form.remarks))
    assert codes(form) == set()


@pytest.mark.parametrize("change", [move_columns, rename_sheet, rename_headings, lose_names, sort_rows])
def test_answers_are_found_wherever_they_went(change: Callable[[Any], None]) -> None:
    book = opened(filled(SENT, [("XX-001", "status", "klaar"), ("XX-003", "progress", "Verzonnen stand.")]))
    change(book)
    assert sorted(said(read(saved(book), SNAPSHOT))) == [
        ("XX-001", "status", "klaar"),
        ("XX-003", "progress", "Verzonnen stand."),
    ]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("status", "KLAAR", "klaar"),
        ("lead", "aa", "AA"),
        ("lead", "Verzonnen ministerie AC", "AC"),
        ("progress", "  Twee regels\r\nmet een eind\u00a0.  ", "Twee regels\nmet een eind ."),
        ("progress", 2030, "2030"),
        ("progress", "=1+1 ", "=1+1"),
        ("explanation", "Een betere verzonnen toelichting.", "Een betere verzonnen toelichting."),
        ("deadline", date(2030, 9, 1), "2030-09-01"),
        ("deadline", "2030-09-01", "2030-09-01"),
        ("deadline", "1-9-2030", "2030-09-01"),
        ("deadline", "01/09/2030", "2030-09-01"),
        ("deadline", "1 september 2030", "2030-09-01"),
        ("deadline", "1 sep. 2030", "2030-09-01"),
        ("deadline", "2030-Q4", "2030-Q4"),
        ("deadline", "q4 2030", "2030-Q4"),
        ("deadline", "Vierde kwartaal 2030", "2030-Q4"),
        ("deadline", "4e kwartaal 2030", "2030-Q4"),
        ("confirmed_for", "Ja", "2030-Q1"),
        ("confirmed_for", "nee", ""),
        ("confirmed_for", True, "2030-Q1"),
    ],
)
def test_an_answer_is_read_for_what_it_means(field: str, value: object, expected: str) -> None:
    book = opened(SENT)
    cell = cell_of(book, "XX-001", field)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    form = read(saved(book), SNAPSHOT)
    assert said(form) == [("XX-001", field, expected)]
    (answer,) = form.answers
    assert answer.place == Place("form.xlsx", sheet=SHEET, cell=cell.coordinate, measure="XX-001", field=field)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("status", "bijna klaar", "status-unknown"),
        ("deadline", "volgend jaar", "deadline-form"),
        ("deadline", "31-2-2030", "deadline-form"),
        ("deadline", "44378", "deadline-form"),
        ("lead", "AA en AB", "answer-one-lead"),
        ("lead", "ZZ", "ministry-unknown"),
        ("confirmed_for", "misschien", "answer-yes-no"),
        ("progress", "#N/A", "cell-error"),
        ("progress", "=A1", "formula-without-result"),
    ],
)
def test_an_answer_that_cannot_be_understood_is_an_error_at_its_cell(field: str, value: str, code: str) -> None:
    form = typed(("XX-001", field, value))
    assert said(form) == []
    (problem,) = form.problems
    assert (problem.code, problem.level) == (code, Level.ERROR)
    book = opened(SENT)
    assert (problem.place.sheet, problem.place.cell) == (SHEET, cell_of(book, "XX-001", field).coordinate)


def test_an_answer_that_was_wiped_out_is_a_change_and_is_asked_about() -> None:
    form = typed(("XX-002", "status", None))
    assert said(form) == [("XX-002", "status", "")]
    assert codes(form) == {"answer-emptied"}


def test_taking_a_confirmation_back_is_an_answer() -> None:
    assert said(typed(("XX-003", "confirmed_for", None))) == [("XX-003", "confirmed_for", "")]


def test_a_changed_locked_cell_is_told_with_both_values_and_not_used() -> None:
    def change(book: Any) -> None:
        cell_of(book, "XX-001", "activity", "shown").value = "Iets anders"

    form = changed(change)
    assert said(form) == []
    (problem,) = form.problems
    assert problem.code == "locked-cell-changed"
    assert problem.parameters == {"old": "Verzonnen activiteit 1", "new": "Iets anders"}
    assert (problem.place.measure, problem.place.field) == ("XX-001", "activity")


def test_a_row_that_is_gone_ends_no_measure() -> None:
    def change(book: Any) -> None:
        for cell in book[SHEET][named_cells(book, "shown_id")[0].row]:
            cell.value = None

    form = changed(change)
    assert said(form) == []
    assert [(p.code, p.place.measure) for p in form.problems] == [("form-row-gone", "XX-001")]


def test_a_row_that_lost_its_number_is_an_error_not_a_new_measure() -> None:
    def change(book: Any) -> None:
        cell_of(book, "XX-001", "id", "shown").value = None

    form = changed(change)
    assert form.proposals == ()
    assert {p.code: p.place.measure for p in form.problems} == {
        "form-identifier-gone": "XX-001",
        "form-row-gone": "XX-001",
    }


def test_a_number_that_was_not_in_the_form_is_an_error() -> None:
    def change(book: Any) -> None:
        cell_of(book, "XX-001", "id", "shown").value = "XX-004"

    assert codes(changed(change)) == {"form-measure-unknown", "form-row-gone"}


def test_a_measure_that_stands_there_twice_gives_no_answer_of_either_row() -> None:
    def change(book: Any) -> None:
        sheet, row = book[SHEET], cell_of(book, "XX-002", "status").row
        for cell in sheet[row]:
            sheet.cell(sheet.max_row + (cell.column == 1), cell.column).value = cell.value
        cell_of(book, "XX-002", "status").value = "klaar"

    form = changed(change)
    assert said(form) == []
    (doubled,) = form.doubled
    assert doubled.measure == "XX-002"
    assert len(doubled.places) == 2


def test_a_column_that_is_gone_is_told() -> None:
    def change(book: Any) -> None:
        cells = named_cells(book, "answer_status")
        book[SHEET].cell(cells[0].row - 1, cells[0].column).value = None
        del book.defined_names["answer_status"]

    form = changed(change)
    assert ("form-column-gone", "status") in [(p.code, p.place.field) for p in form.problems]
    assert said(form) == []


def new_row(book: Any, **texts: str) -> int:
    sheet = book[SHEET]
    row: int = sheet.max_row + 1
    for field, text in texts.items():
        kind = "answer" if f"answer_{field}" in book.defined_names and field in ("status", "lead") else "shown"
        sheet.cell(row, named_cells(book, f"{kind}_{field}")[0].column).value = text
    return row


def test_a_row_without_a_number_is_a_proposal() -> None:
    form = changed(lambda book: new_row(book, objective="Nieuw doel", activity="Nieuwe activiteit", status="loopt"))
    assert said(form) == []
    (proposal,) = form.proposals
    assert proposal.texts["objective"] == "Nieuw doel"
    assert proposal.texts["status"] == "loopt"
    assert proposal.place.cell == "A7"


def test_everything_that_is_no_answer_is_told_with_its_place() -> None:
    def change(book: Any) -> None:
        sheet = book[SHEET]
        sheet["T4"].value = "naast de tabel"
        sheet["A20"].value, sheet["A2"].value = None, "boven de tabel"
        sheet["C30"].value = "onder de tabel"
        other = book.create_sheet("Kladblad")
        for number in range(1, 31):
            other.cell(number, 1).value = f"tekst {chr(64 + number)}"
        book["Toelichting"]["C3"].value = "op een ander blad"

    found = {(p.place.sheet, p.place.cell): p for p in changed(change).problems}
    assert found[SHEET, "T4"].place.measure == "XX-001"
    assert found[SHEET, "A2"].parameters["text"] == "boven de tabel"
    assert found[SHEET, "C30"].parameters["text"] == "onder de tabel"
    assert found["Toelichting", "C3"].code == "text-outside-table"
    assert found["Kladblad", "A1"].code == "text-outside-table"
    assert found["Kladblad", ""].code == "sheet-not-read"
    assert found["Kladblad", ""].parameters["count"] == 10


@pytest.mark.parametrize(
    "colour", [{"fill": PatternFill("solid", fgColor="FFFF00")}, {"font": Font(color="FF0000")}], ids=["fill", "ink"]
)
def test_a_colour_is_seen_and_not_read(colour: dict[str, Any]) -> None:
    def change(book: Any) -> None:
        for name, value in colour.items():
            setattr(cell_of(book, "XX-002", "progress"), name, value)

    form = changed(change)
    assert [(p.code, p.place.measure) for p in form.problems] == [("cells-marked", "XX-002")]


def test_a_note_is_kept_with_its_author_for_its_measure() -> None:
    def change(book: Any) -> None:
        cell_of(book, "XX-002", "status").comment = Comment("Verzonnen Naam:\nklopt dit nog?", "Verzonnen Naam")

    (remark,) = changed(change).remarks
    assert (remark.outcome, remark.measure) == (Outcome.COMMENT, "XX-002")
    assert (remark.author, remark.text) == ("Verzonnen Naam", "klopt dit nog?")


BOILERPLATE = (
    "[Opmerkingenthread]\n\nU kunt deze opmerkingenthread lezen in uw versie van Excel. Meer informatie: "
    "https://go.microsoft.com/fwlink/?linkid=870924\n\nOpmerking:\n    Klopt dit nog?\nBeantwoorden:\n    Nee."
)


def test_a_threaded_comment_that_only_stayed_as_a_note_loses_the_words_of_the_program() -> None:
    def change(book: Any) -> None:
        cell_of(book, "XX-002", "status").comment = Comment(BOILERPLATE, "tc={0A0B}")

    (remark,) = changed(change).remarks
    assert (remark.author, remark.text) == ("", "Klopt dit nog?\nNee.")


def with_thread(content: bytes) -> bytes:
    """The form with a threaded comment and a reply, as Excel for Microsoft 365 saves them beside the old note."""
    space = 'xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"'
    people = (
        f"<personList {space}>"
        '<person displayName="Verzonnen Een" id="{P1}" userId="a" providerId="None"/>'
        '<person displayName="Verzonnen Twee" id="{P2}" userId="b" providerId="None"/></personList>'
    )
    thread = (
        f"<ThreadedComments {space}>"
        '<threadedComment ref="G4" dT="2030-04-01T10:00:00.00" personId="{P1}" id="{T1}"><text>Klopt dit?</text>'
        "</threadedComment>"
        '<threadedComment ref="G4" dT="2030-04-01T11:00:00.00" personId="{P2}" id="{T2}" parentId="{T1}">'
        "<text>Ja.</text></threadedComment></ThreadedComments>"
    )
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    relation = f'<Relationship Id="rT" Type="{kind}" Target="../threadedComments/threadedComment1.xml"/>'
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/_rels/sheet2.xml.rels":
                data = data.replace(b"</Relationships>", f"{relation}</Relationships>".encode())
            new.writestr(name, data)
        new.writestr("xl/persons/person.xml", people)
        new.writestr("xl/threadedComments/threadedComment1.xml", thread)
    return file.getvalue()


def test_a_threaded_comment_counts_once_with_all_its_authors() -> None:
    book = opened(SENT)
    book[SHEET]["G4"].comment = Comment(BOILERPLATE, "tc={T1}")
    form = read(with_thread(saved(book)), SNAPSHOT)
    assert [(r.author, r.text, r.measure) for r in form.remarks] == [
        ("Verzonnen Een", "Klopt dit?", "XX-001"),
        ("Verzonnen Twee", "Ja.", "XX-001"),
    ]


def test_a_remark_is_no_answer() -> None:
    form = typed(("XX-001", "remark", "Let op: verzonnen."))
    assert said(form) == []
    assert [(r.outcome, r.measure, r.text) for r in form.remarks] == [(Outcome.REMARK, "XX-001", "Let op: verzonnen.")]


def without_baseline(book: Any) -> None:
    del book["baseline"]


def of_another_edition(book: Any) -> None:
    book["baseline"]["A3"].value = "edition: 2029-Q4"


def of_another_plan(book: Any) -> None:
    book["baseline"]["A2"].value = "plan: YY 99 999"


def with_broken_baseline(book: Any) -> None:
    for row in book["baseline"].iter_rows(min_row=2):
        for cell in row:
            cell.value = None


def without_form(book: Any) -> None:
    lose_names(book)
    del book[SHEET]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without_baseline, "it has no baseline"),
        (of_another_edition, "it is for 2029-Q4, not for 2030-Q1"),
        (of_another_plan, "it is a form of another plan"),
        (with_broken_baseline, "its baseline was changed"),
        (without_form, "the sheet to answer in is not there"),
    ],
)
def test_what_is_no_form_of_this_edition_is_refused_with_the_reason(change: Callable[[Any], None], reason: str) -> None:
    with pytest.raises(Stop, match=f"form.xlsx is refused: {reason}") as refusal:
        changed(change)
    assert refusal.value.exit_code == ExitCode.INPUT


def test_the_form_for_all_and_that_of_a_ministry_are_told_apart() -> None:
    assert answered(SNAPSHOT, "AB").department == "AB"
    everything = answered(SNAPSHOT, None)
    assert (everything.department, len(everything.measures)) == ("", 4)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("'a' - b...", "‘a’ – b…", True),
        ("twee  woorden", "twee woorden", True),
        ("een\ntwee", "een\r\ntwee ", True),
        ("een\ntwee", "een twee", False),
        ("Gereed", "gereed", False),
        ("2,5 miljoen", "25 miljoen", False),
    ],
)
def test_what_programs_change_by_themselves_changes_no_meaning(one: str, other: str, *, expected: bool) -> None:
    assert same(one, other) is expected


def test_the_rules_know_every_quarter_and_month() -> None:
    rules = AnswerRules(("loopt",), SNAPSHOT.register, SNAPSHOT.as_of, SNAPSHOT.texts)
    for month, name in enumerate(SNAPSHOT.texts.lines("dates.months"), 1):
        assert rules.read("deadline", f"2 {name} 2030", Place()) == (f"2030-{month:02}-02", ())
    for quarter, name in enumerate(SNAPSHOT.texts.lines("dates.ordinals"), 1):
        assert rules.read("deadline", f"{name} kwartaal 2030", Place()) == (f"2030-Q{quarter}", ())


def test_a_form_that_reaches_to_the_end_of_the_sheet_is_refused_before_room_is_made_for_it() -> None:
    book = opened(SENT)
    book[SHEET]["XFD1048576"].value = "x"
    with pytest.raises(Stop, match="reaches as far as row 1048576"):
        read(saved(book), SNAPSHOT)
