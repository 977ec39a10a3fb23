"""Read mails that report a leak, like Zoom's own warnings, from a folder; and the pages that they name."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.policy import compat32
from email.utils import parseaddr
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from scrapy import Request

from scanner.extract.places import places
from scanner.guard import check_address
from scanner.model import Document, Failed, Skipped, Unchanged
from scanner.model import Reported as ReportedEvent
from spiders import options
from spiders.conduct import PAGE_LIMIT
from spiders.fetch import TIME_LIMIT
from spiders.reported import ReportedPages

NO_FILE = "not an ordinary file that can be read"

_MOST_FILES = 100_000
_ZOOM = ("zoom.us", "zoom.com")


class Options(options.Options):
    """Where the mails are."""

    folder: str = Field(
        description="A folder of .eml files, or a maildir; an absolute path. Nothing in it is changed."
    )

    @field_validator("folder")
    @classmethod
    def _absolute(cls, folder: str) -> str:
        if not Path(folder).is_absolute() or "\0" in folder:
            raise PydanticCustomError("no_path", "this must be an absolute path, like /var/mail/leaks")
        return folder


class Inbox(ReportedPages):
    """The mails in a folder, each read once, and the pages that they named."""

    notebook: ClassVar[str] = "inbox:"

    options: Options

    async def start(self) -> AsyncIterator[Request]:
        """Read new mails, newest first, then ask for the pages that earlier ones named."""
        read = 0
        loop = asyncio.get_running_loop()
        try:
            files = sorted(self._files(), reverse=True)
        except OSError as fault:
            why = f"the folder cannot be read: {fault.strerror}"
            self._sink(Failed(source=self._source, address=self.notebook, why=why, start=True))
            return
        for changed, size, path in files:
            name = f"{self.notebook}{_mark(path.name.partition(':2,')[0].encode())}"
            digest = _mark(f"{size} {changed}".encode())
            known = self.known(name)
            if known is not None and known.digest == digest:
                self._sink(Unchanged(source=self._source, address=name))
            elif read >= self.errand.unit.limits.pages:
                self._sink(Skipped(source=self._source, address=name, why=PAGE_LIMIT))
            elif loop.time() >= self.errand.until:
                self._sink(Skipped(source=self._source, address=name, why=TIME_LIMIT))
            else:
                read += 1
                self._hand_over(path, name, digest)
                await asyncio.sleep(0)  # other sources share this loop
        async for request in super().start():
            yield request

    def _files(self) -> Iterator[tuple[int, int, Path]]:
        """Yield time of change in nanoseconds, size and path of each mail. Raises OSError for no folder."""
        folder = Path(self.options.folder)
        inside = [folder / name for name in ("new", "cur") if (folder / name).is_dir()]
        for place in inside or [folder]:
            with os.scandir(place) as entries:
                for entry in islice(entries, _MOST_FILES):
                    if (inside or entry.name.endswith(".eml")) and entry.is_file(follow_symlinks=False):
                        about = entry.stat(follow_symlinks=False)
                        yield about.st_mtime_ns, about.st_size, Path(entry.path)

    def _hand_over(self, path: Path, name: str, digest: str) -> None:
        limit = self.errand.unit.limits.response_bytes
        try:
            mail = _content(path, most=limit + 1)
        except OSError:
            self._sink(Failed(source=self._source, address=name, why=NO_FILE))
            return
        document = Document(name, mail[:limit], "message/rfc822")
        allow = self.errand.unit.allow
        self._sink(
            ReportedEvent(
                source=self._source,
                document=document,
                places=tuple(place for place in places(document.body) if check_address(place, allow) is None),
                by=_sender(document.body),
                digest=digest,
                cut=len(mail) > limit,
            )
        )


def _content(path: Path, *, most: int) -> bytes:
    """Read an ordinary file. Whoever may write there could put a pipe or a link in its place meanwhile."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("not a file")
        return file.read(most)


def _sender(mail: bytes) -> str:
    """Say whose word it is. A mail's sender is easily forged, so it is no proof."""
    try:
        sender = parseaddr(str(message_from_bytes(mail[: 64 * 1024], policy=compat32).get("From", "")))[1]
    except (RecursionError, ValueError):
        return "mail"
    host = sender.rpartition("@")[2].lower()
    return "mail that says it is Zoom's" if any(f".{host}".endswith(f".{zoom}") for zoom in _ZOOM) else "mail"


def _mark(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
