"""Sign in and out. A session is a random token in a cookie; its hash is in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from scanner.actions.passwords import (
    check_password,
    fingerprint,
    hash_password,
    is_password,
    is_short,
    new_token,
    step_of,
)
from scanner.actions.people import Someone, someone
from scanner.errors import InputError
from scanner.model import Organisation
from storage.people import Account
from storage.sessions import Session
from storage.store import Store, Work

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
_HALF_HOLDS: Final = timedelta(minutes=5)
"""How long the second step may take."""
_NOTED: Final = timedelta(minutes=1)
"""A session is written as seen at most so often: looking should not cost a write."""


_TOO_LONG = "That took too long. Sign in again."


class Step(Enum):
    """What is still asked for before a session opens anything."""

    NOTHING = auto()
    CODE = auto()
    LONGER_PASSWORD = auto()
    """A short password is good with a second factor only, and somebody took that away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session's token, and what it lacks."""

    token: str
    lacks: Step = Step.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody with a session, and whose they are."""

    someone: Someone
    organisation: Organisation
    proven: bool


def sign_in(store: Store, *, email: str, password: str, now: datetime) -> SignedIn | None:
    """Start a session; None for a wrong pair, which takes as long whether or not the address is known."""
    wanted = email.strip().casefold()
    with store.reading() as work:
        known = [account for account in work.people.everybody() if account.email.casefold() == wanted]
    account = known[0] if known and known[0].disabled is None else None
    if not is_password(password, account.password if account else None) or account is None:
        if known:
            with store.begin() as work:
                work.audit.write(
                    known[0].organisation, what="sign-in refused", actor=known[0].email, note="", now=now
                )
        return None
    return start_session(store, someone(account), short=is_short(password), now=now)


def start_session(
    store: Store, who: Someone, *, short: bool = False, how: str = "", now: datetime
) -> SignedIn:
    """Start a session of somebody who just showed their password, a ``short`` one or not.

    ``how`` is what the audit says of another way in.
    """
    lacks = Step.LONGER_PASSWORD if short else Step.NOTHING
    if who.second_factor:
        lacks = Step.CODE
    token = new_token()
    with store.begin() as work:
        work.sessions.forget(now, idle=IDLE, longest=LONGEST)
        work.sessions.start(fingerprint(token), who.id, proven=lacks is Step.NOTHING, now=now)
        if lacks is Step.NOTHING:
            work.audit.write(who.organisation, what="signed in", actor=who.email, note=how, now=now)
    return SignedIn(token=token, lacks=lacks)


def prove(store: Store, token: str, *, code: str, now: datetime) -> SignedIn:
    """Show the second factor of a session and return the whole one, or raise InputError."""
    new = new_token()
    with store.begin() as work:
        account = _half(work, token, now=now)
        if not account.second_factor:
            raise InputError(_TOO_LONG)
        step = step_of(code, account.second_factor, now)
        right = step is not None and work.people.take_code(account.id, step)
        if right:
            work.sessions.end(fingerprint(token))
            work.sessions.start(fingerprint(new), account.id, proven=True, now=now)
        what = "signed in" if right else "code refused"
        work.audit.write(account.organisation, what=what, actor=account.email, note="", now=now)
    if not right:
        raise InputError("That code is not right, or was used already. Wait for the next one.")
    return SignedIn(token=new)


def lengthen(store: Store, token: str, *, password: str, now: datetime) -> SignedIn:
    """Take a longer password of somebody whose present one is too short by itself, and let them in."""
    with store.reading() as work:
        email = _half(work, token, now=now).email
    hashed = hash_password(check_password(password, email=email, second_factor=False))
    new = new_token()
    with store.begin() as work:
        account = _half(work, token, now=now)
        if account.second_factor:
            raise InputError(_TOO_LONG)
        work.people.set_password(account, hashed)
        work.sessions.end_all(account.id)
        work.sessions.start(fingerprint(new), account.id, proven=True, now=now)
        for what in ("password changed", "signed in"):
            work.audit.write(account.organisation, what=what, actor=account.email, note="", now=now)
    return SignedIn(token=new)


def _half(work: Work, token: str, *, now: datetime) -> Account:
    """Return whose a session is that lacks a step, or raise InputError."""
    session = work.sessions.find(fingerprint(token))
    if session is None or session.proven or now - session.started > _HALF_HOLDS:
        raise InputError(_TOO_LONG)
    account = work.people.get(session.organisation, session.account)
    assert account is not None
    return account


def visitor(store: Store, token: str, *, now: datetime) -> Visitor | None:
    """Return who a session's token belongs to, or None if it is over: 30 minutes idle, 12 hours at most."""
    key = fingerprint(token)
    with store.reading() as work:
        session = work.sessions.find(key)
        if session is None or _is_over(session, now):
            return None
        account = work.people.get(session.organisation, session.account)
        organisation = work.organisations.get(session.organisation)
    if account is None or organisation is None:
        return None
    if now - session.seen > _NOTED:
        with store.begin() as work:
            work.sessions.touch(key, now)
    return Visitor(someone=someone(account), organisation=organisation, proven=session.proven)


def sign_out(store: Store, token: str) -> None:
    """End a session."""
    with store.begin() as work:
        work.sessions.end(fingerprint(token))


def _is_over(session: Session, now: datetime) -> bool:
    # A clock that was put back makes no session last longer than it may.
    idle, age = now - session.seen, now - session.started
    return idle > IDLE or age > LONGEST or (not session.proven and age > _HALF_HOLDS)
