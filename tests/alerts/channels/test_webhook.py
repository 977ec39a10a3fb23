"""Signed JSON over real connections: what is posted, and every way the other side can fail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.alerts.channel import Channel, SecretReference
from scanner.alerts.channels import send, try_to_reach
from scanner.alerts.channels.webhook import Options, content, key_bytes, signature
from scanner.alerts.channels.webhook import send as send_webhook
from scanner.alerts.posting import retry_after
from scanner.errors import ConfigError, DeliveryError
from scanner.model import News
from tests.alerts.cases import NOW, message
from tests.hook import Hook, deaf, hook
from tests.postbox import Certificate

SECRET = "whsec_" + base64.b64encode(b"thirty bytes of a real secret.").decode()


def options(url: str, secret: str = SECRET) -> Options:
    environ = {"HOOK_URL": url, "HOOK_SECRET": secret}
    return Options(
        url=SecretReference(environ, env="HOOK_URL"), secret=SecretReference(environ, env="HOOK_SECRET")
    )


def channel(held: Hook, *, allow: tuple[str, ...] | None = None, scheme: str = "http") -> Channel:
    url = f"{scheme}://{held.pair}/alerts?token=tell-nobody"
    return Channel("desk", "webhook", options(url), allow=(held.pair,) if allow is None else allow)


def failure(held: Hook, **more: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(message(), channel(held, **more), now=NOW)  # type: ignore[arg-type]
    assert "tell-nobody" not in str(caught.value), "an address can be a secret"
    return caught.value


def test_what_is_posted_can_be_checked_and_gives_nothing_away() -> None:
    with hook() as held:
        assert send(message(), channel(held), now=NOW) == ()
    (post,) = held.posts
    assert post.path == "/alerts?token=tell-nobody"
    assert post.headers["content-type"] == "application/json; charset=utf-8"
    assert post.headers["idempotency-key"] == post.headers["webhook-id"] == message().key
    at = post.headers["webhook-timestamp"]
    assert datetime.fromtimestamp(int(at), UTC) == NOW
    expected = hmac.new(
        b"thirty bytes of a real secret.", f"{message().key}.{at}.".encode() + post.body, hashlib.sha256
    ).digest()
    assert post.headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    said = json.loads(post.body)
    assert said["version"] == 1
    assert said["id"] == message().key
    assert said["subject"] == message().subject
    assert "84471190263" not in post.body.decode().replace(" ", "")
    assert "larks-7731" not in post.body.decode()


def test_the_signature_is_that_of_the_published_example() -> None:
    """The test vector of the Standard Webhooks reference libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signature(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        secret=secret,
        now=datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["Webhook-Signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_same_alert_has_the_same_key_each_time() -> None:
    with hook() as held:
        for minute in range(2):
            send(message(), channel(held), now=NOW + timedelta(minutes=minute))
    first, second = held.posts
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(status, True) for status in (302, 400, 401, 404, 410)]
    + [(status, False) for status in (408, 425, 429, 500, 503)],
)
def test_a_no_is_for_good_or_for_now(status: int, permanent: bool) -> None:
    with hook(status=status) as held:
        error = failure(held)
    assert error.permanent is permanent
    assert str(status) in str(error)


def test_a_redirect_is_not_followed() -> None:
    with hook() as other, hook(status=307, answer={"Location": f"http://{other.pair}/"}) as held:
        failure(held, allow=(held.pair, other.pair))
    assert other.posts == []


def test_the_other_side_says_when_to_come_back() -> None:
    with hook(status=429, answer={"Retry-After": "420"}) as held:
        assert failure(held).retry_after == timedelta(minutes=7)


