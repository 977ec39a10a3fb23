"""Zoom's warning reaches people through a real ``serve``; whoever only pretends to be Zoom reaches nobody."""

from __future__ import annotations

import hmac
import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.actions.workspace import Workspace, opened
from scanner.actions.zoom_risk import NotZoom, ZoomListener
from scanner.errors import ConfigError, ExitCode, InputError
from scanner.serve.web import open_web
from scanner.settings import load
from tests.e2e.installation import Installation
from tests.internet import Site, serve
from tests.postbox import Postbox, postbox

ROOM, PASSCODE, OTHERS = "82205550117", "wren42", "84105550199"
SECRET = "s3cr3t-of-the-choirs-app"
SERVE = "import sys; from scanner.cli import main; main(['--data', sys.argv[1], 'serve'])"
PATH = "/hooks/zoom/zoom"


def event(link: str, *, room: str = ROOM, **details: Any) -> bytes:
    """A warning in the shape of Zoom's ``meeting.risk_alert``."""
    notice = {
        "post_platform": "Twitter",
        "social_link": link,
        "post_time": "2026-11-22T18:03:00Z",
        "post_user": "raider",
        "meeting_url": f"https://us02web.zoom.us/j/{room}?pwd=abcDEF123",
        "recommended_enable_settings": ["enablePassword", "enableWaitingRoom"],
        "recommended_disable_settings": [],
        **details,
    }
    meeting = {"id": room, "uuid": "4444AAAiAAAAAiAiAiiAii==", "topic": "Choir", "armn_details": notice}
    whole = {"event": "meeting.risk_alert", "event_ts": 1, "payload": {"account_id": "a", "object": meeting}}
    return json.dumps(whole).encode()


