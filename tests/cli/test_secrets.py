"""Nothing Lychgate says, logs, stores or mails gives a meeting away, least of all when everything fails."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
import time_machine

from tests.cli.clerk import Clerk
from tests.internet import Answer, redirect, serve
from tests.postbox import nobody_home, postbox

KEY, TOKEN, PASSCODE = "82205550117", "Vm9pY2VzT2ZUaGVXcmVu", "wren4217"
FOREIGN, FOREIGN_PASSCODE, FOREIGN_CODE = "84155509999", "swift9031", "qrs-tuvw-xyz"
WIFI = "mail-password-5520"
SECRETS = [
    *(KEY, "822 0555 0117", "822-0555-0117", TOKEN, PASSCODE),
    *(FOREIGN, "841 5550 9999", FOREIGN_PASSCODE, FOREIGN_CODE, WIFI),
]
INVITATION = f"""\
Topic: Evening prayer
Time: Nov 26, 2031 07:00 PM London
https://us02web.zoom.us/j/{KEY}?pwd={TOKEN}.1
Meeting ID: 822 0555 0117
Passcode: {PASSCODE}
"""
OURS = f'<p>Come: <a href="https://us02web.zoom.us/j/{KEY}?pwd={TOKEN}.1">x</a> Passcode: {PASSCODE}</p>'
THEIRS = f"""<title>{FOREIGN}</title><p>Meeting ID: 841 5550 9999 Passcode: {FOREIGN_PASSCODE}</p>
<a href="https://meet.google.com/{FOREIGN_CODE}">x</a> <a href="/go?confno={FOREIGN}">y</a> <a href="/r">z</a>
<a href="/{FOREIGN}">500</a> <a href="/loop">l</a> <a href="http://{FOREIGN}.invalid/">n</a>"""
LINE = (
    '{{"title": {title}, "starts": "2031-01-07T19:30:00Z",'
    ' "rooms": [{{"platform": {platform}, "key": {key}}}]}}'
)

BAD_LINES = [
    f'{{"title": "{KEY}',
    f'["{KEY}"]',
    LINE.format(title='""', platform='"zoom"', key=f'"{KEY}"'),
    LINE.format(title='"x"', platform='"zoomm"', key=f'"{KEY}"'),
    LINE.format(title='"x"', platform='"zoom"', key=f'"https://zoom.us/j/{KEY}?pwd={TOKEN}"'),
    LINE.format(title='"x"', platform='"zoom"', key=f'["{KEY}"]'),
    LINE.format(title='"x"', platform='"google-meet"', key=f'"{KEY} {PASSCODE}"'),
    f'{{"title": "x", "starts": "2031-01-07", "rooms": [{{"platform": "zoom", "key": "{KEY}",'
    f' "passcode": "{PASSCODE}", "passcode_kind": "{TOKEN}"}}]}}',
    f'{{"title": "{PASSCODE}", "starts": "2031-01-07T10:00:00Z", "rooms": [{{"platform": "zoom",'
    f' "key": "{KEY}", "passcode": "{PASSCODE}"}}]}}',
]
FAULTY_SETTINGS = [
    f"version: 1\nchannels: {{clerk: {{kind: email, to: [a@example.org], username: u, password: {WIFI}}}}}\n",
    f"version: 1\nsources: {{a: {{kind: site, start: ['https://zoom.us/j/{KEY}?pwd={TOKEN}']}}}}\n",
    f"version: 1\nsources: {{a: {{kind: site, start: 'zoom.us/j/{KEY}'}}}}\n",
    f"version: 1\norganisation: {{password: {WIFI}}}\n",
    f"version: 1\nx: &a [*a]\n'{WIFI}: [\n",
]
PAGES = {
    "/": f'{OURS}<a href="/theirs">x</a>',
    "/theirs": THEIRS,
    f"/go?confno={FOREIGN}": redirect(f"https://zoom.us/j/{FOREIGN}?pwd={FOREIGN_PASSCODE}"),
    "/r": redirect(f"https://meet.google.com/{FOREIGN_CODE}"),
    f"/{FOREIGN}": Answer(status=500, body=THEIRS),
    "/loop": redirect("/loop"),
}


class Witness:
    """Everything that was said so far, and how often something went wrong."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.heard: list[str] = []
        self.faults = 0

    def __call__(self, *arguments: str, stdin: str = "", data: Path | None = None) -> int:
        said = self.clerk.answer("--data", str(data or self.clerk.data), *arguments, stdin=stdin)
        self.heard += [said.out, said.err]
        self.faults += said.code != 0
        return said.code


