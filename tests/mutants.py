"""Files with one thing made wrong on purpose, for the checks that must find it."""

import io
import re
import zipfile


def changed(content: bytes, old: str, new: str, part: str = "word/document.xml") -> bytes:
    """The Office file with one thing different: the first place where the pattern stands."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            data = before.read(name)
            if name == part:
                text, count = re.subn(old, new, data.decode(), count=1, flags=re.DOTALL)
                assert count == 1, f"nothing like {old} in {name}"
                data = text.encode()
            after.writestr(name, data)
    return file.getvalue()
