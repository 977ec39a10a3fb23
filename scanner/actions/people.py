"""Who may sign in: invitations, accounts, second factors. Each change leaves an audit entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scanner.actions.passwords import (
    SHORTEST_ALONE,
    check_password,
    fingerprint,
    hash_password,
    is_password,
    is_second_factor,
    is_short,
    new_token,
    step_of,
)
from scanner.actions.setup import check_email, check_timezone
from scanner.errors import InputError
from storage.people import Account
from storage.people import AccountRole as AccountRole
from storage.people import Invite as Invite
from storage.store import Store, Work

INVITE_HOLDS: Final = timedelta(days=7)
MOST_ACCOUNTS: Final = 200
_NO_INVITE = "This link was used already, or is too old. Ask for a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """An account as it may be shown."""

    id: int
    organisation: int
    email: str
    role: AccountRole
    has_password: bool
    """False for somebody who comes by a provider or a passkey only."""
    second_factor: bool
    made: datetime
    disabled: datetime | None
    language: str = ""
    """The code of the language they chose; empty if they leave it to their browser."""
    timezone: str = ""
    """The zone they chose; empty for that of the organisation."""

    @property
    def may_change(self) -> bool:
        """Whether they may do more than look."""
        return self.role is not AccountRole.READER


def someone(account: Account) -> Someone:
    """Return an account without its secrets."""
    return Someone(
        id=account.id,
        organisation=account.organisation,
        email=account.email,
        role=account.role,
        has_password=bool(account.password),
        second_factor=bool(account.second_factor),
        made=account.made,
        disabled=account.disabled,
        language=account.language,
        timezone=account.timezone,
    )


# --- invitations ----------------------------------------------------------------------------------


def invite(
    store: Store, *, organisation: int, email: str, role: AccountRole, actor: str, now: datetime
) -> str:
    """Invite somebody and return the token of the link, which is good once and for a week.

    Whoever opens the link first gets the account, so it goes to that person only. For somebody who has an
    account it sets a new password, and their role and second factor stay as they are.
    """
    email = check_email(email)
    token = new_token()
    with store.begin() as work:
        known = _by_email(work, email)
        if known is not None and known.organisation != organisation:
            raise InputError(f"{email} belongs to another organisation here.")
        if known is None and len(work.people.all(organisation)) >= MOST_ACCOUNTS:
            raise InputError(f"There are {MOST_ACCOUNTS} accounts already: disable old ones first.")
        work.people.invite(
            organisation,
            token_fingerprint=fingerprint(token),
            role=known.role if known else role,
            email=email,
            until=now + INVITE_HOLDS,
            account=known.id if known else None,
        )
        what = "new password link made" if known else f"invited as {role}"
        _audit(work, organisation, what=what, actor=actor, note=email, now=now)
    return token


def first_invite(store: Store, *, organisation: int, email: str, now: datetime) -> str | None:
    """Return the token that makes the first owner, or None if somebody can sign in already."""
    with store.reading() as work:
        if any(account.disabled is None for account in work.people.all(organisation)):
            return None
    return invite(
        store, organisation=organisation, email=email, role=AccountRole.OWNER, actor="serve", now=now
    )


def invited(store: Store, token: str, *, now: datetime) -> Invite:
    """Return the invitation of a link, or raise InputError."""
    with store.reading() as work:
        found = work.people.invited(fingerprint(token), now)
    if found is None:
        raise InputError(_NO_INVITE)
    return found


def has_second_factor(store: Store, invite: Invite) -> bool:
    """Tell whether the account that an invitation is for asks for codes."""
    if invite.account is None:
        return False
    with store.reading() as work:
        account = work.people.get(invite.organisation, invite.account)
    return account is not None and bool(account.second_factor)


def accept_invite(store: Store, token: str, *, password: str, now: datetime) -> Someone:
    """Use an invitation up: make its account, or give the account it is for a new password.

    Who the account was at a provider is forgotten with the old password: an address may be somebody else's by
    now, and whoever got the link may say so anew.
    """
    found = invited(store, token, now=now)
    usable = check_password(password, email=found.email, second_factor=has_second_factor(store, found))
    hashed = hash_password(usable)
    with store.begin() as work:
        if not work.people.revoke(found.organisation, found.id):
            raise InputError(_NO_INVITE)
        account = None if found.account is None else work.people.get(found.organisation, found.account)
        if account is None:
            if _by_email(work, found.email) is not None:
                raise InputError(_NO_INVITE)
            account = work.people.add(
                found.organisation, email=found.email, role=found.role, password=hashed, now=now
            )
            what = f"joined as {found.role}"
        else:
            work.people.set_password(account, hashed)
            work.identities.forget(account.id)
            work.sessions.end_all(account.id)
            what = "password changed by link"
        _audit(work, found.organisation, what=what, actor=found.email, note="", now=now)
    return someone(account)


def all_invites(store: Store, *, organisation: int, now: datetime) -> list[Invite]:
    """Return the invitations that are still good."""
    with store.reading() as work:
        return [entry for entry in work.people.invites(organisation) if entry.until > now]


def revoke_invite(store: Store, invite: int, *, organisation: int, actor: str, now: datetime) -> None:
    """Take an invitation back; InputError if there is none."""
    with store.begin() as work:
        if not work.people.revoke(organisation, invite):
            raise InputError(f"There is no invitation {invite}.")
        _audit(work, organisation, what="invitation taken back", actor=actor, note="", now=now)


# --- accounts -------------------------------------------------------------------------------------


def all_people(store: Store, *, organisation: int) -> list[Someone]:
    """Return everybody of an organisation who can or could sign in."""
    with store.reading() as work:
        return [someone(account) for account in work.people.all(organisation)]


def set_role(
    store: Store, account: int, role: AccountRole, *, organisation: int, actor: str, now: datetime
) -> None:
    """Give somebody another role. Their sessions end. The last owner stays one."""
    with store.begin() as work:
        work.people.wait_for_turn(organisation)
        found = existing(work, organisation, account)
        if role is not AccountRole.OWNER:
            keep_an_owner(work, found)
        work.people.set_role(account, role)
        work.sessions.end_all(account)
        _audit(work, organisation, what=f"role is now {role}", actor=actor, note=found.email, now=now)


def set_disabled(
    store: Store, account: int, *, disabled: bool, organisation: int, actor: str, now: datetime
) -> None:
    """Keep somebody from signing in, at once, or let them in again. The last owner stays."""
    with store.begin() as work:
        work.people.wait_for_turn(organisation)
        found = existing(work, organisation, account)
        if disabled:
            keep_an_owner(work, found)
        work.people.set_disabled(account, now if disabled else None)
        work.sessions.end_all(account)
        what = "disabled" if disabled else "enabled"
        _audit(work, organisation, what=what, actor=actor, note=found.email, now=now)


def set_reading(
    store: Store, account: int, *, language: str, timezone: str, organisation: int, now: datetime
) -> None:
    """Choose one's own language and zone; empty leaves them to the browser and to the organisation."""
    if timezone:
        check_timezone(timezone)
    with store.begin() as work:
        found = existing(work, organisation, account)
        work.people.set_reading(account, language=language, timezone=timezone)
        what = "language and time zone chosen"
        note = ", ".join(filter(None, (language, timezone)))
        _audit(work, organisation, what=what, actor=found.email, note=note, now=now)


