"""Passkeys: add, name, remove them; sign in with one (Web Authentication, W3C Level 3).

A passkey is asked to know its account by itself (a discoverable credential) and to see that its owner is
there (user verification, by finger, face or PIN), so it stands for the password and the second factor alike.
It is bound to the host of the desk: a page elsewhere can ask for it as long as it likes.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from scanner.actions.passwords import fingerprint, is_password, new_token
from scanner.actions.people import Someone, existing
from scanner.actions.signing_in import IDLE, LONGEST, SignedIn
from scanner.errors import InputError
from storage.passkeys import Passkey as Passkey
from storage.store import Store

LONGEST_ANSWER: Final = 20_000
"""Letters of what a browser says about a passkey. Without attestation it is below 2,000."""

_LONGEST_NAME = 60
_MOST = 20
_NOT_TAKEN = "That passkey was not taken. Try again, or sign in with your password."


@dataclass(frozen=True, slots=True)
class Place:
    """Where the passkeys of a desk are good: the host they are bound to, and the origin of its pages."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A passkey that is about to be made: what the browser is asked, and what proves its answer."""

    options: str
    challenge: bytes = field(repr=False)
    handle: bytes = field(repr=False)


def place_of(address: str) -> Place | None:
    """Return the place of a desk's address, or None where browsers allow no passkeys.

    They do at a name by HTTPS, and at ``localhost``; never at a number such as 127.0.0.1.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        if host == "localhost" or (host and parts.scheme == "https"):
            usual = parts.port in (None, 443 if parts.scheme == "https" else 80)
            return Place(host, f"{parts.scheme}://{host}" + ("" if usual else f":{parts.port}"))
    return None


def new_challenge() -> bytes:
    """Return what an answer has to sign: good once, for whoever was asked."""
    return secrets.token_bytes(32)


# --- one's own ------------------------------------------------------------------------------------


def passkeys_of(store: Store, who: Someone) -> list[Passkey]:
    """Return somebody's passkeys, oldest first."""
    with store.reading() as work:
        return work.passkeys.of(who.organisation, who.id)


def holders(store: Store, people: Collection[Someone]) -> frozenset[int]:
    """Return the numbers of those who have a passkey."""
    with store.reading() as work:
        return frozenset(one.id for one in people if work.passkeys.of(one.organisation, one.id))


def begin_passkey(store: Store, who: Someone, *, password: str, place: Place) -> Enrolment:
    """Begin to add a passkey, for whoever knows the account's password if it has one."""
    with store.reading() as work:
        account = existing(work, who.organisation, who.id)
        known = work.passkeys.of(who.organisation, who.id)
    if account.password and not is_password(password, account.password):
        raise InputError("That is not your present password.")
    if len(known) >= _MOST:
        raise InputError(f"There are {_MOST} passkeys already: remove one that you do not use.")
    challenge = new_challenge()
    handle = known[0].handle if known else secrets.token_bytes(32)
    options = generate_registration_options(
        rp_id=place.host,
        rp_name="Lychgate",
        user_name=who.email,
        user_id=handle,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential) for each in known],
    )
    return Enrolment(options_to_json(options), challenge, handle)


