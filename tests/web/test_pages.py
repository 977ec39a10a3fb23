from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.actions.people import AccountRole
from scanner.model import DeliveryState, PasscodeMatch, Severity, SeverityLevel, SourceState
from tests.builders import a_coverage, a_meeting, a_passcode, a_room, a_sighting, an_alert
from tests.internet import serve
from tests.web.desk import Served

PAGES = (
    "/",
    "/exposures",
    "/exposures?only=done",
    "/exposures/report",
    "/meetings",
    "/meetings/add",
    "/sources",
    "/scans",
    "/scans/progress",
    "/alerts",
    "/people",
    "/people/audit",
    "/report",
    "/report?month=2026-02",
    "/report.csv",
    "/help",
    "/start",
    "/account",
)
ROOM = "82205550117"
INVITATION = f"""Topic: Evening prayer
Time: Dec 24, 2031 07:00 PM London
https://us02web.zoom.us/j/{ROOM}?pwd=wren42abcDEF
Passcode: wren42"""
SETTINGS = """version: 1
sources:
  parish: {kind: site, start: ["https://parish.example/"]}
  forum: {kind: site, start: ["https://forum.example/"]}
channels:
  clerk: {kind: email, to: [clerk@example.org], host: 127.0.0.1, port: 1}
routes: [{to: [clerk]}]
"""


def settings(desk: Served, text: str = SETTINGS) -> None:
    desk.workspace.environment.schedules.write_text(text)


def a_leak(desk: Served, *, title: str = "Evening prayer") -> int:
    """An open exposure of a meeting in five hours."""
    now, organisation = desk.clock(), desk.workspace.organisation.id
    with desk.workspace.store.begin() as work:
        kept = a_meeting(
            a_room(ROOM), title=title, starts=now + timedelta(hours=5), passcodes=(a_passcode("wren42"),)
        )
        meeting = work.meetings.add(organisation, kept, now - timedelta(days=1))
        seen = work.exposures.see(
            organisation,
            meeting.id,
            a_sighting("https://forum.example/t/12", a_room(ROOM), passcode=PasscodeMatch.CURRENT),
            Severity(SeverityLevel.CRITICAL, "Anybody can walk in."),
            now,
        )
    assert seen is not None
    return seen.exposure_id


def a_scan(desk: Served, *, ago: timedelta = timedelta(hours=1), **states: SourceState) -> None:
    now = desk.clock()
    with desk.workspace.store.begin() as work:
        scan = work.scans.start("nightly", list(states), now - ago)
        for source, state in states.items():
            work.scans.cover(scan, a_coverage(source, state, read=10))
        work.scans.finish(scan, now - ago + timedelta(minutes=5))


def test_every_page_of_an_empty_desk_teaches(desk: Served) -> None:
    ann = desk.somebody()
    for path in PAGES:
        said = ann.get(path)
        assert said.status == 200, (path, said.words)


@pytest.mark.parametrize(
    "path", ["/exposures/x", "/exposures/0", f"/meetings/{2**70}", "/exposures?page=x", "/report?month=1"]
)
def test_an_odd_address_is_no_page(desk: Served, path: str) -> None:
    assert desk.somebody().get(path).status == 404


def test_a_meeting_is_clear_only_when_everything_was_read_after_it_got_its_link(desk: Served) -> None:
    ann = desk.somebody()
    settings(desk)
    now, organisation = desk.clock(), desk.workspace.organisation.id
    with desk.workspace.store.begin() as work:
        kept = a_meeting(a_room(ROOM), title="Evening prayer", starts=now + timedelta(days=9))
        work.meetings.add(organisation, kept, now - timedelta(hours=3))
    assert "Not checked yet" in ann.get("/").words
    a_scan(desk, parish=SourceState.OK)
    assert "Not checked yet" in ann.get("/").words, "one source was never read"
    a_scan(desk, forum=SourceState.PARTIAL)
    assert "Not checked yet" in ann.get("/").words, "in part is not enough"
    a_scan(desk, ago=timedelta(hours=4), forum=SourceState.OK)
    assert "Not checked yet: its link is new" in ann.get("/").words, "read before it was registered"
    a_scan(desk, forum=SourceState.OK)
    assert "Evening prayer Clear" in ann.get("/").words
    a_scan(desk, ago=timedelta(), forum=SourceState.BLOCKED)
    page = ann.get("/").words
    assert "forum: refuses to be read" in page
    desk.clock.advance(timedelta(hours=50))
    ann = desk.browser()
    ann.sign_in("ann@example.org")
    assert "Not checked since Sun, 22 Nov 2026, 19:00" in ann.get("/").words


