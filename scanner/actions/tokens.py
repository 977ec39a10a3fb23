"""Tokens by which programs act for somebody, with no more rights than that person has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from scanner.actions.passwords import fingerprint, new_token
from scanner.actions.people import Someone, someone
from scanner.errors import InputError
from scanner.model import Organisation
from storage.api import Answer
from storage.api import ApiToken as ApiToken
from storage.store import Store

PREFIX: Final = "lychgate_"
"""So that a token that leaks is recognised for what it is."""
HOLDS: Final = timedelta(days=365)
_ANSWERS_KEPT: Final = timedelta(days=1)
_MOST_TOKENS = 20


class KeyReused(InputError):
    """An idempotency key came with another request than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Whom a program acts for, and whether it may change something."""

    someone: Someone
    organisation: Organisation
    may_write: bool


def make_token(store: Store, who: Someone, *, name: str, may_write: bool, now: datetime) -> str:
    """Make a token that is good for a year and return it; it cannot be shown again."""
    shown = " ".join(name.split())
    if not shown or len(shown) > 100:
        raise InputError("Say in a few words what the token is for.")
    token = PREFIX + new_token()
    with store.begin() as work:
        if len(work.api.tokens(who.id)) >= _MOST_TOKENS:
            raise InputError(f"There are {_MOST_TOKENS} tokens already: revoke old ones first.")
        work.api.add_token(
            who.organisation,
            who.id,
            token_fingerprint=fingerprint(token),
            name=shown,
            may_write=may_write,
            until=now + HOLDS,
            now=now,
        )
        work.audit.write(who.organisation, what="token made", actor=who.email, note=shown, now=now)
    return token


def tokens_of(store: Store, who: Someone) -> list[ApiToken]:
    """Return somebody's tokens, without their secrets."""
    with store.reading() as work:
        return work.api.tokens(who.id)


def revoke_token(store: Store, who: Someone, token: int, *, now: datetime) -> None:
    """Make a token good for nothing, or raise InputError."""
    with store.begin() as work:
        if not work.api.revoke(who.id, token):
            raise InputError(f"There is no token {token}.")
        work.audit.write(who.organisation, what="token revoked", actor=who.email, note=f"{token}", now=now)


def program(store: Store, token: str, *, now: datetime) -> Program | None:
    """Return whom a token acts for; None if it is none, too old, or its person is shut out."""
    with store.reading() as work:
        found = work.api.find_token(fingerprint(token))
        if found is None or found.until <= now:
            return None
        account = work.people.get(found.organisation, found.account)
        organisation = work.organisations.get(found.organisation)
    if account is None or organisation is None:
        return None
    return Program(someone=someone(account), organisation=organisation, may_write=found.may_write)


def earlier_answer(store: Store, who: Someone, *, key: str, request: bytes) -> Answer | None:
    """Return what was answered to this request before; KeyReused if the key was another request's."""
    with store.reading() as work:
        found = work.api.answered(who.organisation, who.id, _key(who, key))
    if found is not None and found.request != sha256(request).digest():
        raise KeyReused("This idempotency key was used for another request.")
    return found


def remember_answer(
    store: Store, who: Someone, *, key: str, request: bytes, status: int, body: str, now: datetime
) -> None:
    """Keep an answer for a day, to be given again to whoever asks with the same key."""
    answer = Answer(request=sha256(request).digest(), status=status, body=body)
    with store.begin() as work:
        work.api.forget(now - _ANSWERS_KEPT)
        work.api.remember(who.organisation, who.id, _key(who, key), answer, now)


def _key(who: Someone, key: str) -> bytes:
    return sha256(f"{who.id}\0{key}".encode("utf-8", "surrogatepass")).digest()
