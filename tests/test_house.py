"""The house rules: what keeps the code findable, portable and free of any one plan."""

import ast
import csv
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "report_builder"
MODULES = sorted(SOURCE.rglob("*.py"))

FLOORS = (
    ("cli", "__main__"),
    ("commands",),
    ("console", "closing", "reviewing", "sending", "correspondence"),
    ("build",),
    ("rendering", "editions"),
    ("documents", "delivery"),
    ("study",),
    ("intake",),
    ("office", "settings", "recipients", "texts"),
    ("checked_toml", "files", "model", "departments", "problems", "rich_text", "crash", "__init__"),
)
"""From the roof down. A module may import from its own floor and from those below it."""

GROUND = ("problems", "model", "departments", "files", "checked_toml", "texts", "settings", "recipients")
"""On the two lowest floors, where order matters within a floor too: each may import only what stands before it."""

DOORS: dict[str, str | tuple[str, ...]] = {
    "docx": "office/word",
    "lxml": "office/word",
    "jinja2": ("office/word", "office/mail"),
    "email": "office/mail",
    "html": "office/mail",
    "markupsafe": "office/",
    "openpyxl": "office/excel",
    "python_calamine": "office/excel",
    "zipfile": "office/",
    "defusedxml": "office/",
    "pydantic_core": "checked_toml",
    "pandas": "intake/dataset",
    "filelock": "delivery/lock",
    "sqlite3": "delivery/ledger",
    "smtplib": "delivery/smtp",
    "ssl": "delivery/smtp",
    "tqdm": "console",
    "ctypes": "delivery/staging",
    "tomllib": "",
    "csv": "",
}
"""Each library's one door: where the path of a module that imports it must start. Jinja fills two kinds of files."""


def module_name(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").as_posix()


def imports(path: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def floor(name: str) -> int:
    room = name.split("/")[0]
    for level, rooms in enumerate(FLOORS):
        if room in rooms:
            return level
    pytest.fail(f"{name} stands on no floor of the house")


def own_imports(path: Path) -> list[str]:
    prefix = "report_builder."
    return [name.removeprefix(prefix).replace(".", "/") for name in imports(path) if name.startswith(prefix)]


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_go_down_only(path: Path) -> None:
    level = floor(module_name(path))
    upward = [name for name in own_imports(path) if floor(name) < level]
    assert upward == []


def test_the_ground_has_no_circles() -> None:
    for place, name in enumerate(GROUND):
        above = {other for other in own_imports(SOURCE / f"{name}.py") if other in GROUND[place:]}
        assert not above, f"{name} imports {above}"


def test_no_module_imports_itself_through_others() -> None:
    graph = {module_name(path): set(own_imports(path)) for path in MODULES}

    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        return any(
            following == goal or (following not in seen and reaches(following, goal, seen | {following}))
            for following in graph.get(start, ())
        )

    assert [name for name in graph if reaches(name, name, {name})] == []


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_each_library_has_one_door(path: Path) -> None:
    name = module_name(path)
    wrong = [
        library for imported in imports(path) if not name.startswith(DOORS.get(library := imported.split(".")[0], ""))
    ]
    assert wrong == []


def strings(path: Path) -> list[tuple[int, str]]:
    """The texts in a module, docstrings left out: those speak to engineers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


DUTCH = re.compile(
    r"\b(de|het|een|niet|van|voor|met|zijn|wordt|worden|deze|dit|aan|maatregel(en)?|pijler|ministeries?|doelstelling"
    r"|toelichting|bijlage|blad|regel|geen|nog)\b",
    re.IGNORECASE,
)
CONTRACT = re.compile(
    r"(bijlage-maatregelen|bijlage-wijzigingen|matrix-maatregelen|briefing|uitvraag|bevindingen)[-./{]|^report-builder "
)
"""File names of the contract are names, not sentences; nor are examples of commands."""

READING = re.compile(r"\^\(het \)\?ministerie van |\(sheet\|blad\|")
"""Words that reading must know: those before a ministry's name, and the names Excel itself gives to sheets."""


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_no_dutch_sentence_stands_in_the_code(path: Path) -> None:
    dutch = [
        (line, text)
        for line, text in strings(path)
        if DUTCH.search(text) and not CONTRACT.search(text) and not READING.search(text)
    ]
    assert dutch == []


def test_no_pillar_and_no_ministry_is_named_in_the_code() -> None:
    plan = tomllib.loads((ROOT / "data/plan.toml").read_text(encoding="utf-8"))
    with (ROOT / "data/departments.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["name"] for row in rows} | {row["code"] for row in rows if len(row["code"]) > 2}
    names |= {pillar["title"] for pillar in plan["pillars"]} | {plan["dossier"]}
    named = [
        (module_name(path), line, name)
        for path in MODULES
        for line, text in strings(path)
        for name in names
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    ]
    examples = [entry for entry in named if not entry[0].startswith("commands/")]
    assert examples == []


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_only_the_console_prints(path: Path) -> None:
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not calls or module_name(path) == "console"


def tracked_texts() -> list[Path]:
    folders = ("src", "templates", "data", "docs", "tests", "benchmarks", "sample", "requirements", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    endings = {".py", ".toml", ".md", ".txt", ".csv", ".yml", ".yaml", ".json", ".cfg", ""}
    return [path for path in files if path.suffix in endings and "__pycache__" not in path.parts]


HOSTS = ("py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js", "deb." + "debian")


def test_no_file_names_a_package_index() -> None:
    naming = [
        (path.relative_to(ROOT).as_posix(), host)
        for path in tracked_texts()
        for host in HOSTS
        if host in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert naming == []


def test_every_locked_dependency_has_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"))
        without = [entry.split("==")[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
        assert without == [], lock.name


def used_texts() -> set[str]:
    return {text for path in MODULES for _, text in strings(path)}


def test_every_problem_has_its_two_sentences_and_every_sentence_its_problem() -> None:
    texts = tomllib.loads((ROOT / "templates/texts.toml").read_text(encoding="utf-8"))["problems"]
    codes = {
        node.args[0].value
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("error", "warning", "notice")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert codes <= texts.keys()
    assert texts.keys() - codes <= used_texts()
    assert all(entry.keys() == {"found", "remedy"} for entry in texts.values())