def add_passkey(
    store: Store,
    who: Someone,
    enrolment: Enrolment | None,
    *,
    answer: str,
    name: str,
    place: Place,
    now: datetime,
) -> None:
    """Keep the passkey that a browser made, or raise InputError. None is an enrolment that is over."""
    if enrolment is None:
        raise InputError("That took too long. Add the passkey again.")
    name = " ".join(name.split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise InputError(f"Give the passkey a name of at most {_LONGEST_NAME} letters, like “my phone”.")
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=enrolment.challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - bytes from a browser can make the readers of CBOR raise almost anything
        raise InputError("Your browser made no passkey that is good here. Nothing was changed.") from None
    with store.begin() as work:
        existing(work, who.organisation, who.id)
        if work.passkeys.find(made.credential_id) is not None:
            raise InputError("That passkey is known already.")
        work.passkeys.add(
            who.organisation,
            who.id,
            credential=made.credential_id,
            public_key=made.credential_public_key,
            handle=enrolment.handle,
            name=name,
            sign_count=made.sign_count,
            now=now,
        )
        work.audit.write(who.organisation, what="passkey added", actor=who.email, note=name, now=now)


def remove_passkey(store: Store, who: Someone, passkey: int, *, provider: bool, now: datetime) -> None:
    """Remove one of somebody's own passkeys; the sessions that began with it end.

    The last way in stays: a password, another passkey, or the ``provider`` that the settings name.
    """
    with store.begin() as work:
        work.people.wait_for_turn(who.organisation)
        account = existing(work, who.organisation, who.id)
        known = work.passkeys.of(who.organisation, who.id)
        gone = next((each for each in known if each.id == passkey), None)
        if gone is None:
            raise InputError(f"There is no passkey {passkey}.")
        identity = any(each.account == who.id for each in work.identities.all(who.organisation))
        if not account.password and len(known) == 1 and not (provider and identity):
            raise InputError("This passkey is your only way in. Add another one first.")
        work.passkeys.remove(gone.id)
        work.audit.write(who.organisation, what="passkey removed", actor=who.email, note=gone.name, now=now)


def remove_all_passkeys(store: Store, account: int, *, organisation: int, actor: str, now: datetime) -> None:
    """Remove every passkey of somebody who lost them; the sessions that began with one end."""
    with store.begin() as work:
        found = existing(work, organisation, account)
        for each in work.passkeys.of(organisation, account):
            work.passkeys.remove(each.id)
        work.audit.write(organisation, what="passkeys removed", actor=actor, note=found.email, now=now)


# --- signing in -----------------------------------------------------------------------------------


def passkey_question(challenge: bytes, *, place: Place) -> str:
    """Return the JSON by which a browser asks for any passkey of this desk."""
    return options_to_json(
        generate_authentication_options(
            rp_id=place.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
    )


def sign_in_with_passkey(
    store: Store, answer: str, *, challenge: bytes | None, place: Place, now: datetime
) -> SignedIn:
    """Start a whole session, or raise InputError. ``challenge`` is None if none is open for this visitor."""
    if challenge is None:
        raise InputError("That took too long. Try again.")
    try:
        credential = parse_authentication_credential_json(answer)
    except Exception:  # noqa: BLE001 - as above
        raise InputError(_NOT_TAKEN) from None
    with store.reading() as work:
        passkey = work.passkeys.find(credential.raw_id)
    if passkey is None:
        raise InputError(_NOT_TAKEN)
    count = _proven(credential, passkey, challenge=challenge, place=place)
    token = new_token()
    with store.begin() as work:
        account = existing(work, passkey.organisation, passkey.account)
        done = False
        if count is not None:
            work.sessions.forget(now, idle=IDLE, longest=LONGEST)
            work.sessions.start(fingerprint(token), account.id, proven=True, now=now)
            done = work.passkeys.use(passkey, sign_count=count, token_fingerprint=fingerprint(token), now=now)
            if not done:
                work.sessions.end(fingerprint(token))
        what = "signed in with a passkey" if done else "passkey refused"
        work.audit.write(account.organisation, what=what, actor=account.email, note=passkey.name, now=now)
    if not done:
        raise InputError(_NOT_TAKEN)
    return SignedIn(token=token)


def _proven(
    credential: AuthenticationCredential, passkey: Passkey, *, challenge: bytes, place: Place
) -> int | None:
    """Return how often the authenticator says it has signed, or None if the answer proves nothing.

    One that signed no more often than before may be a copy (section 6.1.1) and is refused.
    """
    handle = credential.response.user_handle or b""
    if not compare_digest(handle, passkey.handle):
        return None
    try:
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        ).new_sign_count
    except Exception:  # noqa: BLE001 - as above
        return None
