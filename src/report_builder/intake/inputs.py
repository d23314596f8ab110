"""The files of a run, each read once: what was read is what the run uses, whatever happens to the file after."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from report_builder.problems import ExitCode, Stop


@dataclass(frozen=True, slots=True)
class Input:
    """One file as it was read. `content` is bytes; the digest is SHA-256 in hexadecimal."""

    path: Path
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def changed(self) -> bool:
        """Whether the file is no longer what was read: written to, or gone."""
        try:
            return self.path.read_bytes() != self.content
        except OSError:
            return True


def read_input(path: Path, what: str, exit_code: ExitCode = ExitCode.INPUT) -> Input:
    """The file at this path. Raise Stop, naming `what` it is, when it cannot be read or is empty."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise Stop(exit_code, f"there is no {what} at {path}") from None
    except IsADirectoryError:
        raise Stop(exit_code, f"the {what} {path} is a folder, not a file") from None
    except OSError as fault:
        raise Stop(exit_code, f"the {what} {path} cannot be read: {fault.strerror}") from None
    if not content or content.isspace():
        raise Stop(exit_code, f"the {what} {path} is empty")
    return Input(path, content)
