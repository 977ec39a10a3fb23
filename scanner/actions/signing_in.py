"""Sign in and out. A session is a random token in a cookie; its hash is in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scanner.actions.passwords import fingerprint, is_password, new_token, step_of
from scanner.actions.people import Someone, someone
from scanner.errors import InputError
from scanner.model import Organisation
from storage.sessions import Session
from storage.store import Store

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
_CODE_HOLDS: Final = timedelta(minutes=5)
"""How long the second factor may take."""
_NOTED: Final = timedelta(minutes=1)
"""A session is written as seen at most so often: looking should not cost a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session's token, and whether its second factor is still to be shown."""

    token: str
    needs_code: bool


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
    return start_session(store, someone(account), now=now)


def start_session(store: Store, who: Someone, *, now: datetime) -> SignedIn:
    """Start a session of somebody whose password was just shown or set."""
    token = new_token()
    with store.begin() as work:
        work.sessions.forget(now, idle=IDLE, longest=LONGEST)
        work.sessions.start(fingerprint(token), who.id, proven=not who.second_factor, now=now)
        if not who.second_factor:
            work.audit.write(who.organisation, what="signed in", actor=who.email, note="", now=now)
    return SignedIn(token=token, needs_code=who.second_factor)


def prove(store: Store, token: str, *, code: str, now: datetime) -> str:
    """Show the second factor of a session and return the token of the whole one, or raise InputError."""
    new = new_token()
    with store.begin() as work:
        session = work.sessions.find(fingerprint(token))
        if session is None or session.proven or now - session.started > _CODE_HOLDS:
            raise InputError("That took too long. Sign in again.")
        account = work.people.get(session.organisation, session.account)
        assert account is not None
        step = step_of(code, account.second_factor, now)
        right = step is not None and work.people.take_code(account.id, step)
        if right:
            work.sessions.end(fingerprint(token))
            work.sessions.start(fingerprint(new), account.id, proven=True, now=now)
        what = "signed in" if right else "code refused"
        work.audit.write(account.organisation, what=what, actor=account.email, note="", now=now)
    if not right:
        raise InputError("That code is not right, or was used already. Wait for the next one.")
    return new


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
    return idle > IDLE or age > LONGEST or (not session.proven and age > _CODE_HOLDS)
