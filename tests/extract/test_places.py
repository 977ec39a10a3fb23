"""Of the addresses in a mail that reports a leak, those of the leak are taken, the sender's own are not."""

from __future__ import annotations

import pytest

from scanner.extract.places import MOST, places
from tests.effort import grows_with_size_only

POST = "https://social.example/@raid/111?x=1&y=2"
NOTICE = f"""\
From: Zoom <no-reply@zoom.us>
To: clerk@example.org
Subject: Your Zoom meeting may be at risk of disruption
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Hello Ann,
We found information about this meeting posted publicly:
Topic: Choir
Meeting ID: 822 0555 0117
Posted at: {POST}
Learn more: https://support.zoom.com/hc/article?id=1  Privacy: https://explore.zoom.us/privacy/
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>We found this meeting <b>posted</b> publicly: <a href=3D"https://social.example/@raid/111?x=3D1&amp;y=3D2">see
the post</a></p><p><a href=3D"https://www.linkedin.com/company/zoom"><img alt=3D"LinkedIn"></a>
<a href=3D"https://twitter.com/zoom">Follow us</a></p>
--b--
"""


def mail(text: str, kind: str = "plain") -> bytes:
    head = f"From: Ann <ann@example.org>\nTo: leaks@example.org\nSubject: look\nContent-Type: text/{kind}\n\n"
    return (head + text).encode()


CASES = {
    "a service's notice": (NOTICE.encode(), (POST,)),
    "a forwarded notice": (
        mail(
            f"see below\n\n-----Original Message-----\n> Post found:\n> {POST}\n> https://a.example/terms\n"
        ),
        (POST,),
    ),
    "a note by hand": (
        mail(f"Hi, our link is on here: {POST}. Can you look?\n\n-- \nAnn\nhttps://ann.example/"),
        (POST,),
    ),
    "told apart by a word": (mail(f"We meet at https://ann.example/. I saw it on {POST}, sorry"), (POST,)),
    "without a scheme": (
        mail("found on www.social.example/@raid/111"),
        ("https://www.social.example/@raid/111",),
    ),
    "made harmless": (
        mail("seen at hxxps://social[.]example/@raid/111"),
        ("https://social.example/@raid/111",),
    ),
    "in brackets": (
        mail("I saw it (<https://social.example/@raid/111>)."),
        ("https://social.example/@raid/111",),
    ),
    "two pages": (mail(f"posted at {POST}\nand seen at {POST}2"), (POST, f"{POST}2")),
    "in German": (mail(f"Der Link wurde veröffentlicht unter {POST}"), (POST,)),
    "links behind words say nothing": (mail('<a href="https://shop.example/">Our shop</a>', "html"), ()),
    "a meeting is no page": (mail("join https://us02web.zoom.us/j/82205550117 as was posted"), ()),
    "no address": (mail("our link is all over the village!"), ()),
    "no mail at all": (b"\x00\xff\x00", ()),
}


@pytest.mark.parametrize("case", CASES)
def test_the_pages_are_those_of_the_leak(case: str) -> None:
    body, expected = CASES[case]
    assert places(body) == expected


def test_who_names_a_thousand_pages_is_heard_for_the_first_few() -> None:
    assert len(places(mail("".join(f"seen at https://a{n}.example/x\n" for n in range(5000))))) == MOST


@pytest.mark.parametrize(
    "piece", ["https://", "www.", "posted ", "-- \n", "http://a.b/c ", "<a href=http://a.b/>"]
)
def test_long_mails_take_time_by_their_length_only(piece: str) -> None:
    whole = mail(piece * (400_000 // len(piece)), "html")
    assert grows_with_size_only(places, whole)
