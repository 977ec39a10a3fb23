"""Keep secrets secret: values that do not print, keyed fingerprints, encryption at rest.

One instance key of 32 random bytes is the root. Sub-keys for each purpose are derived from it with
HKDF-SHA-256 (RFC 5869), so no two purposes share a key and the root itself encrypts nothing. Each
organisation has a random data key, stored wrapped under the instance key: when the wrapped key is
deleted, everything that organisation stored is beyond reading, in backups too.

A sealed text is ``version (1 byte) · nonce (12) · AES-256-GCM ciphertext and tag``. The associated data
binds it to its table, row, organisation, field and key version, so a ciphertext that somebody copies to
another place in the database does not open there.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import stat
from hashlib import sha256
from pathlib import Path
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scanner.errors import KeyMissing, StoreError
from scanner.model import Room

_PREFIX = "lychgate-key-1:"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SHA256_BLOCK = 64
_VERSION = 1
_LONGEST_KEY_FILE = 1024
_COMMONS = b"commons"


class SealBroken(StoreError):
    """A sealed text does not open here: it was altered or moved, or sealed with another key."""

    def __init__(self, *, table: str, field: str) -> None:
        super().__init__(
            f"A protected text ({table}, {field}) in the database does not open: it was altered or moved by "
            "something other than Lychgate. Restore the last backup."
        )


class Secret:
    """A text that prints as ``***`` wherever it ends up; ``reveal`` is the only way to read it.

    Not a ``str`` on purpose: joining, formatting and JSON then fail or print stars instead of leaking.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Call it only where the secret is used."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_bytes(self._text), _bytes(other._text))

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a Secret is never written to a pickle")


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


class Vault:
    """Seal and open the texts of one organisation (or of none: ``KeyRing.commons``)."""

    __slots__ = ("_cipher", "_organisation")

    def __init__(self, key: bytes, *, organisation: bytes) -> None:
        self._cipher = AESGCM(key)
        self._organisation = organisation

    def __repr__(self) -> str:
        return "Vault(***)"

    def seal(self, text: str, *, table: str, row: bytes, field: str) -> bytes:
        """Encrypt a text for exactly this place; ``row`` identifies the row for its whole life."""
        place = _place(table=table, row=row, organisation=self._organisation, field=field)
        return _encrypt(self._cipher, _bytes(text), place)

    def open(self, sealed: bytes, *, table: str, row: bytes, field: str) -> str:
        """Return the text sealed for this place, or raise SealBroken."""
        place = _place(table=table, row=row, organisation=self._organisation, field=field)
        text = _decrypt(self._cipher, sealed, place)
        if text is None:
            raise SealBroken(table=table, field=field)
        return text.decode("utf-8", "surrogatepass")


