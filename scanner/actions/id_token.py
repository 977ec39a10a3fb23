"""Check an ID token: that its provider signed it, for us, in answer to what we asked, and not too long ago.

Authlib and its joserfc do the reading; they come with the extra ``oidc``. OpenID Connect Core 1.0, section
3.1.3.7, says what has to be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final

from scanner.errors import InputError

CLOCKS_DIFFER: Final = timedelta(minutes=2)

_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures with a private key. With a shared one (HS256) whoever knows our secret could sign as well."""
_MOST_KEYS = 50


class ProviderError(InputError):
    """The provider did not say, in a way that can be trusted, who somebody is."""


def require_extra() -> None:
    """Raise ProviderError unless what checks tokens is installed."""
    _library("authlib.oidc.core")


def claims_of(
    tokens: Mapping[str, Any],
    *,
    keys: Mapping[str, Any],
    issuer: str,
    client: str,
    nonce: str,
    now: datetime,
) -> dict[str, Any]:
    """Return what the ID token among ``tokens`` says, or raise ProviderError if it cannot be trusted.

    ``keys`` is what the provider publishes (RFC 7517), ``nonce`` what it was asked with.
    """
    token = tokens.get("id_token")
    if not isinstance(token, str):
        raise ProviderError("It did not say who you are.")
    known = _keys(keys)
    try:
        decoded = _library("joserfc.jwt").decode(token, known, algorithms=_ALGORITHMS)
        claims = _library("authlib.oidc.core").CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "values": [client]},
            },
            params={"nonce": nonce, "client_id": client, "access_token": tokens.get("access_token")},
        )
        claims.validate(now=int(now.timestamp()), leeway=int(CLOCKS_DIFFER.total_seconds()))
    except Exception as error:  # noqa: BLE001 - a token can make its readers raise almost anything
        raise ProviderError(f"Its answer cannot be trusted ({type(error).__name__}).") from None
    return dict(claims)


def _keys(published: Mapping[str, Any]) -> Any:
    """Return the provider's public keys for signing; those of kinds that nobody here knows are left out."""
    reader = _library("joserfc.jwk")
    known = []
    listed = published.get("keys")
    for entry in listed[:_MOST_KEYS] if isinstance(listed, list) else []:
        if not isinstance(entry, dict) or entry.get("kty") == "oct" or entry.get("use", "sig") != "sig":
            continue
        try:
            known.append(reader.import_key(entry))
        except Exception:  # noqa: BLE001, S112 - as above; without its key the signature will not be taken
            continue
    if not known:
        raise ProviderError("It publishes no key that its answers could be checked with.")
    return reader.KeySet(known)


def _library(name: str) -> Any:
    """Return a module of the extra, or raise ProviderError saying how to get it."""
    try:
        return import_module(name)
    except ImportError:
        raise ProviderError(
            "Signing in with accounts from elsewhere needs the extra: pip install 'lychgate[oidc]'."
        ) from None
