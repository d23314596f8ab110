from pathlib import Path

FIGURES = Path(__file__).with_name("figures.json")


def write_page() -> None: ...