@pytest.mark.parametrize(
    ("text", "pause"),
    [
        ("90", timedelta(seconds=90)),
        ("999999999999", timedelta(hours=24)),
        ("Thu, 26 Nov 2026 16:30:00 GMT", timedelta(minutes=10)),
        ("Thu, 26 Nov 2020 16:30:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, pause: timedelta | None) -> None:
    assert retry_after(text, now=NOW) == pause


def test_silence_ends_in_time() -> None:
    with (
        hook(silent=True) as held,
        pytest.raises(DeliveryError, match=r"did not answer within 0\.3 s") as caught,
    ):
        send_webhook(
            message(), channel(held).options, now=NOW, allow=(held.pair,), patience=timedelta(seconds=0.3)
        )  # type: ignore[arg-type]
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "raw", [b"", b"SMTP ready\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"\0" * 99], ids=range(4)
)
def test_nonsense_is_a_failure_that_may_pass(raw: bytes) -> None:
    with hook(raw=raw) as held:
        assert not failure(held).permanent


def test_nobody_there_is_a_failure_that_may_pass() -> None:
    with deaf() as port:
        error = failure(Hook(port))
    assert "nothing listens" in str(error)
    assert not error.permanent


def test_an_authority_that_nobody_knows_proves_nothing(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path)
    with hook(tls=certificate.server_context()) as held:
        assert "did not prove" in str(failure(held, scheme="https"))
    assert held.posts == []


def test_tls_is_checked_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = Certificate(tmp_path), Certificate(tmp_path, "elsewhere.example")
    for certificate, taken in ((wrong, False), (right, True)):
        certificate = Certificate(tmp_path, *(() if taken else ("elsewhere.example",)))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
        with hook(tls=certificate.server_context()) as held:
            if taken:
                assert send(message(), channel(held, scheme="https"), now=NOW) == ()
            else:
                assert "did not prove" in str(failure(held, scheme="https"))
            assert bool(held.posts) is taken


def test_this_machine_is_reached_only_where_the_settings_allow_it() -> None:
    with hook() as held:
        error = failure(held, allow=())
        assert error.permanent
        assert "private address" in str(error)
        assert failure(held, allow=("127.0.0.1:1",)).permanent
    assert held.posts == []


ESCAPES = """
import json, sys
from tests.spiders import no_escape
no_escape.install()
from datetime import UTC, datetime, timedelta
from scanner.alerts.posting import post
from scanner.errors import DeliveryError
refused = 0
for url in json.loads(sys.argv[1]):
    try:
        post(url, b"{}", {}, allow=(), patience=timedelta(seconds=2))
    except DeliveryError as error:
        refused += error.permanent
print(refused, no_escape.OPENED, no_escape.LOOKED_UP)
"""
NOT_TO_BE_POSTED_TO = [
    "https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/",
    "https://[::ffff:10.0.0.1]/", "https://2130706433/", "https://0x7f.1/", "https://localhost/",
    "https://intranet/", "https://printer.local/", "https://metadata.google.internal/", "ftp://hooks.club.org/",
    "file:///etc/passwd", "https://user:pass@hooks.club.org/", "https://hooks.club.org:8443/",
    "http://hooks.club.org/", "https://us02web.zoom.us/j/84471190263", "https://meet.google.com/",
    "nonsense", "",
]  # fmt: skip


def test_what_must_not_be_posted_to_is_not_even_looked_up() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ESCAPES, json.dumps(NOT_TO_BE_POSTED_TO)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == f"{len(NOT_TO_BE_POSTED_TO)} [] []", done.stderr


@pytest.mark.parametrize("secret", ["short", "whsec_c2hvcnQ=", "whsec_no base64!"])
def test_a_secret_that_is_none_is_said(secret: str) -> None:
    with pytest.raises(ConfigError, match="HOOK_SECRET") as caught:
        key_bytes(options("https://hooks.club.org/", secret))
    assert secret not in str(caught.value)
    with pytest.raises(DeliveryError, match="channel desk"):
        try_to_reach(Channel("desk", "webhook", options("http://127.0.0.1:1/", secret)))


def test_reaching_posts_nothing() -> None:
    with hook() as held:
        try_to_reach(channel(held))
        with pytest.raises(DeliveryError, match="private address"):
            try_to_reach(channel(held, allow=()))
    assert held.posts == []


def test_the_receiver_in_the_documentation_takes_ours_once_and_nobody_elses(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "webhook.md").read_text()
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code
    assert len(code[1].splitlines()) <= 25
    with deaf() as port:
        pass
    environment = {"HOOK_SECRET": SECRET, "PORT": str(port), "PATH": ""}
    receiver = subprocess.Popen(
        [sys.executable, "-u", "-c", code[1]], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        held = Hook(port)
        _until_it_listens(held)
        for _ in range(2):
            assert send(message(), channel(held), now=datetime.now(UTC)) == ()
        forged = options(f"http://{held.pair}/", "whsec_" + base64.b64encode(b"x" * 30).decode())
        for now, by in ((datetime.now(UTC), forged), (NOW, channel(held).options)):
            with pytest.raises(DeliveryError, match="401"):
                send_webhook(message(), by, now=now, allow=(held.pair,))  # type: ignore[arg-type]
    finally:
        receiver.terminate()
        said = receiver.communicate()[0]
    assert said.splitlines() == [message().subject]


def test_the_documentation_names_everything_that_is_posted() -> None:
    page = (Path(__file__).parents[3] / "docs" / "webhook.md").read_text()
    said = content(message())
    about = said["exposure"]
    for name in (*said, *about, *about["places"][0], *News):
        assert re.search(rf"[`{{ ,]{re.escape(name)}[`}}, ]", page), name


def _until_it_listens(held: Hook) -> None:
    for _ in range(600):
        try:
            send_webhook(message(), options(f"http://{held.pair}/", "y" * 30), now=NOW, allow=(held.pair,))
        except DeliveryError as error:
            if "401" in str(error):
                return
        time.sleep(0.1)
    raise AssertionError("the receiver never listened")
