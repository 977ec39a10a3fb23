"""Is Lychgate at work? A short answer for cron, systemd and outside monitors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from scanner.actions.alerts import local_troubles
from scanner.actions.workspace import Workspace
from scanner.scans.coverage import UNREAD
from scanner.scans.troubles import troubles_of

_TWICE = 2


def what_is_wrong(workspace: Workspace, *, within: timedelta, clock: Callable[[], datetime]) -> list[str]:
    """Return a sentence for each thing that keeps people from being told in time, none if all is well.

    ``within`` is how long ago the last finished scan may be.
    """
    now = clock()
    wrong = [trouble.says for trouble in local_troubles(workspace, now)]
    settings = workspace.settings
    if not settings.channels:
        wrong.append("no channel is set up: nobody would be told")
    with workspace.store.reading() as work:
        for organisation in work.organisations.all():
            wrong.extend(trouble.says for trouble in troubles_of(work, organisation, settings.channels, now))
        done = [scan for scan in work.scans.recent(50) if scan.finished is not None]
        if not done:
            wrong.append("no scan has come to its end yet")
        elif now - done[0].started > within:
            wrong.append(f"the last scan began at {done[0].started:%Y-%m-%d %H:%M} UTC; is serve running?")
        for source in settings.sources:
            standing = work.scans.standing(source, alike=UNREAD)
            if standing and standing.state in UNREAD and standing.scans >= _TWICE:
                wrong.append(f"source {source} is {standing.state} since {standing.since:%Y-%m-%d %H:%M} UTC")
    return wrong
