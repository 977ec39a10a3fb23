"""What a visitor was asked and has not answered yet."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Final, Generic, TypeVar

HOLDS: Final = timedelta(minutes=5)
_MOST = 20_000

T = TypeVar("T")


class Pending(Generic[T]):
    """One open question for each visitor, in memory. It is answered once, within five minutes, or never.

    A visitor is known by the secret of their cookie; whoever has none is asked nothing. The oldest questions
    are dropped when there are too many.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[bytes, tuple[datetime, T]] = OrderedDict()
        self._lock = Lock()

    def keep(self, visitor: str, question: T, now: datetime) -> None:
        """Keep a question in place of the visitor's earlier one."""
        if not visitor:
            return
        with self._lock:
            self._open[_known_as(visitor)] = now, question
            self._open.move_to_end(_known_as(visitor))
            while len(self._open) > _MOST:
                self._open.popitem(last=False)

    def take(self, visitor: str, now: datetime) -> T | None:
        """Return the visitor's question, and forget it; None if there is none, or it is too old."""
        with self._lock:
            asked, question = self._open.pop(_known_as(visitor), (None, None))
        return question if asked is not None and asked <= now <= asked + HOLDS else None


def _known_as(visitor: str) -> bytes:
    return sha256(visitor.encode("utf-8", "surrogatepass")).digest()
