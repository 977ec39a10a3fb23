"""Send what is due in the outbox: send first, mark after, so that a crash repeats and never loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scanner.alerts.channel import Channel, Missed
from scanner.alerts.channels import recipients, send
from scanner.alerts.digests import Entry, write_digest
from scanner.alerts.retrying import TAKE_OVER_AFTER, delivered_after_all, next_try, same_news, substitute
from scanner.alerts.routing import Digest, Route, instead
from scanner.alerts.timing import Hold, SendInDigest, Turn, Withhold, decide
from scanner.alerts.wording import write
from scanner.errors import DeliveryError, LychgateError
from scanner.invitations.series import next_start
from scanner.model import Delivery, DeliveryState, Exposure, Meeting, Message, Organisation, Silence
from scanner.scans.mailing import addressed
from storage.store import Store

LEASE = timedelta(minutes=5)
"""Longer than any channel takes to send one message."""
_MOST_IN_A_DIGEST = 500
_MAIL = "email"
"""The kind of channel that can write to people who stand in no settings."""

_BECAME = {
    DeliveryState.DUE: "on its way",
    DeliveryState.SENT: "sent",
    DeliveryState.DEAD: "could not be delivered",
    DeliveryState.WITHHELD: "not sent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one look into the outbox did. ``errors`` are sentences about who was not reached, and why."""

    sent: int = 0
    waiting: int = 0
    dead: int = 0
    held: int = 0
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """A delivery with everything that decides about it, as things stand now."""

    delivery: Delivery
    organisation: Organisation
    exposure: Exposure | None
    meeting: Meeting | None
    people: tuple[str, ...]
    siblings: tuple[Delivery, ...]
    silences: tuple[Silence, ...]
    drill: bool
    """Its meeting is invented: people must not take it for a true alarm."""


def deliver_due(
    store: Store,
    channels: Mapping[str, Channel],
    *,
    clock: Callable[[], datetime],
    routes: Sequence[Route] = (),
    desk: str = "",
) -> Round:
    """Send every delivery whose turn has come, and write down what became of each.

    ``routes`` say what waits for the end of quiet hours or for a digest. What a channel does not take within
    two minutes, another one takes over. ``desk`` is the public address of the review desk, if it has one.
    """
    postman = _Postman(store, channels, routes, clock, desk)
    while postman.next():
        pass
    return Round(
        sent=postman.sent,
        waiting=postman.waiting,
        dead=postman.dead,
        held=postman.held,
        errors=tuple(dict.fromkeys(postman.errors)),
    )


