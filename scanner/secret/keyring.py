"""The instance key and everything derived from it."""

from __future__ import annotations

import secrets
from hashlib import sha256
from pathlib import Path
from typing import Protocol, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scanner.errors import KeyMissing
from scanner.model import Room
from scanner.secret.keyfile import (
    KEY_BYTES,
    create_key_file,
    next_to,
    parse_key,
    promote_key_file,
    read_key_file,
    read_next_key_file,
)
from scanner.secret.sealing import SealBroken, Vault, decrypt, encrypt, joined, place_of
from scanner.secret.text import encoded

_SHA256_BLOCK = 64
_COMMONS = b"commons"


class _Hash(Protocol):
    def copy(self) -> Self: ...
    def update(self, message: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class _Index:
    """HMAC-SHA-256 under one key, with both padded keys already hashed.

    Same bytes as ``hmac.digest`` at less than half its cost: every candidate on every page is
    fingerprinted, so this is the price of a look-up.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(_SHA256_BLOCK, b"\0")
        self._inner: _Hash = sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer: _Hash = sha256(bytes(byte ^ 0x5C for byte in padded))

    def fingerprint(self, message: bytes) -> bytes:
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


class _Key:
    """One instance key, as the sub-keys derived from it."""

    __slots__ = ("addresses", "check", "commons", "passcodes", "rooms", "wrapping")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise KeyMissing(f"The instance key has {len(key)} bytes instead of {KEY_BYTES}.")
        self.rooms = _Index(_derive(key, "room index"))
        self.passcodes = _Index(_derive(key, "passcode index"))
        self.addresses = _Index(_derive(key, "address index"))
        self.wrapping = AESGCM(_derive(key, "wrapping"))
        self.commons = _derive(key, "commons")
        self.check = _derive(key, "check value")


class KeyRing:
    """The instance key, and beside it any key that it replaces or that replaces it.

    Make it with ``from_file``, ``from_text`` or ``create``. A ring never changes; ``at`` says which of its
    keys is the one in use, which is what new fingerprints and seals are made with. What was made with any
    of its keys is recognised (``fingerprints``) and opened.

    A fingerprint is 32 bytes of HMAC-SHA-256. Meeting IDs are few enough to try them all, so without a
    secret key a hash of one would be as good as the ID itself.
    """

    __slots__ = ("_file", "_keys")

    def __init__(self, key: bytes, *others: bytes) -> None:
        self._keys = tuple(_Key(each) for each in (key, *others))
        self._file: Path | None = None

    def __repr__(self) -> str:
        return "KeyRing(***)"

    # --- making and choosing ----------------------------------------------------------------------

    @classmethod
    def from_text(cls, text: str, *, where: str = "The key") -> KeyRing:
        """Read a key as ``create`` wrote it; ``where`` names its origin in the error sentence."""
        return cls(parse_key(text, where=where))

    @classmethod
    def from_file(cls, path: Path) -> KeyRing:
        """Read the key file, which only its owner may be able to read or write, and the next key if any."""
        # The next one first: it takes the place of the other when the rotation ends.
        following = read_next_key_file(path)
        key = read_key_file(path)
        ring = cls(key) if following is None else cls(key, following)
        ring._file = path
        return ring

    @classmethod
    def create(cls, path: Path) -> KeyRing:
        """Write a new key to a file that must not exist yet, readable by its owner only."""
        create_key_file(path)
        return cls.from_file(path)

    @classmethod
    def create_next(cls, path: Path) -> KeyRing:
        """Return the ring that replaces this key file's key, its first key being the next one.

        The next key is made unless there is one already: then its rotation goes on.
        """
        if not next_to(path).exists():
            create_key_file(next_to(path))
        ring = cls.from_file(path)
        return ring._with(ring._keys[::-1])

    @staticmethod
    def has_next(path: Path) -> bool:
        """Tell whether a next key lies beside this key file."""
        return next_to(path).exists()

    @staticmethod
    def retire(path: Path) -> None:
        """Put the next key in the place of the key file's. The key that was there is gone then."""
        promote_key_file(path)

    def at(self, check: bytes) -> KeyRing | None:
        """Return this ring with the key of that check value in use, or None if it is not on the ring."""
        chosen = [key for key in self._keys if key.check == check]
        if not chosen:
            return None
        return self._with((chosen[0], *(key for key in self._keys if key.check != check)))

    def reread(self) -> KeyRing:
        """Return this ring with the keys that are in its file by now added to it.

        A key that was replaced meanwhile stays: what this process read under it is still compared with it.
        """
        if self._file is None:
            return self
        known = {key.check for key in self._keys}
        fresh = KeyRing.from_file(self._file)
        return self._with((*self._keys, *(key for key in fresh._keys if key.check not in known)))

    def check_value(self) -> bytes:
        """Return 32 bytes that tell the key in use from another and say nothing about it."""
        return self._keys[0].check

    # --- recognising ------------------------------------------------------------------------------

    def fingerprint(self, room: Room) -> bytes:
        """Return the 32 bytes by which a room is recognised and by which nobody else can find it."""
        return self._keys[0].rooms.fingerprint(_room(room))

    def fingerprints(self, room: Room) -> tuple[bytes, ...]:
        """Return the room's fingerprint under each key of the ring, that of the key in use first."""
        message = _room(room)
        return tuple([key.rooms.fingerprint(message) for key in self._keys])

    def fingerprint_passcode(self, room: Room, passcode_text: str) -> bytes:
        """Fingerprint a passcode together with its room: equal passcodes of two rooms look different."""
        return self._keys[0].passcodes.fingerprint(_passcode(room, passcode_text))

    def passcode_fingerprints(self, room: Room, passcode_text: str) -> tuple[bytes, ...]:
        """Return the passcode's fingerprint under each key of the ring."""
        message = _passcode(room, passcode_text)
        return tuple([key.passcodes.fingerprint(message) for key in self._keys])

    def fingerprint_address(self, address: str) -> bytes:
        """Return the 32 bytes by which the address of a page is found again."""
        return self._keys[0].addresses.fingerprint(encoded(address))

    def address_fingerprints(self, address: str) -> tuple[bytes, ...]:
        """Return the address's fingerprint under each key of the ring."""
        message = encoded(address)
        return tuple([key.addresses.fingerprint(message) for key in self._keys])

    # --- sealing ----------------------------------------------------------------------------------

    def new_data_key(self, *, organisation: bytes) -> bytes:
        """Make a data key for an organisation and return it wrapped, as it may be stored.

        ``organisation`` is the byte string that identifies it for its whole life.
        """
        return self._wrap(secrets.token_bytes(KEY_BYTES), organisation)

    def rewrap(self, wrapped: bytes, *, organisation: bytes) -> bytes:
        """Wrap a data key under the key in use, whichever it was wrapped under; SealBroken if under none."""
        return self._wrap(self._unwrap(wrapped, organisation), organisation)

    def vault(self, wrapped: bytes, *earlier: bytes, organisation: bytes) -> Vault:
        """Open an organisation's vault with its wrapped data key, or raise SealBroken.

        ``earlier`` is the wrapped data key that is being replaced, if one is.
        """
        keys = [self._unwrap(each, organisation) for each in (wrapped, *earlier)]
        return Vault(*keys, organisation=organisation)

    def commons(self) -> Vault:
        """Return the vault for rows that belong to no organisation, such as remembered addresses."""
        return Vault(*(key.commons for key in self._keys), organisation=_COMMONS)

    def _wrap(self, data_key: bytes, organisation: bytes) -> bytes:
        return encrypt(self._keys[0].wrapping, data_key, _wrapped_place(organisation))

    def _unwrap(self, wrapped: bytes, organisation: bytes) -> bytes:
        for key in self._keys:
            data_key = decrypt(key.wrapping, wrapped, _wrapped_place(organisation))
            if data_key is not None:
                return data_key
        raise SealBroken(table="organisations", field="data_key")

    def _with(self, keys: tuple[_Key, ...]) -> KeyRing:
        ring = object.__new__(KeyRing)
        ring._keys, ring._file = keys, self._file
        return ring


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(
        algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"lychgate 1 {purpose}".encode()
    ).derive(key)


def _room(room: Room) -> bytes:
    return room.platform.encode() + b"\0" + encoded(room.key)


def _passcode(room: Room, text: str) -> bytes:
    return joined(room.platform.encode(), encoded(room.key), encoded(text))


def _wrapped_place(organisation: bytes) -> bytes:
    return place_of(table="organisations", row=organisation, organisation=organisation, field="data_key")
