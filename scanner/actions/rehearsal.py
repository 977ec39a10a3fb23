"""One drill on its way through its stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

from scanner.actions.meetings import register_meeting, remove_meeting
from scanner.actions.routes import routes_of
from scanner.actions.scans import send_due
from scanner.actions.workspace import Workspace
from scanner.alerts.channel import Channel
from scanner.errors import LychgateError
from scanner.invitations.pasted import understand
from scanner.model import Delivery, DeliveryState, Exposure, Organisation
from scanner.scans.drill import SOURCE, TITLE, Bait, drill_unit, new_bait, planted, trigger
from scanner.scans.queue import LocalQueue
from scanner.scans.run import scan
from storage.drills import Drill, DrillStage, DrillState, DrillStep
from storage.store import Store

_PAUSE = timedelta(seconds=1)

Told = Callable[[DrillStep], None]
Wait = Callable[[timedelta], object]


class _Stopped(Exception):
    """A stage failed; what comes after it cannot be tried."""


class Rehearsal:
    """One drill. ``told`` hears of each stage; ``wait`` lets time pass between looks at the outbox."""

    def __init__(
        self,
        workspace: Workspace,
        drill: int,
        *,
        clock: Callable[[], datetime],
        queue: LocalQueue,
        patience: timedelta,
        told: Told,
        wait: Wait,
    ) -> None:
        self._workspace = workspace
        self._organisation = workspace.organisation
        self._store = workspace.store
        self._drill = drill
        self._clock = clock
        self._queue = queue
        self._patience = patience
        self._told = told
        self._wait = wait
        self._steps: list[DrillStep] = []
        self._meeting: int | None = None

    def hold(self) -> Drill:
        """Go through all stages, put away whatever was planted, and return how it went."""
        try:
            self._go_through()
        except _Stopped:
            pass
        except LychgateError as error:
            self._tell(self._next_stage(), str(error), good=False)
        except Exception:
            says = "A fault in Lychgate itself stopped it. It is in the log: please report it."
            self._tell(self._next_stage(), says, good=False)
            raise
        finally:  # also when somebody pressed Ctrl-C: nothing planted may stay
            self._end()
        with self._store.reading() as work:
            held = work.drills.get(self._drill)
        assert held is not None
        return held

    def _go_through(self) -> None:
        bait = new_bait(self._clock())
        with ExitStack() as stack:
            try:
                pair = stack.enter_context(planted(bait.page))
            except OSError as fault:
                self._fail(DrillStage.PLANTED, f"No page can be served on this machine: {fault.strerror}.")
            self._register(bait)
            says = f"A page at {pair} on this machine shows the link of an invented meeting."
            self._tell(DrillStage.PLANTED, says)
            self._read(pair)
        exposure = self._find()
        channels = self._routed(exposure)
        self._deliver(exposure, channels)

    def _register(self, bait: Bait) -> None:
        now = self._clock()
        understood = understand(
            bait.link,
            now=now,
            timezone=self._organisation.timezone,
            detector=self._workspace.detector,
        )
        proposed = replace(understood, title=TITLE, starts=bait.starts, ends=bait.ends, repeats="")
        done = register_meeting(self._store, proposed, organisation=self._organisation, now=now)
        self._meeting = done.meeting.id
        with self._store.begin() as work:
            work.drills.plant(self._drill, done.meeting.id)

    def _read(self, pair: str) -> None:
        settings = self._workspace.settings
        report = scan(
            [drill_unit(pair, contact=settings.contact)],
            store=self._store,
            routes=routes_of(self._workspace),
            channels=tuple(settings.channels),
            trigger=trigger(self._drill),
            clock=self._clock,
            queue=self._queue,
        )
        (coverage,) = report.coverage
        if not coverage.read:
            why = ", ".join((*coverage.failed, *coverage.skipped)) or "nothing came back"
            self._fail(
                DrillStage.READ,
                f"The page could not be read: {why}. So no page can be read at the moment: "
                "`lychgate doctor` and the log of `lychgate serve` say more.",
            )
        self._tell(DrillStage.READ, "The page was fetched and searched, as every page is.")

    def _find(self) -> Exposure:
        assert self._meeting is not None
        with self._store.reading() as work:
            found = work.overview.exposures_of(self._organisation.id, self._meeting)
        if not found:
            self._fail(
                DrillStage.FOUND,
                "The page was read, but its link was not taken for one of yours. That is a fault in "
                "Lychgate: please report it.",
            )
        severity = found[0].severity
        self._tell(
            DrillStage.FOUND, f"The link was found on it. {severity.level.capitalize()}: {severity.reason}"
        )
        return found[0]

    def _routed(self, exposure: Exposure) -> tuple[str, ...]:
        with self._store.reading() as work:
            queued = work.outbox.about(self._organisation.id, exposure.id)
        if not queued:
            self._fail(
                DrillStage.ROUTED,
                "Nobody would be told: no channel is set up. The page “Alerts” shows what to write into "
                "schedules.yaml.",
            )
        channels = tuple(dict.fromkeys(delivery.alert.channel for delivery in queued))
        self._tell(DrillStage.ROUTED, f"It is to be told through {', '.join(channels)}.")
        return channels

    def _deliver(self, exposure: Exposure, channels: Sequence[str]) -> None:
        """Have the postman go until every channel has taken its alert, or it is clear that one does not."""
        deliveries: Sequence[Delivery] = ()
        for _ in range(max(1, int(self._patience / _PAUSE))):
            send_due(self._workspace, clock=self._clock)
            with self._store.reading() as work:
                deliveries = work.outbox.about(self._organisation.id, exposure.id)
            mine = [each for each in deliveries if each.alert.channel in channels]
            if all(each.state is not DeliveryState.DUE or each.why_not for each in mine):
                break
            self._wait(_PAUSE)
        configured = self._workspace.settings.channels
        says = " ".join(_outcome(each, configured.get(each.alert.channel)) for each in deliveries)
        if all(each.state is DeliveryState.SENT for each in deliveries if each.alert.channel in channels):
            self._tell(DrillStage.DELIVERED, says)
        else:
            self._fail(
                DrillStage.DELIVERED,
                f"{says} Mend it in schedules.yaml, then send a test on the page “Alerts”.",
            )

    def _next_stage(self) -> DrillStage:
        return list(DrillStage)[len(self._steps)]

    def _fail(self, stage: DrillStage, says: str) -> NoReturn:
        self._tell(stage, says, good=False)
        raise _Stopped

    def _tell(self, stage: DrillStage, says: str, *, good: bool = True) -> None:
        step = DrillStep(stage=stage, at=self._clock(), good=good, says=says)
        self._steps.append(step)
        with self._store.begin() as work:
            work.drills.tell(self._drill, self._steps)
        self._told(step)

    def _end(self) -> None:
        now = self._clock()
        delivered = any(step.stage is DrillStage.DELIVERED and step.good for step in self._steps)
        put_away(self._store, self._drill, self._meeting, organisation=self._organisation, now=now)
        self._tell(DrillStage.CLEARED, "Page, meeting and exposure are put away.")
        with self._store.begin() as work:
            work.drills.end(self._drill, DrillState.PASSED if delivered else DrillState.FAILED, now)


def _outcome(delivery: Delivery, channel: Channel | None) -> str:
    """Say what became of an alert, and to whom it went."""
    people = ", ".join(getattr(channel.options, "to", ())) if channel else ""
    name = f"{delivery.alert.channel} ({people})" if people else delivery.alert.channel
    match delivery.state:
        case DeliveryState.SENT:
            return f"{name}: delivered."
        case DeliveryState.DEAD:
            return f"{name}: refused. {_sentence(delivery.last_error)}"
        case _:
            why = delivery.why_not or delivery.last_error or "nothing was heard of it in time"
            return f"{name}: not delivered. {_sentence(why)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def put_away(
    store: Store, drill: int, meeting: int | None, *, organisation: Organisation, now: datetime
) -> None:
    if meeting is None:
        return
    with store.reading() as work:
        still_there = work.meetings.get(organisation.id, meeting) is not None
    if still_there:
        remove_meeting(store, meeting, organisation=organisation, now=now)
    with store.begin() as work:
        work.addresses.forget_source(SOURCE)
        work.scans.remove(trigger(drill))
