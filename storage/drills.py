"""Drills: each one a rehearsal of an alarm, with its steps as they went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from storage.tables_drills import drills
from storage.transaction import Transaction, new_seal


class DrillState(StrEnum):
    """Where a drill is."""

    ASKED = "asked"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


class DrillStage(StrEnum):
    """The way of an alarm, step by step."""

    PLANTED = "planted"
    """The page stands and its meeting is registered."""
    READ = "read"
    """A crawl read the page."""
    FOUND = "found"
    """The link on it was found to be ours."""
    ROUTED = "routed"
    """Alerts were queued."""
    DELIVERED = "delivered"
    """Every channel took its alert."""
    CLEARED = "cleared"
    """Meeting, page and exposure are put away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillStep:
    """What became of one stage, in a sentence."""

    stage: DrillStage
    at: datetime
    good: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill. ``meeting`` is what it registered, while it goes on."""

    id: int
    organisation: int
    state: DrillState
    asked: datetime
    actor: str
    began: datetime | None = None
    ended: datetime | None = None
    meeting: int | None = None
    steps: tuple[DrillStep, ...] = ()


class Drills:
    """The drills of all organisations. Methods that take an organisation stay within it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, organisation: int, *, actor: str, now: datetime) -> Drill:
        """Store a drill that somebody asked for."""
        seal = new_seal()
        envelope = self._transaction.envelope(drills, seal, organisation=organisation)
        row = self._transaction.connection.execute(
            insert(drills)
            .values(
                organisation_id=organisation,
                seal=seal,
                asked=now,
                state=DrillState.ASKED,
                **envelope.seal(actor=actor, story="[]"),
            )
            .returning(drills)
        ).one()
        return self._read(row)

    def get(self, drill: int) -> Drill | None:
        """Return a drill, or None if there is none with this number."""
        row = self._transaction.connection.execute(select(drills).where(drills.c.id == drill)).one_or_none()
        return None if row is None else self._read(row)

    def recent(self, organisation: int, count: int) -> list[Drill]:
        """Return the last drills of an organisation, newest first."""
        query = select(drills).where(drills.c.organisation_id == organisation)
        rows = self._transaction.connection.execute(query.order_by(drills.c.id.desc()).limit(count))
        return [self._read(row) for row in rows]

    def unfinished(self) -> list[Drill]:
        """Return the drills of all organisations that are asked for or running, oldest first."""
        states = (DrillState.ASKED, DrillState.RUNNING)
        rows = self._transaction.connection.execute(
            select(drills).where(drills.c.state.in_(states)).order_by(drills.c.id)
        )
        return [self._read(row) for row in rows]

    def begin(self, drill: int, now: datetime) -> bool:
        """Take a drill that was asked for; False if somebody else has taken it."""
        taken = self._transaction.connection.execute(
            update(drills)
            .where(drills.c.id == drill, drills.c.state == DrillState.ASKED)
            .values(state=DrillState.RUNNING, began=now)
            .returning(drills.c.id)
        ).one_or_none()
        return taken is not None

    def plant(self, drill: int, meeting: int) -> None:
        """Record the meeting that a drill registered."""
        self._transaction.connection.execute(
            update(drills).where(drills.c.id == drill).values(meeting_id=meeting)
        )

    def tell(self, drill: int, steps: Sequence[DrillStep]) -> None:
        """Write down how a drill went so far."""
        connection = self._transaction.connection
        row = connection.execute(select(drills).where(drills.c.id == drill)).one()
        envelope = self._transaction.envelope(drills, row.seal, organisation=row.organisation_id)
        story = json.dumps([[step.stage, step.at.isoformat(), step.good, step.says] for step in steps])
        connection.execute(update(drills).where(drills.c.id == drill).values(**envelope.seal(story=story)))

    def end(self, drill: int, state: DrillState, now: datetime) -> None:
        """Record that a drill is over."""
        self._transaction.connection.execute(
            update(drills).where(drills.c.id == drill).values(state=state, ended=now)
        )

    def forget(self, before: datetime) -> None:
        """Delete the drills that ended before a time."""
        self._transaction.connection.execute(delete(drills).where(drills.c.ended < before))

    def is_planted(self, meeting: int) -> bool:
        """Tell whether a meeting was registered for a drill only."""
        found = self._transaction.connection.execute(
            select(drills.c.id).where(drills.c.meeting_id == meeting).limit(1)
        ).one_or_none()
        return found is not None

    def planted(self, organisation: int) -> frozenset[int]:
        """Return the meetings of an organisation that were registered for a drill only."""
        return frozenset(
            meeting
            for meeting in self._transaction.connection.scalars(
                select(drills.c.meeting_id).where(
                    drills.c.organisation_id == organisation, drills.c.meeting_id.is_not(None)
                )
            )
            if meeting is not None
        )

    def _read(self, row: Row[Any]) -> Drill:
        envelope = self._transaction.envelope(drills, row.seal, organisation=row.organisation_id)
        return Drill(
            id=row.id,
            organisation=row.organisation_id,
            state=DrillState(row.state),
            asked=row.asked,
            actor=envelope.open(row, "actor"),
            began=row.began,
            ended=row.ended,
            meeting=row.meeting_id,
            steps=tuple(
                DrillStep(stage=DrillStage(stage), at=datetime.fromisoformat(at), good=good, says=says)
                for stage, at, good, says in json.loads(envelope.open(row, "story"))
            ),
        )
