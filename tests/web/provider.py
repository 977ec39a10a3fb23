"""An OpenID provider on loopback: discovery, keys, codes for tokens, userinfo. It lies when it is told to."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scanner.actions.workspace import Workspace

CLIENT, SECRET = "lychgate desk", "a secret: with % and &"


def to_text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def as_text(number: int) -> str:
    return to_text(number.to_bytes((number.bit_length() + 7) // 8, "big"))


@dataclass
class Provider:
    """``person`` is what it says of whoever signs in; the rest is what it does wrong."""

    now: Callable[[], datetime]
    port: int = 0
    person: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    """Put over the right claims of an ID token; None takes one out."""
    header: dict[str, Any] = field(default_factory=dict)
    signed_with: str = "its key"
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """What it answers at a path, whatever it is asked."""
    about: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    awake: threading.Event = field(default_factory=threading.Event)
    """It answers nothing while this is not set."""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realm"

    def let_in(self, page: str, **more: str) -> str:
        """Sign ``person`` in on the page somebody was led to; return where it leads them back to."""
        address = urlsplit(page)
        asked = dict(parse_qsl(address.query))
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{self.issuer}/authorize"
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
        assert len(asked["state"]) >= 43 <= len(asked["nonce"])
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        said = {"code": code, "state": asked["state"], **more}
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "scopes_supported": ["openid", "email", "groups"],
            **self.about,
        }

    def keys(self) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        ours = {"kty": "RSA", "kid": "k1", "use": "sig", "n": as_text(numbers.n), "e": as_text(numbers.e)}
        return {"keys": [{"kty": "future", "kid": "k0"}, ours]}

    def tokens(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Trade a code, once, for whoever proves to have begun."""
        asked = self._codes.pop(form.get("code", ""), None)
        kind, _, pair = authorization.partition(" ")
        if kind == "Basic":
            client, _, secret = base64.b64decode(pair).decode().partition(":")
            client, secret = unquote(client), unquote(secret)
        else:
            client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if asked is None or (client, secret) != (CLIENT, SECRET):
            return None
        if to_text(sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]:
            return None
        if form["redirect_uri"] != asked["redirect_uri"]:
            return None
        now = int(self.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "s-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
            **self.claims,
        }
        token = self.token({name: value for name, value in claims.items() if value is not None})
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": token}

    def token(self, claims: dict[str, Any]) -> str:
        header = {"alg": "RS256", "kid": "k1", **self.header}
        header = {name: value for name, value in header.items() if value is not None}
        signed = ".".join(to_text(json.dumps(part).encode()) for part in (header, claims))
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        match self.signed_with:
            case "nothing":
                signature = b""
            case "its public key":
                signature = hmac.digest(public, signed.encode(), "sha256")
            case "our secret":
                signature = hmac.digest(SECRET.encode(), signed.encode(), "sha256")
            case "another key":
                other = rsa.generate_private_key(65537, 2048)
                signature = other.sign(signed.encode(), padding.PKCS1v15(), SHA256())
            case _:
                signature = self.key.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return f"{signed}.{to_text(signature)}"


def configure(workspace: Workspace, provider: Provider, *, allow: str = "", admit: str = "") -> None:
    """Name a provider in an installation's settings; ``admit`` is a list in YAML."""
    folder = workspace.environment.folder
    (folder / "provider").write_text(f"{SECRET}\n")
    (folder / "schedules.yaml").write_text(
        f"""version: 1
network: {{allow: [{allow or f"'127.0.0.1:{provider.port}'"}]}}
web:
  sign_in:
    name: the parish account
    issuer: {provider.issuer}
    client_id: {CLIENT}
    secret: {{file: provider}}
    admit: [{admit}]
"""
    )


@contextmanager
def provider(now: Callable[[], datetime]) -> Iterator[Provider]:
    """Serve a provider on a free port of 127.0.0.1 until the block ends."""
    it = Provider(now)
    it.awake.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer({}, self.path)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer({name: values[0] for name, values in parse_qs(body).items()}, self.path)

        def answer(self, form: dict[str, str], path: str) -> None:
            it.asked.append(path)
            it.awake.wait(60)
            if path.startswith("/realm/authorize?"):
                self.send_response(302)
                self.send_header("Location", it.let_in(f"http://127.0.0.1:{it.port}{path}"))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path = path.removeprefix("/realm/")
            said: dict[str, Any] | None = None
            if path == ".well-known/openid-configuration":
                said = it.discovery()
            elif path == "keys":
                said = it.keys()
            elif path == "token":
                said = it.tokens(form, self.headers.get("Authorization", ""))
            elif path == "userinfo" and self.headers.get("Authorization") == "Bearer opaque":
                said = it.userinfo
            status, body = (400, b"{}") if said is None else (200, json.dumps(said).encode())
            status, body = it.answers.get(path, (status, body))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", f"{it.issuer}/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)
