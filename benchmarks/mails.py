"""Write every kind of message to a folder, as a mail and in short, to be looked at: all text invented.

python -m benchmarks.mails FOLDER
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from scanner.alerts.channels.email import Options, compose
from scanner.alerts.digests import Entry, write_digest
from scanner.alerts.routing import Digest, Route, alert_for, route
from scanner.alerts.wording import write
from scanner.invitations.series import next_start
from scanner.match.severity import grade, needs_passcode
from scanner.model import (
    Delivery,
    DeliveryState,
    Exposure,
    ExposureState,
    Form,
    Meeting,
    Message,
    News,
    PasscodeMatch,
    Room,
    SeverityLevel,
    SightingState,
)
from tests.alerts import cases

CLUB = cases.organisation()
ROUTES = (Route(to=("clerk",), severity=SeverityLevel.HIGH), Route(to=("clerk",)))
MEETING = cases.meeting(repeats="FREQ=WEEKLY")
MANY = cases.exposure(
    *(
        cases.sighting(
            n,
            f"https://board{n}.example/thread/{n}?page=2",
            first_seen=cases.NOW - timedelta(hours=13, minutes=n),
        )
        for n in range(1, 9)
    )
)


def about(
    news: News,
    exposure: Exposure,
    *,
    meeting: Meeting = MEETING,
    detail: str = "",
    why: str = "",
    others: tuple[str, ...] = (),
    hostile: bool = False,
    drill: bool = False,
) -> Message:
    """Write news about an exposure that is graded and routed as it would be."""
    first = exposure.sightings[0]
    severity = grade(
        risk=first.risk,
        form=first.form,
        passcode=first.passcode,
        passcode_needed=needs_passcode(first.room, meeting.passcodes),
        protections=meeting.protections,
        next_start=next_start(meeting, cases.NOW),
        running=False,
        now=cases.NOW,
        hostile=hostile,
    )
    exposure = replace(exposure, severity=severity)
    (alert,) = route(exposure, news, ROUTES, organisation=1, channels=("clerk",), cause="x", detail=detail)
    return write(
        replace(alert, reason=why or alert.reason),
        exposure=exposure,
        meeting=meeting,
        organisation=CLUB,
        now=cases.NOW,
        others=others,
        drill=drill,
    )


def lychgate(news: News, detail: str, *, why: str = "") -> Message:
    """Write news about Lychgate itself."""
    (alert,) = route(None, news, ROUTES, organisation=1, channels=("clerk",), cause="x", detail=detail)
    alert = replace(alert, reason=why or alert.reason)
    return write(alert, exposure=None, meeting=None, organisation=CLUB, now=cases.NOW)


def on(platform: str, key: str, **more: object) -> Exposure:
    return cases.exposure(cases.sighting(1, "https://forum.example/t/41", room=Room(platform, key), **more))


def digest() -> Message:
    entries = []
    for number, (title, news, level) in enumerate(
        [
            ("Bell ringers", News.OPENED, SeverityLevel.MEDIUM),
            ("Choir practice", News.SPREAD, SeverityLevel.LOW),
            ("Parish council", News.GONE, SeverityLevel.LOW),
        ],
        start=1,
    ):
        state = ExposureState.GONE if news is News.GONE else ExposureState.OPEN
        exposure = cases.exposure(id=number, level=level, state=state)
        alert = alert_for(
            "clerk", "route 2 takes every exposure", exposure, news=news, organisation=1, cause="x"
        )
        delivery = Delivery(id=number, alert=alert, state=DeliveryState.DUE, created=cases.NOW, due=cases.NOW)
        entries.append(Entry(delivery, exposure, replace(MEETING, id=number, title=title)))
    return write_digest(entries, Digest.DAILY, organisation=CLUB, now=cases.NOW)


def every_kind() -> dict[str, Message]:
    """Return each kind of message by a name that sorts."""
    soon = replace(MEETING, starts=cases.NOW + timedelta(minutes=20), repeats="")
    later = replace(MEETING, starts=cases.NOW + timedelta(days=6, hours=2), repeats="")
    over = replace(MEETING, starts=cases.NOW - timedelta(days=3), repeats="")
    gone = cases.exposure(
        cases.sighting(1, "https://forum.example/t/41", state=SightingState.GONE), state=ExposureState.GONE
    )
    report = (
        "Since 1 October: 0 leaks, 212 pages read, 3 could not be read\nLooked: 31 times, at 3 sources\n"
        "New: 0 leaks\nOpen now: 0 leaks\nMeetings: 3 watched\nSource: our-site, ok, 140 read, 0 not\n"
        "Source: village-news, partial, 60 read, 3 not\nSource: forum, ok, 12 read, 0 not"
    )
    written = Form.WRITTEN
    asked = "the settings send reports to this channel"
    return {
        "01-opened": about(
            News.OPENED, cases.exposure(), others=("chat (sent)", "safeguarding (on its way)")
        ),
        "02-opened-twenty-minutes-before": about(News.OPENED, cases.exposure(), meeting=soon),
        "03-opened-in-eight-places": about(News.OPENED, MANY),
        "04-opened-written-id-old-passcode": about(
            News.OPENED, on("zoom", "84471190263", form=written, passcode=PasscodeMatch.DIFFERENT)
        ),
        "05-opened-bare-number": about(
            News.OPENED, on("zoom", "84471190263", form=Form.BARE, passcode=PasscodeMatch.NONE)
        ),
        "06-opened-in-a-picture": about(News.OPENED, on("zoom", "84471190263", form=Form.IMAGE)),
        "07-opened-teams": about(News.OPENED, on("teams", "19:x")),
        "08-opened-meet": about(News.OPENED, on("google-meet", "abcdefghij")),
        "09-opened-webex": about(News.OPENED, on("webex", "club/x")),
        "10-opened-jitsi": about(News.OPENED, on("jitsi", "meet.example/bells")),
        "11-opened-another-platform": about(News.OPENED, on("whereby", "bells")),
        "12-opened-meeting-is-over": about(News.OPENED, cases.exposure(), meeting=over),
        "13-spread": about(News.SPREAD, MANY),
        "14-worse": about(News.WORSE, cases.exposure(), detail="The meeting has come nearer."),
        "15-regressed": about(News.REGRESSED, cases.exposure(state=ExposureState.REGRESSED)),
        "16-gone": about(News.GONE, gone),
        "17-reminder": about(
            News.REMINDER, cases.exposure(), why="nobody has acknowledged it for 15 minutes"
        ),
        "18-escalated": about(
            News.ESCALATED,
            cases.exposure(),
            detail="Nobody has acknowledged it within 20 minutes.",
            why="nobody has acknowledged it within 20 minutes, and route 1 names you then",
            others=("clerk (sent)",),
        ),
        "19-taken-over": about(
            News.OPENED,
            cases.exposure(),
            why="channel chat could not deliver it; `lychgate alerts list` says why",
        ),
        "20-digest": digest(),
        "21-blind": lychgate(News.BLIND, "forum, since 03:10 on Thursday 26 November: HTTP 503"),
        "22-trouble-channel": lychgate(
            News.TROUBLE, "channel chat has not delivered 2 alerts for over an hour: nothing listens there"
        ),
        "23-trouble-disk": lychgate(News.TROUBLE, "the disk of /var/lib/lychgate is full (61 MiB left)"),
        "24-trouble-clock": lychgate(
            News.TROUBLE, "this machine believes it is 01 January 1970; set its clock"
        ),
        "25-report": lychgate(News.REPORT, report, why=asked),
        "26-alive": lychgate(
            News.ALIVE,
            report.replace("Since 1 October", "This week"),
            why=asked,
        ),
        "27-test": lychgate(News.TEST, ""),
        "28-gap": lychgate(
            News.GAP,
            "for 9 hours 10 minutes, from 22:30 on Sunday 29 November to 07:40 on Monday 30 November: "
            "7 looks were missed",
        ),
        "29-opened-where-people-are-called-to-disrupt": about(News.OPENED, cases.exposure(), hostile=True),
        "30-drill": about(News.OPENED, cases.exposure(), drill=True),
        "31-opened-in-six-days-door-only": about(
            News.OPENED, on("zoom", "84471190263", passcode=PasscodeMatch.NONE), meeting=later
        ),
    }


def main(folder: Path) -> None:
    """Write two text files for each message."""
    folder.mkdir(parents=True, exist_ok=True)
    options = Options(to=("clerk@example.org",))
    for name, message in every_kind().items():
        mail = compose(message, options, now=cases.NOW)
        headers = "\n".join(f"{key}: {value}" for key, value in mail.items() if key != "MIME-Version")
        (folder / f"{name}.txt").write_text(
            f"{headers}\n\n{message.text}\n----- in short -----\n{message.short}\n"
        )
        (folder / f"{name}.html").write_text(message.html)
        lines = message.text.count("\n")
        print(f"{name:36} {lines:3} lines  {message.subject}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "mails"))
