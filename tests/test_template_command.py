"""`template`: what an author of templates meets."""

import io
from pathlib import Path

import pytest
from docx import Document

from report_builder.problems import ExitCode
from tests.test_cli import ROOT, everything, house, run

__all__ = ["house"]


def spoil(house: Path) -> Path:
    """A template of which an author misspelt two fields, one of them in a table."""
    path = house / "templates/appendix.docx"
    document = Document(str(path))
    document.paragraphs[0].add_run(" {{ titel }}")
    cell = document.tables[2].rows[2].cells[1].paragraphs[-1]
    cell.add_run(" {{ cell.txt }}")
    document.save(str(path))
    return path


def test_the_shipped_templates_are_right(house: Path) -> None:
    before = everything(house)
    done = run("template", "check", "--annotate", cwd=house)
    assert (done.returncode, done.stdout) == (ExitCode.DONE, "")
    assert everything(house) == before


def test_faults_are_named_with_their_place_and_as_comments_in_a_copy(house: Path) -> None:
    path = spoil(house)
    done = run("template", "check", "--annotate", cwd=house)
    assert done.returncode == ExitCode.PLAN
    assert "„titel” bestaat niet. Is „title” bedoeld?" in done.stdout
    assert "onder de kop „{{ pillar.title }}”, tabel 3, rij 3: Het veld „cell.txt” bestaat niet." in done.stdout
    copy = Document(str(path.with_suffix(".checked.docx")))
    assert [comment.author for comment in copy.comments] == ["report-builder"] * 2
    assert sorted(comment.text.split("”")[0] for comment in copy.comments) == [
        "Het veld „cell.txt",
        "Het veld „titel",
    ]


def test_a_run_with_faulty_templates_publishes_nothing(house: Path) -> None:
    spoil(house)
    done = run("build", cwd=house)
    assert done.returncode == ExitCode.PLAN
    assert "2 fault(s) in the templates" in done.stderr
    assert not (house / "output").exists()


@pytest.mark.parametrize("name", ["appendix.docx", "texts.toml"])
def test_a_template_that_is_gone_is_named(house: Path, name: str) -> None:
    (house / "templates" / name).unlink()
    done = run("template", "check", cwd=house)
    assert done.returncode == ExitCode.PLAN
    assert name in done.stderr


def test_the_list_of_fields_in_word_is_that_of_the_code(house: Path) -> None:
    done = run("template", "fields", "--into", "velden.docx", cwd=house)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "{% for pillars_item in pillars %} {{ pillars_item.title }}" in done.stdout
    assert "titel van het overzicht" in done.stdout

    def text(content: bytes) -> list[str]:
        document = Document(io.BytesIO(content))
        return [cell.text for table in document.tables for row in table.rows for cell in row.cells]

    assert text((house / "velden.docx").read_bytes()) == text((ROOT / "templates/velden.docx").read_bytes())


def test_every_meaning_belongs_to_a_field(house: Path) -> None:
    import tomllib

    from report_builder.documents import appendix, briefing, changes, columns, field_guide, figures, references

    meanings = tomllib.loads((ROOT / "templates/texts.toml").read_text(encoding="utf-8"))["guide"]["meanings"]
    rooms = (appendix, briefing, changes, columns, field_guide, figures, references)
    for name, fields in meanings.items():
        kind = next(getattr(room, name) for room in rooms if hasattr(room, name))
        assert set(fields) <= set(dir(kind)), name