def test_the_front_page_says_what_is_wrong(desk: Served) -> None:
    ann = desk.somebody()
    number = a_leak(desk)
    page = ann.get("/")
    assert "1 leak needs somebody now. Evening prayer: Anybody can walk in." in page.words
    assert "Leak open" in page.words
    assert f'href="/exposures/{number}"' in page.text


def test_an_exposure_shows_no_secret_until_somebody_asks(desk: Served) -> None:
    ann, bea = desk.somebody(), desk.somebody("bea@example.org", AccountRole.READER)
    number = a_leak(desk)
    page = ann.get(f"/exposures/{number}")
    for words in ("Critical: act now", "still there", "The current passcode stands there too.", "Certain."):
        assert words in page.words
    for secret in (ROOM, "wren42", "https://forum.example"):
        assert secret not in page.text
    assert "hxxps://forum[.]example/t/12" in page.text
    assert "Show rooms" not in bea.get(f"/exposures/{number}").text
    shown = ann.post(f"/exposures/{number}/reveal", on="/help")
    assert ROOM in shown.text
    assert "https://forum.example/t/12" in shown.text
    assert 'href="https://forum' not in shown.text
    meeting = ann.post("/meetings/1/reveal", on="/help").text
    assert ROOM in meeting
    assert "wren42" in meeting
    audit = ann.get("/people/audit").words
    assert audit.count("revealed (ann@example.org)") == 2


def test_what_people_decide_is_in_the_timeline(desk: Served) -> None:
    ann = desk.somebody()
    number = a_leak(desk)
    where = f"/exposures/{number}"
    assert ann.post(f"{where}/acknowledge", on=where, note="changing it").status == 303
    assert ann.post(f"{where}/note", on=where, note="called the vicar").status == 303
    assert "In hand (1)" in ann.get("/exposures").words
    assert ann.post(f"{where}/close", on=where, **{"as": "gone"}).status == 400, "no person can say that"
    assert ann.post(f"{where}/close", on=where, **{"as": "removed"}, note="deleted").status == 303
    assert "Done (1)" in ann.get("/exposures").words
    assert ann.post(f"{where}/reopen", on=where, note="still there").status == 303
    page = ann.get(where).words
    for event in ("changing it", "called the vicar", "deleted", "still there"):
        assert f"(ann@example.org): {event}" in page
    assert ann.post(f"{where}/snooze", on=where, until="meeting").status == 400, "it starts in five hours"
    assert ann.post(f"{where}/snooze", on=where, until="week", note="on holiday").status == 303
    assert "Snoozed (1)" in ann.get("/exposures").words
    assert "snoozed until Sun, 29 Nov 2026, 20:00" in ann.get(where).words
    assert ann.post(f"{where}/reopen", on=where).status == 303
    audit = ann.get("/people/audit").words
    for what in ("acknowledged", "note", "removed", "reopened", "put off"):
        assert f"exposure: {what} (ann@example.org): exposure {number}" in audit
    many = ann.send("/exposures/acknowledge", {"token": ann.get("/exposures").token, "exposure": [number]})
    assert many.status == 303
    assert "In hand (1)" in ann.get("/exposures").words


def test_a_pasted_invitation_is_read_back_before_it_is_kept(desk: Served) -> None:
    ann = desk.somebody()
    read_back = ann.post("/meetings/add", on="/meetings/add", invitation=INVITATION)
    assert "This is what I understood" in read_back.words
    assert "Wed, 24 Dec 2031, 19:00" in read_back.words
    assert "••••" in read_back.words
    assert "No meeting is registered yet" in ann.get("/meetings").words
    kept = ann.post(
        "/meetings/add", on="/meetings/add", invitation=INVITATION, understood="yes", title="Prayer"
    )
    assert kept.where == "/meetings/1?done=registered"
    assert "Prayer" in ann.get("/meetings").words
    again = ann.post(
        "/meetings/add", on="/meetings/add", invitation=INVITATION, understood="yes", title="Prayer"
    )
    assert again.where == "/meetings/1?done=already"
    nothing = ann.post("/meetings/add", on="/meetings/add", invitation="Dear all, see you on Sunday.")
    assert nothing.status == 400
    assert "Dear all, see you on Sunday." in nothing.text, "what was pasted is not lost"
    telling = ann.post(
        "/meetings/add", on="/help", invitation=INVITATION, understood="yes", title="code wren42"
    )
    assert telling.status == 400
    assert "holds the passcode" in telling.words


