"""Somebody who types commands, at a terminal of her own where that matters."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.installation import Installation

START = "import sys; from scanner.cli import main; main(sys.argv[1:])"


@dataclass(frozen=True)
class Clerk(Installation):
    """Somebody at an installation, whose surroundings a test may change."""

    monkeypatch: pytest.MonkeyPatch


def words(text: str) -> str:
    """Join what was folded to fit the screen."""
    return " ".join(text.split())


@dataclass
class Terminal:
    """A command at a terminal 80 columns wide."""

    process: subprocess.Popen[bytes]
    screen: int
    seen: str = ""

    def wait_for(self, text: str, *, within: float = 60) -> None:
        end = time.monotonic() + within
        while text not in self.seen:
            assert time.monotonic() < end, f"{text!r} did not appear in:\n{self.seen}"
            ready, _, _ = select.select([self.screen], [], [], 0.1)
            if ready and not self._read():
                break
        assert text in self.seen, self.seen

    def type(self, text: str) -> None:
        """Type a text and start to look at what comes from now on."""
        self.seen = ""
        os.write(self.screen, text.encode())

    def interrupt(self) -> int:
        """Press Ctrl-C until the command ends, and return the exit code.

        One that comes between a question and the read of its answer waits, in CPython, for the next key.
        """
        for _ in range(10):
            self.type("\x03")
            with suppress(subprocess.TimeoutExpired):
                return self.end(within=6)
        raise AssertionError(f"Ctrl-C did not end it:\n{self.seen}")

    def end(self, *, within: float = 60) -> int:
        """Read to the end and return the exit code."""
        end = time.monotonic() + within
        reading = True
        while reading and time.monotonic() < end:
            ready, _, _ = select.select([self.screen], [], [], 0.1)
            reading = not ready or self._read()
        return self.process.wait(timeout=max(1, end - time.monotonic()))

    def _read(self) -> bool:
        try:
            piece = os.read(self.screen, 65536)
        except OSError:  # Linux says so when nobody holds the other end any more
            return False
        self.seen += piece.decode(errors="replace").replace("\r\n", "\n")
        return bool(piece)


@contextmanager
def at_a_terminal(data: Path, *arguments: str) -> Iterator[Terminal]:
    """Run a command at a terminal; ends it if the test does not."""
    screen, keyboard = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", START, "--data", str(data), *arguments],
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        env={**os.environ, "COLUMNS": "80", "TERM": "xterm-256color"},
        start_new_session=True,
        preexec_fn=lambda: _control(keyboard),
    )
    os.close(keyboard)
    try:
        yield Terminal(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def _control(keyboard: int) -> None:
    """Make the terminal the one whose Ctrl-C reaches the process, even if our own parent ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(keyboard, termios.TIOCSCTTY, 0)
