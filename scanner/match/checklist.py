"""The safety checklist of a meeting: what police and child-protection advice asks, and what it changes.

The points are those that police forces and the NSPCC give to groups that were broken into. The ways through
menus are hints: platforms move their settings, and then the setting's name still finds it. A platform without
a hint gets the general advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scanner.model import Protection


class Safeguard(StrEnum):
    """A question of the checklist. Those that are a ``Protection`` too have its name and change severity."""

    PERSONAL_ID = Protection.PERSONAL_ID.value
    PASSCODE = Protection.PASSCODE.value
    WAITING_ROOM = Protection.WAITING_ROOM.value
    JOIN_BEFORE_HOST = Protection.JOIN_BEFORE_HOST.value
    SIGN_IN = Protection.SIGN_IN.value
    REGISTRATION = Protection.REGISTRATION.value
    SHARING_LIMITED = "sharing-limited"
    FILES_LIMITED = "files-limited"
    LOCK = "lock"
    CO_HOSTS = "co-hosts"
    SHARED_PRIVATELY = "shared-privately"
    PASSCODE_APART = "passcode-apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One point: the question, which answer is safe, what it changes, and how to do it.

    ``how`` is by platform slug; ``general`` is for every other platform.
    """

    safeguard: Safeguard
    question: str
    changes: str
    general: str
    how: Mapping[str, str] = field(default_factory=dict)
    safe: bool = True
    optional: bool = False
    """Useful for some meetings only: not having it is no fault."""

    def how_on(self, platform: str) -> str:
        """Say how to do it on a platform."""
        return self.how.get(platform, self.general)


def protections_of(answers: Mapping[Safeguard, bool]) -> frozenset[Protection]:
    """Return the protections (and weaknesses) that these answers declare."""
    return frozenset(
        Protection(safeguard.value)
        for safeguard, answer in answers.items()
        if answer and safeguard.value in list(Protection)
    )


