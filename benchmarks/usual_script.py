"""The job as it is usually scripted, with pandas, python-docx and openpyxl: appendix, briefings and workbook.

It is run as `python usual_script.py FOLDER OUTPUT`. It makes no request forms, proves nothing and reports nothing.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
from docx import Document

COLUMNS = ["objective", "activity", "explanation", "departments"]


def main(folder: Path, output: Path) -> None:
    plan = tomllib.loads((folder / "plan.toml").read_text(encoding="utf-8"))
    measures = pd.read_csv(folder / "measures.csv", dtype=str, keep_default_na=False)
    measures["codes"] = measures["departments"].str.split(";")
    measures["departments"] = measures["codes"].str.join(", ")
    output.mkdir(parents=True, exist_ok=True)

    document = Document()
    document.add_heading(plan["title"], 0)
    for pillar in plan["pillars"]:
        add_table(document, pillar["title"], measures[measures["pillar"] == pillar["id"]], COLUMNS, plan)
    document.save(str(output / "bijlage-maatregelen.docx"))

    for code in sorted(measures["codes"].explode().unique()):
        own = measures[measures["codes"].map(lambda codes, code=code: code in codes)]
        document = Document()
        document.add_heading(code, 0)
        for pillar in plan["pillars"]:
            add_table(document, pillar["title"], own[own["pillar"] == pillar["id"]], ["id", *COLUMNS], plan)
        document.save(str(output / f"briefing-{code}.docx"))

    titles = {pillar["id"]: pillar["title"] for pillar in plan["pillars"]}
    marks = measures["codes"].str.join("|").str.get_dummies().replace({0: "", 1: "B"})
    matrix = pd.concat([measures[["id", "pillar", "objective", "activity"]], marks], axis=1)
    matrix["pillar"] = matrix["pillar"].map(titles)
    with pd.ExcelWriter(output / "matrix-maatregelen.xlsx", engine="openpyxl") as writer:
        matrix.to_excel(writer, sheet_name="Matrix", index=False)
        measures.drop(columns="codes").to_excel(writer, sheet_name="Maatregelen", index=False)


def add_table(document: Any, title: str, measures: Any, columns: list[str], plan: dict[str, Any]) -> None:
    document.add_heading(title, 1)
    table = document.add_table(1, len(columns), "Table Grid")
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        cell.text = plan["headings"][column][0]
    for row in measures[columns].itertuples(index=False):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
