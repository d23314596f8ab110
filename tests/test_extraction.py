"""Reading measures out of damaged text: nothing lost, nothing invented, every line accounted for."""

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.intake.corrections import Corrections, line_numbers, read_corrections
from report_builder.intake.dataset import read_dataset, write_dataset
from report_builder.intake.extraction import Extraction, Fate, extract, line_label
from report_builder.intake.importing import read_source
from report_builder.intake.inputs import Input, read_input
from report_builder.intake.register import read_register
from report_builder.model import Repair
from report_builder.problems import Stop
from report_builder.settings import Plan, load_plan
from report_builder.texts import load_texts
from tests import made_up

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "data/source/kst-34843-45-bijlage.txt"
CORRECTIONS = ROOT / "data/source/corrections.toml"
TEXTS = load_texts(ROOT / "templates/texts.toml")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(ROOT / "data/plan.toml")


def read(text: str, corrections: Corrections | None = None) -> Extraction:
    """The reading of a made-up source under the made-up plan."""
    source = Input(Path("bron.txt"), text.encode())
    return extract(source, corrections or Corrections("c.toml"), made_up.plan(), made_up.register(), TEXTS)


HEADER = "Doel\tWat\tUitleg\tWie"
PILLAR = "Verzonnen pijler 1"
ROW = "Doel een\tActie een\tHier staat wat het is.\tAA, AB"


def codes(extraction: Extraction) -> list[str]:
    return [problem.code for problem in extraction.problems]


def test_the_real_source_gives_exactly_the_committed_dataset(plan: Plan, tmp_path: Path) -> None:
    found = read_source(SOURCE, CORRECTIONS, tmp_path / "new.csv", plan, TEXTS)
    assert found.problems == ()
    assert found.content == (ROOT / "data/measures.csv").read_bytes()


def test_the_real_source_is_accounted_for_line_by_line(plan: Plan) -> None:
    register = read_register(read_input(plan.departments, "list"))
    corrections = read_corrections(read_input(CORRECTIONS, "corrections"))
    extraction = extract(read_input(SOURCE, "source"), corrections, plan, register, TEXTS)
    assert len(extraction.fates) == len(SOURCE.read_text(encoding="utf-8").splitlines())
    assert Counter(extraction.fates) == {
        Fate.ROW: 51,
        Fate.CORRECTED: 36,
        Fate.BLANK: 15,
        Fate.HEADING: 3,
        Fate.JOINED: 3,
        Fate.REPEATED: 1,
    }


def test_every_word_of_the_dataset_stands_in_the_source_but_for_the_listed_corrections(plan: Plan) -> None:
    """Each cell against the lines that its row names; only what was corrected or joined is looked at apart."""
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    corrected = {repair.lines: repair.corrected for repair in read_corrections(read_input(CORRECTIONS, "c")).repairs}
    for measure in read_dataset(read_input(plan.dataset, "dataset")).measures:
        label = measure.source.removeprefix(f"{SOURCE.name}:")
        text = "\n".join(lines[number - 1] for number in line_numbers(label))
        if label == "95":
            text = text.replace("FU-raadsconclusies", "EU-raadsconclusies")
        elif label in corrected:
            text = corrected[label]
        text = re.sub(r"</?i>", "", text)
        assert measure.objective in text, measure.id
        assert measure.activity in text, measure.id
        if label in ("14-16", "99-104"):
            assert stand_in_order(measure.explanation.split(), text.split()), measure.id
        else:
            assert measure.explanation in text, measure.id
        assert ", ".join(measure.departments).casefold() in text.casefold(), measure.id


def test_every_word_of_a_scrambled_row_is_kept_and_none_is_added() -> None:
    """A written correction moves words and corrects letters; only a heading may come from elsewhere."""
    for repair in read_corrections(read_input(CORRECTIONS, "corrections")).repairs:
        if repair.lines not in ("1", "95"):
            assert Counter(repair.found.split()) == Counter(repair.corrected.split()), repair.lines


def stand_in_order(words: list[str], among: list[str]) -> bool:
    rest = iter(among)
    return all(word in rest for word in words)


