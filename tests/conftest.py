from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)  # no test asserts a time
settings.load_profile("house")

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="write the golden outlines anew")


@pytest.fixture(scope="session")
def renew_golden(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--renew-golden"))
