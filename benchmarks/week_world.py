"""What the simulated week happens in: three sites, a mail server, a chat, an installation of Lychgate."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.shifted import ShiftedClock
from benchmarks.week_setting import BEGIN, INIT, MEETINGS, Place, places, settings
from scanner.actions.workspace import Workspace, opened
from scanner.alerts.timing import UNANSWERED
from scanner.model import DeliveryState, News
from scanner.serve.agenda import due_runs, read_agenda, runs_between
from tests.hook import Hook, hook

HERE = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-c", "from scanner.cli import main; main()")
PATIENCE = timedelta(minutes=5)
"""How long serve may need, by a real clock, for what is due at one moment."""
_HOP = timedelta(minutes=5)
"""Longer steps are taken in two: after one of ten minutes serve would say that nobody served."""
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_ANSWERS_DUE = tuple(timedelta(minutes=count) for count in (5, 15, 20, 60, 24 * 60, 48 * 60, 72 * 60))
"""How long after an alert somebody is reminded, or somebody else is told."""
_MOMENT = timedelta(seconds=10)
"""Serve looks for what is due by time alone once a minute: not a second too early."""
_HOURS = (7, 8)
"""When quiet hours end, and when digests and reports go out."""


@dataclass(frozen=True)
class Mail:
    """One mail as it came, and when."""

    at: datetime
    to: tuple[str, ...]
    message: EmailMessage


@dataclass(frozen=True)
class Note:
    """Something that happened outside of Lychgate, or that somebody did."""

    at: datetime
    kind: str
    text: str


@dataclass
class World:
    """Everything there is. Build it with ``made``."""

    folder: Path
    clock: ShiftedClock
    places: dict[str, Place]
    chat: Hook
    workspace: Workspace
    mail_port: int
    mails: list[Mail] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    posted: list[tuple[datetime, dict[str, object]]] = field(default_factory=list)
    serving: subprocess.Popen[bytes] | None = None
    post_office: Controller | None = None
    _quiet_since: datetime = BEGIN
    _serves_since: datetime = BEGIN

    @staticmethod
    @contextmanager
    def made(folder: Path, clock: ShiftedClock) -> Iterator[World]:
        """Begin the world: sites answer, the post office is open, Lychgate is set up and serves."""
        with ExitStack() as stack:
            sites = {place.name: place for place in places()}
            for place in sites.values():
                stack.enter_context(_answering(place))
            chat = stack.enter_context(hook())
            with create_server(("127.0.0.1", 0)) as free:
                mail_port = free.getsockname()[1]
            data = folder / "data"
            os.environ |= {
                "CHAT_URL": f"http://{chat.pair}/chat",
                "CHAT_SECRET": "a secret of the simulated week",
            }
            lychgate(clock, data, *INIT)
            (data / "schedules.yaml").write_text(settings(sites.values(), chat.pair, mail_port))
            (data / "meetings.jsonl").write_text("\n".join(json.dumps(each) for each in MEETINGS))
            lychgate(clock, data, "meetings", "import", str(data / "meetings.jsonl"))
            workspace = stack.enter_context(opened(os.environ, data))
            world = World(folder, clock, sites, chat, workspace, mail_port)
            stack.callback(world.mail_server_stops)
            stack.callback(world.serve_stops)
            world.mail_server_starts()
            yield world

    # --- what happens ---------------------------------------------------------------------------

    def note(self, kind: str, text: str) -> None:
        self.notes.append(Note(self.clock.now(), kind, text))

    def run(self, who: str, *arguments: str) -> None:
        """Give a command in somebody's name."""
        lychgate(self.clock, self.folder / "data", *arguments, who=who)

    def serve_starts(self) -> None:
        self._serves_since = self.clock.now()
        with (self.folder / "log").open("ab") as log:
            self.serving = subprocess.Popen(
                [*COMMAND, "--data", str(self.folder / "data"), "serve"],
                cwd=HERE,
                env={**self.clock.environment(), "TZ": "UTC"},
                stderr=log,
                stdout=log,
            )

    def serve_stops(self) -> None:
        if self.serving is not None:
            self.serving.send_signal(signal.SIGTERM)
            self.serving.wait(60)
            self.serving = None

    def mail_server_starts(self) -> None:
        self.post_office = Controller(_Keeper(self), hostname="127.0.0.1", port=self.mail_port)
        self.post_office.start()

    def mail_server_stops(self) -> None:
        if self.post_office is not None:
            self.post_office.stop()
            self.post_office = None

    # --- time -----------------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """Return the next moment at which serve may have something to do; None while nobody serves."""
        since = self._quiet_since
        if self.serving is None:
            return None
        organisation = self.workspace.organisation
        agenda = read_agenda(self.workspace, begin=since, end=since + _DAY)
        moments = [run.at for run in runs_between(agenda, since, since + _DAY)[:1]]
        with self.workspace.store.reading() as work:
            waiting = work.outbox.all(organisation.id, [DeliveryState.DUE])
            unanswered = work.exposures.all(organisation.id, UNANSWERED)
            told = [
                each
                for case in unanswered
                for each in work.outbox.about(organisation.id, case.id)
                if each.alert.news not in (News.REMINDER, News.ESCALATED)
            ]
        for delivery in waiting:
            moments += [delivery.due, delivery.created + timedelta(minutes=61)]
        asked = [case.opened for case in unanswered]
        asked += [moment for each in told for moment in (each.created, each.settled) if moment]
        moments += [moment + after + _MOMENT for moment in asked for after in _ANSWERS_DUE]
        moments += _mornings(since, ZoneInfo(organisation.timezone))
        return min((moment for moment in moments if moment > since), default=None)

    def go_to(self, moment: datetime) -> None:
        """Skip the time until a moment, without a step that serve would take for a time off."""
        if self.serving is not None and moment - self.clock.now() > _HOP:
            self.clock.move_to(moment - 2 * _MINUTE)
            self._wait(self._is_awake)
        self.clock.move_to(moment)

    def settle(self) -> None:
        """Wait until serve has done everything that is due by now."""
        since = self.clock.now()
        if self.serving is not None:
            self._wait(self._is_awake)
            if since - self._quiet_since < _MINUTE:
                time.sleep(5)  # serve writes down only once a minute that it is awake
            self._wait(self._is_quiet)
        self._quiet_since = since
        self._hear_chat()

    def _wait(self, true: Callable[[datetime], bool]) -> None:
        begin, since = time.monotonic(), self.clock.now()
        while not true(since):
            if time.monotonic() - begin > PATIENCE.total_seconds():
                raise SystemExit(f"serve is not quiet at {since}: see {self.folder / 'log'}")
            time.sleep(0.2)

    def _is_awake(self, since: datetime) -> bool:
        """Tell whether planner and postman have had a turn since a moment, or at most a minute before."""
        with self.workspace.store.reading() as work:
            turns = work.units.last_beat(), work.chores.last("incidents")
        return all(turn is not None and turn > since - _MINUTE for turn in turns)

    def _is_quiet(self, since: datetime) -> bool:
        """Tell whether everything due by now was planned, looked at and sent."""
        now = self.clock.now()
        agenda = read_agenda(self.workspace, begin=now - _DAY, end=now)
        with self.workspace.store.reading() as work:
            planned = due_runs(
                agenda, work.units.last_due(now), listening=(), started=self._serves_since, now=now
            )
            pending = any(unit.due <= now for unit in work.units.pending())
            running = any(scan.finished is None for scan in work.scans.recent(3))
            waiting = work.outbox.all(self.workspace.organisation.id, [DeliveryState.DUE])
        return not (planned or pending or running or any(delivery.due <= now for delivery in waiting))

    def _hear_chat(self) -> None:
        for post in self.chat.posts[len(self.posted) :]:
            at = datetime.fromtimestamp(int(post.headers["webhook-timestamp"]), UTC)
            self.posted.append((at, json.loads(post.body)))


