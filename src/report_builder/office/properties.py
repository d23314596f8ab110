"""What an Office file says of itself: never a clock, a user or a machine."""

from dataclasses import dataclass
from datetime import date

from markupsafe import escape

CORE_PART = "docProps/core.xml"
CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
CORE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"


@dataclass(frozen=True, slots=True)
class Properties:
    """A document's core properties. `day` becomes the time of making and of the last change, at midnight."""

    title: str
    sender: str
    subject: str
    day: date
    language: str = "nl-NL"


def core_properties(properties: Properties) -> bytes:
    """The part `docProps/core.xml`."""
    time = f'<dcterms:{{0}} xsi:type="dcterms:W3CDTF">{properties.day.isoformat()}T00:00:00Z</dcterms:{{0}}>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(properties.title)}</dc:title><dc:subject>{escape(properties.subject)}</dc:subject>"
        f"<dc:creator>{escape(properties.sender)}</dc:creator>"
        f"<cp:lastModifiedBy>{escape(properties.sender)}</cp:lastModifiedBy>"
        f"{time.format('created')}{time.format('modified')}"
        f"<dc:language>{escape(properties.language)}</dc:language></cp:coreProperties>"
    ).encode()