def test_a_table_of_meetings_can_be_handed_over(desk: Served) -> None:
    ann = desk.somebody()
    good = f"Choir,2031-12-24 19:00,https://zoom.us/j/{ROOM}"
    table = f"title,start,link\n{good}\nBad,never,https://zoom.us/j/82205550118\n"
    edge, token = "edge", ann.get("/meetings/add").token
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="<img src=x>.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{table}\r\n--{edge}--\r\n"
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Sec-Fetch-Site": "same-origin"}
    said = ann.ask("POST", "/meetings/import", body=body, headers=headers)
    assert said.status == 200, said.words
    assert "1 meeting registered" in said.words
    assert "Line 3:" in said.words


def test_a_new_link_keeps_the_old_one_on_watch(desk: Served) -> None:
    ann = desk.somebody()
    number = a_leak(desk)
    new = INVITATION.replace(ROOM, "82205550998")
    said = ann.post("/meetings/1/link", on="/meetings/1/link", invitation=new, close="yes")
    assert said.where == "/meetings/1?done=rotated"
    page = ann.get("/meetings/1").words
    assert "Earlier rooms, still on watch" in page
    assert "the meeting has a new link" in ann.get(f"/exposures/{number}").words
    same = ann.post("/meetings/1/link", on="/meetings/1/link", invitation=new)
    assert same.status == 400
    assert "link the meeting has already" in same.words


def test_the_checklist_and_allowances_of_a_meeting(desk: Served) -> None:
    ann = desk.somebody()
    a_leak(desk)
    answers = {"answer-waiting-room": "yes", "answer-personal-id": "yes", "answer-lock": "unknown"}
    assert ann.post("/meetings/1/checklist", on="/meetings/1", **answers).status == 303
    page = ann.get("/meetings/1").words
    assert "1 of 12 points are as they should be" in page
    assert "better change it" in page
    late = ann.post("/meetings/1/allow", on="/meetings/1", reason="carols", until="2020-01-01")
    assert late.status == 400
    assert ann.post("/meetings/1/allow", on="/meetings/1", reason="carols", until="2026-12-24").status == 303
    page = ann.get("/meetings/1")
    assert "Until Thu, 24 Dec 2026, 23:59: carols (ann@example.org)" in page.words
    assert ann.post("/meetings/1/allowances/1/end", on="/meetings/1").status == 303
    assert "every public place is an alarm" in ann.get("/meetings/1").words


def test_removing_a_meeting_asks_first(desk: Served) -> None:
    ann = desk.somebody()
    a_leak(desk)
    assert "There is no way back" in ann.get("/meetings/1/remove").words
    assert ann.post("/meetings/1/remove", on="/meetings/1/remove").where == "/meetings?done=removed"
    assert ann.get("/meetings/1").status == 404
    assert ann.get("/exposures/1").status == 404


def test_an_address_is_tried_before_it_is_a_source(desk: Served) -> None:
    ann = desk.somebody()
    with serve({"/": "<p>Welcome</p>"}) as site:
        settings(desk, f"version: 1\nnetwork: {{allow: ['{site.pair}']}}\n")
        said = ann.post("/sources/try", on="/sources", address=site.url("/"))
        assert "This page can be read" in said.words
        assert f"start: [&#34;{site.url('/')}&#34;]" in said.text
        said = ann.post("/sources/try", on="/sources", address=site.url("/nowhere"))
        assert "cannot be read: HTTP 404" in said.words
    for address in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "not one",
        "https://",
        'https://a.example/"]',
    ):
        assert ann.post("/sources/try", on="/sources", address=address).status == 400
    said = ann.post("/sources/try", on="/sources", address="http://127.0.0.1:22/")
    assert "cannot be read" in said.words, "the guards of a scan hold here too"