def lychgate(clock: ShiftedClock, data: Path, *arguments: str, who: str = "clerk") -> None:
    """Run a command, and raise SystemExit with what it said if it failed."""
    done = subprocess.run(
        [*COMMAND, "--data", str(data), *arguments],
        cwd=HERE,
        env={**clock.environment(), "LOGNAME": who},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{arguments}: {done.stdout}{done.stderr}")


def _mornings(since: datetime, zone: ZoneInfo) -> list[datetime]:
    today = since.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return [
        (today.replace(hour=hour) + timedelta(days=day)).astimezone(UTC) for day in (0, 1) for hour in _HOURS
    ]


class _Keeper:
    """Keeps every mail with the time at which it came."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(message, EmailMessage)
        self._world.mails.append(Mail(self._world.clock.now(), tuple(envelope.rcpt_tos), message))
        return "250 kept"


class _Pages(BaseHTTPRequestHandler):
    place: Place

    def do_GET(self) -> None:
        body = self.place.pages.get(self.path)
        said = (body or "not here").encode()
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "application/rss+xml" if self.path.endswith(".xml") else "text/html")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nobody reads it."""


@contextmanager
def _answering(place: Place) -> Iterator[None]:
    server = ThreadingHTTPServer((place.host, 0), type("Pages", (_Pages,), {"place": place}))
    server.daemon_threads = True
    place.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
