"""Editions that were frozen, each in a folder of its own, and which plan an edition is built from."""

import re

from report_builder.model import Edition
from report_builder.problems import ExitCode, Stop
from report_builder.settings import Plan, load_plan


def closed_editions(plan: Plan) -> tuple[Edition, ...]:
    """The editions that were frozen: each has a folder of its name with a plan of its own."""
    names = (path.parent.name for path in plan.editions.glob("*/plan.toml"))
    return tuple(sorted(Edition.parse(name) for name in names if re.fullmatch(r"\d{4}-Q[1-4]", name)))


def plan_of(plan: Plan, edition: Edition) -> Plan:
    """The plan to build an edition from: its own when it was frozen, else that of today.

    Raise Stop for an edition before today's that was never frozen: today's data may not pass for those of then.
    """
    if edition in closed_editions(plan):
        return load_plan(plan.editions / str(edition) / "plan.toml")
    if edition < plan.edition:
        message = f"the dataset stands for {plan.edition}; {edition} can only be built from data frozen for it"
        raise Stop(ExitCode.INPUT, message)
    return plan
