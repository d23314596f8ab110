"""Made-up plans and measures for the tests: nothing here says anything about a real policy."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from report_builder.departments import Department, Register
from report_builder.intake.snapshot import Past, Snapshot
from report_builder.model import Edition, Measure
from report_builder.settings import PLAN, Plan
from report_builder.texts import load_texts

ROOT = Path(__file__).parent.parent
WORDS = "verzonnen maatregel over een verzonnen onderwerp met een toelichting die nergens op slaat".split()


def measure(number: int = 1, **fields: object) -> Measure:
    """A made-up measure with its required fields, and others as given."""
    base = Measure(
        id=f"XX-{number:03}",
        pillar="p1",
        objective=f"Verzonnen doel {number}",
        activity=f"Verzonnen activiteit {number}",
        explanation=f"Verzonnen toelichting {number}.",
        departments=("AA",),
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def plan(pillars: int = 2) -> Plan:
    """A made-up plan that shares no ministry, pillar or column with the real one."""
    return PLAN.of(
        {
            "path": ROOT / "data" / "made-up-plan.toml",
            "title": "Verzonnen overzicht",
            "dossier": "12 345",
            "letter": 6,
            "letter_date": date(2030, 4, 2),
            "edition": "2030-Q1",
            "as_of": date(2030, 4, 1),
            "identifier_prefix": "XX",
            "sender": "Ministerie van Verzinsels",
            "statuses": ("loopt", "klaar"),
            "columns": ("objective", "activity", "explanation", "departments"),
            "pillars": [{"id": f"p{n}", "title": f"Verzonnen pijler {n}"} for n in range(1, pillars + 1)],
            "headings": {
                "objective": ("Doel",),
                "activity": ("Wat",),
                "explanation": ("Uitleg",),
                "departments": ("Wie",),
            },
        }
    )


def register(departments: int = 3) -> Register:
    """Ministries AA, AB, AC ... without dates."""
    codes = [chr(65 + n // 26) + chr(65 + n % 26) for n in range(departments)]
    return Register(Department(code, f"Verzonnen ministerie {code}", f"x{code}") for code in codes)


def measures(count: int, *, departments: int = 3, pillars: int = 2) -> tuple[Measure, ...]:
    """As many made-up measures, spread over ministries and pillars; each has one to three ministries."""
    codes = [department.code for department in register(departments).departments]
    return tuple(
        measure(
            number,
            pillar=f"p{number % pillars + 1}",
            explanation=" ".join(WORDS[: 5 + number % 8]).capitalize() + ".",
            departments=tuple(dict.fromkeys(codes[(number + k) % departments] for k in range(1 + number % 3))),
        )
        for number in range(1, count + 1)
    )


def past(edition: Edition, *given: Measure, departments: int = 3, pillars: int = 2) -> Past:
    """These made-up measures as a closed edition."""
    return Past(edition, 1, plan(pillars), edition.end, register(departments), given)


def snapshot(*given: Measure, departments: int = 3, pillars: int = 2) -> Snapshot:
    """A made-up edition of these measures."""
    made_up = plan(pillars)
    return Snapshot(
        plan=made_up,
        edition=Edition(2030, 1),
        as_of=made_up.as_of,
        register=register(departments),
        measures=given,
        rows_in=len(given),
        texts=load_texts(ROOT / "templates" / "texts.toml"),
        provenance=None,
        inputs=(),
    )
