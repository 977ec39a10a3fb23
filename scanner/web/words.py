"""The desk's words for states, and what it says when something is done. They are translated when shown."""

from __future__ import annotations

from typing import Final

from scanner.actions.people import AccountRole
from scanner.model import (
    DeliveryState,
    ExposureState,
    News,
    PasscodeMatch,
    SeverityLevel,
    SightingState,
    SourceState,
)
from scanner.web.language import N_
from storage.drills import DrillStage, DrillState

SEVERITY: Final = {
    SeverityLevel.CRITICAL: N_("Critical: act now"),
    SeverityLevel.HIGH: N_("High: act today"),
    SeverityLevel.MEDIUM: N_("Medium: act this week"),
    SeverityLevel.LOW: N_("Low: nothing urgent"),
}
LEVEL: Final = {
    SeverityLevel.CRITICAL: N_("critical"),
    SeverityLevel.HIGH: N_("high"),
    SeverityLevel.MEDIUM: N_("medium"),
    SeverityLevel.LOW: N_("low"),
}
ROLE: Final = {
    AccountRole.OWNER: N_("owner"),
    AccountRole.REVIEWER: N_("reviewer"),
    AccountRole.READER: N_("read-only"),
}
STATE: Final = {
    ExposureState.OPEN: N_("needs review"),
    ExposureState.ACKNOWLEDGED: N_("somebody is on it"),
    ExposureState.SNOOZED: N_("snoozed"),
    ExposureState.ROTATED: N_("closed: the meeting has a new link"),
    ExposureState.REMOVED: N_("closed: the place was taken down"),
    ExposureState.INTENDED: N_("closed: meant to be public"),
    ExposureState.FALSE_POSITIVE: N_("closed: not our meeting"),
    ExposureState.DUPLICATE: N_("closed: counted twice"),
    ExposureState.GONE: N_("gone from every place"),
    ExposureState.REGRESSED: N_("it is back"),
}
STILL: Final = {
    SightingState.UP: N_("still there"),
    SightingState.GONE: N_("gone"),
    SightingState.UNREADABLE: N_("could not be read again"),
}
PASSCODE: Final = {
    PasscodeMatch.NONE: N_("No passcode stands beside it."),
    PasscodeMatch.CURRENT: N_("The current passcode stands there too."),
    PasscodeMatch.DIFFERENT: N_("A passcode stands there, but not the current one."),
    PasscodeMatch.UNKNOWN: N_("A passcode stands there; none is registered to compare it with."),
}
SOURCE: Final = {
    SourceState.OK: N_("read in full"),
    SourceState.PARTIAL: N_("read in part"),
    SourceState.FAILED: N_("could not be read"),
    SourceState.BLOCKED: N_("refuses to be read"),
    SourceState.BLIND: N_("the planted test link was not found"),
    SourceState.SUSPICIOUS: N_("looks different from what it was"),
    SourceState.PAUSED: N_("paused: nobody looks at it"),
}
NEWS: Final = {
    News.OPENED: N_("link found"),
    News.SPREAD: N_("more places"),
    News.WORSE: N_("worse now"),
    News.REGRESSED: N_("back again"),
    News.GONE: N_("all clear"),
    News.REMINDER: N_("reminder"),
    News.ESCALATED: N_("escalated"),
    News.BLIND: N_("could not look"),
    News.GAP: N_("was not running"),
    News.TROUBLE: N_("trouble"),
    News.DIGEST: N_("digest"),
    News.REPORT: N_("report"),
    News.ALIVE: N_("alive"),
    News.TEST: N_("test"),
}
DELIVERY: Final = {
    DeliveryState.DUE: N_("on its way"),
    DeliveryState.SENT: N_("sent"),
    DeliveryState.DEAD: N_("given up"),
    DeliveryState.WITHHELD: N_("not sent"),
}
DRILL_STAGE: Final = {
    DrillStage.PLANTED: N_("A leak is planted"),
    DrillStage.READ: N_("Its page is read"),
    DrillStage.FOUND: N_("The leak is found"),
    DrillStage.ROUTED: N_("The alarm is raised"),
    DrillStage.DELIVERED: N_("The message is delivered"),
    DrillStage.CLEARED: N_("Everything is put away"),
}
DRILL_STATE: Final = {
    DrillState.ASKED: N_("waits"),
    DrillState.RUNNING: N_("goes on"),
    DrillState.PASSED: N_("passed"),
    DrillState.FAILED: N_("failed"),
}
DONE: Final = {
    "saved": N_("Saved."),
    "registered": N_("Registered. It is watched from now on."),
    "already": N_("That meeting was registered already. Nothing was changed."),
    "removed": N_("Removed from the register, with its secrets."),
    "rotated": N_("The new link is registered. The old one stays on watch for as long as it may open."),
    "acknowledged": N_("Noted: somebody is on it."),
    "closed": N_("Closed. You can reopen it at any time."),
    "snoozed": N_("Snoozed."),
    "reopened": N_("Reopened."),
    "noted": N_("Your note is in the timeline."),
    "queued": N_("The scan is queued and starts within seconds."),
    "nothing": N_("There are no sources yet, so there is nothing to look at."),
    "allowed": N_("Allowed to be public."),
    "ended": N_("That allowance is over."),
    "sent": N_("The test message was sent."),
    "password": N_("Your password is changed. You are signed out everywhere else."),
    "passkey": N_("From now on you can sign in with that passkey."),
    "factor": N_("From now on signing in asks for a code too."),
    "nofactor": N_("Signing in asks for the password only. Sign in again."),
    "role": N_("The role is changed; they have to sign in again."),
    "disabled": N_("They are signed out and cannot sign in."),
    "enabled": N_("They can sign in again."),
    "again": N_("It is due again and goes out within seconds."),
    "silenced": N_("Silenced. Critical alerts come through, and what is held back is sent when it ends."),
    "mail-resumed": N_("They get the mail of that channel again."),
    "unsilenced": N_("The silence is over: what it held goes out now."),
    "calendar-paused": N_("Paused: the calendar is not read until somebody resumes it."),
    "calendar-resumed": N_("The calendar is read again, within the hour."),
    "calendar-forgotten": N_("The calendar is not followed any more. Its meetings stay on watch."),
    "paused": N_("Paused: nobody looks at it, and no meeting counts as clear, until somebody resumes it."),
    "resumed": N_("It is looked at again from its next turn on."),
    "revoked": N_("That invitation is good no longer."),
}
