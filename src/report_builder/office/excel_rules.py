"""What a sheet's table shows and accepts by rule: lines, marks that stand out, colours by number, hints, choices."""

from collections.abc import Iterator, Mapping
from itertools import count, groupby

from report_builder.office.excel_layout import Layout
from report_builder.office.excel_places import area, on_sheet
from report_builder.office.excel_rows import attribute, escaped
from report_builder.office.excel_styles import RULED, RULED_ANSWER, STRESSED, Styles
from report_builder.office.workbook import MAX_HINT, MAX_HINT_TITLE, Answer, Column

SCALE = ("FFFFFF", "8FB4DE")
"""White to a blue on which black text keeps a contrast above 4.5 to 1."""


def looks(layout: Layout, styles: Styles) -> str:
    """A line under each row, edges of answers, marks that stand out, colours by number: rules for each run of columns.

    No two sets of cells may overlap, because LibreOffice then applies only one of them.
    """
    priorities = count(1)
    return "".join(
        f'<conditionalFormatting sqref="{cells}">'
        f"{''.join(rule.replace(PRIORITY, str(next(priorities))) for rule in rules)}</conditionalFormatting>"
        for cells, rules in _looks(layout, styles)
    )


PRIORITY = "\0"
"""Stands for the number of a rule: of two that differ about a cell, the lower one wins."""


def _looks(layout: Layout, styles: Styles) -> Iterator[tuple[str, list[str]]]:
    table = layout.table
    scaled = range(table.scale[0], table.scale[1] + 1) if table.scale else range(0)

    def kind(numbered: tuple[int, Column]) -> tuple[str, bool, bool]:
        number, column = numbered
        return column.stress, number - 1 in scaled, column.answer is not None

    for (stress, coloured, answer), run in groupby(enumerate(table.columns, 1), kind):
        numbers = [number for number, _ in run]
        bottom = layout.last_row - (coloured and table.total)
        rules = [_stressed(stress, styles)] * bool(stress) + [_scale(table.darkest)] * coloured
        rules.append(_ruled(RULED_ANSWER if answer else RULED, styles))
        yield area((numbers[0], layout.first_row), (numbers[-1], bottom)), rules
        if bottom < layout.last_row:
            last = layout.last_row
            yield area((numbers[0], last), (numbers[-1], last)), [_ruled(RULED, styles)]


def _ruled(rule: str, styles: Styles) -> str:
    looks = f'dxfId="{styles.of_rule(rule)}"'
    return f'<cfRule type="expression" {looks} priority="{PRIORITY}"><formula>TRUE</formula></cfRule>'


def _stressed(mark: str, styles: Styles) -> str:
    looks = f'dxfId="{styles.of_rule(STRESSED)}"'
    return (
        f'<cfRule type="cellIs" {looks} priority="{PRIORITY}" operator="equal">'
        f'<formula>"{escaped(mark)}"</formula></cfRule>'
    )


def _scale(darkest: int | None) -> str:
    end = '<cfvo type="max"/>' if darkest is None else f'<cfvo type="num" val="{darkest}"/>'
    colours = "".join(f'<color rgb="FF{colour}"/>' for colour in SCALE)
    scale = f'<colorScale><cfvo type="num" val="0"/>{end}{colours}</colorScale>'
    return f'<cfRule type="colorScale" priority="{PRIORITY}">{scale}</cfRule>'


def hints(layout: Layout, layouts: Mapping[str, Layout]) -> str:
    """What is shown when a heading or a cell to answer in is selected, and what may be answered there."""
    found: list[str] = []
    for number, column in enumerate(layout.table.columns, 1):
        if column.note:
            heading = area((number, layout.heading_row), (number, layout.heading_row)).partition(":")[0]
            found.append(f'<dataValidation {_prompt(column.heading, column.note)} sqref="{heading}"/>')
        if column.answer:
            found.append(_answer(column.answer, layout.column_cells(number), layouts))
    return f'<dataValidations count="{len(found)}">{"".join(found)}</dataValidations>' if found else ""


def _prompt(title: str, text: str) -> str:
    shown = f'promptTitle="{attribute(title[:MAX_HINT_TITLE])}" prompt="{attribute(text[:MAX_HINT])}"'
    return f'showInputMessage="1" {shown}'


def _answer(answer: Answer, cells: str, layouts: Mapping[str, Layout]) -> str:
    open_to = f'allowBlank="1" {_prompt(answer.title, answer.hint)} sqref="{cells}"'
    if not answer.choices:
        return f"<dataValidation {open_to}/>"
    choices = answer.choices
    column, start = choices.column + 1, layouts[choices.sheet].heading_row
    listed = area((column, start + choices.first), (column, start + choices.last), fixed=True)
    complaint = f'errorTitle="{attribute(answer.title)}" error="{attribute(answer.complaint)}"'
    return (
        f'<dataValidation type="list" errorStyle="stop" showErrorMessage="1" {complaint} {open_to}>'
        f"<formula1>{escaped(on_sheet(choices.sheet, listed))}</formula1></dataValidation>"
    )
