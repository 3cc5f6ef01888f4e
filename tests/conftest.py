from pathlib import Path

import pytest
from hypothesis import settings
from tests.golden.file import Golden

# A busy machine is no fault: speed is measured in bench/, work is counted.
settings.register_profile("mailer", deadline=None)
# What takes minutes is done by ./run crash, which names this profile.
settings.register_profile("long", deadline=None, max_examples=2000)
settings.load_profile("mailer")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden anew, to be read as a diff"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """What was made before, to hold against what is made now."""
    return Golden(Path(__file__).parent / "golden", update=request.config.getoption("--update-golden"))
