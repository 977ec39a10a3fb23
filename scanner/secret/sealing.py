"""Seal and open texts: AES-256-GCM, bound to the place in the database where each stands."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scanner.errors import StoreError
from scanner.secret.text import encoded

_NONCE_BYTES = 12
_VERSION = 1


class SealBroken(StoreError):
    """A sealed text does not open here: it was altered or moved, or sealed with another key."""

    def __init__(self, *, table: str, field: str) -> None:
        super().__init__(
            f"A protected text ({table}, {field}) in the database does not open: it was altered or moved by "
            "something other than Lychgate. Restore the last backup."
        )


class Vault:
    """Seal and open the texts of one organisation (or of none: ``KeyRing.commons``).

    While a key is being replaced a vault has two: it seals with the first and opens with either.
    """

    __slots__ = ("_ciphers", "_organisation")

    def __init__(self, key: bytes, *earlier: bytes, organisation: bytes) -> None:
        self._ciphers = tuple(AESGCM(each) for each in (key, *earlier))
        self._organisation = organisation

    def __repr__(self) -> str:
        return "Vault(***)"

    def seal(self, text: str, *, table: str, row: bytes, field: str) -> bytes:
        """Encrypt a text for exactly this place; ``row`` identifies the row for its whole life."""
        place = place_of(table=table, row=row, organisation=self._organisation, field=field)
        return encrypt(self._ciphers[0], encoded(text), place)

    def open(self, sealed: bytes, *, table: str, row: bytes, field: str) -> str:
        """Return the text sealed for this place, or raise SealBroken."""
        place = place_of(table=table, row=row, organisation=self._organisation, field=field)
        for cipher in self._ciphers:
            text = decrypt(cipher, sealed, place)
            if text is not None:
                return text.decode("utf-8", "surrogatepass")
        raise SealBroken(table=table, field=field)

    def is_current(self, sealed: bytes, *, table: str, row: bytes, field: str) -> bool:
        """Tell whether a text was sealed with the key that new texts are sealed with."""
        place = place_of(table=table, row=row, organisation=self._organisation, field=field)
        return decrypt(self._ciphers[0], sealed, place) is not None


def joined(*parts: bytes) -> bytes:
    """Join parts so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def place_of(*, table: str, row: bytes, organisation: bytes, field: str) -> bytes:
    """Return the associated data for a place in the database."""
    return joined(table.encode(), row, organisation, field.encode(), bytes([_VERSION]))


def encrypt(cipher: AESGCM, content: bytes, place: bytes) -> bytes:
    """Seal bytes for a place."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return bytes([_VERSION]) + nonce + cipher.encrypt(nonce, content, place)


def decrypt(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes | None:
    """Open bytes sealed for a place, or return None: another key, another place, or altered."""
    if len(sealed) <= 1 + _NONCE_BYTES or sealed[0] != _VERSION:
        return None
    try:
        return cipher.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], place)
    except InvalidTag:
        return None
