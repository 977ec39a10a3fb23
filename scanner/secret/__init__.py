"""Keep secrets secret: values that do not print, keyed fingerprints, encryption at rest.

One instance key of 32 random bytes is the root. Sub-keys for each purpose are derived from it with
HKDF-SHA-256 (RFC 5869), so no two purposes share a key and the root itself encrypts nothing. Each
organisation has a random data key, stored wrapped under the instance key: when the wrapped key is
deleted, everything that organisation stored is beyond reading, in backups too.

A sealed text is ``version (1 byte) · nonce (12) · AES-256-GCM ciphertext and tag``. The associated data
binds it to its table, row, organisation, field and version of the format, so a ciphertext that somebody
copies to another place in the database does not open there.

While the instance key is being replaced two keys are good (``KeyRing``): what was written under either is
recognised and opened, and everything new is written under the newer one.
"""

from __future__ import annotations

from scanner.secret.keyring import KeyRing
from scanner.secret.sealing import SealBroken, Vault
from scanner.secret.text import Secret

__all__ = ["KeyRing", "SealBroken", "Secret", "Vault"]
