"""From a post on a fast source to the mail about it, with a meeting twenty minutes away.

    python benchmarks/latency.py [--runs 20] [--every 1m] [--seed 1]

Starts the real `lychgate serve` on a temporary data folder, a forum and a mail server on loopback. Each run
is a meeting of its own, whose link is posted twenty minutes before its start, at a random moment of another
minute; the time ends when the mail server has the mail. Prints every run, then median and worst: the wait
for the next look is at most `--every`, the rest is what Lychgate needs.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HERE = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from scanner.cli import main; main()"]
GIVEN = ("--organisation", "Benchmark", "--timezone", "UTC", "--email", "clerk@example.org")
AHEAD = timedelta(minutes=20)
PATIENCE = 300
FIRST_ROOM = 82_205_560_000


class Mailbox:
    """Keeps every mail with the time it came."""

    def __init__(self) -> None:
        self.came: list[tuple[float, str]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.came.append((time.monotonic(), envelope.content.decode("utf-8", "replace")))
        return "250 kept"

    def wait_for(self, words: str) -> float:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for at, mail in self.came:
                if words in mail:
                    return at
            time.sleep(0.05)
        raise SystemExit(f"no mail about {words} in {PATIENCE} seconds; see the log")


class Forum(ThreadingHTTPServer):
    """An index of posts, the newest first."""

    daemon_threads = True
    posts: dict[str, str]


class Pages(BaseHTTPRequestHandler):
    server: Forum

    def do_GET(self) -> None:
        posts = self.server.posts
        if self.path == "/":
            body = "".join(f'<a href="{path}">{path}</a>' for path in reversed(posts))
        else:
            body = posts.get(self.path, "")
        self.send_response(200 if body or self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description="Time from a post on a fast source to the mail about it.")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--every", default="1m", help="pace of the countdown in the last half hour")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post_office = Controller(mailbox, hostname="127.0.0.1", port=port)
    post_office.start()
    forum = Forum(("127.0.0.1", 0), Pages)
    forum.posts = {f"/t/{number}": f"An old post, number {number}" for number in range(50)}
    threading.Thread(target=forum.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        minutes = range(1, options.runs + 1)
        now = datetime.now(UTC)
        begins = [now + timedelta(minutes=minute, seconds=chance.uniform(0, 60)) for minute in minutes]
        set_up(data, forum, port, every=options.every, begins=begins)
        with serving(data):
            wait_until(lambda: "looking at forum" in (data / "log").read_text())
            posted = [post(number, begin, forum) for number, begin in enumerate(begins)]
            took = [mailbox.wait_for(f"Vestry {number:03}") - at for number, at in enumerate(posted)]
    for number, seconds in enumerate(took, start=1):
        print(f"run {number:>3}: {seconds:6.1f} s")
    print(f"{len(took)} runs, a look every {options.every}: median {statistics.median(took):.1f} s, ", end="")
    print(f"worst {max(took):.1f} s, best {min(took):.1f} s")


def post(number: int, begin: datetime, forum: Forum) -> float:
    """Post the link of a meeting when its moment has come, and return that moment."""
    time.sleep(max((begin - datetime.now(UTC)).total_seconds(), 0))
    link = f"https://us02web.zoom.us/j/{FIRST_ROOM + number}"
    forum.posts[f"/t/new-{number}"] = f'<p>Come and join <a href="{link}">tonight</a></p>'
    return time.monotonic()


def set_up(data: Path, forum: Forum, port: int, *, every: str, begins: Sequence[datetime]) -> None:
    lychgate(data, "init", "--yes", *GIVEN)
    pair = f"127.0.0.1:{forum.server_address[1]}"
    (data / "schedules.yaml").write_text(
        f"""version: 1
sources: {{forum: {{kind: site, start: ["http://{pair}/"]}}}}
schedules: {{countdown: {{every: {{30m: {every}}}, sources: [forum]}}}}
channels: {{clerk: {{kind: email, to: [clerk@example.org], host: 127.0.0.1, port: {port}}}}}
routes: [{{to: [clerk]}}]
network: {{allow: ["{pair}"]}}
web: {{listen: "127.0.0.1:0"}}
"""
    )
    meetings = [
        {
            "title": f"Vestry {number:03}",
            "starts": (begin + AHEAD).isoformat(),
            "rooms": [{"platform": "zoom", "key": str(FIRST_ROOM + number)}],
        }
        for number, begin in enumerate(begins)
    ]
    (data / "meetings.jsonl").write_text("\n".join(json.dumps(meeting) for meeting in meetings))
    lychgate(data, "scan")
    lychgate(data, "meetings", "import", str(data / "meetings.jsonl"))


@contextmanager
def serving(data: Path) -> Iterator[None]:
    with (data / "log").open("ab") as log:
        process = subprocess.Popen([*COMMAND, "--data", str(data), "serve"], cwd=HERE, stderr=log, stdout=log)
    try:
        yield
    except SystemExit:
        print((data / "log").read_text(), file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait(60)


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise SystemExit("serve did not look at the forum")
        time.sleep(0.1)


def lychgate(data: Path, *arguments: str) -> None:
    done = subprocess.run(
        [*COMMAND, "--data", str(data), *arguments], cwd=HERE, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 3):
        raise SystemExit(f"{arguments}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