def test_a_scan_is_queued_once(desk: Served) -> None:
    ann = desk.somebody()
    assert ann.post("/scans/now", on="/help").where == "/scans?done=nothing"
    settings(desk)
    for _ in range(2):
        assert ann.post("/scans/now", on="/help").where == "/scans?done=queued"
        desk.clock.advance(timedelta(seconds=1))
    with desk.workspace.store.begin() as work:
        due = work.units.claim(desk.clock(), timedelta(minutes=5), 10)
    assert sorted(unit.source for unit in due) == ["forum", "parish"]
    assert "Looking at forum, parish" in ann.get("/scans").words
    assert ann.post("/scans/now", on="/help", source="nowhere").status == 400


def test_settings_that_cannot_be_read_are_said_and_break_no_page(desk: Served) -> None:
    ann = desk.somebody()
    settings(desk, "version: 1\nsuorces: {}\n")
    page = ann.get("/")
    assert page.status == 200
    assert "schedules.yaml:2:1" in page.words
    for path in PAGES:
        assert ann.get(path).status in (200, 400), path
    settings(desk)
    assert "schedules.yaml" not in ann.get("/").words


def test_a_channel_that_fails_says_why(desk: Served) -> None:
    ann = desk.somebody()
    settings(desk)
    said = ann.post("/alerts/test", on="/alerts", channel="clerk")
    assert said.status == 400
    assert "clerk:" in said.words


def test_what_was_given_up_can_be_sent_again(desk: Served) -> None:
    ann = desk.somebody()
    settings(desk)
    number = a_leak(desk)
    now, organisation = desk.clock(), desk.workspace.organisation.id
    with desk.workspace.store.begin() as work:
        work.outbox.put(an_alert(organisation, exposure=number), now, now)
        (claimed,) = work.outbox.claim(now, timedelta(minutes=1), 1)
        work.outbox.dead(claimed.id, "550 nobody here", now)
    assert "550 nobody here" in ann.get("/alerts").words
    assert "given up" in ann.get(f"/exposures/{number}").words
    assert ann.post(f"/alerts/{claimed.id}/again", on="/alerts").status == 303
    with desk.workspace.store.reading() as work:
        (delivery,) = work.outbox.all(organisation)
    assert delivery.state is DeliveryState.DUE
    assert ann.post(f"/alerts/{claimed.id}/again", on="/alerts").status == 404


def test_a_silence_needs_a_reason_and_an_end(desk: Served) -> None:
    ann = desk.somebody()
    settings(desk)
    assert ann.post("/alerts/silences", on="/alerts", hours="8", reason=" ").status == 400
    assert ann.post("/alerts/silences", on="/alerts", hours="9999", reason="x").status == 400
    assert (
        ann.post("/alerts/silences", on="/alerts", hours="8", reason="funeral", channel="clerk").status == 303
    )
    assert "clerk, until Mon, 23 Nov 2026, 04:00: funeral (ann@example.org)" in ann.get("/alerts").words
    assert ann.post("/alerts/silences/1/end", on="/alerts").status == 303
    assert "End it now" not in ann.get("/alerts").words


def test_what_somebody_saw_is_searched_and_forgotten(desk: Served) -> None:
    ann = desk.somebody()
    ann.post("/meetings/add", on="/help", invitation=INVITATION, understood="yes")
    desk.clock.advance(timedelta(minutes=5))
    seen = {"on": "/help", "address": "https://forum.parish-notices.co.uk/t/9"}
    said = ann.post("/exposures/report", **seen, pasted=f"join https://zoom.us/j/{ROOM}")
    assert "It is one of ours" in said.words
    said = ann.post("/exposures/report", **seen, pasted="https://zoom.us/j/89990001112")
    assert "No meeting of ours" in said.words
    assert ann.post("/exposures/report", on="/help", address="nonsense", pasted="x").status == 400


def test_a_month_is_a_page_and_a_table_without_formulas(desk: Served) -> None:
    ann = desk.somebody()
    a_leak(desk, title='=HYPERLINK("http://evil.example","x")')
    a_scan(desk, parish=SourceState.OK)
    page = ann.get("/report").words
    assert "1 leak was found. 1 scan, 10 pages read" in page
    table = ann.get("/report.csv?month=2026-11").text
    assert "'=HYPERLINK" in table
    assert ROOM not in table
    assert "0 leaks were found" in ann.get("/report?month=2026-10").words
