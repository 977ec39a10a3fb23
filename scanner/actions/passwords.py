"""Passwords, tokens and one-time codes: what proves who somebody is.

Passwords follow NIST SP 800-63B-4, section 3.1.1.2: 15 letters where a password is all that is asked for, 8
where a second factor always is; no rules of composition; the guessable ones refused.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from threading import BoundedSemaphore
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scanner.errors import InputError

SHORTEST: Final = 8
"""With a second factor, without which the password opens nothing."""
SHORTEST_ALONE: Final = 15
_LONGEST = 1000
_ENOUGH_OF_ITS_OWN = 6
_OFTEN_USED = (
    "correcthorsebatterystaple",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop",
    "abcdefgh",
    "abcdef",
    "qwertz",
    "yxcvbn",
    "asdfghjkl",
    "asdfgh",
    "asdf",
    "zxcvbnm",
    "qazwsxedc",
    "qazwsx",
    "qwerty",
    "azerty",
    "iloveyou",
    "letmein",
    "password",
    "passwort",
    "passphrase",
    "passwd",
    "lychgate",
    "secret",
    "welcome",
    "administrator",
    "whatever",
    "computer",
    "internet",
    "starwars",
    "pokemon",
    "charlie",
    "jennifer",
    "jordan",
    "hunter",
    "killer",
    "freedom",
    "hello",
    "summer",
    "winter",
    "spring",
    "autumn",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sommer",
    "hallo",
    "schatz",
    "church",
    "parish",
    "council",
    "admin",
    "login",
    "changeme",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno",
    "dragon",
    "monkey",
    "master",
    "shadow",
    "michael",
    "jesus",
    "zoom",
    "teams",
    "meeting",
    "our",
    "the",
    "is",
    "this",
    "your",
    "org",
    "com",
)
_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(2)
"""Each hash takes 64 MiB for a moment: more at once would let strangers fill the memory."""

_STEP = 30


def check_password(password: str, *, email: str, second_factor: bool) -> str:
    """Return a password that may be used, or raise InputError saying what is wrong with it.

    ``second_factor`` tells that a code is asked for whenever this password is; then it may be shorter.
    """
    if is_short(password) and not second_factor:
        raise InputError(
            f"The password needs at least {SHORTEST_ALONE} letters, or {SHORTEST} once you have a second "
            "factor. Four words that do not belong together do."
        )
    if len(password) < SHORTEST:
        raise InputError(f"The password needs at least {SHORTEST} letters.")
    if len(password) > _LONGEST:
        raise InputError(f"The password is longer than {_LONGEST} letters.")
    if _own(password, email=email) < _ENOUGH_OF_ITS_OWN:
        raise InputError(
            "This password is one that is tried first: it is made of often used words, your address or "
            "repeated letters. Four words that do not belong together are better."
        )
    return password


def is_short(password: str) -> bool:
    """Tell whether a password is too short to be all that is asked for."""
    return len(password) < SHORTEST_ALONE


def _own(password: str, *, email: str) -> int:
    """Count the different letters that are left of a password without what everybody would try.

    In a short one, other signs count too, two of them at most; numbers of two digits and more do not.
    """
    rest = re.sub(r"[\W\d_]+", "", password.casefold())
    own = [part for part in re.split(r"[\W\d_]+", email.casefold()) if len(part) > 2]
    for word in sorted((*_OFTEN_USED, *own), key=len, reverse=True):
        rest = rest.replace(word, "")
    others = set(re.sub(r"\d{2,}|[^\W\d_]|\s", "", password)) if is_short(password) else set()
    return len(set(rest)) + min(2, len(others))


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password with its salt."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Tell whether a password is the one of this hash; for None and "" it takes as long and is false."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(hashed or _nobodys(), password[: _LONGEST + 1]) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def new_token() -> str:
    """Return 256 random bits as text for a cookie or an address."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> bytes:
    """Return what is stored of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def new_second_factor() -> str:
    """Return a secret for an app that makes one-time codes (RFC 6238), in base 32."""
    return pyotp.random_base32()


def is_second_factor(secret: str) -> bool:
    """Tell whether a text is a secret as ``new_second_factor`` makes them."""
    return re.fullmatch(r"[A-Z2-7]{32}", secret) is not None


def second_factor_address(secret: str, *, email: str) -> str:
    """Return what such an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Lychgate")


def step_of(code: str, secret: str, now: datetime) -> int | None:
    """Return the 30-second step that a code is of, or None if it is none of now or a step beside it.

    A step may be taken once only (RFC 6238, section 5.2): the caller keeps the last one.
    """
    typed = "".join(code.split())
    current = int(now.timestamp()) // _STEP
    maker = pyotp.TOTP(secret)
    found = None
    for step in (current - 1, current, current + 1):
        if compare_digest(maker.at(step * _STEP).encode(), typed.encode("utf-8", "surrogatepass")):
            found = step
    return found
