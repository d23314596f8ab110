"""What an Office file says of itself: title, sender, subject, language and day. Never a person, never the clock."""

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

CORE_PART = "docProps/core.xml"


@dataclass(frozen=True, slots=True)
class Properties:
    """`sender` stands as author, because a published file may name no person. `day` is both created and modified."""

    title: str
    sender: str
    subject: str
    day: date
    language: str = "nl-NL"


def core_xml(properties: Properties) -> bytes:
    """The part `docProps/core.xml`."""
    stamp = f'xsi:type="dcterms:W3CDTF">{properties.day.isoformat()}T00:00:00Z'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(properties.title)}</dc:title>"
        f"<dc:subject>{escape(properties.subject)}</dc:subject>"
        f"<dc:creator>{escape(properties.sender)}</dc:creator>"
        f"<cp:lastModifiedBy>{escape(properties.sender)}</cp:lastModifiedBy>"
        f"<dcterms:created {stamp}</dcterms:created><dcterms:modified {stamp}</dcterms:modified>"
        f"<dc:language>{properties.language}</dc:language>"
        "</cp:coreProperties>"
    ).encode()
