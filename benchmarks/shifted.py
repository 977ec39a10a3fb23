"""A clock that real processes see and that can be set on: Debian's libfaketime, by an offset in a file.

Every process that is started with ``environment()`` sees the machine's clock plus the offset. Only what day
and hour it is is shifted: time goes by at its own rate; waits, time-outs and the times of files stay real.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LIBRARIES = ("libfaketimeMT.so.1",)
_FOLDERS = ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime")


def library() -> Path | None:
    """Return where libfaketime is, None if it is not installed."""
    found = (Path(folder, name) for folder in _FOLDERS for name in _LIBRARIES)
    return next((path for path in found if path.exists()), None)


class ShiftedClock:
    """A clock of its own for some processes and for whoever holds this."""

    def __init__(self, file: Path, library: Path, *, begin: datetime) -> None:
        """Let it be ``begin`` now. The offset is kept in ``file``."""
        self._file, self._library = file, library
        self._offset = timedelta()
        self._set(begin)

    def now(self) -> datetime:
        """Return what time the processes believe it is."""
        return datetime.now(UTC) + self._offset

    def move_to(self, moment: datetime) -> None:
        """Skip the time until a moment; it never goes back."""
        if moment > self.now():
            self._set(moment)

    def environment(self) -> dict[str, str]:
        """Return what a process has to be started with."""
        return {
            **os.environ,
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def _set(self, moment: datetime) -> None:
        self._offset = moment - datetime.now(UTC)
        new = self._file.with_suffix(".new")
        new.write_text(f"{self._offset.total_seconds():+.3f}\n")
        new.replace(self._file)
