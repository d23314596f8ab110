"""Made-up overviews of any size: nothing here says anything about a real policy. The same size gives the same bytes."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from report_builder.intake.dataset import write_dataset
from report_builder.model import Measure
from report_builder.office.excel_dataset import write_texts

TEMPLATES = Path(__file__).parent.parent / "templates"
EDITION = "2030-Q1"
PILLARS = 5
CODES = tuple(f"M{letter}" for letter in "ABCDEFGHIJKL")
"""Twelve ministries."""

WORDS = """
verzonnen beleid aanpak keten regio samenwerking onderzoek scholing voorlichting registratie melding opvang zorg
preventie toezicht handhaving gemeente provincie landelijk lokaal partners professionals doelgroep kennis campagne
richtlijn evaluatie monitor netwerk overleg programma regeling subsidie pilot uitvoering rapportage signalering
""".split()
FILLERS = "de het een van voor met en bij door over aan in op uit naar tussen tijdens volgens".split()

PLAN = """\
title = "Verzonnen overzicht om mee te meten"
dossier = "12 345"
letter = 6
letter_date = 2030-03-31
edition = "2030-Q1"
as_of = 2030-03-31
identifier_prefix = "XX"
sender = "Ministerie van Verzinsels"
statuses = ["loopt", "klaar"]
columns = ["objective", "activity", "explanation", "departments"]

[files]
templates = {templates!r}
output = "output"

[headings]
id = ["ID"]
pillar = ["Pijler"]
objective = ["Doel"]
activity = ["Activiteit"]
explanation = ["Toelichting"]
departments = ["Departementen"]
"""


def measures(count: int) -> tuple[Measure, ...]:
    """So many measures over five pillars and twelve ministries, each of one to three; texts of real lengths."""
    random = Random(count)  # noqa: S311  made-up texts, no secret
    return tuple(_measure(number, random) for number in range(1, count + 1))


def _measure(number: int, random: Random) -> Measure:
    return Measure(
        id=f"XX-{number:03}",
        pillar=f"p{number % PILLARS + 1}",
        objective=_sentence(random, 6),
        activity=f"{_sentence(random, 8)} {number}",
        explanation=" ".join(f"{_sentence(random, random.randint(8, 16))}." for _ in range(random.randint(1, 3))),
        departments=tuple(sorted(random.sample(CODES, random.choice((1, 1, 2, 2, 3))))),
    )


def _sentence(random: Random, words: int) -> str:
    chosen = (random.choice(FILLERS if place % 3 == 1 else WORDS) for place in range(words))
    return " ".join(chosen).capitalize()


def successor(old: Iterable[Measure]) -> tuple[Measure, ...]:
    """The same measures a quarter later: one in ten reworded, one in twenty with other ministries."""
    return tuple(_later(number, measure) for number, measure in enumerate(old))


def _later(number: int, measure: Measure) -> Measure:
    if number % 10 == 0:
        return replace(measure, explanation=f"{measure.explanation} Verzonnen aanvulling.")
    if number % 20 == 5:
        return replace(measure, departments=(CODES[number % len(CODES)],))
    return measure


def write_house(folder: Path, count: int) -> Path:
    """An overview of so many measures, to be built with this project's own templates.

    Beside the dataset stand `new.csv`, the same a quarter later, and `table.xlsx`, the same as a workbook of others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pillars = (f'\n[[pillars]]\nid = "p{n}"\ntitle = "Verzonnen pijler {n}"\n' for n in range(1, PILLARS + 1))
    plan = folder / "plan.toml"
    plan.write_text(PLAN.format(templates=str(TEMPLATES)) + "".join(pillars), encoding="utf-8")
    with (folder / "departments.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow("code name tooi valid_from valid_until successor spellings".split())
        writer.writerows((code, f"Verzonnen ministerie {code}", f"x{code}", "", "", "", "") for code in CODES)
    made = measures(count)
    (folder / "measures.csv").write_bytes(write_dataset(made, folder / "measures.csv"))
    (folder / "new.csv").write_bytes(write_dataset(successor(made), folder / "new.csv"))
    (folder / "table.xlsx").write_bytes(write_texts("Maatregelen", table(made)))
    return plan


def table(given: Iterable[Measure]) -> Iterator[tuple[str, ...]]:
    """These measures as a ministry would keep them in a workbook, with headings that the plan knows."""
    yield "ID", "Pijler", "Doel", "Activiteit", "Toelichting", "Departementen"
    for m in given:
        pillar = f"Verzonnen pijler {m.pillar[1:]}"
        yield m.id, pillar, m.objective, m.activity, m.explanation, ", ".join(m.departments)
