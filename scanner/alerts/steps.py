"""What to do about a link in public, for each platform, in steps of two lines of a mail.

From the vendors' own instructions: Zoom's advice for at-risk meetings (support article KB0065382) and its
meeting settings, Microsoft's for onlineMeeting resources, whose ID and passcode cannot be changed, Google's
for Meet host controls, Webex's for locking and personal rooms, and the Jitsi Meet handbook. Step texts name
no host: a mail program would make a link of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and how."""

    what: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A platform's own part: shutting the door at once, a new room, and what becomes of the old one."""

    door: Step
    new: Step
    old: Step


_ADVICE = {
    "zoom": Advice(
        door=Step(
            "Shut the door: waiting room on, and lock it once your people are in.",
            "As host press Host tools (or Security): Enable waiting room, Lock meeting.",
        ),
        new=Step(
            "Make a new meeting with an ID of its own, not your personal ID.",
            "Zoom: Schedule, Generate automatically; passcode and waiting room on.",
        ),
        old=Step(
            "Then delete the old meeting. A new passcode alone is not enough.",
            "Its link would still open. Your personal ID: change it in your profile.",
        ),
    ),
    "teams": Advice(
        door=Step(
            "Shut the door: let nobody past the lobby but the organisers.",
            "Teams: Meeting options, Who can bypass the lobby, Only organizers.",
        ),
        new=Step(
            "Make a new meeting: an old one keeps its ID and its passcode for ever.",
            "Teams: Calendar, New meeting. Copying the old event would copy its link.",
        ),
        old=Step(
            "Then cancel the old meeting.",
            "Teams: Calendar, open it, Cancel. Leave its lobby on: links outlive it.",
        ),
    ),
    "google-meet": Advice(
        door=Step(
            "Shut the door: make it restricted, so that strangers have to ask.",
            "Meet: Host controls, Meeting access, Restricted; admit whom you know.",
        ),
        new=Step(
            "Give the event a new Meet code.",
            "Google Calendar: edit the event, remove the video call, add a new one.",
        ),
        old=Step(
            "Make the old code restricted, and use it no more.",
            "Meet: Host controls, Meeting access, Restricted. End a call on there.",
        ),
    ),
    "webex": Advice(
        door=Step(
            "Shut the door: lock the meeting once your people are in.",
            "Webex: More options, Lock meeting. Others wait until you admit them.",
        ),
        new=Step(
            "Schedule a new meeting with a new password, not in your personal room.",
            "Webex: Meetings, Schedule. A personal room always keeps its address.",
        ),
        old=Step(
            "Then delete the old meeting.",
            "Webex: Meetings, open it, Delete. A personal room: set it to lock itself.",
        ),
    ),
    "jitsi": Advice(
        door=Step(
            "Shut the door: set a password and the lobby as soon as you are in.",
            "Jitsi: Security options (the shield), Add password, Enable lobby.",
        ),
        new=Step(
            "Choose a new room name that nobody can guess.",
            "In Jitsi the name is the key: four random words, not your group's name.",
        ),
        old=Step(
            "Stop using the old room.",
            "It cannot be deleted: whoever knows its name can open it again.",
        ),
    ),
}
_ANY_PLATFORM = Advice(
    door=Step(
        "Shut the door: waiting room or lobby on, and lock it when all are in.",
        "Admit only people you know; remove the others and keep them out.",
    ),
    new=Step(
        "Make a new meeting with a new link and a new passcode.",
        "Do not reuse a personal or permanent room: its link is the one that is out.",
    ),
    old=Step(
        "Then delete the old meeting, so that its link leads nowhere.",
        "If it cannot be deleted, leave it locked and stop using it.",
    ),
)
_TELL = Step(
    "Tell your members the new link, and only them.",
    "By e-mail or in a closed group; never on a page that anyone can open.",
)
_REMOVE = Step(
    "Ask for the old link to be taken down where it stands.",
    "Your page: edit it. Another's: report the post, or write to its owner.",
)


def steps(platform: str, *, soon: bool) -> tuple[Step, ...]:
    """Return what to do about a link of a platform, first things first.

    ``soon`` puts guarding the door first: there may be no time left to give everybody a new link.
    """
    advice = _ADVICE.get(platform, _ANY_PLATFORM)
    renewal = (advice.new, _TELL, advice.old, _REMOVE)
    return (advice.door, *renewal) if soon else renewal
