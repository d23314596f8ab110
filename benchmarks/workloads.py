"""The list of workloads and their contenders. A contender of the largest size is one that ends within minutes."""

from benchmarks import checks, excel_peers, own, processes, word_peers
from benchmarks.contest import OWN, Contender, Workload

REAL = (56,)
SMALLER = (1_000, 10_000)
PROVED = f"{OWN}, with proof"
SCRIPT = "pandas, python-docx, openpyxl"
ZLIB = "zlib alone, the same bytes"

WORKLOADS = (
    Workload(
        "appendix",
        "The appendix",
        "A Word file with a table per pillar and a row per measure.",
        ".docx",
        (
            Contender(OWN, own.appendix),
            Contender(PROVED, own.proved("appendix")),
            Contender(ZLIB, own.compressing(own.appendix), checked=False),
            Contender("python-docx, rows copied", word_peers.python_docx_copied),
            Contender("python-docx, rows added", word_peers.python_docx_added),
            Contender("docxtpl", word_peers.docxtpl),
            Contender("pandoc", word_peers.pandoc),
        ),
        checks.appendix,
        {"docxtpl": 30, "python-docx, rows added": 80, ZLIB: 1},
    ),
    Workload(
        "briefings",
        "All briefings",
        "Twelve Word files, each with the measures of one ministry in two tables.",
        ".docx",
        (
            Contender(OWN, own.briefings),
            Contender(PROVED, own.proved("briefings")),
            Contender("python-docx, rows copied", word_peers.python_docx_briefings, SMALLER),
            Contender("docxtpl", word_peers.docxtpl_briefings, SMALLER),
        ),
        checks.briefings,
    ),
    Workload(
        "matrix",
        "The matrix",
        "A workbook in which all measures stand twice: by ministry, and with every field.",
        ".xlsx",
        (
            Contender(OWN, own.matrix),
            Contender(PROVED, own.proved("matrix")),
            Contender(ZLIB, own.compressing(own.matrix), checked=False),
            Contender("openpyxl", excel_peers.openpyxl_normal),
            Contender("openpyxl, write-only", excel_peers.openpyxl_write_only),
            Contender("XlsxWriter, constant memory", excel_peers.xlsxwriter),
            Contender("pandas", excel_peers.pandas),
            Contender("rustpy-xlsxwriter", excel_peers.rust),
        ),
        checks.matrix,
        {"openpyxl": 10, "XlsxWriter, constant memory": 6, "rustpy-xlsxwriter": 1},
    ),
    Workload(
        "changes",
        "The comparison of two editions",
        "Two datasets to the list of every field that differs.",
        ".txt",
        (Contender(OWN, own.changes), Contender("pandas", excel_peers.changes_pandas)),
        checks.changes,
    ),
    Workload(
        "reading",
        "Reading a workbook",
        "The rows of a workbook as text.",
        ".txt",
        (
            Contender(OWN, own.reading),
            Contender("python-calamine", excel_peers.reading_calamine),
            Contender("openpyxl, read-only", excel_peers.reading_openpyxl),
            Contender("pandas", excel_peers.reading_pandas),
        ),
        checks.reading,
        {"python-calamine": 1},
    ),
    Workload(
        "import",
        "The import of a workbook",
        "The same, recognised as measures and set beside the dataset: no peer does that.",
        ".csv",
        (Contender(OWN, own.importing),),
        checks.importing,
    ),
    Workload(
        "build",
        "The whole build",
        "A cold process: everything read, checked, made, proved and published. The usual script makes no request forms "
        "and proves nothing.",
        "",
        (Contender(OWN, processes.own_build), Contender(SCRIPT, processes.usual_script, (1_000,))),
        checks.build,
    ),
    Workload(
        "edition",
        "The real edition",
        "The same for the 56 measures of 2021-Q1. Most of it is start-up.",
        "",
        (
            Contender(OWN, processes.own_build, REAL),
            Contender(SCRIPT, processes.usual_script, REAL),
        ),
        checks.build,
        {SCRIPT: 2},
    ),
    Workload(
        "imports",
        "Imports alone",
        "A cold process that only imports what such a job needs.",
        ".txt",
        (
            Contender(OWN, processes.importing("report_builder.cli as c; c._import('build')"), REAL),
            Contender(SCRIPT, processes.importing("pandas, docx, openpyxl"), REAL),
        ),
        checks.imported,
    ),
)
