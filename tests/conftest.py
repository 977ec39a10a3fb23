from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from tests.e2e.installation import Installation

# The same examples every time: what a change did not break fails for nobody else. For others:
# --hypothesis-profile=default
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")

SLOWEST = ("spiders", "serve", "cli", "e2e", "storage", "web", "actions", "extract")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the folders first whose files take longest: one that begins last keeps a single worker busy."""
    folder = Path(__file__).parent
    rank = {name: at for at, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(folder).parts[0], len(SLOWEST)))


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what processes leave for the next ones out of the cache of whoever runs the tests."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def new_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``lychgate init`` makes, to be copied: migrations take a second."""
    made = Installation(tmp_path_factory.mktemp("new") / "data")
    made.set_up()
    return made.data


@pytest.fixture
def home(tmp_path: Path, new_installation: Path) -> Installation:
    """An installation that ``lychgate init`` made."""
    return Installation(shutil.copytree(new_installation, tmp_path / "data"))