def change_password(
    store: Store,
    account: int,
    *,
    old: str,
    new: str,
    organisation: int,
    session: str,
    now: datetime,
) -> None:
    """Change one's own password. Every other session of the account ends."""
    with store.reading() as work:
        found = existing(work, organisation, account)
    if not is_password(old, found.password):
        raise InputError("That is not your present password.")
    usable = check_password(new, email=found.email, second_factor=bool(found.second_factor))
    hashed = hash_password(usable)
    with store.begin() as work:
        work.people.set_password(existing(work, organisation, account), hashed)
        work.sessions.end_all(account, but=fingerprint(session))
        _audit(work, organisation, what="password changed", actor=found.email, note="", now=now)


def add_second_factor(
    store: Store, account: int, *, secret: str, code: str, organisation: int, session: str, now: datetime
) -> None:
    """Ask for codes of this secret from now on, once a code shows that the app has it."""
    if not is_second_factor(secret):
        raise InputError("That is no secret of ours. Load the page again.")
    with store.begin() as work:
        found = existing(work, organisation, account)
        if found.second_factor:
            raise InputError("There is a second factor already. Remove it first.")
        step = step_of(code, secret, now)
        if step is None:
            raise InputError("That code is not right. Is the clock of your phone right?")
        work.people.set_second_factor(found, secret)
        work.people.take_code(account, step)
        work.sessions.end_all(account, but=fingerprint(session))
        _audit(work, organisation, what="second factor added", actor=found.email, note="", now=now)


def remove_second_factor(
    store: Store, account: int, *, password: str | None, organisation: int, actor: str, now: datetime
) -> None:
    """Ask somebody for the password only from now on. Their sessions end, so that they notice.

    Who does it for themselves gives their ``password``, which has to be long enough by itself; None is for an
    owner who does it for another, who then needs a longer password to sign in, if theirs is short.
    """
    with store.reading() as work:
        found = existing(work, organisation, account)
    if password is not None and not is_password(password, found.password):
        raise InputError("That is not your present password.")
    if password is not None and is_short(password):
        raise InputError(
            "Your password is too short to be all that is asked for. Choose one of at least "
            f"{SHORTEST_ALONE} letters first, then remove the second factor."
        )
    with store.begin() as work:
        work.people.set_second_factor(found, "")
        work.sessions.end_all(account)
        _audit(work, organisation, what="second factor removed", actor=actor, note=found.email, now=now)


def existing(work: Work, organisation: int, account: int) -> Account:
    """Return an account of an organisation, or raise InputError."""
    found = work.people.get(organisation, account)
    if found is None:
        raise InputError(f"There is no account {account}.")
    return found


def keep_an_owner(work: Work, leaving: Account) -> None:
    """Raise InputError if nobody would be an owner without this account."""
    owners = [
        account
        for account in work.people.all(leaving.organisation)
        if account.role is AccountRole.OWNER and account.disabled is None and account.id != leaving.id
    ]
    if leaving.role is AccountRole.OWNER and not owners:
        raise InputError("This is the only owner. Make somebody else an owner first.")


def _by_email(work: Work, email: str) -> Account | None:
    wanted = email.casefold()
    return next((entry for entry in work.people.everybody() if entry.email.casefold() == wanted), None)


def _audit(work: Work, organisation: int, *, what: str, actor: str, note: str, now: datetime) -> None:
    work.audit.write(organisation, what=what, actor=actor, note=note, now=now)
