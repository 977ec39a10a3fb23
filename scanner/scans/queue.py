"""LocalQueue: crawl Units in a child process that is limited, timed and ended from here."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import IO

from scanner.model import Ended, Unit
from scanner.redact import redact
from scanner.scans.page import END, CrawlLine, from_json
from scanner.scans.wire import unit_to_json

_LINE_BYTES = 8 * 1024 * 1024
_GRACE = timedelta(seconds=60)
"""What a crawl may need past its longest time limit, for its last responses and its start."""

PASSED_ON = (
    "PATH",
    "HOME",
    "XDG_CACHE_HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "VIRTUAL_ENV",
    "PYTHONPATH",
)
"""The only variables that a child sees, besides the key of a search service that a Unit of it asks with.

The keys and channel secrets of the environment stay here (docs/decisions/0009-keys-of-search-services.md).
"""


class CrawlStopped(Exception):
    """The child ended before its crawl did. Carries a sentence for the scan report."""


class LocalQueue:
    """Run Units on this machine, all of one call in one child. One call at a time."""

    def __init__(
        self, *, command: Sequence[str] = (sys.executable, "-P", "-m", "scanner.scans.crawl")
    ) -> None:
        self._command = tuple(command)
        self._child: subprocess.Popen[bytes] | None = None
        self._cancelled = threading.Event()

    def run(
        self,
        units: Sequence[Unit],
        take: Callable[[CrawlLine], None],
        *,
        within: timedelta | None = None,
        unit_ended: Callable[[Ended], None] = lambda unit: None,
    ) -> None:
        """Crawl the Units and hand each line to ``take`` as it comes; ``unit_ended`` hears of each end.

        Raises CrawlStopped when the child dies, hangs past its time (the longest time limit of a Unit, or
        ``within`` if that is shorter) or talks nonsense; what it said until then was taken.
        """
        allowed = max((unit.limits.time for unit in units), default=timedelta()) + _GRACE
        allowed = min(allowed, within or allowed)
        child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in (*PASSED_ON, *_keys(units)) if name in os.environ},
            start_new_session=True,
        )
        assert child.stdin
        assert child.stdout
        assert child.stderr
        self._child = child
        last_words: deque[str] = deque(maxlen=5)
        listener = threading.Thread(target=_listen, args=(child.stderr, last_words), daemon=True)
        listener.start()
        too_long = threading.Event()

        def end() -> None:
            too_long.set()
            child.kill()

        timer = threading.Timer(allowed.total_seconds(), end)
        timer.daemon = True
        timer.start()
        ended = False
        try:
            if not self._cancelled.is_set():
                _hand_over(child.stdin, units)
                for line in _lines(child.stdout):
                    if line == END:
                        ended = True
                        break
                    said = _understand(line)
                    if isinstance(said, Ended):
                        unit_ended(said)
                    else:
                        take(said)
        finally:
            timer.cancel()
            child.kill()
            child.wait()
            listener.join(timeout=5)
            for pipe in (child.stdin, child.stdout, child.stderr):
                with suppress(BrokenPipeError):
                    pipe.close()
        if ended:
            return
        if self._cancelled.is_set():
            raise CrawlStopped("the crawl was broken off because Lychgate was asked to stop")
        if too_long.is_set():
            raise CrawlStopped(f"the crawl was ended: it took more than {allowed}")
        raise CrawlStopped("the crawl process died" + (f": {last_words[-1]}" if last_words else ""))

    @property
    def cancelled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Break off the running crawl, from another thread, and every later one."""
        self._cancelled.set()
        if self._child is not None:
            self._child.kill()


def _keys(units: Sequence[Unit]) -> Iterator[str]:
    """Yield the variables in which the Units of one child find the keys of search services."""
    for unit in units:
        match unit.options.get("key"):
            case {"env": str(name)} if name and not name.upper().startswith("LYCHGATE_"):
                yield name


def _hand_over(stdin: IO[bytes], units: Sequence[Unit]) -> None:
    try:
        for unit in units:
            stdin.write(unit_to_json(unit).encode() + b"\n")
        stdin.close()
    except BrokenPipeError:
        pass  # a child that died at once is reported with its last words, which say more


def _lines(stdout: IO[bytes]) -> Iterator[str]:
    while (raw := stdout.readline(_LINE_BYTES)).endswith(b"\n"):
        yield raw.decode(errors="replace").rstrip("\n")
    if len(raw) == _LINE_BYTES:
        raise CrawlStopped("the crawl was ended: it wrote a line without an end")


def _understand(line: str) -> CrawlLine | Ended:
    try:
        return from_json(line)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CrawlStopped(f"the crawl was ended: it wrote nonsense ({type(error).__name__})") from None


def _listen(stderr: IO[bytes], last_words: deque[str]) -> None:
    while raw := stderr.readline(10_000):
        if text := raw.decode(errors="replace").strip():
            last_words.append(redact(text)[:300])
