"""The settings of a running ``serve``: read anew when somebody edits the file, kept where the edit is bad."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from scanner.actions.workspace import Workspace
from scanner.actions.zoom_risk import missing_secrets
from scanner.errors import LychgateError

log = logging.getLogger("lychgate")

_REMIND = timedelta(hours=1)
_Stamp = tuple[int, int, int] | None


class Live:
    """A workspace whose settings follow their file."""

    def __init__(self, workspace: Workspace) -> None:
        """Begin with the settings as they are; ConfigError if they cannot be used."""
        self._stamp = _stamp(workspace)
        log.info("%d sources are looked at", len(workspace.settings.sources))
        self.workspace = workspace
        self._said: datetime | None = None

    def look(self, now: datetime) -> bool:
        """Read the file if it has changed, and tell whether there are new settings.

        New are they too where the organisation has got another name or time zone. A fault is said at once
        and again every hour until the file is mended.
        """
        stamp = _stamp(self.workspace)
        is_reminder = self._said is not None and not now - _REMIND < self._said <= now
        is_known = stamp == self._stamp and not is_reminder
        if is_known and (self._said is not None or self._organisation_is_known()):
            return False
        self._stamp = stamp
        fresh = replace(self.workspace)
        try:
            sources = len(fresh.settings.sources)
        except LychgateError as fault:
            self._said = now
            log.error("the settings cannot be used, so those from before the change stay in force: %s", fault)
            return False
        self._said = None
        self.workspace = fresh
        log.info("the settings were read anew: %d sources are looked at", sources)
        for says in missing_secrets(fresh.settings):
            log.error("%s", says)
        return True

    def _organisation_is_known(self) -> bool:
        return replace(self.workspace).organisation == self.workspace.organisation


def _stamp(workspace: Workspace) -> _Stamp:
    """Return what changes with every edit, None if the file is not there."""
    try:
        found = workspace.environment.schedules.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