def test_the_real_edition_has_the_known_figures(plan: Plan) -> None:
    measures = read_dataset(read_input(plan.dataset, "dataset")).measures
    assert list(Counter(measure.pillar for measure in measures).values()) == [16, 11, 14, 8, 7]
    mentions = Counter(code for measure in measures for code in measure.departments)
    assert mentions == {"JenV": 32, "VWS": 29, "OCW": 12, "SZW": 5, "BZ": 2, "EZK": 1}


def test_nothing_stands_in_the_dataset_that_the_source_does_not_give(plan: Plan) -> None:
    measures = read_dataset(read_input(plan.dataset, "dataset")).measures
    given = {name for measure in measures for name in measure.__slots__ if measure.text(name)}
    assert given == {"id", "pillar", "objective", "activity", "explanation", "departments", "source"}


def test_the_open_reading_stays_doubtful(plan: Plan) -> None:
    corrections = read_corrections(read_input(CORRECTIONS, "corrections")).repairs
    assert [repair.lines for repair in corrections if not repair.certain] == ["39-55"]


def test_a_cell_that_goes_on_after_a_page_break_is_joined() -> None:
    open_row = ROW.replace("wat het is.", "wat het")
    extraction = read("\n".join((HEADER, PILLAR, open_row, "", "\t\tis geworden.\t")))
    assert extraction.rows[0].texts["explanation"] == "Hier staat wat het is geworden."
    assert extraction.fates[-1] is Fate.JOINED
    assert codes(extraction) == []


def test_a_cell_that_came_twice_is_read_once() -> None:
    open_row = ROW.replace("wat het is.", "wat het")
    extraction = read("\n".join((HEADER, PILLAR, open_row, "is geworden.", "\t\tis geworden.\t")))
    assert extraction.rows[0].texts["explanation"] == "Hier staat wat het is geworden."
    assert extraction.fates[-2:] == (Fate.JOINED, Fate.REPEATED)


def test_a_loose_line_after_a_closed_sentence_is_left_over() -> None:
    extraction = read("\n".join((HEADER, PILLAR, ROW, "en dit hoort nergens bij")))
    assert extraction.fates[-1] is Fate.LEFT_OVER
    assert [(p.code, p.place.line) for p in extraction.problems] == [("line-left-over", 4)]


@pytest.mark.parametrize("cut", range(1, len(PILLAR)))
def test_a_heading_cut_over_two_cells_is_read_whole_wherever_it_was_cut(cut: int) -> None:
    extraction = read("\n".join((HEADER, f"{PILLAR[:cut]}\t{PILLAR[cut:]}\t\t", ROW)))
    assert extraction.rows[0].pillar == "p1"
    assert extraction.repairs[0].corrected == PILLAR


def test_a_heading_cut_through_a_letter_is_read_whole(plan: Plan) -> None:
    """The m of `duurzaam` was read as an n on either side of the cut."""
    columns = "Doelstelling\tActiviteit\tToelichting\tMinisteries"
    source = Input(Path("bron.txt"), f"{columns}\nStoppen en duurzaan\tn oplossen\t\t\na\tb\tc.\tOCW".encode())
    extraction = extract(source, Corrections(""), plan, read_register(read_input(plan.departments, "list")), TEXTS)
    assert [row.pillar for row in extraction.rows] == ["stoppen"]
    assert extraction.repairs[0].corrected == "Stoppen en duurzaam oplossen"


def test_a_heading_that_is_only_like_a_pillar_is_left_over() -> None:
    extraction = read("\n".join((HEADER, PILLAR, ROW, "Verzonnen pijl\ter 11\t\t", ROW)))
    assert extraction.fates[3] is Fate.LEFT_OVER


def test_markup_is_taken_out_and_listed() -> None:
    extraction = read("\n".join((HEADER, PILLAR, ROW.replace("Actie een", "Actie <i>een</i>"))))
    assert extraction.rows[0].texts["activity"] == "Actie een"
    assert [(r.found, r.corrected) for r in extraction.repairs] == [("Actie <i>een</i>", "Actie een")]


def test_rows_above_the_first_heading_are_reported() -> None:
    assert codes(read("\n".join((HEADER, ROW, PILLAR, ROW)))) == ["row-without-pillar"]


