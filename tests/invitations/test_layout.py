"""Text as people read it, out of pages and mails."""

from email.message import EmailMessage

import pytest

from scanner.errors import InputError
from scanner.extract.pasted import visible_text
from scanner.invitations.layout import take_apart
from tests.effort import grows_with_size_only


def mail(*, html_only=False, calendar=""):
    message = EmailMessage()
    message["Subject"] = "Chorprobe: nächste Woche"
    message["From"] = "Pat <pat@example.org>"
    message["Message-ID"] = "<81700000001@example.org>"
    message.set_content("Beginn 19 Uhr in der Küche")
    if html_only:
        message.set_content("<p>Beginn <b>19&nbsp;Uhr</b></p><p>in der Küche</p>", subtype="html")
    if calendar:
        message.add_attachment(calendar.encode(), maintype="text", subtype="calendar")
    return message.as_string()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Topic: Yoga\nTime: 7 pm", "text"),
        ("From: Pat\nSent: Monday\nTo: All\nSubject: Yoga\n\nHello", "text"),
        ("a < b and c > d", "text"),
        ("<p>Topic: Yoga</p>", "html"),
        ("\ufeff\nBEGIN:VCALENDAR\r\nEND:VCALENDAR", "ics"),
        ("Message-ID: <1@example.org>\nSubject: Yoga\n\nHello", "email"),
        (mail(), "email"),
    ],
)
def test_what_was_pasted_is_told_by_its_looks(text, kind):
    assert take_apart(text).kind == kind


def test_a_page_gives_the_lines_people_see():
    page = (
        "<html><head><title>x</title><style>p{color:red}</style><script>var when='never'</script></head>"
        "<body><p>Topic: Yoga &amp; tea</p><!-- no --><div>Time:<b> Nov 26</b>,\n 2026<br>7 pm</div></body>"
    )
    lines = [line.strip() for line in visible_text(page).splitlines() if line.strip()]
    assert lines == ["Topic: Yoga & tea", "Time: Nov 26, 2026", "7 pm"]


def test_a_mail_gives_its_subject_and_its_decoded_text():
    taken = take_apart(mail())
    assert taken.subject == "Chorprobe: nächste Woche"
    assert taken.lines == ["Beginn 19 Uhr in der Küche"]


def test_a_mail_without_plain_text_gives_the_text_of_its_page():
    lines = [line for line in take_apart(mail(html_only=True)).lines if line]
    assert lines == ["Beginn 19 Uhr", "in der Küche"]


def test_a_mail_gives_its_calendar_part():
    calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    assert take_apart(mail(calendar=calendar)).calendar.split() == calendar.split()


def test_invisible_characters_are_dropped_and_blanks_are_blanks():
    assert take_apart("PIN: \u202a123\u00a0456\u202c\u200b#\x07").lines == ["PIN: 123 456#"]


def test_a_lying_charset_does_not_stop_the_reading():
    text = "Message-ID: <1@x>\nContent-Type: text/plain; charset=klingon\n\nYoga at 7 pm"
    assert take_apart(text).lines == ["Yoga at 7 pm"]


def test_a_mail_of_nested_parts_is_refused():
    parts = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(2000))
    with pytest.raises(InputError, match="too many parts"):
        take_apart("MIME-Version: 1.0\n" + parts)


@pytest.mark.parametrize("piece", ["<", "<!--", "<p>", "<div ", "&", "</", "<!", "<a href='", "Subject: x\n"])
def test_hostile_text_is_taken_apart_in_time(piece):
    def read(text: str) -> None:
        take_apart("MIME-Version: 1.0\n\n<p>" + text).lines  # noqa: B018
        visible_text(text)

    assert grows_with_size_only(read, (piece * 200_000)[:200_000])
