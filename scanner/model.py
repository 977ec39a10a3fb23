"""Lychgate's words as values. Nothing here reads a clock, a file or the network.

The glossary in docs/architecture.md gives each word's meaning; times are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class PasscodeKind(StrEnum):
    """How a passcode admits: typed by a person, or carried by the link."""

    PLAIN = "plain"
    TOKEN = "token"  # noqa: S105


class Form(StrEnum):
    """How a link was written."""

    URL = "url"
    WRITTEN = "written"
    DIAL_IN = "dial-in"
    BARE = "bare"
    IMAGE = "image"
    REPORTED = "reported"
    """Somebody says that it stands there; Lychgate has not seen it."""


class Confidence(StrEnum):
    """How sure the detector is that a link names this room."""

    HIGH = "high"
    LOW = "low"


class Risk(StrEnum):
    """What a link of this shape opens (the risk classes of the link specification)."""

    REUSABLE = "reusable"
    SCHEDULED = "scheduled"
    UNIQUE = "unique"
    PUBLIC = "public"
    MEMBERS = "members"
    HOST = "host"
    DEFUNCT = "defunct"


class SegmentKind(StrEnum):
    """Whether a segment is one address (an attribute's value) or running text."""

    HREF = "href"
    TEXT = "text"


@dataclass(frozen=True, slots=True, order=True)
class Room:
    """The door a link opens. Two spellings of one door are equal; the key never prints."""

    platform: str
    key: str

    def __repr__(self) -> str:
        return f"Room({self.platform}, ***)"

    def masked(self) -> str:
        """Return the key with all but its last three characters hidden."""
        shown = self.key[-3:] if len(self.key) > 6 else ""
        return "•" * min(len(self.key) - len(shown), 8) + shown


@dataclass(frozen=True, slots=True)
class Passcode:
    """The secret beside or inside a link. Its text never prints."""

    text: str
    kind: PasscodeKind

    def __repr__(self) -> str:
        return f"Passcode(***, {self.kind})"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a Document with the place it stood in (``href``, ``text``, ``comment``, ``attr:title``)."""

    text: str
    place: str
    kind: SegmentKind = SegmentKind.TEXT


@dataclass(frozen=True, slots=True)
class Document:
    """One public thing as fetched.

    ``media_type`` and ``charset`` are what the server claimed, lower case, empty if it said nothing:
    they are hints, since both are often wrong.
    """

    address: str
    body: bytes
    media_type: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A candidate Room found in a Document, how it was written, and the Passcode beside it.

    ``excerpt`` is at most 160 characters of its surroundings with every link, e-mail address and long
    number replaced. ``sample`` marks well-formed IDs that documentation uses as examples.
    """

    room: Room
    form: Form
    where: str
    confidence: Confidence = Confidence.HIGH
    risk: Risk = Risk.SCHEDULED
    passcode: Passcode | None = None
    excerpt: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """All rooms of one Document, each (platform, key) once, in order of first appearance.

    ``cut`` says that a bound was reached and the rest was not searched; ``notes`` says, in words, what
    could not be read or seen through.
    """

    links: tuple[Link, ...] = ()
    media_type: str = ""
    cut: bool = False
    notes: tuple[str, ...] = ()


# --- looking at sources -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far one Unit may go. Reaching a limit is said in coverage."""

    pages: int = 200
    depth: int = 3
    time: timedelta = timedelta(minutes=15)
    delay: timedelta = timedelta(seconds=1)
    """Pause between two requests to one host."""
    response_bytes: int = 8 * 1024 * 1024
    response_time: timedelta = timedelta(seconds=60)
    connect_time: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of an address between scans: enough to ask "has it changed?"."""

    address: str
    depth: int = 0
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    watched: bool = False
    """A sighting stands here, so this address is read before others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A slice of a Source for one crawl. Holds no secret: it is handed to the crawl child as JSON."""

    source: str
    kind: str
    options: Mapping[str, object]
    limits: Limits = Limits()
    allow: tuple[str, ...] = ()
    """``host:port`` pairs that pass the network guards although they are not public."""
    contact: str = ""
    """Address or page that the user agent names, for owners of the pages we read."""
    platforms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Hosts that an organisation runs itself, by the slug of the platform that they belong to."""
    known: tuple[Known, ...] = ()
    fast: bool = False
    """Read only indexes, watched addresses and what is new: pages read before are left to a later Unit."""


class Lane(StrEnum):
    """The lanes in which Units are worked off side by side, so that none waits for a slower one."""

    FAST = "fast"
    BROAD = "broad"
    STREAM = "stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An address was read (in part if ``cut``). The document is still to be searched."""

    source: str
    document: Document
    depth: int
    cut: bool = False
    why_cut: str = ""
    etag: str = ""
    last_modified: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The server, or the digest, says that an address is as it was: what stood there still stands."""

    source: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRedirect:
    """An address of the source redirects to a meeting host. The target was not requested."""

    source: str
    address: str
    target: str
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A message was handed to us that names rooms and the public ``places`` where they stand.

    ``document.address`` names the message itself and is no place to look at; ``by`` says who reports it.
    """

    source: str
    document: Document
    places: tuple[str, ...]
    by: str
    digest: str
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An address was left out on purpose; ``why`` is one of a small set of sentences."""

    source: str
    address: str
    why: str
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An address could not be read.

    ``gone`` is true only for 404 and 410: the place answered that nothing is there. ``blocked`` is true
    for refusals (401, 403, 429, 451, log-in and challenge pages).
    """

    source: str
    address: str
    why: str
    depth: int = 0
    gone: bool = False
    blocked: bool = False
    start: bool = False
    """This was one of the source's own starting addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A Unit has come to its end: its hosts are free for others, once ``closed_for`` is over.

    That is how long a server of the source still asks to be left alone (Retry-After).
    """

    source: str
    closed_for: timedelta = timedelta(0)


CrawlEvent = Fetched | Unchanged | MeetingRedirect | Reported | Skipped | Failed | Ended


class SourceState(StrEnum):
    """How a Source answered in a scan."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"
    BLOCKED = "blocked"
    BLIND = "blind"
    SUSPICIOUS = "suspicious"
    PAUSED = "paused"
    """Nobody looked, because somebody had paused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was and was not read of one Source in one Scan. Keys of the mappings are reasons."""

    source: str
    state: SourceState
    read: int = 0
    unchanged: int = 0
    cut: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rooms_seen: Mapping[str, int] = field(default_factory=dict)
    """Per platform, how many rooms were seen, whosever they are. Counts only."""


# --- the register -------------------------------------------------------------------------------


class Protection(StrEnum):
    """What an owner can declare about how a meeting is protected. The last two weaken it."""

    WAITING_ROOM = "waiting-room"
    SIGN_IN = "sign-in"
    REGISTRATION = "registration"
    PASSCODE = "passcode"
    """It asks for a passcode, whether or not we know it."""
    JOIN_BEFORE_HOST = "join-before-host"
    PERSONAL_ID = "personal-id"
    """It uses the owner's personal meeting ID, the same for all their meetings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whoever registers meetings. ``email`` is where its first alerts go."""

    id: int
    name: str
    timezone: str
    email: str
    tenants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """An entry of the register. ``repeats`` is an RFC 5545 RRULE value, perhaps with exceptions, or empty
    (``scanner.invitations.recurrence``).

    ``starts`` is the first occurrence; in ``timezone`` the series keeps its wall-clock time.
    """

    id: int
    organisation: int
    title: str
    starts: datetime
    ends: datetime | None = None
    repeats: str = ""
    timezone: str = "UTC"
    rooms: tuple[Room, ...] = ()
    passcodes: tuple[Passcode, ...] = ()
    protections: frozenset[Protection] = frozenset()
    registered: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedMeeting:
    """A meeting as understood from an invitation, before anyone confirmed it. Unknown parts are None."""

    title: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    repeats: str = ""
    timezone: str | None = None
    rooms: tuple[Room, ...] = ()
    passcodes: tuple[Passcode, ...] = ()
    questions: tuple[str, ...] = ()
    """What is missing or ambiguous, as sentences to ask the person."""


# --- verdicts, exposures, alerts ----------------------------------------------------------------


class PasscodeMatch(StrEnum):
    """What the place gives away of the passcode."""

    NONE = "none"
    """No passcode stands there."""
    CURRENT = "current"
    """The registered passcode, or a token in the link itself."""
    DIFFERENT = "different"
    """A passcode stands there, but not the registered one: it may be an old one."""
    UNKNOWN = "unknown"
    """A passcode stands there and none is registered to compare it with."""


class VerdictKind(StrEnum):
    """Whose a room is, and whether it matters that it stands there."""

    OURS = "ours"
    """A room the meeting uses."""
    INTENDED = "intended"
    """A room the meeting uses, without its passcode, and its owner allows that."""
    RETIRED = "retired"
    """A room the meeting used before; it may still open."""
    CLOSED = "closed"
    """A room the meeting used before; its owner says that it was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """ "The rooms of this Meeting may be public": without a passcode, before ``until`` (None: for good)."""

    id: int
    meeting: int
    until: datetime | None
    reason: str
    actor: str
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The matcher's answer for one registered Meeting, with its reason. Foreign rooms get none."""

    organisation: int
    meeting: int
    reason: str
    passcode: PasscodeMatch = PasscodeMatch.NONE
    kind: VerdictKind = VerdictKind.OURS


class SeverityLevel(StrEnum):
    """How urgent an exposure is; compare with ``rank``."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(SeverityLevel).index(self)


@dataclass(frozen=True, slots=True)
class Severity:
    """A level and the sentence that explains it. The two are never shown apart."""

    level: SeverityLevel
    reason: str


class SightingState(StrEnum):
    """Whether a leak is still where it was seen."""

    UP = "up"
    GONE = "gone"
    UNREADABLE = "unreadable"


class ExposureState(StrEnum):
    """Where people and rechecks have brought an exposure."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ROTATED = "rotated"
    REMOVED = "removed"
    INTENDED = "intended"
    FALSE_POSITIVE = "false-positive"
    DUPLICATE = "duplicate"
    GONE = "gone"
    REGRESSED = "regressed"


OPEN_STATES = frozenset(
    {ExposureState.OPEN, ExposureState.ACKNOWLEDGED, ExposureState.SNOOZED, ExposureState.REGRESSED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A link worth keeping at one address."""

    id: int
    source: str
    address: str
    room: Room
    form: Form
    where: str
    risk: Risk
    passcode: PasscodeMatch
    excerpt: str
    state: SightingState
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureEvent:
    """One thing that happened to an exposure: who, when, what, why."""

    at: datetime
    actor: str
    what: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a person's decision about an exposure waits for: a time, or the link at another place."""

    until: datetime | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One Meeting in public, with all its Sightings. ``wait`` belongs to snoozed and intended ones."""

    id: int
    organisation: int
    meeting: int
    state: ExposureState
    severity: Severity
    opened: datetime
    sightings: tuple[Sighting, ...] = ()
    events: tuple[ExposureEvent, ...] = ()
    wait: Wait | None = None


class News(StrEnum):
    """What an alert is about."""

    OPENED = "opened"
    SPREAD = "spread"
    WORSE = "worse"
    REGRESSED = "regressed"
    GONE = "gone"
    REMINDER = "reminder"
    """Nobody has acknowledged it yet."""
    ESCALATED = "escalated"
    """Nobody has acknowledged it, so somebody else is told."""
    BLIND = "blind"
    GAP = "gap"
    """Lychgate itself did not run for a while; it does again."""
    TROUBLE = "trouble"
    """Something of Lychgate's own keeps it from looking or telling."""
    DIGEST = "digest"
    REPORT = "report"
    ALIVE = "alive"
    TEST = "test"


class DeliveryState(StrEnum):
    """Where an alert is on its way out of one channel."""

    DUE = "due"
    SENT = "sent"
    DEAD = "dead"
    WITHHELD = "withheld"
    """Not sent, since it was no news any more when its time came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """News for people through one channel, with the reason it is sent.

    ``key`` is the idempotency key: the same news through the same channel has the same key however often
    it is queued or sent.
    """

    key: str
    organisation: int
    news: News
    channel: str
    reason: str
    exposure: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An Alert in the outbox and what happened to it so far."""

    id: int
    alert: Alert
    state: DeliveryState
    created: datetime
    due: datetime
    attempts: int = 0
    last_error: str = ""
    settled: datetime | None = None
    why_not: str = ""
    """Why it waits, or was not sent."""
    silence: int | None = None
    """The Silence that keeps it, or kept it."""
    only: tuple[str, ...] = ()
    """E-mail addresses that are still to get it, if others have it already."""

    @property
    def has_arrived(self) -> bool:
        """Whether somebody got it: everybody, or all but those whom a first try missed."""
        return self.state is DeliveryState.SENT or bool(self.only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Alerts held back until a time: of a channel, about a meeting, or all of an organisation's.

    What it holds is sent when it ends, unless it was dealt with by then. Critical alerts break it unless
    ``even_critical``.
    """

    id: int
    organisation: int
    channel: str | None
    meeting: int | None
    even_critical: bool
    made: datetime
    until: datetime
    reason: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """ "This room at this address of this meeting is nothing to tell", until a time."""

    id: int
    exposure: int
    address: str
    until: datetime
    made: datetime
    reason: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An alert in words, ready for a channel: no meeting link, no passcode, no clickable leak address."""

    key: str
    subject: str
    text: str
    html: str
    thread: str = ""
    """Key of the first message about the same exposure, so that follow-ups thread with it."""
    short: str = ""
    """The same in a few lines, for chats and telephones; empty where the text is short enough."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """The same for programs, ready for JSON (docs/webhook.md)."""
    people: tuple[str, ...] = ()
    """E-mail addresses of the meeting's owner and of whom they want told, besides the channel's own."""
    only: tuple[str, ...] = ()
    """Those of all e-mail addresses that an earlier try missed; empty at the first."""
    instead: Mapping[str, Message] = field(default_factory=dict)
    """What some of them get in its place, by e-mail address: their own part of a digest."""
    leave: Mapping[str, str] | None = None
    """Where the owner of an e-mail address can stop such mail, empty for nowhere; who is not named here has
    stopped it. None: nobody was asked."""
