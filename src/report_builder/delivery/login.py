"""The login of the mail server: from the environment, or from a file that nobody else can read."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from report_builder.problems import ExitCode, Stop

USER, PASSWORD = "REPORT_BUILDER_SMTP_USER", "REPORT_BUILDER_SMTP_PASSWORD"


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in. The password never shows in a message, a log or a report."""

    user: str
    password: str = field(repr=False)


def find_login(file: Path | None, environment: Mapping[str, str]) -> Login:
    """The login that the environment gives, else the one in this file. Raise Stop when neither has all of it.

    On POSIX the file must be readable by its owner alone. Windows guards files otherwise, so there it is not looked at.
    """
    if environment.get(USER) and environment.get(PASSWORD):
        return Login(environment[USER], environment[PASSWORD])
    if file is None:
        message = f"there is no login for the mail server: set {USER} and {PASSWORD}, or login_file in [smtp]"
        raise Stop(ExitCode.PLAN, message)
    try:
        with file.open("rb") as opened:
            if os.name == "posix" and os.fstat(opened.fileno()).st_mode & 0o077:
                raise Stop(ExitCode.PLAN, f"{file} can be read by others than its owner; chmod 600 mends that")
            values = tomllib.load(opened)
    except OSError as fault:
        raise Stop(ExitCode.PLAN, f"the login {file} cannot be read: {fault.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Stop(ExitCode.PLAN, f"the login {file} is not valid TOML") from None
    user, password = values.get("user"), values.get("password")
    if values.keys() != {"user", "password"} or not isinstance(user, str) or not isinstance(password, str):
        raise Stop(ExitCode.PLAN, f"the login {file} must hold user and password, and nothing else")
    return Login(user, password)
