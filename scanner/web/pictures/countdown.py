"""How near a meeting is, as a bar that fills."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Final

STEPS: Final = (
    timedelta(days=30),
    timedelta(days=7),
    timedelta(days=1),
    timedelta(hours=3),
    timedelta(minutes=30),
    timedelta(0),
)
"""The bar is cut into five equal parts that end here: the nearer, the finer."""


def nearness(left: timedelta) -> float:
    """Return how full the countdown bar is, in percent: 0 a month before the start, 100 at the start."""
    part = 100 / (len(STEPS) - 1)
    for number, (far, near) in enumerate(pairwise(STEPS)):
        if left >= far:
            return round(number * part, 1)
        if left > near:
            return round((number + (far - left) / (far - near)) * part, 1)
    return 100.0