def signed(body: bytes, *, at: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    mac = hmac.digest(secret.encode(), f"v0:{stamp}:".encode() + body, "sha256").hex()
    return {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac}"}


def write_settings(home: Installation, site: Site, box: Postbox | None) -> None:
    (home.data / "zoom").write_text(SECRET + "\n")
    secret = f"{{file: {home.data / 'zoom'}}}"
    home.configure({}, box, more="web: {listen: 127.0.0.1:0}")
    text = (home.data / "schedules.yaml").read_text()
    text = text.replace("sources:", f"sources:\n  zoom: {{kind: zoom-risk, secret: {secret}}}", 1)
    (home.data / "schedules.yaml").write_text(text.replace("allow: []", f'allow: ["{site.pair}"]'))


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation whose choir meets in two days, to be copied."""
    home = Installation(tmp_path_factory.mktemp("ready") / "data")
    home.set_up()
    starts = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    rooms = [{"platform": "zoom", "key": ROOM, "passcode": PASSCODE}]
    home.register([{"title": "Choir", "starts": starts, "rooms": rooms}])
    return home.data


@pytest.fixture
def home(tmp_path: Path, ready: Path) -> Installation:
    return Installation(shutil.copytree(ready, tmp_path / "data"))


@dataclass(frozen=True)
class Served:
    """A running ``serve`` and where its web answers."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Send one request; names of headers are written with ``_`` for ``-``."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asking.request(method, path, body, {"Content-Type": "application/json", **named})
        answer = asking.getresponse()
        return answer.status, answer.read()

    def post(self, body: bytes, headers: dict[str, str], path: str = PATH) -> int:
        return self.ask("POST", path, body, **headers)[0]


@contextmanager
def serving(home: Installation) -> Iterator[Served]:
    log = home.data / "log"
    with (
        log.open("ab") as out,
        subprocess.Popen([sys.executable, "-c", SERVE, str(home.data)], stderr=out) as process,
    ):
        try:
            end = time.monotonic() + 60
            while not (found := re.search(r"answers on port (\d+)", log.read_text())):
                assert time.monotonic() < end, log.read_text()
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield Served(process, int(found[1]), log)
        finally:
            process.kill()


@pytest.mark.timeout(180)
def test_zooms_warning_becomes_an_alert_and_nothing_else_does(home: Installation) -> None:
    with serve({"/status/1": "<p>Sign in to see this post</p>"}) as site, postbox() as box:
        write_settings(home, site, box)
        with serving(home) as served:
            assert served.ask("GET", "/healthz") == (200, b"ok\n")
            warning = event(site.url("/status/1"))
            headers = signed(warning)
            refused = {
                "unsigned": (warning, {}),
                "another's secret": (warning, signed(warning, secret="guess")),
                "another body": (warning + b" ", headers),
                "an old one": (warning, signed(warning, at=datetime.now(UTC) - timedelta(minutes=6))),
                "one from tomorrow": (warning, signed(warning, at=datetime.now(UTC) + timedelta(days=1))),
                "no time": (warning, {"x-zm-signature": headers["x-zm-signature"]}),
            }
            assert {name: served.post(*request) for name, request in refused.items()} == dict.fromkeys(
                refused, 401
            )
            others = event(site.url("/status/2"), room=OTHERS)
            assert served.post(others, signed(others)) == 204
            assert not box.messages

            assert served.post(warning, headers) == 204
            assert served.post(warning, headers) == 401, "the same request once more is a replay"
            (mail,) = box.wait_for(1)
            text = " ".join(mail.body().split())
            assert "As was reported, the way into “Choir” stands in public" in text
            assert "reported by Zoom: posted on Twitter, 22 Nov 2026 at 18:03 UTC" in text

            token = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS"}})
            status, answer = served.ask("POST", PATH, token.encode(), **signed(token.encode()))
            assert (status, json.loads(answer)) == (
                200,
                {
                    "plainToken": "qgg8vlvZRS",
                    "encryptedToken": hmac.digest(SECRET.encode(), b"qgg8vlvZRS", "sha256").hex(),
                },
            )
            assert served.post(token.encode(), {}) == 401, "nothing is hashed for strangers"
            big = b"x" * (64 * 1024 + 1)
            assert served.post(big, signed(big)) == 413
            assert served.post(warning, signed(warning), path="/hooks/zoom/elsewhere") == 404
            assert served.ask("GET", PATH)[0] == 405
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(60) == 0
        (exposure,) = home.run("exposures", "list", "--json").lines()
        (sighting,) = exposure["sightings"]
        assert (sighting["address"], sighting["form"]) == (site.url("/status/1"), "reported")
        assert "1 × asks for a log-in" in home.run("scan", code=ExitCode.INCOMPLETE).out
        assert site.paths == ["/status/1"], "the post is looked at, others' are not"
        assert home.run("exposures", "list", "--json").lines()[0]["sightings"][0]["state"] == "unreadable"
    log = (home.data / "log").read_text()
    for secret in (ROOM, OTHERS, SECRET, "abcDEF123", "raider"):
        assert secret not in log
        assert secret not in mail.raw.decode()
    for file in home.data.iterdir():
        assert OTHERS.encode() not in file.read_bytes()


@pytest.fixture
def workspace(home: Installation) -> Iterator[Workspace]:
    with serve({}) as site:
        write_settings(home, site, None)
        with opened({}, home.data) as workspace:
            yield workspace


@pytest.mark.timeout(180)
def test_a_new_source_is_heard_without_a_restart_and_one_that_is_gone_is_not(home: Installation) -> None:
    with serve({}) as site, postbox() as box:
        write_settings(home, site, box)
        settings = home.data / "schedules.yaml"
        listed = settings.read_text()
        settings.write_text(listed.replace("  zoom: {kind: zoom-risk", "  other: {kind: zoom-risk"))
        with serving(home) as served:
            warning = event(site.url("/status/1"))

            def answer() -> int:
                return served.post(warning, signed(warning))

            def becomes(status: int) -> bool:
                end = time.monotonic() + 60
                while answer() != status and time.monotonic() < end:
                    time.sleep(0.3)
                return answer() in (status, 401)  # once taken, the same within a second is a replay

            assert answer() == 404
            settings.write_text(listed)
            assert becomes(204)
            box.wait_for(1)
            settings.write_text(listed.replace("  zoom: {kind: zoom-risk", "  other: {kind: zoom-risk"))
            assert becomes(404)


def hear(workspace: Workspace, body: bytes) -> int:
    headers = signed(body)
    listener = ZoomListener(lambda: workspace, "zoom", clock=lambda: datetime.now(UTC))
    return listener.hear(
        body, stamp=headers["x-zm-request-timestamp"], signature=headers["x-zm-signature"]
    ).exposures


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"{}",
        b"[" * 60_000,
        b'{"event": 7, "payload": {}}',
        b'{"event": "meeting.risk_alert", "payload": {"object": {"id": 7}}}',
        b'{"event": "meeting.risk_alert", "payload": {"object": {"armn_details": {"meeting_url": [1]}}}}',
        b'{"event": "endpoint.url_validation", "payload": {"plainToken": "v0:1763838000:{}"}}',
        b'{"event": "endpoint.url_validation", "payload": {"plainToken": ""}}',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_event_is_refused(workspace: Workspace, body: bytes) -> None:
    with pytest.raises(InputError):
        hear(workspace, body)


def test_other_events_of_zoom_are_nothing_to_us(workspace: Workspace) -> None:
    assert hear(workspace, b'{"event": "meeting.started", "payload": {"object": {"id": "82205550117"}}}') == 0


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "http://127.0.0.1/x", "x" * 9000])
def test_a_warning_without_a_usable_place_is_told_all_the_same(workspace: Workspace, link: str) -> None:
    assert hear(workspace, event(link)) == 1
    with workspace.store.reading() as work:
        (exposure,) = work.exposures.all(workspace.organisation.id)
    assert [sighting.address for sighting in exposure.sightings] == ["a place that Zoom does not name"]