@pytest.mark.timeout(300)
def test_nothing_gives_a_meeting_away(clerk: Clerk, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    witness = Witness(clerk)
    settings = clerk.data / "schedules.yaml"
    mails: list[bytes] = []

    # Registering, rightly and wrongly
    assert witness("meetings", "add", stdin=INVITATION) == 0, witness.heard
    for arguments in (
        ("--title", f"Code {PASSCODE}"),
        ("--ends", "2001-01-01 10:00"),
        ("--repeats", "NEVER"),
    ):
        witness("meetings", "add", "--starts", "2031-01-01 10:00", *arguments, stdin=INVITATION)
    witness("meetings", "add", "--title", "Late", stdin=f"Join https://zoom.us/j/{KEY}?pwd={TOKEN}")
    witness("meetings", "add", stdin=f"\0{INVITATION}")
    witness("meetings", "add", stdin=INVITATION * 9000)
    for number, line in enumerate(BAD_LINES):
        (tmp_path / f"{number}.jsonl").write_text(line)
        witness("meetings", "import", str(tmp_path / f"{number}.jsonl"), "--json")

    # Looking, with leaks, other people's meetings and broken pages
    with serve(PAGES) as site, serve({"/": Answer(status=403, body=THEIRS)}) as shut:
        for box in (postbox(), nobody_home(), postbox(refuse_message="550 looks like spam")):
            with box as mail:
                clerk.configure({"parish": site, "shut": shut}, mail)
                witness("scan")
                witness("scan", "--full", "--json")
                witness("alerts", "test")
                witness("doctor")
                mails += [message.raw for message in mail.messages]
        witness("sources", "check", "--json")
        witness("scan", "nowhere")
    for arguments in (
        ("exposures", "list"),
        ("exposures", "list", "--json"),
        ("exposures", "show", "1"),
        ("exposures", "show", "99"),
        ("exposures", "ack", "1"),
        ("exposures", "close", "1", "--as", "gone"),
        ("exposures", "close", "1", "--as", "rotated"),
        ("exposures", "ack", "1"),
        ("meetings", "list"),
        ("meetings", "list", "--json"),
        ("meetings", "remove", "99", "--yes"),
        ("alerts", "list"),
        ("alerts", "list", "--json"),
        ("alerts", "test", "nobody"),
        ("sources", "list"),
    ):
        witness(*arguments)

    # Settings, key and database that are broken
    good = settings.read_text()
    for text in FAULTY_SETTINGS:
        settings.write_text(text)
        witness("scan")
        witness("doctor", "--no-look")
    settings.write_text(good)
    broken = tmp_path / "broken"
    shutil.copytree(clerk.data, broken)
    (broken / "lychgate.key").write_text("lychgate-key-1:" + "A" * 44)
    witness("meetings", "list", data=broken)
    (broken / "lychgate.key").chmod(0o644)
    witness("doctor", "--no-look", data=broken)
    (broken / "lychgate.db").write_bytes(b"x" * 5000)
    witness("exposures", "list", data=broken)
    with time_machine.travel("1980-01-01", tick=False):
        witness("doctor", "--no-look")

    # A bug in the worst place
    def broken_rule(*_: object) -> None:
        raise RuntimeError(f"cannot match https://zoom.us/j/{FOREIGN}?pwd={FOREIGN_PASSCODE} or {KEY}")

    clerk.monkeypatch.setattr("scanner.actions.workspace.read_keys", broken_rule)
    assert witness("scan") == 70

    assert witness.faults >= 30
    assert len(mails) >= 2
    stored = b"".join(path.read_bytes() for path in clerk.data.iterdir() if path.suffix != ".yaml")
    places = {
        "what was said": "".join(witness.heard),
        "the log": caplog.text,
        "the database": stored.decode("latin-1"),
        "the mail": b"".join(mails).decode("latin-1"),
    }
    found = [(secret, place) for place, text in places.items() for secret in SECRETS if secret in text]
    assert found == []
