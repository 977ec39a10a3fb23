"""Mail through real servers on loopback: what arrives, and every way it can fail to."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scanner.alerts.channel import Channel, SecretPlaces
from scanner.alerts.channels import kinds, send, try_to_reach
from scanner.alerts.channels.email import PATIENCE, Options, compose
from scanner.alerts.channels.email import send as send_mail
from scanner.errors import DeliveryError
from scanner.model import Message, News
from tests.alerts.cases import NOW, SOON, exposure, message, sighting
from tests.postbox import Certificate, Postbox, doorway, nobody_home, postbox

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

LOGIN = ("clerk@mail.example", "hunter2-hunter2")
SHORT = timedelta(seconds=1)
"""Where nothing is to come: an answer that does come may take longer on a busy machine."""


def options(box: Postbox | None = None, *, password: str = LOGIN[1], **more: object) -> Options:
    written: dict[str, object] = {"to": ["clerk@example.org"]}
    if box:
        written |= {"host": box.host, "port": box.port}
    if "username" in more:
        written |= {"password": {"env": "SMTP"}}
    return Options.model_validate(written | more, context=SecretPlaces({"SMTP": password}, Path()))


def channel(box: Postbox, **more: object) -> Channel:
    return Channel(name="clerk", kind="email", options=options(box, **more))  # type: ignore[arg-type]


def failure(box: Postbox, *, patience: timedelta = PATIENCE, **more: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send_mail(message(), options(box, **more), now=NOW, patience=patience)  # type: ignore[arg-type]
    assert LOGIN[1] not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    certificate = Certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    return certificate


# --- what arrives -------------------------------------------------------------------------------


def test_the_mail_arrives_as_it_was_written() -> None:
    with postbox() as box:
        assert send(message(), channel(box), now=NOW) == ()
        (received,) = box.messages
    mail = received.mail
    assert received.sender == "lychgate@example.org"
    assert received.recipients == ("clerk@example.org",)
    assert mail["Subject"] == f"[St Mary's] Meeting link found on forum.example - {SOON}"
    assert mail["From"] == "Lychgate <lychgate@example.org>"
    assert mail["To"] == "clerk@example.org"
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert received.body("plain").replace("\r\n", "\n") == message().text
    assert received.body("html").replace("\r\n", "\n") == message().html


def test_message_ids_are_stable_and_thread() -> None:
    with postbox() as box:
        for news in (News.OPENED, News.OPENED, News.SPREAD):
            send(message(news), channel(box), now=NOW)
        first, again, later = (received.mail for received in box.messages)
    assert first["Message-ID"] == again["Message-ID"] == f"<{message().key}@example.org>"
    assert first["References"] is None
    assert later["Message-ID"] != first["Message-ID"]
    assert later["References"] == later["In-Reply-To"] == first["Message-ID"]


def test_long_domains_do_not_break_the_thread() -> None:
    domain = "a-rather-long-name-for-a-parish.some-county-association.example.org"
    raw = compose(message(News.SPREAD), options(to=[f"c@{domain}"]), now=NOW).as_bytes()
    assert f"References: <{message().key}@{domain}>\r\n".encode() in raw.replace(b"\r\n ", b" ")
    assert b"=?" not in raw.partition(b"References:")[2].partition(b"Auto-Submitted")[0]


def test_a_subject_reads_the_same_wherever_its_line_is_folded() -> None:
    for length in range(1, 30):
        written = message(about=exposure(sighting(1, f"https://{'x' * length}.example/t")))
        raw = compose(written, options(), now=NOW).as_bytes()
        assert message_from_bytes(raw, policy=default)["Subject"].strip() == written.subject


@pytest.mark.parametrize(
    ("written", "sender", "shown"),
    [
        ({}, "lychgate@example.org", "Lychgate <lychgate@example.org>"),
        ({"username": "post@mail.example"}, "post@mail.example", "Lychgate <post@mail.example>"),
        ({"username": "post"}, "lychgate@example.org", "Lychgate <lychgate@example.org>"),
        (
            {"from": "Watch <w@a.example>", "username": "post@mail.example"},
            "w@a.example",
            "Watch <w@a.example>",
        ),
    ],
)
def test_the_sender_is_somebody_the_server_will_let_send(
    written: dict[str, object], sender: str, shown: str
) -> None:
    chosen = options(**written)  # type: ignore[arg-type]
    assert chosen.from_address.addr_spec == sender
    assert compose(message(), chosen, now=NOW)["From"] == shown


def test_names_may_have_any_letters() -> None:
    people = ["Jörg Müller, Küster <joerg@example.org>", "書記 <clerk@bücher.example>", "chair@example.org"]
    with postbox() as box:
        send(message(), channel(box, to=people), now=NOW)
        (received,) = box.messages
    assert received.recipients == ("joerg@example.org", "clerk@xn--bcher-kva.example", "chair@example.org")
    shown = [(one.display_name, one.addr_spec) for one in received.mail["To"].addresses]
    assert shown[0] == ("Jörg Müller, Küster", "joerg@example.org")
    assert shown[1] == ("書記", "clerk@xn--bcher-kva.example")
    assert received.raw.isascii()


INJECTIONS = [
    "a\r\nBcc: other@example.org",
    "a\nBcc: other@example.org\n\nbody",
    "=?utf-8?q?a=0D=0ABcc:=20other@example.org?=",
    "=?utf-8?b?YQ0KQmNjOiBvdGhlckBleGFtcGxlLm9yZw==?=",
    "=?us-ascii?q?a=0ABcc:=20other@example.org?= =?utf-8?q?b?=",
    "a" * 5000,
    "ü" * 5000,
    "a\x00b\x1bc\x85d\u2028e",
    "مجلس القرية \u202eabc",
]


@pytest.mark.parametrize("subject", INJECTIONS, ids=range(len(INJECTIONS)))
def test_a_subject_cannot_add_headers(subject: str) -> None:
    with postbox() as box:
        send(Message(key="k", subject=subject, text="t\n", html="<p>t</p>\n"), channel(box), now=NOW)
        (received,) = box.messages
    assert received.mail.keys() == [
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert received.recipients == ("clerk@example.org",)
    assert len(received.mail["Subject"]) <= 120
    assert all(len(line) <= 998 for line in received.raw.split(b"\r\n"))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200))
def test_any_subject_stays_one_header(subject: str) -> None:
    subject = subject.encode("utf-8", "replace").decode()
    raw = compose(Message(key="k", subject=subject, text="t", html="t"), options(), now=NOW).as_bytes()
    header = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    names = [line.partition(b":")[0] for line in header.split(b"\r\n")]
    assert names[:3] == [b"Subject", b"From", b"To"]
    assert len(names) == 8


def test_lines_with_dots_and_of_any_length_arrive_whole() -> None:
    text = ".\n..\n.a\n" + "é" * 3000 + "\nFrom here\n"
    with postbox() as box:
        send(Message(key="k", subject="s", text=text, html="h\n"), channel(box), now=NOW)
        assert box.messages[0].body().replace("\r\n", "\n") == text


# --- TLS and login ------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_conversation_is_protected(security: str, trusted: Certificate) -> None:
    with postbox(security=security, certificate=trusted, login=LOGIN) as box:
        send(message(), channel(box, security=security, username=LOGIN[0]), now=NOW)
        (received,) = box.messages
        try_to_reach(channel(box, security=security, username=LOGIN[0]))
        assert box.offers == 1
    assert received.encrypted
    assert received.account == LOGIN[0]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_stranger_s_certificate_is_not_believed(security: str, tmp_path: Path) -> None:
    with postbox(security=security, certificate=Certificate(tmp_path), login=LOGIN) as box:
        error = failure(box, security=security, username=LOGIN[0])
        assert not error.permanent
        assert f"{box.host}:{box.port} did not prove that it is {box.host}" in str(error)
        assert box.offers == 0


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_name_is_not_believed(
    security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = Certificate(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    with postbox(security=security, certificate=certificate) as box:
        assert "did not prove that it is" in str(failure(box, security=security))
        assert box.offers == 0


def test_without_starttls_nothing_is_sent() -> None:
    with postbox() as box:
        error = failure(box, security="starttls")
        assert "STARTTLS" in str(error)
        assert not error.permanent
        assert box.offers == 0


def test_tls_to_a_plain_server_is_said_in_words() -> None:
    with postbox() as box:
        assert "no protected conversation" in str(failure(box, security="tls"))


def test_a_wrong_password_is_loud_but_not_for_good(trusted: Certificate) -> None:
    with postbox(security="starttls", certificate=trusted, login=LOGIN) as box:
        wrong = channel(box, security="starttls", username=LOGIN[0], password="hunter3")
        for attempt in (lambda: send(message(), wrong, now=NOW), lambda: try_to_reach(wrong)):
            with pytest.raises(
                DeliveryError, match=r"does not accept this username and password \(535\)"
            ) as caught:
                attempt()
            assert not caught.value.permanent
            assert "hunter3" not in str(caught.value)


def test_a_password_that_smtp_cannot_carry_is_said_without_it(trusted: Certificate) -> None:
    with postbox(security="starttls", certificate=trusted, login=LOGIN) as box:
        error = failure(box, security="starttls", username=LOGIN[0], password="hünter2")
        assert "cannot carry" in str(error)
        assert "hünter2" not in str(error)


def test_a_server_that_wants_a_login_is_a_failure_that_passes(trusted: Certificate) -> None:
    with postbox(security="starttls", certificate=trusted, login=LOGIN) as box:
        error = failure(box, security="starttls")
        assert not error.permanent
        assert "530" in str(error)


def test_a_missing_secret_is_a_failure_that_passes() -> None:
    with postbox() as box:
        empty = channel(box, username=LOGIN[0], password="")
        with pytest.raises(DeliveryError, match="channel clerk: SMTP: this environment variable") as caught:
            send(message(), empty, now=NOW)
        assert not caught.value.permanent


# --- refusals -----------------------------------------------------------------------------------

BOTH = ["clerk@example.org", "chair@example.org"]


@pytest.mark.parametrize(
    ("refuse", "permanent"),
    [
        ({"clerk@example.org": "550 no such user", "chair@example.org": "551 moved"}, True),
        ({"clerk@example.org": "550 no such user", "chair@example.org": "450 try later"}, False),
        ({"clerk@example.org": "450 greylisted", "chair@example.org": "452 full"}, False),
    ],
    ids=["all for good", "one may work later", "all for now"],
)
def test_when_nobody_is_taken_it_is_for_good_only_if_all_are(refuse: dict[str, str], permanent: bool) -> None:
    with postbox(refuse=refuse) as box:
        error = failure(box, to=BOTH)
    assert error.permanent is permanent
    assert all(recipient in str(error) for recipient in refuse)
    assert box.messages == []


@pytest.mark.parametrize("reply", ["550 no such user", "450 greylisted"])
def test_who_is_refused_is_said_and_the_others_get_it_once(reply: str) -> None:
    with postbox(refuse={"chair@example.org": reply}) as box:
        sentences = send(message(), channel(box, to=BOTH), now=NOW)
    assert [str(each) for each in sentences] == [f"chair@example.org was refused: {reply}"]
    assert [(each.address, each.permanent) for each in sentences] == [
        ("chair@example.org", reply.startswith("5"))
    ]
    assert [received.recipients for received in box.messages] == [("clerk@example.org",)]


PEOPLE = ("clerk@example.org", "chair@example.org", "owner@example.org")
PAGE = "https://desk.stmarys-and-all-saints.parish.example/stop/"


def to_three(*, page: str = PAGE) -> Message:
    """A message to the clerk and the chair, and to the owner of its meeting, each with their own page."""
    leave = {who: f"{page}{who.partition('@')[0] * 9}" if page else "" for who in PEOPLE}
    return replace(message(), people=PEOPLE[2:], leave=leave)


def test_everybody_can_stop_the_mail_by_a_page_of_their_own() -> None:
    with postbox() as box:
        assert send(to_three(), channel(box, to=BOTH), now=NOW) == ()
    assert [received.recipients for received in box.messages] == [(who,) for who in PEOPLE]
    pages = [received.mail["List-Unsubscribe"] for received in box.messages]
    assert pages == [f"<{page}>" for page in to_three().leave.values()]
    for received in box.messages:
        (line,) = [one for one in received.raw.split(b"\r\n") if one.startswith(b"List-Unsubscribe:")]
        assert line.endswith(b">"), "never folded into an encoded word"
        assert received.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert received.mail["To"] == "clerk@example.org, chair@example.org", "the owner is not named"
    assert len({received.mail["Message-ID"] for received in box.messages}) == 1


def test_one_click_is_promised_only_where_it_is_safe() -> None:
    """RFC 8058 wants HTTPS."""
    plain = compose(to_three(page="http://desk.example/stop/"), options(), now=NOW, to=PEOPLE[0])
    assert plain["List-Unsubscribe"] == f"<http://desk.example/stop/{'clerk' * 9}>"
    assert plain["List-Unsubscribe-Post"] is None


def test_without_a_desk_all_get_one_mail_and_no_way_to_stop_it() -> None:
    with postbox() as box:
        assert send(to_three(page=""), channel(box, to=BOTH), now=NOW) == ()
    (received,) = box.messages
    assert received.recipients == PEOPLE
    assert received.mail["List-Unsubscribe"] is None


def test_who_stopped_it_gets_nothing_and_is_not_named() -> None:
    leave = {PEOPLE[2]: "", PEOPLE[1]: ""}
    with postbox() as box:
        send(replace(to_three(), leave=leave), channel(box, to=BOTH), now=NOW)
        send(replace(to_three(), leave={PEOPLE[2]: ""}), channel(box, to=BOTH), now=NOW)
        with pytest.raises(DeliveryError, match="everybody whom it writes to has stopped") as caught:
            send(replace(to_three(), leave={}), channel(box, to=BOTH), now=NOW)
    assert caught.value.permanent
    assert [received.recipients for received in box.messages] == [(PEOPLE[1], PEOPLE[2]), (PEOPLE[2],)]
    assert [received.mail["To"] for received in box.messages] == [PEOPLE[1], "undisclosed-recipients:;"]


def test_somebody_can_get_a_part_of_their_own() -> None:
    part = Message(key="p" * 32, subject="Your meeting", text="only yours", html="<p>only yours</p>")
    with postbox() as box:
        send(replace(to_three(), instead={PEOPLE[2]: part}), channel(box, to=BOTH), now=NOW)
    mine = box.messages[2]
    assert (mine.recipients, mine.mail["To"], mine.mail["Subject"]) == (PEOPLE[2:], PEOPLE[2], "Your meeting")
    assert mine.body().strip() == "only yours"
    assert PEOPLE[2].partition("@")[0] in mine.mail["List-Unsubscribe"]
    assert "only yours" not in box.messages[0].body()


@pytest.mark.parametrize("closing", ["", "421 4.7.0 too many messages in this session"])
def test_a_server_that_takes_few_mails_at_a_time_is_called_again(closing: str) -> None:
    with postbox(most_in_one=2, closing=closing) as box:
        assert send(to_three(), channel(box, to=BOTH), now=NOW) == ()
    assert [received.recipients for received in box.messages] == [(who,) for who in PEOPLE], "once each"


def test_who_is_refused_a_copy_is_said_and_the_others_get_theirs() -> None:
    refuse = {PEOPLE[0]: "550 no such user", PEOPLE[2]: "450 greylisted"}
    with postbox(refuse=refuse) as box:
        sentences = send(to_three(), channel(box, to=BOTH), now=NOW)
    assert [str(each) for each in sentences] == [
        f"{who} was refused: {reply}" for who, reply in refuse.items()
    ]
    assert [received.recipients for received in box.messages] == [(PEOPLE[1],)]
    with postbox(refuse=dict.fromkeys(PEOPLE, "550 gone")) as box, pytest.raises(DeliveryError) as caught:
        send(to_three(), channel(box, to=BOTH), now=NOW)
    assert caught.value.permanent
    assert all(who in str(caught.value) for who in PEOPLE)


@pytest.mark.parametrize(
    ("behaviour", "says", "permanent"),
    [
        ({"refuse_message": "554 looks like spam"}, "did not take the message: 554 looks like spam", True),
        ({"refuse_message": "451 local error"}, "did not take the message: 451 local error", False),
        ({"refuse_sender": "553 not yours"}, "does not let lychgate@example.org send: 553 not yours", False),
        ({"refuse_sender": "452 busy"}, "send: 452 busy", False),
        ({"drop_after_data": True}, "hung up in the middle", False),
        ({"pause": timedelta(minutes=1)}, "did not answer within 1 s", False),
    ],
    ids=["spam", "local error", "not allowed", "busy", "drops after data", "slow"],
)
def test_what_the_server_says_is_told(behaviour: dict[str, object], says: str, permanent: bool) -> None:
    with postbox(**behaviour) as box:  # type: ignore[arg-type]
        error = failure(box, patience=SHORT if "within 1 s" in says else PATIENCE)
    assert says in str(error)
    assert error.permanent is permanent


def test_a_mail_sent_again_after_a_broken_answer_has_the_same_id() -> None:
    with postbox(drop_after_data=True) as box:
        for _ in range(2):
            failure(box)
        first, second = (received.mail["Message-ID"] for received in box.messages)
    assert first == second


def test_a_server_that_is_down_is_said() -> None:
    with nobody_home() as box:
        error = failure(box)
        assert str(error) == f"127.0.0.1:{box.port} did not answer: nothing listens there"
        assert not error.permanent
        with pytest.raises(DeliveryError, match="nothing listens"):
            try_to_reach(channel(box))


def drip(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"220-still here\r\n")
        time.sleep(0.05)


def flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"2" * 65536)


RUDE = {
    "busy": (lambda connection: connection.sendall(b"421 too busy\r\n"), "turned us away: 421 too busy"),
    "not mail": (lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "127.0.0.1:"),
    "silent": (lambda connection: connection.recv(1), "did not answer within 1 s"),
    "hangs up": (lambda connection: None, "hung up"),
    "drips": (drip, "did not answer within 1 s"),
    "floods": (flood, "127.0.0.1:"),
    "control characters": (lambda connection: connection.sendall(b"554 a\x1b[31m\x00b\r\n"), "554 a [31m b"),
}


@pytest.mark.parametrize("name", RUDE)
@pytest.mark.timeout(30)
def test_rude_servers_fail_soon_and_for_now(name: str) -> None:
    behave, says = RUDE[name]
    with doorway(behave) as box:
        error = failure(box, patience=SHORT if "within 1 s" in says else PATIENCE)
    assert says in str(error)
    assert not error.permanent
    assert len(str(error)) < 400


def test_a_server_that_echoes_the_password_does_not_get_it_printed(trusted: Certificate) -> None:
    echo = f"550 {LOGIN[1]} is not a user"
    with postbox(
        security="starttls", certificate=trusted, login=LOGIN, refuse={"clerk@example.org": echo}
    ) as box:
        assert "*** is not a user" in str(failure(box, security="starttls", username=LOGIN[0]))


# --- options ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "protection", "port"),
    [
        ({}, "none", 25),
        ({"host": "127.0.0.2"}, "none", 25),
        ({"host": "::1"}, "none", 25),
        ({"host": "mail.example"}, "starttls", 587),
        ({"host": "127.0.0.1.mail.example"}, "starttls", 587),
        ({"host": "mail.example", "security": "tls"}, "tls", 465),
        ({"host": "mail.example", "security": "none"}, "none", 25),
        ({"host": "mail.example", "port": 2525}, "starttls", 2525),
    ],
)
def test_other_machines_are_spoken_to_under_tls_unless_somebody_says_no(
    written: dict[str, object], protection: str, port: int
) -> None:
    server = options(**written).server  # type: ignore[arg-type]
    assert (server.security, server.port) == (protection, port)


@pytest.mark.parametrize(
    "written",
    [
        {"to": []},
        {"to": ["a@b.example"] * 51},
        {"to": ["clerk"]},
        {"to": ["clerk@example.org, chair@example.org"]},
        {"to": ["clerk@example.org\r\nBcc: x@example.org"]},
        {"to": ["<clerk@example.org"]},
        {"to": ["clérk@example.org"]},
        {"to": [".clerk@example.org"]},
        {"to": ["clerk@-example.org"]},
        {"to": ["clerk@" + "a." * 200 + "org"]},
        {"from": "nobody"},
        {"host": "mail.example\r\n"},
        {"host": ""},
        {"port": 0},
        {"port": True},
        {"security": "ssl"},
        {"timeout": 5},
        {"password": {"env": "SMTP"}},
        {"username": "u"},
        {"host": "mail.example", "security": "none", "username": "u", "password": {"env": "SMTP"}},
        {"sender": "clerk@example.org"},
    ],
)
def test_options_that_cannot_work_are_refused(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate({"to": ["clerk@example.org"]} | written)


def test_kinds_are_found_by_folder() -> None:
    assert dict(kinds()).keys() == {"apprise", "email", "webhook"}
    assert kinds()["email"].options is Options


def test_the_date_is_the_moment_given() -> None:
    summer = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
    assert compose(message(), options(), now=summer)["Date"] == "Tue, 01 Jun 2027 12:00:00 +0000"
