"""Kill `lychgate keys rotate` again and again while scans and matching go on, and count what is not detected.

    python benchmarks/rotation.py [--kills 50] [--meetings 500] [--database URL]

A real installation with a site on loopback that leaks every meeting with its passcode. All the while
`lychgate scan` runs again and again, and a program that was started before the first rotation, as `serve` is,
compares every room with the register. Each rotation is killed with SIGKILL at a random point of its time.
URL names an empty PostgreSQL database; without it, SQLite is used.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from scanner.errors import KeyMissing
from scanner.match.register import Register
from scanner.match.verdict import match
from scanner.model import Form, Link, Passcode, PasscodeKind, PasscodeMatch, Room
from scanner.secret import KeyRing
from storage.store import Store, open_store
from tests.internet import serve

COMMAND = (sys.executable, "-c", "from scanner.cli import main; main()")
GIVEN = ("--organisation", "Benchmark", "--timezone", "Europe/London", "--email", "clerk@example.org")
A_PAGE = 50
"""Leaks on one page."""


def room(number: int) -> str:
    return str(82_000_000_000 + 7_919 * number)


@dataclass(slots=True)
class Watch:
    """What was compared while the key was being replaced, and what went wrong."""

    store: Store
    meetings: int
    ended: threading.Event = field(default_factory=threading.Event)
    rounds: int = 0
    missed: int = 0
    faults: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Compare every room and passcode with the register until told to end."""
        links = [
            Link(room=Room("zoom", room(number)), form=Form.URL, where="href", passcode=_passcode(number))
            for number in range(self.meetings)
        ]
        while not self.ended.is_set():
            try:
                now = datetime.now(UTC)
                with self.store.reading() as work:
                    register, keys = Register(work.meetings.register(now)), work.keys
                for link in links:
                    verdicts = match(link, register, keys, now=now)
                    self.missed += [each.passcode for each in verdicts] != [PasscodeMatch.CURRENT]
                self.rounds += 1
            except Exception as fault:  # noqa: BLE001 - whatever it is, nothing was detected meanwhile
                self.faults.append(f"matching: {type(fault).__name__}: {fault}")


