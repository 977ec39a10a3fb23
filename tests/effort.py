"""What a piece of work costs as its input grows: the only way in which tests look at time.

Seconds say as much about the machine as about the code, so no test counts them. Work that only must end
has ``pytest.mark.timeout`` instead, far above what it takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Input = TypeVar("Input", str, bytes)

_NOISE = 0.3
"""CPU seconds that the machine may add of its own."""
_QUARTERS = 12
"""Linear work costs 4 quarters, quadratic work 16."""
_TRIES = 3


def grows_with_size_only(work: Callable[[Input], object], whole: Input) -> bool:
    """Tell whether ``work`` on an input costs no more than its length explains, by its first quarter."""
    quarter = whole[: len(whole) // 4]
    return any(_seconds(work, whole) < _QUARTERS * _seconds(work, quarter) + _NOISE for _ in range(_TRIES))


def _seconds(work: Callable[[Input], object], text: Input) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began
