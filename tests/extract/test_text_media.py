"""A room must be found wherever a page, calendar, mail, feed or data file can hold it, in any codec."""

from __future__ import annotations

from base64 import b64encode

import pytest

from scanner.detect import detect
from scanner.extract import segments
from scanner.extract.decode import decode
from scanner.extract.letters import likely_codec
from scanner.model import Document
from tests.effort import grows_with_size_only

LINK = "https://zoom.us/j/94512367890"
PAGE = '<html><head><meta charset="{}"></head><body><p>Zoom ID: 845 1236 7890 für alle</p>'
PAGE += f'<a href="{LINK}">x</a></body></html>'
BOTH = {"84512367890", "94512367890"}


def keys(body: bytes, media_type: str = "", charset: str = "") -> set[str]:
    return {link.room.key for link in detect(Document("", body, media_type, charset)).links}


@pytest.mark.parametrize(
    "lie", ["", "utf-8", "utf-16", "shift_jis", "rot13", "zlib", "punycode", "idna", "no-such"]
)
@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
def test_lying_charsets(codec: str, lie: str) -> None:
    assert keys(PAGE.format(lie).encode(codec), "text/html", lie) == BOTH


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/octet-stream",
        "image/png",
        "application/pdf",
        "application/json",
        "text/xml",
    ],
)
def test_lying_content_types(media_type: str) -> None:
    assert keys(PAGE.format("utf-8").encode(), media_type) == BOTH


def test_declared_codecs_are_used_and_odd_ones_are_not() -> None:
    assert decode("Zażółć".encode("cp1250"), "cp1250").text == "Zażółć"
    assert decode(b"uryyb", "rot13").text == "uryyb"


JAPANESE = "<p>Zoomミーティング</p><p>ミーティング ID: 845 1236 7890</p><p>パスコード: Tulip7</p>"


@pytest.mark.parametrize(
    ("charset", "declared", "codec"),
    [
        ("iso-8859-1", "utf-8", "utf-8"),
        ("windows-1252", "", "utf-8"),
        ("iso-8859-1", "shift_jis", "shift_jis"),
        ("iso-8859-1", "euc-jp", "euc-jp"),
        ("", "", "iso2022_jp"),
        ("utf-8", "", "iso2022_jp"),
    ],
)
def test_a_codec_that_reads_anything_is_believed_last(charset: str, declared: str, codec: str) -> None:
    body = (f"<meta charset={declared}>" if declared else "").encode() + JAPANESE.encode(codec)
    assert JAPANESE in decode(body, charset).text


IN_LETTERS = {
    "Zoomミーティング。ミーティング ID: 845 1236 7890、パスコード: Tulip7": ("cp932", "euc-jp"),
    "腾讯会议 会议号：845-123-678 密码：4821，欢迎参加合唱团的排练。": ("gbk", "gb18030"),
    "Zoom 會議 ID：845 1236 7890，密碼：Tulip7，歡迎參加合唱團的排練。": ("big5",),
    "회의 ID: 845 1236 7890, 암호: Tulip7. 합창단 연습에 오세요.": ("euc-kr", "cp949"),
    "Идентификатор конференции: 845 1236 7890, код доступа: Tulip7": ("cp1251", "koi8-r"),
}


@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(("text", "codecs"), IN_LETTERS.items(), ids=lambda value: value[0])
def test_letters_tell_of_a_codec_that_nobody_declares(
    text: str, codecs: tuple[str, ...], declared: str
) -> None:
    page = f"<p>{text}</p><p>Choir &amp; friends</p>"
    assert [decode(page.encode(codec), declared).text for codec in codecs] == [page] * len(codecs)
    faulty = [page.encode(codec) + b"<p>\xff</p>" for codec in codecs]
    assert all(text in decode(body, declared).text for body in faulty)


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Réunion Zoom, ID de réunion : 845 1236 7890, à bientôt, ça ira déjà", "cp1252"),
        ("Größe, Maß, süß und ÄÖÜ: die Übung fällt aus", "cp1252"),
        ("Contraseña: ñandú – señor, ¿qué tal?", "cp1252"),
        ("Hasło: źdźbło, łąka, żółć", "cp1250"),
    ],
)
def test_letters_of_western_europe_tell_of_no_other_codec(text: str, codec: str) -> None:
    assert decode(text.encode(codec), codec).text == text
    assert decode(text.encode(codec)).text == text.encode(codec).decode("cp1252", "replace")