CHECKLIST = (
    Item(
        safeguard=Safeguard.PERSONAL_ID,
        question="Does it use somebody's personal meeting ID or personal room?",
        safe=False,
        changes="A personal room has one address for all meetings: once it is out, every meeting is open. "
        "A leak of it counts as one of a room that is used again.",
        general="Schedule the meeting with a new link of its own instead of your personal room.",
        how={
            "zoom": "Schedule > Meeting ID > Generate Automatically (not Personal Meeting ID).",
            "teams": "Calendar > New meeting, which makes a link of its own; do not reuse Meet now.",
            "google-meet": "Calendar > new event > Add video conferencing; do not reuse an old code.",
            "webex": "Schedule a meeting and leave “Use my personal room” off.",
            "jitsi": "Choose a long room name that nobody could guess, and a new one each time.",
        },
    ),
    Item(
        safeguard=Safeguard.PASSCODE,
        question="Does it ask for a passcode?",
        changes="The link or ID alone is then not enough: whoever finds it stands at the door.",
        general="Turn on a meeting password or passcode.",
        how={
            "zoom": "Schedule > Security > Passcode.",
            "teams": "Every Teams meeting has a passcode for joining by ID; its link admits without one, so "
            "use the lobby too.",
            "google-meet": "Google Meet has no passcodes: have people ask to join (Host controls > Meeting "
            "access > Trusted or Restricted).",
            "webex": "Schedule > Security > Meeting password.",
            "jitsi": "In the meeting: Security options (shield) > Add password, before anybody joins.",
        },
    ),
    Item(
        safeguard=Safeguard.WAITING_ROOM,
        question="Do people wait until the host lets them in?",
        changes="A stranger with link and passcode still has to be let in by somebody who looks at the name.",
        general="Turn on the waiting room or lobby, and let one person watch it.",
        how={
            "zoom": "Schedule > Security > Waiting Room.",
            "teams": "Meeting options > Who can bypass the lobby > Only organizers and co-organizers.",
            "google-meet": "Host controls > Meeting access > Restricted: everybody else has to ask.",
            "webex": "Schedule > Security > Unlocked meetings: guests wait in the lobby.",
            "jitsi": "Security options (shield) > Enable lobby.",
        },
    ),
    Item(
        safeguard=Safeguard.JOIN_BEFORE_HOST,
        question="Can people join before the host?",
        safe=False,
        changes="Without the host nobody can remove a stranger, and the room is open all week.",
        general="Turn off joining before the host.",
        how={
            "zoom": "Schedule > Options > untick Allow participants to join anytime.",
            "teams": "Meeting options > Who can bypass the lobby > Only organizers and co-organizers.",
            "google-meet": "Host controls > Host must join before anyone else.",
            "webex": "Schedule > Advanced options > Scheduling options > untick Join before host.",
            "jitsi": "Use a server where the host logs in, or enable the lobby as the first one in.",
        },
    ),
    Item(
        safeguard=Safeguard.SIGN_IN,
        question="Do people have to sign in to an account?",
        optional=True,
        changes="A stranger has to show an account, and can be kept out for good.",
        general="Allow only signed-in people, if all of yours have an account.",
        how={
            "zoom": "Schedule > Security > Require authentication to join.",
            "teams": "Teams admin centre > Meetings > Meeting policies > Anonymous users can join a "
            "meeting: off.",
            "google-meet": "Host controls > Meeting access > Restricted.",
            "webex": "Schedule > Security > Require attendees to sign in.",
        },
    ),
    Item(
        safeguard=Safeguard.REGISTRATION,
        question="Do people register and get a link of their own?",
        optional=True,
        changes="What stands in public is a form, and a link that leaks says whose it was.",
        general="Publish a registration form instead of the link.",
        how={
            "zoom": "Schedule > Registration > Required (on the web).",
            "teams": "Calendar > arrow beside New meeting > Webinar, or a form of your own.",
            "webex": "Schedule > Registration > Required.",
        },
    ),
    Item(
        safeguard=Safeguard.SHARING_LIMITED,
        question="Can only hosts share their screen?",
        changes="A stranger who does get in cannot show pictures to everybody.",
        general="Let only the host share the screen.",
        how={
            "zoom": "In the meeting: Host tools > untick Share screen.",
            "teams": "Meeting options > Who can present > Only organizers and co-organizers.",
            "google-meet": "Host controls > Let everyone: Share their screen off.",
            "webex": "Participant > Allow to share: off.",
        },
    ),
    Item(
        safeguard=Safeguard.FILES_LIMITED,
        question="Is sending files in the chat switched off?",
        changes="A stranger cannot send pictures or harmful files to those present.",
        general="Turn off file transfer in the meeting's chat, or the chat.",
        how={
            "zoom": "Settings (on the web) > In Meeting > Send files via meeting chat: off.",
            "teams": "Meeting options > Meeting chat > In-meeting only, or off.",
            "google-meet": "Host controls > Let everyone: Send chat messages off.",
        },
    ),
    Item(
        safeguard=Safeguard.LOCK,
        question="Is the meeting locked once everybody is there?",
        changes="Nobody else gets in, whatever leaked.",
        general="Lock the meeting some minutes after the start.",
        how={
            "zoom": "In the meeting: Host tools > Lock meeting.",
            "teams": "People > More options > Lock the meeting.",
            "google-meet": "Host controls > Meeting access > Restricted, and let nobody else in.",
            "webex": "More options > Lock meeting.",
            "jitsi": "Security options (shield) > Add password once all are there.",
        },
    ),
    Item(
        safeguard=Safeguard.CO_HOSTS,
        question="Is there a second person who can remove somebody?",
        changes="One can speak on while the other throws the stranger out.",
        general="Make somebody co-host and practise removing a person.",
        how={
            "zoom": "In the meeting: Participants > More > Make co-host.",
            "teams": "Meeting options > Choose co-organizers.",
            "google-meet": "People > More > Grant host controls.",
            "webex": "Participants > Change role to > Co-host.",
            "jitsi": "Participants > Grant moderator.",
        },
    ),
    Item(
        safeguard=Safeguard.SHARED_PRIVATELY,
        question="Does the link go only to people you know, never on a page or a poster?",
        changes="Most strangers come by links that stood in public; this is what Lychgate looks for.",
        general="Send it by mail or in a closed group, shortly before; on posters give an address to ask at.",
    ),
    Item(
        safeguard=Safeguard.PASSCODE_APART,
        question="Is the passcode sent apart from the link, and not inside it?",
        changes="A link that is passed on then does not open the door by itself.",
        general="Send link and passcode in two messages.",
        how={
            "zoom": "Settings (on the web) > Security > Embed passcode in invite link: off.",
            "webex": "Send the meeting number and the password in two messages, not the link with both.",
        },
    ),
)
