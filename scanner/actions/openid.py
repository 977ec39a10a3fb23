"""Ask an OpenID provider who somebody is (OpenID Connect Core 1.0: code flow with PKCE, state and nonce).

What the provider says counts only as far as its signature proves it (``scanner.actions.id_token``).
Everything asked of it goes through the guards of ``scanner.alerts.posting``.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from threading import BoundedSemaphore
from typing import Any, Final
from urllib.parse import quote, urlencode

from scanner import __version__
from scanner.actions.id_token import ProviderError, claims_of, require_extra
from scanner.alerts.posting import Answer, exchange
from scanner.errors import DeliveryError
from scanner.guard import check_address
from scanner.settings import Provider

PATIENCE: Final = timedelta(seconds=10)
"""How long the provider may take for each of at most four answers."""
_LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0, section 2: ASCII letters of ``sub``."""
_AT_ONCE = BoundedSemaphore(4)
"""Strangers can make us ask: a slow provider must not take all hands of the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a provider says of itself (OpenID Connect Discovery 1.0), as of a moment."""

    provider: Provider
    at: datetime
    page: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    posts_secret: bool
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What is kept while somebody is away at the provider, to know their return by."""

    about: About
    back: str
    redirect: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """Somebody as the provider presents them. ``email`` is empty unless the provider checked it."""

    issuer: str
    subject: str
    email: str
    groups: frozenset[str]


def discover(provider: Provider, *, allow: Collection[str], now: datetime) -> About:
    """Ask a provider about itself; ``allow`` names what may be asked although it is not public."""
    require_extra()
    with _turn():
        said = _read(provider.issuer.rstrip("/") + "/.well-known/openid-configuration", allow=allow)
    if said.get("issuer") != provider.issuer:
        raise ProviderError("It calls itself by another name than the settings do.")
    page = _text(said, "authorization_endpoint")
    # Leading a browser there asks nothing of this machine, so only the form of the address matters.
    if check_address(page, allow) is not None:
        raise ProviderError("Its sign-in page has an address that nobody should open.")
    ways, scopes = said.get("token_endpoint_auth_methods_supported"), said.get("scopes_supported")
    ways = ways if isinstance(ways, list) else ["client_secret_basic"]
    # Some providers tell groups only to who asks; others refuse a scope that they do not know.
    groups = " groups" if isinstance(scopes, list) and "groups" in scopes else ""
    return About(
        provider=provider,
        at=now,
        page=page,
        token_endpoint=_text(said, "token_endpoint"),
        jwks_uri=_text(said, "jwks_uri"),
        userinfo_endpoint=str(said.get("userinfo_endpoint") or ""),
        posts_secret="client_secret_post" in ways and "client_secret_basic" not in ways,
        scope=f"openid email{groups}",
    )


def depart(about: About, *, redirect: str, back: str) -> tuple[str, Departure]:
    """Return the provider's page to lead somebody to, and what to keep until they are ``back``.

    ``redirect`` is where the provider sends them.
    """
    departure = Departure(
        about=about,
        back=back,
        redirect=redirect,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
    )
    asked = {
        "response_type": "code",
        "client_id": about.provider.client_id,
        "redirect_uri": redirect,
        "scope": about.scope,
        "state": departure.state,
        "nonce": departure.nonce,
        "code_challenge": _hashed(departure.verifier),
        "code_challenge_method": "S256",
    }
    return f"{about.page}{'&' if '?' in about.page else '?'}{urlencode(asked)}", departure


def arrive(
    provider: Provider,
    departure: Departure | None,
    answer: Mapping[str, str],
    *,
    allow: Collection[str],
    now: datetime,
) -> Presented:
    """Return who came back from the provider with ``answer``, or raise ProviderError.

    ``departure`` is None if nobody left from here, or too long ago.
    """
    if departure is None or departure.about.provider != provider:
        raise ProviderError("That took too long. Begin again.")
    if not compare_digest(answer.get("state", "").encode(), departure.state.encode()):
        raise ProviderError("That answer belongs to another beginning. Begin again.")
    # RFC 9207: an answer of another provider, whose code would be handed to this one.
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise ProviderError("That answer came from somebody else.")
    if "error" in answer or not answer.get("code"):
        raise ProviderError("It did not let you in.")
    with _turn():
        tokens = _trade(provider, departure, answer["code"], allow=allow)
        claims = claims_of(
            tokens,
            keys=_read(departure.about.jwks_uri, allow=allow),
            issuer=provider.issuer,
            client=provider.client_id,
            nonce=departure.nonce,
            now=now,
        )
        access = tokens.get("access_token")
        userinfo = departure.about.userinfo_endpoint
        if "email" not in claims and userinfo and isinstance(access, str):
            claims = {**claims, **_more(userinfo, access, claims["sub"], allow=allow)}
    return _presented(provider, claims)


def _presented(provider: Provider, claims: Mapping[str, Any]) -> Presented:
    subject, email, groups = claims["sub"], claims.get("email"), claims.get(provider.groups)
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise ProviderError("It did not say who you are.")
    # Microsoft Entra ID says instead, in an optional claim, that the owner of the domain vouches for it
    # (learn.microsoft.com, "Optional claims reference").
    checked = claims.get("email_verified", claims.get("xms_edov")) in (True, "true", "1")
    named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return Presented(
        issuer=provider.issuer,
        subject=subject,
        email=email if checked and isinstance(email, str) else "",
        groups=frozenset(name for name in named if isinstance(name, str)),
    )


def _trade(provider: Provider, departure: Departure, code: str, *, allow: Collection[str]) -> dict[str, Any]:
    """Trade a code for tokens (RFC 6749, section 4.1.3)."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": departure.redirect,
        "code_verifier": departure.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    secret = provider.secret.resolve().reveal()
    if departure.about.posts_secret:
        form |= {"client_id": provider.client_id, "client_secret": secret}
    else:
        # RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return _ask("POST", departure.about.token_endpoint, urlencode(form).encode(), headers, allow=allow)


