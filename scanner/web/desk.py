"""What every page works with: the installation, the clock, and one visitor's view of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from threading import Lock
from urllib.parse import urlsplit

from scanner.actions.openid import About, Departure
from scanner.actions.passkeys import Enrolment
from scanner.actions.people import Someone
from scanner.actions.reviewing import note_change
from scanner.actions.upcoming import Diary
from scanner.actions.workspace import Workspace, read_settings
from scanner.errors import ConfigError
from scanner.model import Organisation
from scanner.settings import Settings
from scanner.web.language import Language
from scanner.web.pending import Pending
from scanner.web.throttle import Throttle
from storage.store import Store

NextRun = Callable[[Settings, str, datetime], datetime | None]


@dataclass
class Desk:
    """One installation as the web serves it.

    ``public_address`` is how people reach it through a reverse proxy (``https://desk.example``); empty for
    this machine only.
    """

    workspace: Workspace
    clock: Callable[[], datetime]
    public_address: str = ""
    next_run: NextRun = lambda settings, zone, now: None
    """When the schedules look next, from whoever keeps them."""
    diary: Diary = field(default_factory=Diary)
    throttle: Throttle = field(default_factory=Throttle)
    challenges: Pending[bytes] = field(default_factory=Pending)
    """What passkeys of visitors have to sign."""
    enrolments: Pending[Enrolment] = field(default_factory=Pending)
    departures: Pending[Departure] = field(default_factory=Pending)
    about: About | None = None
    """What the provider of accounts last said of itself."""
    _settings: tuple[tuple[int, int], Settings] | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def store(self) -> Store:
        return self.workspace.store

    @property
    def secure(self) -> bool:
        """Whether people come by HTTPS, so that cookies may insist on it."""
        return self.public_address.startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; browsers hold ``__Host-`` to one host and to HTTPS."""
        return "__Host-lychgate" if self.secure else "lychgate"

    @property
    def host(self) -> str:
        """The host, with its port, of the public address; empty if there is none."""
        return urlsplit(self.public_address).netloc.lower()

    @cached_property
    def operator(self) -> int:
        """The first organisation: its people run this installation."""
        return replace(self.workspace, named=None).organisation.id

    def settings(self) -> Settings:
        """Return what ``schedules.yaml`` says now, read again when it was changed."""
        path = self.workspace.environment.schedules
        try:
            stat = path.stat()
        except OSError as error:
            raise ConfigError(f"it cannot be read: {error.strerror}", where=path.name) from error
        version = stat.st_mtime_ns, stat.st_size
        with self._lock:
            if self._settings is None or self._settings[0] != version:
                read = read_settings(self.workspace.environment, self.workspace.environ)
                self._settings = version, read
            return self._settings[1]


@dataclass(frozen=True)
class Call:
    """One request of somebody who is signed in."""

    desk: Desk
    who: Someone
    organisation: Organisation
    now: datetime
    session: str = field(repr=False)
    language: Language

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def zone(self) -> str:
        """The zone in which they read and write times."""
        return self.who.timezone or self.organisation.timezone

    @property
    def is_operator(self) -> bool:
        """Whether they belong to the organisation that runs this installation."""
        return self.organisation.id == self.desk.operator

    @cached_property
    def workspace(self) -> Workspace:
        """The installation as actions want it, speaking for the visitor's organisation."""
        return replace(self.desk.workspace, named=str(self.organisation.id))

    def note(self, what: str, note: str) -> None:
        """Write into the audit what the visitor changed, where the change leaves no trace of its own."""
        note_change(
            self.store,
            organisation=self.organisation.id,
            what=what,
            note=note,
            actor=self.who.email,
            now=self.now,
        )