def test_codecs_are_the_wider_ones_that_browsers_take_them_for() -> None:
    assert decode("镕".encode("gbk"), "gb2312").text == "镕"
    assert decode("①".encode("cp932"), "shift_jis").text == "①"
    assert decode("“ID”".encode("cp1252"), "iso-8859-1").text == "“ID”"


def test_telling_a_codec_costs_no_more_for_long_texts_than_reading_them() -> None:
    body = ("é" * 40 + " ID: 845 ").encode("cp1252")
    assert grows_with_size_only(likely_codec, body * 20_000)


def test_each_part_of_a_page_from_two_editors_is_read_in_its_own_codec() -> None:
    body = "<p>déjà</p>".encode() + "<p>Réunion Zoom, ID de réunion : 845 1236 7890".encode("cp1252")
    assert decode(body).text == "<p>déjà</p><p>Réunion Zoom, ID de réunion : 845 1236 7890"
    assert "\ufffd" in decode("é".encode("cp1252") * 2_000).text


def test_an_address_in_json_ends_at_the_signs_of_chinese() -> None:
    body = '{"text": "https://meet.jit.si/VillageChoir。ぜひ"}'.encode()
    assert keys(body, "application/json") == {"meet.jit.si/villagechoir"}


def test_binary_without_reader_is_said() -> None:
    found = segments(Document("", b"\0\0\0\x18ftypmp42" + bytes(range(32)) * 100, "video/mp4"))
    assert found.flows == ()
    assert found.notes == ("cannot read video/mp4",)


def test_places_are_named() -> None:
    page = f'<a href="{LINK}">x</a><!-- https://zoom.us/j/84512367890 --><img alt="zoom.us/j/74512367890">'
    page += "<script>open('https://zoom.us/j/64512367890')</script><p>zoom.us/j/54512367890"
    found = {link.room.key[0]: link.where for link in detect(Document("", page.encode(), "text/html")).links}
    assert found == {"9": "href", "8": "comment", "7": "attr:alt", "6": "script", "5": "text"}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param('<div data-zoom-id="84512367890" data-zoom-pwd="Tulip7"></div>', id="attributes"),
        pytest.param(
            '<input type=hidden name="zoomMeetingId" value="845 1236 7890">'
            '<input type=hidden name="zoomPassword" value="Tulip7">',
            id="hidden fields",
        ),
        pytest.param(
            '<meta name="zoom-meeting-id" content="84512367890"><meta name="zoom-passcode" content="Tulip7">',
            id="notes on the page",
        ),
        pytest.param(
            '<script>var zoomMeetingId = "845 1236 7890", zoom_passcode = "Tulip7";</script>', id="variables"
        ),
        pytest.param(
            "<script>go({zoomId:84512367890,zoomPassword:'Tulip7'})</script>", id="fields of a program"
        ),
    ],
)
def test_a_name_says_what_a_number_is(page: str) -> None:
    [link] = detect(Document("", page.encode(), "text/html")).links
    assert link.room.key == "84512367890"
    assert link.passcode is not None
    assert link.passcode.text == "Tulip7"


def test_other_names_say_nothing() -> None:
    page = (
        '<div data-event-id="84512367890" data-name="Zoom"></div><script>var orderId = 84512367890;</script>'
    )
    assert keys(page.encode(), "text/html") == set()