def _more(address: str, access: str, subject: str, *, allow: Collection[str]) -> dict[str, Any]:
    """Return what some providers say only when asked again; of the same person, or nothing."""
    said = _ask("GET", address, None, {"Authorization": f"Bearer {access}"}, allow=allow)
    if said.get("sub") != subject:
        # OpenID Connect Core 1.0, section 5.3.2.
        raise ProviderError("It spoke of two people at once.")
    return said


def _hashed(verifier: str) -> str:
    """Return the challenge of a verifier (RFC 7636, section 4.2, ``S256``)."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@contextmanager
def _turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(blocking=False):
        raise ProviderError("Too many people sign in at this moment. Try again in a minute.")
    try:
        yield
    finally:
        _AT_ONCE.release()


def _read(address: str, *, allow: Collection[str]) -> dict[str, Any]:
    return _ask("GET", address, None, {}, allow=allow)


def _ask(
    method: str, address: str, body: bytes | None, headers: Mapping[str, str], *, allow: Collection[str]
) -> dict[str, Any]:
    """Return the JSON object that is answered, or raise ProviderError."""
    sent = {"Accept": "application/json", "User-Agent": f"Lychgate/{__version__}", **headers}
    try:
        answer = exchange(method, address, body, sent, allow=allow, patience=PATIENCE)
    except DeliveryError as error:
        raise ProviderError(f"It cannot be asked: {error}.") from None
    if answer.status != 200:
        raise ProviderError(f"It cannot be asked: {answer.host} answers {answer.status}.")
    return _object(answer)


def _object(answer: Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ProviderError(f"{answer.host} answered something that nobody understands.")
    return said


def _text(about: Mapping[str, Any], name: str) -> str:
    value = about.get(name)
    if not isinstance(value, str):
        raise ProviderError(f"It does not say where its {name} is.")
    return value
