"""Lengths of time in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.durations import in_words, roughly

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("length", "exact", "rough"),
    [
        (-HOUR, "less than a minute", "less than a minute"),
        (timedelta(seconds=59), "less than a minute", "less than a minute"),
        (timedelta(seconds=119), "1 minute", "1 minute"),
        (HOUR - timedelta(microseconds=1), "59 minutes", "59 minutes"),
        (HOUR, "1 hour", "60 minutes"),
        (HOUR + MINUTE, "1 hour 1 minute", "61 minutes"),
        (3 * HOUR + 10 * MINUTE, "3 hours 10 minutes", "3 hours"),
        (DAY + 5 * MINUTE, "1 day", "24 hours"),
        (2 * DAY - MINUTE, "1 day 23 hours", "47 hours"),
        (2 * DAY + 3 * HOUR + MINUTE, "2 days 3 hours", "2 days"),
        (400 * DAY, "400 days", "400 days"),
    ],
)
def test_lengths_of_time_in_words(length: timedelta, exact: str, rough: str) -> None:
    assert (in_words(length), roughly(length)) == (exact, rough)
