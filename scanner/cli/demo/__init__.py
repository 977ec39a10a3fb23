"""``lychgate demo``: one night, from invitation to mail, on made-up pages and nothing but this machine."""

from __future__ import annotations

import tempfile
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Annotated

import typer
from rich.rule import Rule

from scanner.actions.exposures import all_exposures
from scanner.actions.meetings import register_meeting
from scanner.actions.scans import scan_now, send_due, units_named
from scanner.actions.setup import set_up
from scanner.actions.workspace import Workspace, opened
from scanner.cli.demo.stage import invitations, staged
from scanner.cli.exposures import print_exposure
from scanner.cli.say import clock, out, when
from scanner.cli.scan import print_coverage, progress_bars
from scanner.errors import ExitCode, InputError
from scanner.invitations.pasted import understand
from scanner.scans.queue import LocalQueue

_ZONE = "Europe/London"

_SETTINGS = """\
version: 1
organisation: {{name: Thornbury Common, timezone: {zone}}}
contact: https://thornbury-common.example/
sources:
  village-site: {{kind: site, start: ["http://{site}/"], depth: 4}}
  village-forum: {{kind: site, start: ["http://{forum}/"], depth: 4}}
schedules:
  nightly: {{cron: "10 3 * * mon-sun", sources: all}}
channels:
  clerk: {{kind: email, to: [clerk@thornbury-common.example], host: 127.0.0.1, port: {mail}, security: none}}
routes:
  - {{to: [clerk]}}
network: {{allow: ["{site}", "{forum}"]}}
"""


def demo(
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Where to keep what it makes: a new folder. [default: a temporary one]", show_default=False
        ),
    ] = None,
) -> int:
    """Show the whole chain on made-up pages: register, scan, match, alert. Nothing leaves this machine.

    Example: lychgate demo --folder /tmp/lychgate-demo
    """
    if folder and folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty. Name a new folder, so that nothing of yours is mixed in.")
    home = folder or Path(tempfile.mkdtemp(prefix="lychgate-demo-"))
    data, mailbox = home / "data", home / "mailbox"
    began = time.monotonic()
    with staged(mailbox) as stage:
        _heading("1. An organisation, its key and its settings")
        set_up({}, data, name="Thornbury Common", timezone=_ZONE, email="clerk@thornbury-common.example")
        text = _SETTINGS.format(zone=_ZONE, site=stage.site, forum=stage.forum, mail=stage.mail_port)
        (data / "schedules.yaml").write_text(text, encoding="utf-8")
        out.print(f"in {data}")
        with opened({}, data) as workspace:
            found = _one_night(workspace)
    _heading("5. The mail that went out")
    letters = [
        message_from_bytes(path.read_bytes(), policy=default) for path in sorted((mailbox / "new").iterdir())
    ]
    for letter in letters:
        out.print(f"To {letter['To']}: {letter['Subject']}")
    if letters:
        out.print(f"\nThe first of them reads:\n\n{_plain_text(letters[0])}")
    out.print(f"Mailbox: {mailbox}   Everything else: {data}")
    out.print(f"Look further with:  lychgate --data {data} exposures show 1")
    out.print(f"\nDone in {time.monotonic() - began:.0f} seconds. Nothing left this machine.")
    return ExitCode.FINE if found == 3 and len(letters) >= 3 else ExitCode.INCOMPLETE


def _one_night(workspace: Workspace) -> int:
    """Register, scan and alert, saying what happens; return how many exposures are open."""
    _heading("2. Three meetings, from their invitations as pasted")
    for invitation in invitations(clock()).values():
        proposed = understand(invitation, now=clock(), timezone=_ZONE)
        meeting = register_meeting(
            workspace.store, proposed, organisation=workspace.organisation, now=clock()
        ).meeting
        rooms = ", ".join(f"{room.platform} {room.masked()}" for room in meeting.rooms)
        out.print(f"{meeting.title}: {when(meeting.starts, _ZONE)}, {rooms}")
    _heading("3. The nightly scan")
    units = units_named(workspace, ())
    with progress_bars(units) as show:
        report = scan_now(workspace, units, trigger="nightly", clock=clock, queue=LocalQueue(), progress=show)
    print_coverage(report.coverage)
    post = send_due(workspace, clock=clock)
    _heading("4. What was found, where, why it is serious, what to do")
    found = all_exposures(workspace.store, organisation=workspace.organisation.id)
    for entry in found:
        print_exposure(entry, _ZONE)
        out.print()
    out.print(f"{post.sent} alerts sent.")
    for sentence in post.errors:
        out.print(sentence)
    return len(found)


def _plain_text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _heading(text: str) -> None:
    out.print()
    out.print(Rule(text, align="left"))
