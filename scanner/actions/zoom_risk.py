"""Zoom's at-risk notice: is it from Zoom, and which of our meetings does it speak of?

Shapes are those of Zoom's webhook documentation (developers.zoom.us/docs/api/webhooks) and of the type
``MeetingRiskAlertEvent`` in its library Rivet.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from scanner.actions.reports import public_address, record_report
from scanner.actions.workspace import Workspace
from scanner.errors import ConfigError, InputError, LychgateError
from scanner.model import Form, Link, Room
from scanner.scans.page import ReportRead
from scanner.settings import Settings
from spiders.key import KeyPlace, NoKey

KIND = "zoom-risk"
LONGEST_BODY = 64 * 1024
"""Bytes of one event; Zoom's have about two thousand."""

_WINDOW = timedelta(minutes=5)
_STAMP = re.compile(r"[0-9]{9,11}")
# Zoom's own tokens have 22 of these. Nothing else is hashed for anybody: the answer to a token that looks
# like "v0:TIME:BODY" would be the signature of a forged event.
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ID = re.compile(r"[0-9]{9,11}")
_UNNAMED = "a place that Zoom does not name"


class NotZoom(LychgateError):
    """A request does not prove that it comes from Zoom, now and for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of an event. ``answer`` is the JSON that Zoom wants back, if any."""

    exposures: int = 0
    answer: Mapping[str, str] | None = None
    foreign: bool = False
    """It speaks of a meeting that nobody registered here."""


class ZoomListener:
    """Take the events for one source. Threads may share it.

    ``current`` returns the workspace with the settings that are in force when an event comes.
    """

    def __init__(
        self, current: Callable[[], Workspace], source: str, *, clock: Callable[[], datetime]
    ) -> None:
        self._current = current
        self._source = source
        self._clock = clock
        self._heard: dict[str, datetime] = {}
        self._lock = Lock()

    def hear(self, body: bytes, *, stamp: str, signature: str) -> Heard:
        """Check and take one event, written with its alerts before this returns.

        NotZoom if it is not signed with the source's secret within the last minutes, or came before;
        InputError if it is none of Zoom's events; ConfigError if the secret cannot be read. An event whose
        taking failed may come again.
        """
        secret = read_secret(self._current().settings, self._source)
        now = self._clock()
        _check_signature(body, stamp=stamp, signature=signature, secret=secret, now=now)
        self._once(signature, now)
        try:
            return self._take(_parsed(body), secret)
        except BaseException:
            with self._lock:
                self._heard.pop(signature, None)
            raise

    def _once(self, signature: str, now: datetime) -> None:
        with self._lock:
            for old in [known for known, at in self._heard.items() if now - at > 2 * _WINDOW]:
                del self._heard[old]
            if self._heard.setdefault(signature, now) != now or len(self._heard) > 10_000:
                raise NotZoom("this request came before")

    def _take(self, event: Mapping[str, Any], secret: bytes) -> Heard:
        match event:
            case {"event": "endpoint.url_validation", "payload": {"plainToken": str(token)}}:
                if not _PLAIN_TOKEN.fullmatch(token):
                    raise InputError("that is no token of Zoom's")
                return Heard(answer={"plainToken": token, "encryptedToken": _mac(token.encode(), secret)})
            case {"event": "meeting.risk_alert", "payload": {"object": dict(meeting)}}:
                return self._record(meeting)
            case {"event": str(), "payload": dict()}:
                return Heard()
        raise InputError("that is no event of Zoom's")

    def _record(self, meeting: Mapping[str, Any]) -> Heard:
        details = meeting.get("armn_details")
        details = details if isinstance(details, dict) else {}
        links = self._links(str(meeting.get("id", "")), _text(details, "meeting_url"))
        if not links:
            raise InputError("the notice names no meeting")
        said = ReportRead(
            source=self._source,
            places=(self._place(_text(details, "social_link")),),
            links=links,
            by=_in_words(_text(details, "post_platform"), _text(details, "post_time")),
        )
        ledger = record_report(self._current(), said, clock=self._clock)
        return Heard(exposures=len(ledger.seen), foreign=not ledger.seen)

    def _links(self, number: str, address: str) -> tuple[Link, ...]:
        """Return the meeting by its address, which may carry its passcode, and by its number."""
        by_address = self._current().detector.detect_text(address, "href").links if address else ()
        room = Room("zoom", number)
        if not _ID.fullmatch(number) or any(link.room == room for link in by_address):
            return by_address
        return (*by_address, Link(room=room, form=Form.REPORTED, where=""))

    def _place(self, address: str) -> str:
        try:
            return public_address(address, allow=self._current().settings.allow)
        except InputError:
            return _UNNAMED  # that the meeting is out counts more than where


def read_secret(settings: Settings, source: str) -> bytes:
    """Return the secret token of a source, or raise ConfigError."""
    configured = settings.sources.get(source)
    if configured is None or configured.kind != KIND:
        raise InputError("there is no such source")
    try:
        return KeyPlace.model_validate(configured.options["secret"]).read().encode()
    except NoKey as fault:
        raise ConfigError(f"the secret of Zoom's webhook is not there: {fault}", where=source) from fault


def listeners(settings: Settings) -> tuple[str, ...]:
    """Return the names of the sources that Zoom's events come to."""
    return tuple(source.name for source in settings.sources.values() if source.kind == KIND)


def missing_secrets(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each source whose events would be turned away, since its secret is not there."""
    for source in listeners(settings):
        try:
            read_secret(settings, source)
        except ConfigError as fault:
            yield str(fault)


def _check_signature(body: bytes, *, stamp: str, signature: str, secret: bytes, now: datetime) -> None:
    if not _STAMP.fullmatch(stamp):
        raise NotZoom("the time of the request is missing")
    expected = f"v0={_mac(b'v0:' + stamp.encode() + b':' + body, secret)}"
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
        raise NotZoom("the signature is wrong")
    if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > _WINDOW:
        raise NotZoom("the request is too old, or a clock is wrong")


def _mac(message: bytes, secret: bytes) -> str:
    return hmac.digest(secret, message, "sha256").hex()


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError("that is no JSON") from None
    if not isinstance(event, dict):
        raise InputError("that is no event of Zoom's")
    return event


def _text(details: Mapping[str, Any], name: str) -> str:
    value = details.get(name)
    return value if isinstance(value, str) else ""


def _in_words(platform: str, posted: str) -> str:
    """Say what Zoom says of the post; not who wrote it, since people on pages are not kept."""
    name = " ".join("".join(sign for sign in platform[:40] if sign.isprintable()).split())
    words = f"Zoom: posted on {name}" if name else "Zoom"
    try:
        at = datetime.fromisoformat(posted).astimezone(UTC)
    except (ValueError, OverflowError):
        return words
    return f"{words}, {at:%d %b %Y at %H:%M} UTC"