@dataclass(slots=True)
class Scans:
    """Scans one after the other, and what each said."""

    run: Installation
    meetings: int
    ended: threading.Event
    done: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Scan until told to end; each scan has to see every leak again, and no new one."""
        while not self.ended.is_set():
            said = self.run("scan", "--full", "--json")
            if said.returncode:
                self.faults.append(f"scan: {said.returncode} {said.stderr.strip()[-300:]}")
                continue
            found = json.loads(said.stdout)["exposures"]
            self.lost += self.meetings - found["known"] + found["new"] + found["gone"]
            self.done += 1


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder, used through the command line."""

    data: Path
    environ: dict[str, str]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command and return what it said."""
        return subprocess.run(self.line(*arguments), env=self.environ, capture_output=True, text=True)

    def line(self, *arguments: str) -> tuple[str, ...]:
        """Return the command line."""
        return (*COMMAND, "--data", str(self.data), *arguments)

    def must(self, *arguments: str) -> str:
        """Run a command that may not fail."""
        said = self(*arguments)
        if said.returncode:
            sys.exit(f"{arguments}: {said.stdout}{said.stderr}")
        return said.stdout


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--meetings", type=int, default=500)
    options.add_argument("--database", default="")
    chosen = options.parse_args()
    pages = {f"/{start}": _leaks(range(start, start + A_PAGE)) for start in range(0, chosen.meetings, A_PAGE)}
    pages["/"] = "".join(f'<a href="{path}">x</a>' for path in pages)
    with tempfile.TemporaryDirectory() as folder, serve(pages) as site:
        data = Path(folder) / "data"
        environ = os.environ | ({"LYCHGATE_DATABASE_URL": chosen.database} if chosen.database else {})
        run = Installation(data, environ)
        run.must("init", "--yes", *GIVEN)
        first_key = (data / "lychgate.key").read_text()
        (data / "schedules.yaml").write_text(
            f'version: 1\nsources: {{forum: {{kind: site, start: ["{site.url("/")}"], delay: 0s}}}}\n'
            f'network: {{allow: ["{site.pair}"]}}\n'
        )
        _register(run, chosen.meetings, Path(folder) / "meetings.jsonl")
        run.must("scan")
        url = chosen.database or f"sqlite:///{data / 'lychgate.db'}"
        with open_store(url, KeyRing.from_file(data / "lychgate.key")) as store:
            watch = Watch(store, chosen.meetings)
            scans = Scans(run, chosen.meetings, watch.ended)
            lookers = [threading.Thread(target=each.look) for each in (watch, scans)]
            for thread in lookers:
                thread.start()
            killed, unfinished, whole = _kill(run, chosen.kills)
            run.must("keys", "rotate")
            watch.ended.set()
            for thread in lookers:
                thread.join()
        print(f"database: {'PostgreSQL' if chosen.database else 'SQLite'}, {chosen.meetings} leaked meetings")
        print(f"rotations killed with SIGKILL: {killed}, of which left unfinished: {unfinished}")
        print(f"rotations that came to their end meanwhile: {whole}, and one at the end")
        print(f"comparisons of all rooms meanwhile: {watch.rounds}, rooms missed: {watch.missed}")
        print(f"scans meanwhile: {scans.done}, leaks not seen, new or gone: {scans.lost}")
        print(f"faults: {len(watch.faults) + len(scans.faults)}")
        for fault in dict.fromkeys((*watch.faults, *scans.faults)):
            print(f"  {fault}")
        print(f"afterwards: {run.must('restore', '--check').strip()}")
        print(f"next key still there: {(data / 'lychgate.key.next').exists()}")
        (data / "lychgate.key").write_text(first_key)
        print(f"the first key is refused: {_is_refused(url, data / 'lychgate.key')}")


def _kill(run: Installation, kills: int) -> tuple[int, int, int]:
    """Rotate and kill; return how many were killed, how many of them half-way, and how many ended before."""
    chance = random.Random(7)
    began = time.monotonic()
    run.must("keys", "rotate")
    longest = time.monotonic() - began
    killed = unfinished = whole = 0
    while killed < kills:
        with subprocess.Popen(
            run.line("keys", "rotate"), env=run.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as rotation:
            try:
                rotation.wait(chance.uniform(0.2, 1.0) * longest)
                whole += 1
            except subprocess.TimeoutExpired:
                rotation.send_signal(signal.SIGKILL)
                killed += 1
            output = rotation.communicate()[1].decode()
        if rotation.returncode not in (0, -signal.SIGKILL):
            sys.exit(f"the rotation failed: {output}")
        unfinished += (run.data / "lychgate.key.next").exists()
    return killed, unfinished, whole


def _register(run: Installation, meetings: int, file: Path) -> None:
    entries = [
        {
            "title": f"Group {number}",
            "starts": "2037-01-01T19:00:00Z",
            "rooms": [{"platform": "zoom", "key": room(number), "passcode": _passcode(number).text}],
        }
        for number in range(meetings)
    ]
    file.write_text("\n".join(map(json.dumps, entries)))
    run.must("meetings", "import", str(file))


def _leaks(numbers: range) -> str:
    return "".join(
        f'<p><a href="https://zoom.us/j/{room(number)}">Join</a> Passcode: {_passcode(number).text}</p>'
        for number in numbers
    )


def _passcode(number: int) -> Passcode:
    return Passcode(f"wren{number:04}", PasscodeKind.PLAIN)


def _is_refused(url: str, key: Path) -> bool:
    try:
        open_store(url, KeyRing.from_file(key)).close()
    except KeyMissing:
        return True
    return False


if __name__ == "__main__":
    main()
