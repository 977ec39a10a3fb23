from pathlib import Path

import pytest

from tests.e2e.installation import Installation


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    """An installation that ``lychgate init`` made."""
    installation = Installation(tmp_path / "data")
    installation.set_up()
    return installation