class KeyRing:
    """Everything derived from the instance key. Make it with ``from_file``, ``from_text`` or ``create``.

    A fingerprint is 32 bytes of HMAC-SHA-256. Meeting IDs are few enough to try them all, so without a
    secret key a hash of one would be as good as the ID itself.
    """

    __slots__ = ("_addresses", "_check", "_commons", "_passcodes", "_rooms", "_wrapping")

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise KeyMissing(f"The instance key has {len(key)} bytes instead of {_KEY_BYTES}.")
        self._rooms = _Index(_derive(key, "room index"))
        self._passcodes = _Index(_derive(key, "passcode index"))
        self._addresses = _Index(_derive(key, "address index"))
        self._wrapping = AESGCM(_derive(key, "wrapping"))
        self._commons = Vault(_derive(key, "commons"), organisation=_COMMONS)
        self._check = _derive(key, "check value")

    def __repr__(self) -> str:
        return "KeyRing(***)"

    @classmethod
    def from_text(cls, text: str, *, where: str = "The key") -> KeyRing:
        """Read a key as ``create`` wrote it; ``where`` names its origin in the error sentence."""
        advice = "Restore the key from your safe copy; a new key cannot open an existing database."
        stripped = text.strip()
        if not stripped:
            raise KeyMissing(f"{where} is empty. {advice}")
        if not stripped.startswith(_PREFIX):
            raise KeyMissing(f"{where} is not a Lychgate key (it should begin with {_PREFIX}). {advice}")
        try:
            key = base64.b64decode(stripped.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError) as error:
            raise KeyMissing(f"{where} is damaged (it is not valid base64). {advice}") from error
        if len(key) != _KEY_BYTES:
            raise KeyMissing(f"{where} holds {len(key)} bytes instead of {_KEY_BYTES}. {advice}")
        return cls(key)

    @classmethod
    def from_file(cls, path: Path) -> KeyRing:
        """Read the key file, which only its owner may be able to read or write."""
        try:
            with path.open("rb") as file:
                facts = os.fstat(file.fileno())
                if not stat.S_ISREG(facts.st_mode):
                    raise KeyMissing(f"{path} is not a file. Point Lychgate to its key file.")
                if facts.st_mode & 0o077:
                    raise KeyMissing(
                        f"Other users of this machine can get at the key file {path}. "
                        f"Run: chmod 600 {path} (and ask yourself who may have read it)."
                    )
                content = file.read(_LONGEST_KEY_FILE + 1)
        except FileNotFoundError as error:
            raise KeyMissing(
                f"There is no key file at {path}. Run `lychgate init` for a new installation, or restore the "
                "key of the existing one."
            ) from error
        except OSError as error:
            raise KeyMissing(f"The key file {path} cannot be read: {error.strerror}.") from error
        if len(content) > _LONGEST_KEY_FILE:
            raise KeyMissing(f"{path} is too long to be a key file. Point Lychgate to its key file.")
        return cls.from_text(content.decode("ascii", "replace"), where=str(path))

    @classmethod
    def create(cls, path: Path) -> KeyRing:
        """Write a new key to a file that must not exist yet, readable by its owner only.

        The file appears complete or not at all; a crash leaves no half key behind that would be found
        short later.
        """
        text = _PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode() + "\n"
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with open(descriptor, "w", encoding="ascii") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.link(draft, path)
            finally:
                draft.unlink(missing_ok=True)
            _sync_directory(path.parent)
        except FileExistsError as error:
            raise KeyMissing(f"There is a key file at {path} already; it was left as it is.") from error
        except OSError as error:
            raise KeyMissing(f"The key file {path} cannot be written: {error.strerror}.") from error
        return cls.from_text(text)

    def fingerprint(self, room: Room) -> bytes:
        """Return the 32 bytes by which a room is recognised and by which nobody else can find it."""
        return self._rooms.fingerprint(room.platform.encode() + b"\0" + _bytes(room.key))

    def fingerprint_passcode(self, room: Room, passcode_text: str) -> bytes:
        """Fingerprint a passcode together with its room: equal passcodes of two rooms look different."""
        return self._passcodes.fingerprint(
            _joined(room.platform.encode(), _bytes(room.key), _bytes(passcode_text))
        )

    def fingerprint_address(self, address: str) -> bytes:
        """Return the 32 bytes by which the address of a page is found again."""
        return self._addresses.fingerprint(_bytes(address))

    def check_value(self) -> bytes:
        """Return 32 bytes that tell this key from another and say nothing about it."""
        return self._check

    def new_data_key(self, *, organisation: bytes) -> bytes:
        """Make a data key for an organisation and return it wrapped, as it may be stored.

        ``organisation`` is the byte string that identifies it for its whole life.
        """
        return _encrypt(self._wrapping, secrets.token_bytes(_KEY_BYTES), _wrapped_place(organisation))

    def vault(self, wrapped: bytes, *, organisation: bytes) -> Vault:
        """Open an organisation's vault with its wrapped data key, or raise SealBroken."""
        key = _decrypt(self._wrapping, wrapped, _wrapped_place(organisation))
        if key is None:
            raise SealBroken(table="organisations", field="data_key")
        return Vault(key, organisation=organisation)

    def commons(self) -> Vault:
        """Return the vault for rows that belong to no organisation, such as remembered addresses."""
        return self._commons


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(
        algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=f"lychgate 1 {purpose}".encode()
    ).derive(key)


def _bytes(text: str) -> bytes:
    """Encode any ``str``: text from pages can hold lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def _joined(*parts: bytes) -> bytes:
    """Join parts so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _place(*, table: str, row: bytes, organisation: bytes, field: str) -> bytes:
    return _joined(table.encode(), row, organisation, field.encode(), bytes([_VERSION]))


def _wrapped_place(organisation: bytes) -> bytes:
    return _place(table="organisations", row=organisation, organisation=organisation, field="data_key")


def _encrypt(cipher: AESGCM, content: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return bytes([_VERSION]) + nonce + cipher.encrypt(nonce, content, place)


def _decrypt(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes | None:
    if len(sealed) <= 1 + _NONCE_BYTES or sealed[0] != _VERSION:
        return None
    try:
        return cipher.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], place)
    except InvalidTag:
        return None


def _sync_directory(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