@pytest.mark.parametrize(
    "script",
    [
        '<script type="text/x-template"><p>Zoom ID: <b>845 1236</b> 7890</p></script>',
        '<script>document.write("<p>Zoom ID: <b>845 1236<\\/b> 7890<\\/p>")</script>',
        "<script>list.innerHTML = `<li>Zoom ID: <b>845 1236</b> 7890</li>`;</script>",
    ],
)
def test_a_page_that_a_script_holds_is_read_as_one(script: str) -> None:
    assert keys(script.encode(), "text/html") == {"84512367890"}


def test_what_follows_words_for_browsers_without_scripts_is_apart_from_them() -> None:
    page = "<noscript>Zoom ID: 845 1236 7890 Passcode: Tulip7</noscript><p>New cakes</p>"
    [link] = detect(Document("", page.encode(), "text/html")).links
    assert link.passcode is not None
    assert link.passcode.text == "Tulip7"


def test_a_label_and_its_number_are_apart_though_only_their_style_says_so() -> None:
    page = "<li><span class=label>Zoom ID</span><span class=value>845 1236 7890</span></li>"
    page += f"<p>See {LINK[8:-4]}<b>7890</b></p>"
    assert keys(page.encode(), "text/html") == BOTH


def test_a_key_that_a_tag_cuts_is_not_found_cut() -> None:
    page = "<p>https://meet.jit.si/Village<wbr>Choir</p>"
    assert keys(page.encode(), "text/html") == {"meet.jit.si/villagechoir"}


def test_feed() -> None:
    feed = (
        '<?xml version="1.0"?><rss><channel><item><description>&lt;a href="%s"&gt;x&lt;/a&gt;</description>'
        "<content:encoded><![CDATA[<p>Zoom ID: 845 1236 7890</p>]]></content:encoded></item></channel></rss>"
    )
    assert keys((feed % LINK).encode(), "application/rss+xml") == BOTH


def test_broken_feed() -> None:
    assert keys(f"<?xml version='1.0'?><rss><item><link>{LINK}</link><title>a & b <oops".encode()) == {
        "94512367890"
    }


BROKEN = '<?xml version="1.0"?><rss><channel><item>{}</item></channel></rss>'
NUMBERED = "<p>Zoom ID: <b>845 1236</b> 7890</p>"


@pytest.mark.parametrize(
    "feed",
    [
        pytest.param(
            BROKEN.format("<x>Zoom&nbsp;ID:&nbsp;845 1236 7890 &oops; &</x>"), id="entities of HTML"
        ),
        pytest.param(f"<?xml version='1.0'?><rss><item><x><![CDATA[{NUMBERED}", id="torn"),
        pytest.param(
            "<br/>Warning: x\n" + BROKEN.format(f"<x><![CDATA[{NUMBERED}]]></x>"), id="words before it"
        ),
        pytest.param(
            f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><content type="xhtml">{NUMBERED}'
            "</content></feed>",
            id="elements in words",
        ),
        pytest.param(BROKEN.format("<zoomId>84512367890</zoomId>"), id="a telling name"),
        pytest.param(
            BROKEN.format('<x zoomId="84512367890" place="hall"/>'), id="a telling name of an attribute"
        ),
        pytest.param(
            BROKEN.format("<key>Zoom ID</key><string>84512367890</string>"), id="a name that says nothing"
        ),
        pytest.param(
            BROKEN.format("<a>Zoom</a><!-- was --><b>meeting ID: 845 1236 7890</b>"), id="a comment"
        ),
    ],
)
def test_a_number_in_xml(feed: str) -> None:
    assert keys(feed.encode(), "application/rss+xml") == {"84512367890"}


def test_a_bare_ampersand_cuts_no_address() -> None:
    feed = BROKEN.format(f"<link>{LINK}?from=a&pwd=UGFzc3dvcmQ&b=1</link>")
    [link] = detect(Document("", feed.encode(), "application/rss+xml")).links
    assert link.passcode is not None
    assert link.passcode.text == "UGFzc3dvcmQ"