def test_a_source_without_headings_is_refused_with_what_was_looked_for() -> None:
    with pytest.raises(Stop, match="looked for Doel, Wat, Uitleg, Wie"):
        read("\n".join((PILLAR, ROW)))


def test_a_correction_replaces_exactly_what_it_found() -> None:
    repair = Repair("4", "los", f"{ROW}", "te herstellen")
    extraction = read("\n".join((HEADER, PILLAR, ROW, "los")), Corrections("c.toml", (repair,)))
    assert [row.numbers for row in extraction.rows] == [[3], [4]]
    assert extraction.fates[3] is Fate.CORRECTED


@pytest.mark.parametrize(
    ("repair", "fault"),
    [
        (Repair("3", "Acte een", "Actie een", "x"), "correction-mismatch"),
        (Repair("3", "een", "twee", "x"), "correction-mismatch"),
        (Repair("40", "Actie", "Acties", "x"), "correction-mismatch"),
    ],
    ids=["text is gone", "text stands there twice", "line is gone"],
)
def test_a_correction_that_no_longer_fits_is_an_error(repair: Repair, fault: str) -> None:
    extraction = read("\n".join((HEADER, PILLAR, ROW)), Corrections("c.toml", (repair,)))
    assert fault in codes(extraction)


def test_two_corrections_of_one_line_are_an_error() -> None:
    repairs = (Repair("3", "Actie", "Daad", "x"), Repair("2-3", "Doel een", "Doel twee", "x"))
    assert "correction-overlaps" in codes(read("\n".join((HEADER, PILLAR, ROW)), Corrections("c.toml", repairs)))


def test_faulty_corrections_are_all_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "corrections.toml"
    file.write_text('[[correction]]\nlines = "x"\nfound = "a"\n\n[[correction]]\ncolour = 1\n', encoding="utf-8")
    with pytest.raises(Stop) as stop:
        read_corrections(read_input(file, "corrections"))
    named = [(problem.place.field, problem.parameters["field"]) for problem in stop.value.problems]
    assert ("correction 1", "lines") in named
    assert ("correction 1", "reason") in named
    assert ("correction 2", "colour") in named


@given(st.sets(st.integers(1, 200), min_size=1))
def test_line_labels_name_their_lines(numbers: set[int]) -> None:
    assert line_numbers(line_label(tuple(sorted(numbers)))) == tuple(sorted(numbers))


LINE = st.sampled_from([HEADER, PILLAR, "Verzonnen pijler 2", ROW, "", "los", "\t\tmeer tekst\t", "a\tb", "\t\t\t\t\t"])


@given(st.lists(LINE, min_size=1, max_size=12))
def test_every_line_meets_one_fate_and_none_is_dropped(lines: list[str]) -> None:
    extraction = read("\n".join((HEADER, *lines, "eind")))
    assert len(extraction.fates) == len(lines) + 2
    left_over = [number for number, fate in enumerate(extraction.fates, 1) if fate is Fate.LEFT_OVER]
    reported = [p.place.line for p in extraction.problems if p.code == "line-left-over"]
    assert left_over == reported
    numbered = {number for row in extraction.rows for number in row.numbers}
    for number, fate in enumerate(extraction.fates, 1):
        assert (number in numbered) == (fate in (Fate.ROW, Fate.JOINED, Fate.REPEATED))


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_the_dataset_reads_back_as_it_was_written(suffix: str) -> None:
    path = Path(f"measures.{suffix}")
    measures = (
        made_up.measure(1, explanation='Met "aanhalingstekens",\nkomma en nieuwe regel', references=("1", "2")),
        made_up.measure(3, explanation="een\rtwee", progress="drie\r\nvier"),
        made_up.measure(2, objective="=1+1", departments=()),
    )
    content = write_dataset(measures, path)
    assert read_dataset(Input(path, content)).measures == measures
    assert write_dataset(measures, path) == content


def test_a_dataset_in_a_workbook_bears_no_clock() -> None:
    """Else the same measures would give other bytes a second later."""
    with zipfile.ZipFile(io.BytesIO(write_dataset((made_up.measure(1),), Path("measures.xlsx")))) as archive:
        assert archive.read("docProps/core.xml").count(b">1980-01-01T00:00:00Z<") == 2
