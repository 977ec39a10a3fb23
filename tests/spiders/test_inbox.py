"""Mails that report a leak: read once each, whatever they are, and never changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.model import Known, Limits
from tests.internet import serve
from tests.spiders.crawls import QUICK, Crawled, crawl, unit
from tests.spiders.test_known import remembered

LEAK = "https://us02web.zoom.us/j/82205550117"
POST = "https://www.social.org/raid/1"


def mail(text: str = f"posted at {POST}\n{LEAK}", *, sender: str = "ann@example.org") -> bytes:
    return f"From: {sender}\nTo: leaks@example.org\nSubject: leak\n\n{text}\n".encode()


def read(folder: Path, *, known: tuple[Known, ...] = (), limits: Limits = QUICK, **more: object) -> Crawled:
    options = {"folder": str(folder)}
    return crawl(unit(kind="inbox", options=options, known=known, limits=limits, **more))


def known_of(crawled: Crawled) -> tuple[Known, ...]:
    messages = [
        Known(address=event["document"]["address"], digest=event["digest"])
        for event in crawled.of("reported")
    ]
    return (*remembered(crawled), *messages)


@pytest.mark.parametrize("folders", [[""], ["new", "cur"]])
def test_each_mail_is_read_once_and_left_as_it_is(tmp_path: Path, folders: list[str]) -> None:
    for number, name in enumerate(folders):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / f"{number}.host:2,S.eml").write_bytes(mail(f"posted at {POST}{number} {LEAK}"))
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*.eml")}
    first = read(tmp_path)
    assert sorted(event["places"][0] for event in first.of("reported")) == [
        f"{POST}{number}" for number in range(len(folders))
    ]
    assert not first.asked, "what a mail names is nobody's page before the parent knows the meeting"
    again = read(tmp_path, known=known_of(first))
    assert not again.of("reported")
    assert len(again.of("unchanged")) == len(folders)
    assert before == {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*.eml")}


def test_pages_that_were_named_are_read_from_then_on(tmp_path: Path) -> None:
    with serve({"/1": f'<a href="{LEAK}">join</a><a href="/2">more</a>'}) as site:
        crawled = read(tmp_path, known=(Known(address=site.url("/1")),), allow=(site.pair,))
        assert site.paths == ["/1"], "and nothing that they link to"
    assert LEAK in crawled.fetched()[site.url("/1")]["text"]


@pytest.mark.parametrize(
    ("sender", "by"),
    [
        ("Zoom <no-reply@zoom.us>", "mail that says it is Zoom's"),
        ("no-reply@mail.zoom.com", "mail that says it is Zoom's"),
        ("no-reply@notzoom.us", "mail"),
        ("=?utf-8?q?=FF?= <", "mail"),
    ],
)
def test_a_sender_is_only_what_a_mail_says(tmp_path: Path, sender: str, by: str) -> None:
    (tmp_path / "a.eml").write_bytes(mail(sender=sender))
    assert [event["by"] for event in read(tmp_path).of("reported")] == [by]


def test_private_places_and_meetings_are_no_places(tmp_path: Path) -> None:
    seen = ("http://192.168.1.1/x", LEAK, "http://localhost/x", "https://ann:pw@social.org/", POST)
    (tmp_path / "a.eml").write_bytes(mail("\n".join(f"seen at {address}" for address in seen)))
    assert [event["places"] for event in read(tmp_path).of("reported")] == [[POST]]


HOSTILE = {
    "empty": b"",
    "no mail": bytes(range(256)) * 40,
    "endless header": b"Subject: " + b"a" * 2_000_000,
    "a hundred thousand headers": b"X: y\n" * 100_000 + b"\nposted at " + POST.encode(),
    "nested deep": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)
    ),
    "many parts": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nhello\n" * 50_000,
    "a lying charset": b"From: a@b.c\nContent-Type: text/plain; charset=rot13\n\nposted at " + POST.encode(),
    "broken base64": b"From: a@b.c\nContent-Transfer-Encoding: base64\n\n" + b"A" * 99_999,
    "far too long": mail("x" * 9_000_000),
}


@pytest.mark.timeout(180)
def test_no_mail_keeps_the_others_from_being_read(tmp_path: Path) -> None:
    for name, content in HOSTILE.items():
        (tmp_path / f"{name}.eml").write_bytes(content)
    (tmp_path / "good.eml").write_bytes(mail())
    os.mkfifo(tmp_path / "pipe.eml")
    (tmp_path / "folder.eml").mkdir()
    (tmp_path / "link.eml").symlink_to("/etc/passwd")
    (tmp_path / "not a mail.txt").write_bytes(mail())
    limits = Limits(time=QUICK.time * 6, delay=QUICK.delay)
    crawled = crawl(unit(kind="inbox", options={"folder": str(tmp_path)}, limits=limits), seconds=150)
    assert len(crawled.of("reported")) == len(HOSTILE) + 1
    assert [POST] in [event["places"] for event in crawled.of("reported")]
    assert [event["cut"] for event in crawled.of("reported")].count(True) == 1
    assert not crawled.of("failed")


def test_a_folder_that_is_not_there_is_no_silence(tmp_path: Path) -> None:
    (failed,) = read(tmp_path / "none").of("failed")
    assert (failed["why"], failed["start"]) == ("the folder cannot be read: No such file or directory", True)


def test_more_mails_than_the_limit_wait_for_the_next_scan(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.eml").write_bytes(mail())
    crawled = read(tmp_path, limits=Limits(pages=2, delay=QUICK.delay))
    assert len(crawled.of("reported")) == 2
    assert {event["why"] for event in crawled.of("skipped")} == {"page limit reached"}
