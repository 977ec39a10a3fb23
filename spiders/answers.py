"""What an answer means: a page, a place where nothing is, a refusal, or a door that asks for a log-in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from scrapy.http import Response

from scanner.model import Known
from spiders.addresses import resolve

CHALLENGE = "asks whether a person is there (challenge page)"
LOG_IN = "redirects to a log-in page"
ASKS_COOKIES = "asks to accept cookies first"

_REFUSALS = frozenset({401, 403, 429, 451})
_GONE = frozenset({404, 410})

# Marks that stand on challenge pages only: Cloudflare puts its challenge-platform script on ordinary pages
# too, so it is no sign. Such pages are small, and an ordinary page may quote a mark.
# One look for each is a third of the time of one pattern for all.
_CHALLENGE_MARKS = (
    b"_cf_chl_opt",
    b"<title>Just a moment...</title>",
    b"<title>Attention Required! | Cloudflare</title>",
    b'id="cf-please-wait"',
    b"sucuri_cloudproxy_js",
    b"captcha-delivery.com/",
    b"<title>DDoS-Guard</title>",
    b'id="px-captcha"',
    b"gokuProps",
    b"/.within.website/x/cmd/anubis/",
)
_INCAPSULA = re.compile(rb"/_Incapsula_Resource\?[^\"]{0,200}\"[^>]{0,200}></iframe>")
_CHALLENGE_BYTES = 64 * 1024
_CHALLENGE_LINKS = 10
"""Links that a challenge page may have. One with a menu round it is shown with a status that says no."""

_LOG_IN_SEGMENT = re.compile(
    r"log-?_?[io]n|sign-?_?in|wp-login\.php|login\.(?:php|aspx?|jsp|html?|cgi|action)|servicelogin|sso|saml2?|"
    r"oauth2?|openid|openid-connect|authwall|authenticate|anmelden|anmeldung|einloggen|connexion|se-connecter|"
    r"inloggen|accedi|acceder|(?:iniciar|inicio)-sesion|[a-z]{4,8}:(?:userlogin|anmelden|connexion|entrar)",
    re.IGNORECASE,
)
_LOG_IN_HOST = re.compile(r"(?:login|signin|sso|auth|idp|accounts?)\.", re.IGNORECASE)
_LOG_IN_QUERY = re.compile(
    r"(?:^|[&;])(?:action|mode|do|page|view)=log-?_?in\b|(?:^|[&;])title=special:userlogin\b", re.IGNORECASE
)
_CONSENT = re.compile(
    r"https?://(?:consent|cookies?|privacy)\.|https?://[^/]+/(?:[^?#]*/)?(?:cookie-?wall|cookie-?consent|consent|"
    r"privacy-?wall|zustimmung)(?:[/?#.]|$)",
    re.IGNORECASE,
)

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([a-z0-9._:+-]{1,40})")
_MATURE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer is no page, and whether that means "nothing here" or "not for you"."""

    why: str
    gone: bool = False
    blocked: bool = False


def judge(response: Response) -> Refusal | None:
    """Return why an answer that is no redirect cannot be searched, or None if it is a page."""
    if is_challenge(response):
        return Refusal(CHALLENGE, blocked=True)
    if 200 <= response.status < 300:
        return None
    why = f"HTTP {response.status}"
    return Refusal(why, gone=response.status in _GONE, blocked=response.status in _REFUSALS)


def is_challenge(response: Response) -> bool:
    """Tell pages that a protection service shows in place of the real one, whatever their status."""
    if response.headers.get(b"cf-mitigated") == b"challenge":
        return True
    body = response.body
    if len(body) >= _CHALLENGE_BYTES:
        return False
    if 200 <= response.status < 300 and has_more_links(body, _CHALLENGE_LINKS):
        return False
    return any(mark in body for mark in _CHALLENGE_MARKS) or _INCAPSULA.search(body) is not None


def has_more_links(body: bytes, count: int) -> bool:
    """Tell whether a page has more links than so many, and look no further than need be."""
    closing = b"</a>" if b"</a>" in body else b"</A>"
    at = 0
    for _ in range(count + 1):
        at = body.find(closing, at) + 1
        if at == 0:
            return False
    return True


def leads_to_log_in(origin: str, target: str) -> bool:
    """Tell whether a redirect ends at a log-in page. A page that was one from the start does not count."""
    return is_log_in(target) and not is_log_in(origin)


def leads_to_consent(origin: str, target: str) -> bool:
    """Tell whether a redirect ends where people have to accept cookies before they see a page."""
    return _CONSENT.match(target) is not None and _CONSENT.match(origin) is None


def is_log_in(address: str) -> bool:
    """Tell whether an address is by its name that of a log-in page."""
    parts = urlsplit(address)
    segments = parts.path.split("/")
    return (
        any(_LOG_IN_SEGMENT.fullmatch(segment) for segment in segments)
        or _LOG_IN_HOST.match(parts.hostname or "") is not None
        or _LOG_IN_QUERY.search(parts.query) is not None
    )


def media_type(response: Response) -> tuple[str, str]:
    """Return the media type and charset that the server claims, in lower case; empty if it says nothing."""
    header = as_text(response.headers.get(b"Content-Type") or b"").lower()
    charset = _CHARSET.search(header)
    return header.partition(";")[0].strip(), charset[1] if charset else ""


def etag(response: Response) -> str:
    """Return the entity tag if it can be sent back as it is, else an empty string."""
    value = as_text(response.headers.get(b"ETag") or b"").strip()
    return value if is_sendable(value) else ""


def last_modified(response: Response, received: datetime) -> str:
    """Return Last-Modified if it can stand for the content, else an empty string.

    A page may change twice within one second, so a date is a strong validator only when it lies at least a
    minute before the answer (RFC 9110, section 8.8.2.2).
    """
    value = as_text(response.headers.get(b"Last-Modified") or b"").strip()
    changed = _date(value)
    answered = _date(as_text(response.headers.get(b"Date") or b"").strip()) or received
    return value if changed and changed + _MATURE <= min(answered, received) else ""


def next_link(response: Response) -> str:
    """Return the address that a ``Link`` header calls the next one (RFC 8288), empty if there is none."""
    for value in response.headers.getlist(b"Link"):
        for link in as_text(value).split(","):
            target, _, parameters = link.strip().partition(">")
            if target.startswith("<") and 'rel="next"' in parameters.replace("rel=next", 'rel="next"'):
                return resolve(response.url, target[1:])
    return ""


def retry_after(response: Response, now: datetime) -> timedelta | None:
    """Read how long a server asks to be left alone (RFC 9110, section 10.2.3), or None if it does not."""
    value = as_text(response.headers.get(b"Retry-After") or b"").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), 10**8))
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta())


def was_conditional(response: Response) -> bool:
    """Tell whether a server was asked for its page only if that has changed."""
    asked = response.request.headers if response.request is not None else {}
    return "If-None-Match" in asked or "If-Modified-Since" in asked


def validators(known: Known) -> dict[str, str]:
    """Return the headers that ask for a page only if it has changed since it was read."""
    remembered = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in remembered.items() if is_sendable(value)}


def is_sendable(value: str) -> bool:
    """Tell whether a remembered value is fit for a request header: short, ASCII, without line ends."""
    return 0 < len(value) <= 1024 and value.isascii() and value.isprintable()


def as_text(value: bytes) -> str:
    """Decode a header's value as UTF-8, or else as ISO 8859-1, which fits all bytes."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


@lru_cache(maxsize=256)
def _date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return at.replace(tzinfo=at.tzinfo or UTC)
