"""Have documents read by processes of their own that start in no time.

To start an interpreter and to load the libraries of a reader takes 80 ms, and to read a small picture 6. So
one process for each reader does the first once, and forks for each document.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

_PATH = "/usr/local/bin:/usr/bin:/bin"
_STEP = 64 * 1024
_LEAST = 0.001
"""Seconds of a wait whose time is over: zero would mean not to wait at all."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader told, as ``findings.heard`` understands it, and whether it took too long."""

    lines: bytes
    late: bool = False


class _Nursery:
    """The process from which the readers of one sort are forked, one at a time."""

    def __init__(self, reader: str, tesseract: str) -> None:
        self._asking, asked = socket.socketpair()
        with asked:
            command = (sys.executable, "-P", "-m", "scanner.native.fork", reader, str(asked.fileno()))
            self._process = subprocess.Popen(
                (*command, tesseract) if tesseract else command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(asked.fileno(),),
                env={"PATH": _PATH, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
                start_new_session=True,
            )

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can be read here."""
        return self._process.poll() is not None

    def read(self, body: bytes, time: timedelta) -> Told:
        """Have a document read; a reader that takes longer than ``time`` is ended with all it started."""
        until = monotonic() + time.total_seconds()
        told = bytearray()
        ours, theirs = socket.socketpair()
        try:
            with ours:
                with theirs:
                    socket.send_fds(self._asking, [b"\0"], [theirs.fileno()])
                ours.settimeout(max(until - monotonic(), _LEAST))
                ours.sendall(body)
                ours.shutdown(socket.SHUT_WR)
                while piece := ours.recv(_STEP):
                    told += piece
                    ours.settimeout(max(until - monotonic(), _LEAST))
        except TimeoutError:
            self._kill()
            return Told(bytes(told), late=True)
        except ConnectionError:  # the reader, or what would have forked it, has ended before its time
            return Told(bytes(told))
        except BaseException:
            self._kill()
            raise
        return Told(bytes(told))

    def close(self) -> None:
        """Let the process end by itself, and wait for it."""
        self._asking.close()
        self._process.wait()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.close()


_nurseries: dict[tuple[str, str], _Nursery] = {}
_turn = threading.Lock()


def read(reader: str, body: bytes, *, tesseract: str, time: timedelta) -> Told:
    """Return what a reader of this package tells of a document; those of several threads wait in turn.

    ``tesseract`` is the path of the program that reads print, or empty.
    """
    with _turn:
        nursery = _nurseries.get((reader, tesseract))
        if nursery is not None and nursery.has_ended:
            nursery.close()
            nursery = None
        if nursery is None:
            nursery = _nurseries[reader, tesseract] = _Nursery(reader, tesseract)
        return nursery.read(body, time)


@atexit.register
def close() -> None:
    """End the processes that are kept ready; the next document has them started anew."""
    with _turn:
        while _nurseries:
            _nurseries.popitem()[1].close()
