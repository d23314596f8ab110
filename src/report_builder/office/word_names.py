"""Names in the XML of a Word document, as lxml knows them."""

from functools import cache

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}


@cache
def qn(name: str) -> str:
    """`w:p` as the name with its namespace in braces. Remembered: a large document asks for a few, millions of times.

    It stands here because python-docx's own is imported with all of python-docx, which most runs do not need.
    """
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"
