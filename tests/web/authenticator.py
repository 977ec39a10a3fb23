"""A security key in software, by the letter of Web Authentication Level 3, sections 5.8, 6.1 and 6.5."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def to_text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """Holds one key. What ``answer`` and ``made`` are told to do wrong, they do."""

    origin: str
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, question: dict[str, Any]) -> str:
        """Answer ``navigator.credentials.create``."""
        self.handle = to_bytes(question["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(public)
        about = {"fmt": "none", "attStmt": {}, "authData": self._about(ATTESTED) + attested}
        return self._answer(
            clientDataJSON=self._client("webauthn.create", question["challenge"]),
            attestationObject=cbor2.dumps(about),
        )

    def answer(
        self,
        question: dict[str, Any],
        *,
        kind: str = "webauthn.get",
        handle: bytes | None = None,
        spoil: bytes = b"",
    ) -> str:
        """Answer ``navigator.credentials.get``; ``spoil`` takes the place of the signature's end."""
        self.count += 1
        client, about = self._client(kind, question["challenge"]), self._about()
        signature = self.key.sign(about + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=about,
            signature=signature[: len(signature) - len(spoil)] + spoil,
            userHandle=self.handle if handle is None else handle,
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _about(self, more: int = 0) -> bytes:
        hashed = sha256(self.host.encode()).digest()
        return hashed + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _answer(self, **response: bytes) -> str:
        name = to_text(self.credential)
        said = {part: to_text(content) for part, content in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})