def test_xml_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{"&a" + str(n - 1) + ";" if n else "&a;"}{"&a;" * 9}">' for n in range(9)
    )
    bomb += f'<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&a8;&f; {LINK}</x>'
    found = segments(Document("", bomb.encode(), "text/xml"))
    assert sum(len(piece.text) for flow in found.flows for piece in flow.pieces) < 10 * len(bomb)
    assert keys(bomb.encode(), "text/xml") == {"94512367890"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            '[{"label":"Zoom meeting ID","value":"845 1236 7890"},{"label":"Passcode","value":"Tulip7"}]',
            id="labels beside values",
        ),
        pytest.param(
            '{"zoom":{"id":84512367890,"password":"Tulip7"}}', id="a name around names that say little"
        ),
        pytest.param('[["Zoom ID","845 1236 7890"],["Passcode","Tulip7"]]', id="pairs"),
    ],
)
def test_json_says_what_a_number_is(data: str) -> None:
    [link] = detect(Document("", data.encode(), "application/json")).links
    assert link.room.key == "84512367890"
    assert link.passcode is not None
    assert link.passcode.text == "Tulip7"


def test_json() -> None:
    data = '{"meeting":{"zoomId":"845 1236 7890","password":"x1y2z3"},"html":"<a href=\\"LINK\\">x</a>"}'
    data = data.replace("LINK", LINK)
    assert keys(data.encode(), "application/json") == BOTH
    assert keys(b"[" * 100_000 + LINK.encode(), "application/json") == {"94512367890"}


def test_mail_inside_mail_and_calendar_inside_that() -> None:
    calendar = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nLOCATION:https://zoom.us/j/945\r\n 12367890\r\nEND:VEVENT\r\n"
    )
    mail = (
        "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\n"
        "Subject: Zoom 845 1236 7890\r\nContent-Type: text/calendar\r\n\r\n"
        f"{calendar}\r\n--b--\r\n"
    )
    assert "94512367890" in keys(mail.encode(), "message/rfc822")
    assert "94512367890" in keys(mail.encode())


def test_mail_nested_without_end() -> None:
    mail = "Content-Type: message/rfc822\n\n" * 3000 + LINK
    found = detect(Document("", mail.encode(), "message/rfc822"))
    assert {link.room.key for link in found.links} == {"94512367890"}
    assert found.cut


ENTRY = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
ATTACHED = b64encode(b"<p>Zoom ID: 845 1236 7890</p><p>Passcode: Tulip7</p>").decode()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f'CONFERENCE;VALUE=URI;LABEL="Passcode: Tulip7":{LINK[:-11]}84512367890', id="a label"),
        pytest.param("X-ZOOM-ID:845 1236 7890\r\nX-ZOOM-PASSCODE:Tulip7", id="names that say what they hold"),
        pytest.param(
            "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:Zoom ID: 845=C2=A01236=\r\n"
            "=C2=A07890=0D=0A=\r\nPasscode: Tulip7",
            id="as of old",
        ),
        pytest.param(f"ATTACH;FMTTYPE=text/html;ENCODING=BASE64;VALUE=BINARY:{ATTACHED}", id="a file"),
        pytest.param("NOTE:Zoom ID: 845 1236 7890\\nPasscode: Tulip7", id="a note"),
    ],
)
def test_a_property_of_a_calendar(line: str) -> None:
    [link] = detect(Document("", ENTRY.format(line).encode(), "text/calendar")).links
    assert link.room.key == "84512367890"
    assert link.passcode is not None
    assert link.passcode.text == "Tulip7"


def test_calendar_uid_and_telephone_are_silent() -> None:
    event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Zoom\r\nUID:84512367890\r\n"
    event += "X-MICROSOFT-CONFERENCETELURI:tel:+441632960000,,84512367890#\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    assert keys(event.encode(), "text/calendar") == set()


def test_short_links_are_said_not_followed() -> None:
    found = detect(Document("", b'<a href="https://bit.ly/abc">join</a>', "text/html"))
    assert found.links == ()
    assert found.notes == ("could not see through a short link of bit.ly",)
