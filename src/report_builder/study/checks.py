"""The rules a dataset must keep: each a small function that yields its problems, all of them in RULES."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

from report_builder.intake.snapshot import Snapshot
from report_builder.model import ALL_FIELDS, Edition, Measure, deadline_end
from report_builder.problems import Place, Problem, error, notice, warning
from report_builder.study.limits import fits_in_a_cell

Rule = Callable[[Snapshot], Iterator[Problem]]

REQUIRED = ("id", "pillar", "objective", "activity", "explanation", "departments")
TEXT_FIELDS = ("objective", "activity", "explanation", "progress")

MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|\ufffd")
"""What UTF-8 looks like when it was read as Windows-1252, and the mark of what could not be read at all."""

MARKUP = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|&(?:amp|lt|gt|quot|nbsp|#\d+);")
PLACEHOLDER = re.compile(r"\[[a-z][^\[\]]{0,40}\]|\bX{3,}\b|\bTODO\b|\.{5,}|_{4,}")
TEMPLATE_TAG = re.compile(r"\{\{|\{%")
SIGNS = ("<", "&", "[", "XXX", "TODO", ".....", "____", "{{", "{%", "  ")
"""One of these stands in every text in which one of the patterns is found, if it is all ASCII without tabs and such."""

WORD = re.compile(r"\w")
DOUBLE_SPACE = re.compile(r"[^\S\n]{2,}|^\s|\s$")


def check(snapshot: Snapshot) -> tuple[Problem, ...]:
    """Every problem in the measures, rule by rule and in the order of the dataset. No rule hides another."""
    file = snapshot.plan.files.dataset
    lines = snapshot.lines_by_measure
    problems = (problem for rule in RULES for problem in rule(snapshot))
    return tuple(problem.within(file, lines.get(problem.place.measure, 0)) for problem in problems)


def required_fields(snapshot: Snapshot) -> Iterator[Problem]:
    lines = snapshot.lines or (0,) * len(snapshot.measures)
    for measure, line in zip(snapshot.measures, lines, strict=True):
        for name in REQUIRED:
            if not measure.text(name).strip():
                yield error("field-empty", replace(_place(measure, name), line=line))


def unique_identifiers(snapshot: Snapshot) -> Iterator[Problem]:
    counts = Counter(measure.id for measure in snapshot.measures)
    for name, count in counts.items():
        if name and count > 1:
            yield error("identifier-twice", Place(measure=name, field="id"), count=count)


def identifier_form(snapshot: Snapshot) -> Iterator[Problem]:
    form = re.compile(rf"{re.escape(snapshot.plan.identifier_prefix)}-[0-9]{{3,}}")
    for measure in snapshot.measures:
        if measure.id and not form.fullmatch(measure.id):
            yield error("identifier-form", _place(measure, "id"), prefix=snapshot.plan.identifier_prefix)


def known_pillars(snapshot: Snapshot) -> Iterator[Problem]:
    known = [pillar.id for pillar in snapshot.plan.pillars]
    for measure in snapshot.measures:
        if measure.pillar and measure.pillar not in known:
            yield error("pillar-unknown", _place(measure, "pillar"), found=measure.pillar, known=", ".join(known))


def known_lines(snapshot: Snapshot) -> Iterator[Problem]:
    known = [line.id for line in snapshot.plan.lines]
    for measure in snapshot.measures:
        if measure.line and measure.line not in known:
            yield error("line-unknown", _place(measure, "line"), found=measure.line, known=", ".join(known) or "-")


def ministries_of_the_day(snapshot: Snapshot) -> Iterator[Problem]:
    """A ministry is written with the code it has on the reference date. A name of another time is never replaced."""
    for measure in snapshot.measures:
        for name, code in [*(("departments", code) for code in measure.departments), ("lead", measure.lead)]:
            if code:
                yield from _ministry(snapshot, _place(measure, name), code)


def _ministry(snapshot: Snapshot, place: Place, code: str) -> Iterator[Problem]:
    found = snapshot.register.resolve(code, snapshot.as_of)
    if found.department:
        if found.department.code != code:
            yield error("ministry-spelling", place, found=code, code=found.department.code)
    elif found.former and found.present:
        yield error("ministry-former", place, found=code, present=found.present.code)
    elif found.former:
        yield error("ministry-not-valid", place, found=code)
    elif found.resembling:
        yield error("ministry-resembles", place, found=code, like=", ".join(found.resembling))
    else:
        yield error("ministry-unknown", place, found=code)


def ministries_once(snapshot: Snapshot) -> Iterator[Problem]:
    for measure in snapshot.measures:
        for code, count in Counter(measure.departments).items():
            if count > 1:
                yield error("ministry-twice", _place(measure, "departments"), code=code)


def lead_takes_part(snapshot: Snapshot) -> Iterator[Problem]:
    for measure in snapshot.measures:
        if measure.lead and measure.lead not in measure.departments:
            yield error("lead-elsewhere", _place(measure, "lead"), lead=measure.lead)


def known_statuses(snapshot: Snapshot) -> Iterator[Problem]:
    known = snapshot.plan.statuses
    for measure in snapshot.measures:
        if measure.status and measure.status not in known:
            yield error("status-unknown", _place(measure, "status"), found=measure.status, known=", ".join(known))


def deadlines(snapshot: Snapshot) -> Iterator[Problem]:
    for measure in snapshot.measures:
        if not measure.deadline:
            continue
        place = _place(measure, "deadline")
        try:
            end = deadline_end(measure.deadline)
        except ValueError:
            yield error("deadline-form", place, found=measure.deadline)
            continue
        if end < snapshot.as_of:
            yield warning("deadline-past", place, found=measure.deadline, day=snapshot.texts.date(snapshot.as_of))


def edition_names(snapshot: Snapshot) -> Iterator[Problem]:
    for measure in snapshot.measures:
        for name in ("confirmed_for", "ended_in"):
            if text := measure.text(name):
                try:
                    Edition.parse(text)
                except ValueError:
                    yield error("edition-form", _place(measure, name), found=text)


def known_predecessors(snapshot: Snapshot) -> Iterator[Problem]:
    """What a measure replaces is itself in the dataset, as ended; nothing replaces itself."""
    known = {measure.id: measure for measure in snapshot.measures}
    for measure in snapshot.measures:
        for name in measure.replaces:
            if name == measure.id or name not in known:
                yield error("replaces-unknown", _place(measure, "replaces"), found=name)
            elif not known[name].ended_in:
                yield warning("replaced-not-ended", _place(known[name], "ended_in"), by=measure.id)


def duplicates(snapshot: Snapshot) -> Iterator[Problem]:
    """The same words twice are one measure copied; the same goal and activity alone may well be two measures."""
    whole: dict[tuple[str, ...], list[str]] = defaultdict(list)
    titles: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for measure in snapshot.measures:
        title = (measure.pillar, measure.objective.casefold(), measure.activity.casefold())
        whole[*title, measure.explanation.casefold()].append(measure.id)
        titles[title].append(measure.id)
    for ids in whole.values():
        if len(ids) > 1:
            yield warning("measure-copied", Place(measure=ids[-1]), first=ids[0])
    for words, ids in whole.items():
        alike = titles[words[:-1]]
        if len(ids) == 1 and len(alike) > 1 and ids[0] != alike[0]:
            yield notice("measure-alike", Place(measure=ids[0]), first=alike[0])


def control_characters(snapshot: Snapshot) -> Iterator[Problem]:
    """Characters that no Office file can hold, or that turn the text around unseen."""
    for measure, name, text in _texts(snapshot):
        if text.isprintable():
            continue
        for character in dict.fromkeys(text):
            if _unprintable(character):
                yield error("control-character", _place(measure, name), character=f"U+{ord(character):04X}")


def _unprintable(character: str) -> bool:
    category = unicodedata.category(character)
    return (category in ("Cc", "Cs") and character not in "\n\t") or 0xFFFE <= ord(character) <= 0xFFFF


def text_hygiene(snapshot: Snapshot) -> Iterator[Problem]:
    for measure, name, text in _texts(snapshot):
        if _is_plain(text):
            continue
        place = _place(measure, name)
        if found := MOJIBAKE.search(text):
            yield error("mojibake", place, found=_around(text, found))
        if found := MARKUP.search(text):
            yield warning("markup", place, found=found[0])
        if found := PLACEHOLDER.search(text):
            yield warning("placeholder", place, found=found[0])
        if found := TEMPLATE_TAG.search(text):
            yield error("template-tag", place, found=_around(text, found))
        if name in TEXT_FIELDS and (found := DOUBLE_SPACE.search(text)):
            yield notice("double-space", place, found=_around(text, found))


def _is_plain(text: str) -> bool:
    """Whether none of the faults above can be in a text: most texts are plain, and searching for each is slow."""
    printable = text.isascii() and text.isprintable()
    return printable and text == text.strip() and not any(sign in text for sign in SIGNS)


def words(snapshot: Snapshot) -> Iterator[Problem]:
    """A dash hides whether a field was delivered, and a screen reader reads nothing out of it."""
    for measure, name, text in _texts(snapshot):
        if not WORD.search(text):
            yield warning("only-signs", _place(measure, name), found=text.strip())


def counts(snapshot: Snapshot) -> Iterator[Problem]:
    """Rows in against measures out, whole and per pillar: nothing may get lost on the way to a document."""
    shown = sum(len(snapshot.measures_in(group)) for group in snapshot.groups)
    known = {group.id for group in snapshot.groups}
    unknown = sum(getattr(measure, snapshot.plan.grouped_by) not in known for measure in snapshot.measures)
    if not snapshot.rows_in == len(snapshot.measures) == shown + unknown:
        yield error("counts-differ", Place(), rows=snapshot.rows_in, measures=len(snapshot.measures), shown=shown)


def some_measures(snapshot: Snapshot) -> Iterator[Problem]:
    if not snapshot.measures:
        yield error("no-measures")


def source_doubts(snapshot: Snapshot) -> Iterator[Problem]:
    """A repair that may be read otherwise stays a notice in every edition until a person has decided."""
    if provenance := snapshot.provenance:
        for repair, measure in snapshot.doubts:
            place = Place(file=provenance.file, measure=measure)
            yield notice("source-doubtful", place, lines=repair.lines, reason=repair.reason)


RULES: tuple[Rule, ...] = (
    some_measures,
    required_fields,
    unique_identifiers,
    identifier_form,
    known_pillars,
    known_lines,
    ministries_of_the_day,
    ministries_once,
    lead_takes_part,
    known_statuses,
    deadlines,
    edition_names,
    known_predecessors,
    duplicates,
    control_characters,
    text_hygiene,
    words,
    fits_in_a_cell,
    counts,
    source_doubts,
)


def _place(measure: Measure, field: str) -> Place:
    return Place(measure=measure.id, field=field)


def _texts(snapshot: Snapshot) -> Iterator[tuple[Measure, str, str]]:
    for measure in snapshot.measures:
        for name in ALL_FIELDS:
            if text := measure.text(name):
                yield measure, name, text


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 15) : found.end() + 15]
