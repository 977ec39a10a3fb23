"""Rehearse an alarm: a planted leak goes the whole way, from the page to the people who are to be told.

Nothing on that way is played. The page is fetched by a crawl child, its link compared with the register, the
exposure written with its alerts, and the alerts sent by the postman through the channels of the settings.
Only page and meeting are invented, the messages say so, and afterwards all of it is put away
(docs/decisions/0020-drills.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from scanner.actions.rehearsal import Rehearsal, Told, Wait, put_away
from scanner.actions.workspace import Workspace
from scanner.errors import InputError
from scanner.scans.queue import LocalQueue
from storage.drills import Drill, DrillStage, DrillState, DrillStep
from storage.store import Store

PATIENCE: Final = timedelta(minutes=3)
"""How long the channels have to take their alerts: a mail server may ask to come back in a minute."""

_FORGOTTEN = timedelta(minutes=15)
"""Longer than a drill can take: one that began before that was broken off."""
_KEPT = 20


def last_drills(store: Store, *, organisation: int) -> list[Drill]:
    """Return the last drills of an organisation, newest first."""
    with store.reading() as work:
        return work.drills.recent(organisation, _KEPT)


def ask_for_drill(store: Store, *, organisation: int, actor: str, now: datetime) -> Drill:
    """Have whoever serves begin a drill. One that waits or goes on already is returned instead."""
    with store.begin() as work:
        for drill in work.drills.unfinished():
            if drill.organisation == organisation:
                return drill
        work.audit.write(organisation, what="drill asked for", actor=actor, note="", now=now)
        return work.drills.add(organisation, actor=actor, now=now)


def drill_now(
    workspace: Workspace,
    *,
    actor: str,
    clock: Callable[[], datetime],
    patience: timedelta = PATIENCE,
    told: Told = lambda step: None,
) -> Drill:
    """Hold a drill in the foreground and return how it went; InputError while another one goes on."""
    put_forgotten_away(workspace, clock=clock)
    now, organisation = clock(), workspace.organisation.id
    with workspace.store.begin() as work:
        if any(drill.organisation == organisation for drill in work.drills.unfinished()):
            raise InputError("A drill is going on already. Wait for its end; the page “Drill” shows it.")
        work.audit.write(organisation, what="drill", actor=actor, note="", now=now)
        drill = work.drills.add(organisation, actor=actor, now=now)
        work.drills.begin(drill.id, now)
    return _hold(workspace, drill, clock=clock, queue=LocalQueue(), patience=patience, told=told)


def hold_asked_drills(
    workspace: Workspace,
    *,
    clock: Callable[[], datetime],
    queue: LocalQueue,
    wait: Wait,
    patience: timedelta = PATIENCE,
) -> list[Drill]:
    """Hold every drill that somebody asked for, and return how they went."""
    put_forgotten_away(workspace, clock=clock)
    held = []
    with workspace.store.reading() as work:
        waiting = [drill for drill in work.drills.unfinished() if drill.state is DrillState.ASKED]
    for drill in waiting:
        with workspace.store.begin() as work:
            mine = work.drills.begin(drill.id, clock())
        if mine:
            theirs = replace(workspace, named=str(drill.organisation))
            held.append(_hold(theirs, drill, clock=clock, queue=queue, patience=patience, wait=wait))
    return held


def put_forgotten_away(workspace: Workspace, *, clock: Callable[[], datetime]) -> None:
    """End drills that nobody began, or whose process died, and put away what they had planted."""
    now = clock()
    with workspace.store.reading() as work:
        unfinished = work.drills.unfinished()
        organisations = {found.id: found for found in work.organisations.all()}
    for drill in unfinished:
        since = drill.began or drill.asked
        if now - _FORGOTTEN < since <= now + _FORGOTTEN:
            continue
        owner = organisations[drill.organisation]
        put_away(workspace.store, drill.id, drill.meeting, organisation=owner, now=now)
        why = (
            "Lychgate ended while the drill went on. What it had planted is put away."
            if drill.began
            else "Nobody began it: is `lychgate serve` running?"
        )
        step = DrillStep(stage=DrillStage.CLEARED, at=now, good=False, says=why)
        with workspace.store.begin() as work:
            work.drills.tell(drill.id, [*drill.steps, step])
            work.drills.end(drill.id, DrillState.FAILED, now)


def _hold(
    workspace: Workspace,
    drill: Drill,
    *,
    clock: Callable[[], datetime],
    queue: LocalQueue,
    patience: timedelta,
    told: Told = lambda step: None,
    wait: Wait = lambda length: time.sleep(length.total_seconds()),
) -> Drill:
    going = Rehearsal(workspace, drill.id, clock=clock, queue=queue, patience=patience, told=told, wait=wait)
    return going.hold()