def test_the_number_alone_is_enough(workspace: Workspace) -> None:
    warning = event("https://social.org/1", meeting_url=None, post_time="yesterday", post_platform="\x1b[31m")
    assert hear(workspace, warning) == 1
    with workspace.store.reading() as work:
        (exposure,) = work.exposures.all(workspace.organisation.id)
    assert exposure.sightings[0].where == "reported by Zoom: posted on [31m"


def test_what_could_not_be_taken_may_come_again(workspace: Workspace) -> None:
    warning = event("https://social.org/1")
    headers = signed(warning)
    stamp, signature = headers["x-zm-request-timestamp"], headers["x-zm-signature"]
    listener = ZoomListener(lambda: workspace, "zoom", clock=lambda: datetime.now(UTC))
    secret = Path(workspace.environment.folder / "zoom")
    secret.unlink()
    with pytest.raises(ConfigError, match="secret of Zoom's webhook"):
        listener.hear(warning, stamp=stamp, signature=signature)
    secret.write_text(SECRET)
    assert listener.hear(warning, stamp=stamp, signature=signature).exposures == 1
    with pytest.raises(NotZoom, match="came before"):
        listener.hear(warning, stamp=stamp, signature=signature)


def test_doctor_names_a_secret_that_is_not_there(home: Installation) -> None:
    with serve({}) as site:
        write_settings(home, site, None)
        (home.data / "zoom").unlink()
        said = home.run("doctor", code=ExitCode.USAGE).out
    assert "the secret of Zoom's webhook is not there" in " ".join(said.split())


@pytest.mark.parametrize("listen", ["8000", "localhost:8000", "127.0.0.1:99999", "127.0.0.1", "[::1:8000"])
def test_where_the_web_listens_is_an_address_and_a_port(tmp_path: Path, listen: str) -> None:
    file = tmp_path / "schedules.yaml"
    file.write_text(f"version: 1\nweb:\n  listen: '{listen}'\n")
    with pytest.raises(ConfigError, match=r"schedules.yaml:3:11: this must be an address of this machine"):
        load(file, environ={}, kinds={}, channels={})


def test_an_address_that_is_taken_does_not_keep_serve_from_scanning(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = workspace.environment.schedules
        text = settings.read_text().replace("127.0.0.1:0}", f"127.0.0.1:{taken.getsockname()[1]}}}")
        settings.write_text(text)
        with open_web(lambda: workspace, clock=lambda: datetime.now(UTC)):
            assert "nothing can listen at" in caplog.text
