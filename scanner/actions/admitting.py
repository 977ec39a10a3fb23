"""Let in whom an OpenID provider presents: people with an account or an invitation, and whom a rule admits.

The provider is one of the installation's settings, so it speaks for people of its first organisation only. It
stands for the password, not for a second factor that somebody set up here: that is asked for all the same.
"""

from __future__ import annotations

from datetime import datetime

from scanner.actions.openid import Presented
from scanner.actions.people import MOST_ACCOUNTS, keep_an_owner, someone
from scanner.actions.setup import check_email
from scanner.actions.signing_in import SignedIn, start_session
from scanner.errors import InputError
from scanner.settings import Provider
from storage.identities import Identity
from storage.people import Account, AccountRole
from storage.store import Store, Work


class NotAdmitted(InputError):
    """The provider knows them, and that is not enough."""


def admit_presented(
    store: Store, presented: Presented, provider: Provider, *, organisation: int, now: datetime
) -> SignedIn:
    """Start a session of whom the provider presents, or raise InputError; both leave an audit entry."""
    try:
        with store.begin() as work:
            work.people.wait_for_turn(organisation)
            account = _account(work, presented, provider, organisation=organisation, now=now)
    except InputError as error:
        who = presented.email or "somebody without an address"
        with store.begin() as work:
            note = f"{provider.name}: {error}"
            work.audit.write(organisation, what="sign-in refused", actor=who, note=note, now=now)
        raise
    return start_session(store, someone(account), how=f"with {provider.name}", now=now)


def _account(
    work: Work, presented: Presented, provider: Provider, *, organisation: int, now: datetime
) -> Account:
    identities = work.identities.all(organisation)
    ours = (presented.issuer, presented.subject)
    known = next((each for each in identities if (each.issuer, each.subject) == ours), None)
    account = None if known is None else work.people.get(organisation, known.account)
    if known is None or account is None:
        return _newcomer(work, presented, provider, identities, organisation=organisation, now=now)
    _refuse_disabled(account)
    return _by_rule(work, account, presented, provider, now=now) if known.by_rule else account


def _by_rule(
    work: Work, account: Account, presented: Presented, provider: Provider, *, now: datetime
) -> Account:
    """Give somebody whom a rule let in the role it gives today; without a rule they are out.

    The last owner stays one, or nobody could let in anybody.
    """
    role = provider.role_for(email=presented.email, groups=presented.groups)
    if role is None:
        raise NotAdmitted(f"{provider.name} no longer counts you among those who may come in.")
    if role is account.role:
        return account
    if role is not AccountRole.OWNER:
        try:
            keep_an_owner(work, account)
        except InputError:
            return account
    work.people.set_role(account.id, role)
    work.sessions.end_all(account.id)
    _audit(work, account, f"role is now {role}", provider.name, now=now)
    return _again(work, account)


def _newcomer(
    work: Work,
    presented: Presented,
    provider: Provider,
    identities: list[Identity],
    *,
    organisation: int,
    now: datetime,
) -> Account:
    """Find the account of a subject that was never here by their address, or make one."""
    if not presented.email:
        raise NotAdmitted(f"{provider.name} did not say that it checked your e-mail address.")
    email = check_email(presented.email)
    account = next((each for each in work.people.everybody() if _same(each.email, email)), None)
    if account is None:
        account, by_rule = _joined(work, email, presented, provider, organisation=organisation, now=now)
    elif account.organisation != organisation:
        raise NotAdmitted(f"{email} belongs to another organisation here.")
    else:
        by_rule = False
        _refuse_disabled(account)
        if any(each.account == account.id and each.issuer == presented.issuer for each in identities):
            # The provider gave the address to somebody else.
            raise NotAdmitted(
                f"{email} was another person's at {provider.name}. An owner can make you a new link on the "
                "page “People”; afterwards this works too."
            )
        _audit(work, account, "provider linked", provider.name, now=now)
    work.identities.add(
        organisation,
        account.id,
        issuer=presented.issuer,
        subject=presented.subject,
        by_rule=by_rule,
        now=now,
    )
    return account


def _joined(
    work: Work,
    email: str,
    presented: Presented,
    provider: Provider,
    *,
    organisation: int,
    now: datetime,
) -> tuple[Account, bool]:
    """Make an account, without a password, of whoever is invited or admitted by a rule."""
    invite = next(
        (each for each in work.people.invites(organisation) if each.until > now and _same(each.email, email)),
        None,
    )
    role = invite.role if invite else provider.role_for(email=email, groups=presented.groups)
    if role is None:
        raise NotAdmitted(f"Nobody invited {email} yet. Ask an owner of your organisation.")
    if len(work.people.all(organisation)) >= MOST_ACCOUNTS:
        raise NotAdmitted(f"There are {MOST_ACCOUNTS} accounts already.")
    if invite:
        work.people.revoke(organisation, invite.id)
    account = work.people.add(organisation, email=email, role=role, password="", now=now)
    _audit(work, account, f"joined as {role}", provider.name, now=now)
    return account, invite is None


def _refuse_disabled(account: Account) -> None:
    if account.disabled is not None:
        raise NotAdmitted("An owner of your organisation shut this account.")


def _again(work: Work, account: Account) -> Account:
    found = work.people.get(account.organisation, account.id)
    assert found is not None
    return found


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _audit(work: Work, account: Account, what: str, note: str, *, now: datetime) -> None:
    work.audit.write(account.organisation, what=what, actor=account.email, note=note, now=now)
