"""Kill Lychgate at random while it scans, writes and sends; count what is lost and what comes twice.

    python -m benchmarks.kills [KILLS]

A child process scans pages with new leaks and sends the alerts to a mail server on loopback, over and over,
until SIGKILL ends it and its successor goes on. Afterwards every leak must have been told, and no more often
than once and once more for each kill, under the same Message-ID. The clock of each child is ahead of the one
before by more than a lease, so that nobody has to wait for it.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scanner.alerts.channel import Channel
from scanner.alerts.channels.email import Options
from scanner.model import DeliveryState, Form, Limits, Link, Room, Unit
from scanner.scans.page import END, PageRead, to_json
from scanner.scans.postman import deliver_due
from scanner.scans.queue import LocalQueue
from scanner.scans.run import scan
from scanner.secret import KeyRing
from storage.meetings import Door, NewMeeting
from storage.store import Store, create_store, open_store
from tests.postbox import postbox

_SEED = 20261126
_LONGEST = 1.2
"""Seconds of work after which a child is killed at the latest: a few rounds of scanning and sending."""


def main(kills: int) -> int:
    """Run the drill and print its figures; 1 if something was lost or came too often."""
    chance = random.Random(_SEED)
    folder = Path(tempfile.mkdtemp(prefix="lychgate-kills-"))
    keys = KeyRing.create(folder / "lychgate.key")
    url = f"sqlite:///{folder / 'lychgate.db'}"
    with create_store(url, keys) as store, store.begin() as work:
        work.organisations.add(name="Drill", timezone="UTC", email="clerk@example.org")
    begun, at = time.monotonic(), Counter[str]()
    with postbox() as box:
        for number in range(kills):
            at[_live_and_die(folder, box.port, number, after=chance.uniform(0, _LONGEST))] += 1
        ahead = timedelta(minutes=10) * (kills + 1)
        with open_store(url, keys) as store:
            deliver_due(store, _channels(box.port), clock=lambda: datetime.now(UTC) + ahead)
            with store.reading() as work:
                told = work.outbox.all(1)
                exposures = len(work.exposures.all(1))
        copies = Counter(str(received.mail["Message-ID"]) for received in box.messages)
    lost = [each for each in told if not any(key.startswith(f"<{each.alert.key}@") for key in copies)]
    twice = sum(count - 1 for count in copies.values())
    unsent = sum(each.state is not DeliveryState.SENT for each in told)
    figures = {
        "kills": kills,
        "killed while": dict(sorted(at.items())),
        "leaks found": exposures,
        "alerts written": len(told),
        "alerts lost": len(lost),
        "alerts not marked sent": unsent,
        "mails received": len(box.messages),
        "extra copies (same key)": twice,
        "most copies of one": max(copies.values(), default=0),
        "seconds": round(time.monotonic() - begun),
    }
    for name, figure in figures.items():
        print(f"{name:26} {figure}")
    return int(bool(lost or unsent or exposures != len(told) or twice > kills))


def _live_and_die(folder: Path, port: int, number: int, *, after: float) -> str:
    """Start a child, let it work for a while, kill it and all it started; return what it was doing."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.kills", "child", str(folder), str(port), str(number)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout
    assert child.stdout.readline() == "ready\n", "a child could not begin"
    time.sleep(after)
    os.killpg(child.pid, signal.SIGKILL)
    said = child.stdout.read().split()
    child.wait()
    return said[-1] if said else "scan"


def _child(folder: Path, port: int, number: int) -> None:
    ahead = timedelta(minutes=10) * number

    def clock() -> datetime:
        return datetime.now(UTC) + ahead

    keys = KeyRing.from_file(folder / "lychgate.key")
    with open_store(f"sqlite:///{folder / 'lychgate.db'}", keys) as store:
        print("ready", flush=True)
        while True:
            room = _next_meeting(store, clock)
            print("scan", flush=True)
            _scan(store, room, clock)
            print("send", flush=True)
            deliver_due(store, _channels(port), clock=clock)


def _next_meeting(store: Store, clock: Callable[[], datetime]) -> Room:
    """Return the room of the first meeting that no exposure was written of, a new one's if there is none."""
    now = clock()
    with store.begin() as work:
        told = {exposure.meeting for exposure in work.exposures.all(1)}
        left = [meeting for meeting in work.meetings.all(1) if meeting.id not in told]
        if left:
            return left[0].rooms[0]
        room = Room("zoom", f"8{len(told):010d}")
        door = Door(room, ())
        meeting = NewMeeting(
            title=f"Meeting {len(told)}", starts=now + timedelta(days=400), doors=(door,), timezone="UTC"
        )
        return work.meetings.add(1, meeting, now).rooms[0]


def _scan(store: Store, room: Room, clock: Callable[[], datetime]) -> None:
    link = Link(room=room, form=Form.URL, where="href")
    page = PageRead(source="forum", address=f"https://forum.example/{room.key}", depth=1, links=(link,))
    said = f"{to_json(page)}\n{END}\n"
    scan(
        [Unit(source="forum", kind="site", options={}, limits=Limits())],
        store=store,
        routes=(),
        channels=("clerk",),
        trigger="drill",
        clock=clock,
        queue=LocalQueue(command=("/bin/sh", "-c", "cat >/dev/null; printf '%s' \"$0\"", said)),
    )


def _channels(port: int) -> dict[str, Channel]:
    return {
        "clerk": Channel("clerk", "email", Options(to=("clerk@example.org",), host="127.0.0.1", port=port))
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["child", folder, port, number]:
            _child(Path(folder), int(port), int(number))
        case [kills]:
            sys.exit(main(int(kills)))
        case _:
            sys.exit(main(200))
