"""Slow down who guesses passwords: per account and address, per account, per address."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

WINDOW: Final = timedelta(minutes=15)
PER_PAIR: Final = 8
PER_ACCOUNT: Final = 40
"""Higher than per pair, so that a stranger cannot easily keep the owner of an account out."""
PER_ADDRESS: Final = 40
_MOST_KEYS = 20_000


class Throttle:
    """Failures of the last 15 minutes, in memory. Old ones are dropped first when there are too many."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, ...], deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, account: str, address: str, now: datetime) -> timedelta | None:
        """Return how long to wait before the next attempt counts; None if it may be made now."""
        with self._lock:
            waits = [
                failures[0] + WINDOW - now
                for key, most in _limits(account, address)
                if len(failures := self._recent(key, now)) >= most
            ]
        return max(waits, default=None)

    def failed(self, account: str, address: str, now: datetime) -> None:
        """Note a failure."""
        with self._lock:
            for key, _ in _limits(account, address):
                self._failures.setdefault(key, deque(maxlen=PER_ACCOUNT)).append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, account: str, address: str) -> None:
        """Forget the failures of this account from this address."""
        with self._lock:
            self._failures.pop(_limits(account, address)[0][0], None)

    def _recent(self, key: tuple[str, ...], now: datetime) -> deque[datetime]:
        failures = self._failures.get(key, deque())
        while failures and not now - WINDOW < failures[0] <= now:
            failures.popleft()
        return failures


def _limits(account: str, address: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    account = account.strip().casefold()[:320]
    return (
        (("pair", account, address), PER_PAIR),
        (("account", account), PER_ACCOUNT),
        (("address", address), PER_ADDRESS),
    )