@dataclass(slots=True)
class _Postman:
    """One round through the outbox."""

    store: Store
    channels: Mapping[str, Channel]
    routes: Sequence[Route]
    clock: Callable[[], datetime]
    desk: str
    sent: int = 0
    waiting: int = 0
    dead: int = 0
    held: int = 0
    errors: list[str] = field(default_factory=list)
    failing: dict[str, DeliveryError] = field(default_factory=dict)

    def next(self) -> bool:
        """Take one delivery and bring it to the end of its turn; False if none is due."""
        with self.store.begin() as work:
            claimed = work.outbox.claim(self.clock(), LEASE, 1)
        for delivery in claimed:
            try:
                case = self._case(delivery)
                turn = self._turn(case)
                if isinstance(turn, Hold | Withhold):
                    self._keep(delivery, turn)
                elif isinstance(turn, SendInDigest):
                    self._send_digest(case, turn.digest)
                else:
                    self._send([case], self._message(case))
            except LychgateError as error:
                self._failed(delivery, (), error)
        return bool(claimed)

    def _case(self, delivery: Delivery) -> _Case:
        alert = delivery.alert
        with self.store.reading() as work:
            organisation = work.organisations.get(alert.organisation)
            exposure = work.exposures.get(alert.organisation, alert.exposure) if alert.exposure else None
            meeting = work.meetings.get(alert.organisation, exposure.meeting) if exposure else None
            people = work.record.everybody(alert.organisation, meeting.id) if meeting else ()
            drill = meeting is not None and work.drills.is_planted(meeting.id)
            siblings = work.outbox.about(alert.organisation, exposure.id) if exposure else []
            silences = work.silences.holding(self.clock())
        if organisation is None or (alert.exposure and meeting is None):
            raise DeliveryError("its meeting was removed", permanent=True)
        return _Case(
            delivery, organisation, exposure, meeting, people, tuple(siblings), tuple(silences), drill
        )

    def _turn(self, case: _Case) -> Turn:
        if (channel := delivered_after_all(case.delivery, case.siblings)) is not None:
            return Withhold(f"channel {channel} delivered it after all")
        now = self.clock()
        return decide(
            case.delivery,
            case.exposure,
            next_start=next_start(case.meeting, now) if case.meeting else None,
            routes=self.routes,
            silences=case.silences,
            zone=ZoneInfo(case.organisation.timezone),
            now=now,
        )

    def _keep(self, delivery: Delivery, turn: Hold | Withhold) -> None:
        now = self.clock()
        with self.store.begin() as work:
            if isinstance(turn, Withhold):
                work.outbox.withhold(delivery.id, turn.why, now)
            else:
                work.outbox.hold(delivery.id, until=turn.until, why=turn.why, silence=turn.silence, now=now)
        self.held += 1

    def _message(self, case: _Case) -> Message:
        """Write the message as things stand now."""
        others = [
            f"{other.alert.channel} ({_BECAME[other.state]})"
            for other in case.siblings
            if same_news(other, case.delivery)
        ]
        message = write(
            case.delivery.alert,
            exposure=case.exposure,
            meeting=case.meeting,
            organisation=case.organisation,
            now=self.clock(),
            others=others,
            desk=self.desk,
            drill=case.drill,
        )
        return replace(message, people=case.people) if self._writes_to_people(case) else message

    def _writes_to_people(self, case: _Case) -> bool:
        """Tell whether this delivery reaches the meeting's own people: the first one by mail of each news."""
        by_mail = {name for name, channel in self.channels.items() if channel.kind == _MAIL}
        first = min(
            (
                each.id
                for each in (case.delivery, *case.siblings)
                if each.alert.channel in by_mail
                and (each.id == case.delivery.id or same_news(each, case.delivery))
            ),
            default=None,
        )
        return first == case.delivery.id

    def _send_digest(self, first: _Case, digest: Digest) -> None:
        alert = first.delivery.alert
        with self.store.begin() as work:
            more = work.outbox.claim(
                self.clock(),
                LEASE,
                _MOST_IN_A_DIGEST,
                organisation=alert.organisation,
                channel=alert.channel,
            )
        cases = [first]
        for delivery in more:
            try:
                case = self._case(delivery)
            except DeliveryError as error:
                self._failed(delivery, (), error)
                continue
            if self._turn(case) == SendInDigest(digest):
                cases.append(case)
            else:
                with self.store.begin() as work:
                    work.outbox.release(delivery.id)
        self._send(cases, self._digest(cases, digest))

    def _digest(self, cases: Sequence[_Case], digest: Digest) -> Message:
        """Write the digest of a channel, and for each meeting's own people one of what is theirs."""
        everything: list[Entry] = []
        theirs: dict[str, list[Entry]] = {}
        for case in cases:
            if case.exposure is None or case.meeting is None:
                continue
            entry = Entry(case.delivery, case.exposure, case.meeting)
            everything.append(entry)
            for person in case.people if self._writes_to_people(case) else ():
                theirs.setdefault(person, []).append(entry)
        organisation, now = cases[0].organisation, self.clock()
        message = write_digest(everything, digest, organisation=organisation, now=now)
        channel = self.channels.get(cases[0].delivery.alert.channel)
        own = recipients(message, channel) if channel else ()
        parts = {
            person: write_digest(entries, digest, organisation=organisation, now=now)
            for person, entries in theirs.items()
            if person not in own
        }
        return replace(message, people=tuple(parts), instead=parts)

    def _send(self, cases: Sequence[_Case], message: Message) -> None:
        """Send one message and mark every delivery that it carries."""
        name = cases[0].delivery.alert.channel
        waiting = {case.delivery.only for case in cases}
        # What some have and others have not goes to all again: nobody is left out.
        message = replace(message, only=waiting.pop() if len(waiting) == 1 else ())
        try:
            missed = self._send_by(name, message, cases[0].organisation)
        except LychgateError as error:
            for case in cases:
                self._failed(case.delivery, case.siblings, error)
            return
        now = self.clock()
        says, later = "; ".join(map(str, missed)), [each.address for each in missed if not each.permanent]
        with self.store.begin() as work:
            for case in cases:
                again = next_try(case.delivery, DeliveryError(says, permanent=not later), now=now)
                if again is None:
                    work.outbox.sent(case.delivery.id, now, missed=says)
                    self.sent += 1
                else:
                    work.outbox.retry(case.delivery.id, says, again, only=later)
                    self.waiting += 1
        self.errors.extend(f"{name}: {sentence}" for sentence in missed)

    def _send_by(self, name: str, message: Message, organisation: Organisation) -> tuple[Missed, ...]:
        """Send a message by a channel that did not fail in this round, or raise its failure again.

        One that hangs would otherwise take its time for each of many alerts, and the last ones would be
        taken over only when all of it is spent.
        """
        if name in self.failing:
            raise self.failing[name]
        channel = self.channels.get(name)
        try:
            if channel is None:
                raise DeliveryError("the settings name no such channel any more", permanent=False)
            message = addressed(
                message,
                channel,
                store=self.store,
                organisation=organisation.id,
                desk=self.desk,
                now=self.clock(),
            )
            return send(message, channel, now=self.clock())
        except DeliveryError as error:
            if not error.permanent:
                self.failing[name] = error
            raise

    def _failed(self, delivery: Delivery, siblings: Sequence[Delivery], error: LychgateError) -> None:
        """Write down a failure, when to try again, and who takes over, all in one transaction."""
        now = self.clock()
        self.errors.append(f"{delivery.alert.channel}: {error}")
        again = next_try(delivery, error, now=now)
        with self.store.begin() as work:
            if again is None:
                work.outbox.dead(delivery.id, str(error), now)
                self.dead += 1
            else:
                work.outbox.retry(delivery.id, str(error), again)
                self.waiting += 1
            is_late = again is None or again - delivery.created >= TAKE_OVER_AFTER
            if siblings and is_late and not delivery.only:
                channel = substitute(delivery, siblings, tuple(self.channels))
                if channel is not None:
                    work.outbox.put(instead(delivery.alert, channel), now, now)
