"""Whatever servers do, the crawl ends, finds what was there to see, says the truth, and reads the rest.

One crawl by the product's own child process meets them all; ``python benchmarks/hostile.py`` prints it.
"""

from __future__ import annotations

import re

import pytest

from tests.spiders.hostile.night import CHAPTERS, TRAPS, Night, crawl_all

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def night() -> Night:
    return crawl_all(TRAPS, seconds=560)


def test_there_are_enough_behaviours_and_no_two_of_one_name() -> None:
    assert len(TRAPS) == sum(map(len, CHAPTERS.values())) >= 300


@pytest.mark.parametrize("name", TRAPS)
def test_the_truth_is_said_and_the_leak_found(night: Night, name: str) -> None:
    trap, outcome = TRAPS[name], night.outcomes[name]
    assert outcome.said == trap.said, outcome.addresses
    assert outcome.leak == trap.leak
    assert outcome.others == trap.others, outcome.addresses
    assert outcome.requests <= trap.most


def test_the_crawl_came_to_its_end_within_its_memory(night: Night) -> None:
    assert night.ended
    assert night.cost["kilobytes"] < 512 * 1024


def test_nothing_left_the_machine_and_no_name_was_looked_up(night: Night) -> None:
    assert night.cost["looked_up"] == []
    assert all(re.fullmatch(r"127\.0\.0\.1:[0-9]+", opened) for opened in night.cost["opened"])
