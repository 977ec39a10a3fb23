"""Signed JSON to a program of one's own, as docs/webhook.md describes it.

The headers and the signature are those of the Standard Webhooks specification 1.0
(standardwebhooks.com), so that its ready-made libraries can check them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from scanner import __version__
from scanner.alerts.channel import Missed, SecretSetting
from scanner.alerts.posting import find, post
from scanner.errors import ConfigError
from scanner.model import Message

PATIENCE = timedelta(seconds=30)
"""How long the other side may take in all; Standard Webhooks advises 15 to 30 s."""

_PREFIX = "whsec_"
_SHORTEST_SECRET = 24


class Options(BaseModel):
    """``url`` and ``secret`` are kept outside of the settings: whoever has both can post as we do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: SecretSetting
    secret: SecretSetting


def send(
    message: Message,
    options: Options,
    *,
    now: datetime,
    allow: tuple[str, ...] = (),
    patience: timedelta = PATIENCE,
) -> tuple[Missed, ...]:
    """Post one alert within ``patience``, or raise DeliveryError; nobody is left out if it was taken."""
    body = json.dumps(content(message), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Lychgate/{__version__}",
        "Idempotency-Key": message.key,
        **signature(message.key, body, secret=key_bytes(options), now=now),
    }
    post(options.url.resolve().reveal(), body, headers, allow=allow, patience=patience)
    return ()


def reach(options: Options, *, allow: tuple[str, ...] = ()) -> None:
    """See that the secret is one and that the address may be posted to, or raise; nothing is posted."""
    key_bytes(options)
    find(options.url.resolve().reveal(), allow=allow)


def content(message: Message) -> dict[str, Any]:
    """Return what is posted."""
    return {
        "version": 1,
        "id": message.key,
        "thread": message.thread or message.key,
        "subject": message.subject,
        "text": message.text,
        **message.facts,
    }


def signature(key: str, body: bytes, *, secret: bytes, now: datetime) -> dict[str, str]:
    """Return the headers by which a receiver knows that a body is ours and fresh."""
    at = str(int(now.timestamp()))
    signed = hmac.digest(secret, f"{key}.{at}.".encode() + body, "sha256")
    return {
        "Webhook-Id": key,
        "Webhook-Timestamp": at,
        "Webhook-Signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def key_bytes(options: Options) -> bytes:
    """Return the secret's bytes: ``whsec_`` and base64, or any text; ConfigError if it is too short."""
    where = options.secret.env or str(options.secret.file)
    text = options.secret.resolve().reveal()
    if text.startswith(_PREFIX):
        try:
            secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            raise ConfigError("what follows whsec_ is not base64", where=where) from None
    else:
        secret = text.encode()
    if len(secret) < _SHORTEST_SECRET:
        raise ConfigError(f"a secret needs at least {_SHORTEST_SECRET} bytes", where=where)
    return secret
