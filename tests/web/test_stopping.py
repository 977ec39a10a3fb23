"""From the header of a mail to the page that stops such mail, and back: real SMTP, real HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.actions.people import AccountRole
from scanner.actions.stopping import all_stopped
from scanner.alerts.channel import Channel
from scanner.alerts.channels.email import Options
from scanner.model import News
from scanner.scans.postman import deliver_due
from scanner.scans.troubles import tell_troubles
from tests.builders import an_alert
from tests.postbox import Postbox, postbox
from tests.web.desk import Browser, Said, Served

DESK = "https://desk.example"
PEOPLE = ("clerk@example.org", "chair@example.org")
CLICK = {"List-Unsubscribe": "One-Click"}


def channels(box: Postbox) -> dict[str, Channel]:
    return {"clerk": Channel("clerk", "email", Options(to=PEOPLE, host=box.host, port=box.port))}


def tell(desk: Served, box: Postbox, key: str) -> dict[str, str]:
    """Send an alert, and return the path of the page that each mail names, by who got it."""
    before, now = len(box.messages), desk.clock()
    organisation = desk.workspace.organisation.id
    with desk.workspace.store.begin() as work:
        work.outbox.put(an_alert(organisation, key=key, news=News.ALIVE), now, now)
    deliver_due(desk.workspace.store, channels(box), clock=desk.clock, desk=DESK)
    return {
        received.recipients[0]: received.mail["List-Unsubscribe"].strip("<>").removeprefix(DESK)
        for received in box.messages[before:]
    }


def click(program: Browser, page: str, form: dict[str, str] | None = None) -> Said:
    """Do what a mail program does (RFC 8058): no cookie, no page before it, nothing that a browser sends."""
    return program.send(page, CLICK if form is None else form, site=None)


def test_one_click_stops_the_mail_to_one_person_and_no_more(desk: Served) -> None:
    program = desk.browser()
    with postbox() as box:
        pages = tell(desk, box, "a" * 32)
        assert set(pages) == set(PEOPLE)
        assert len(set(pages.values())) == 2
        assert tell(desk, box, "b" * 32) == pages, "one page each, for all mails"

        shown = desk.browser().get(pages[PEOPLE[0]])
        assert "Stop this mail?" in shown.words
        assert "c…@example.org" in shown.words
        assert PEOPLE[0] not in shown.text, "whoever a mail was passed on to learns no address"
        assert all_stopped(desk.workspace) == [], "looking changes nothing"
        for form in ({}, {"List-Unsubscribe": "no"}):
            assert click(program, pages[PEOPLE[0]], form).status == 400
        for path in ("/stop/x", pages[PEOPLE[0]][:-1]):
            assert click(program, path).status == desk.browser().get(path).status == 404
        assert all_stopped(desk.workspace) == []

        said = click(program, pages[PEOPLE[0]])
        assert (said.status, said.where) == (200, ""), "mail programs follow no redirect"
        assert program.cookies == {}
        assert "Stopped" in said.words
        parts = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        again = program.ask("POST", pages[PEOPLE[0]], body=parts, headers=kind)
        assert (again.status, "Stopped" in again.words) == (200, True), "either form; twice is once"
        assert "Stopped" in desk.browser().get(pages[PEOPLE[0]]).words
        assert list(tell(desk, box, "c" * 32)) == [PEOPLE[1]]

        store, now = desk.workspace.store, desk.clock()
        tell_troubles(store, list, channels=channels(box), now=now)
        deliver_due(store, channels(box), clock=desk.clock, desk=DESK)
        news = box.messages[-1]
        assert news.recipients == (PEOPLE[1],)
        assert "one of the people who get the mail of channel clerk has stopped it" in " ".join(
            news.body().split()
        )
        desk.clock.advance(timedelta(days=3))
        count = len(box.messages)
        tell_troubles(store, list, channels=channels(box), now=desk.clock())
        deliver_due(store, channels(box), clock=desk.clock, desk=DESK)
        assert len(box.messages) == count, "told once"

        ann = desk.somebody()
        assert f"{PEOPLE[0]} gets no mail by channel clerk" in ann.get("/alerts").words
        (stopped,) = all_stopped(desk.workspace)
        reader = desk.somebody("cat@example.org", AccountRole.READER)
        assert reader.post(f"/alerts/stopped/{stopped.id}/resume", on="/help").status == 403
        assert ann.post(f"/alerts/stopped/{stopped.id}/resume", on="/alerts").status == 303
        assert set(tell(desk, box, "d" * 32)) == set(PEOPLE)
    audit = ann.get("/people/audit").words
    assert "mail stopped" in audit
    assert "mail resumed" in audit


@pytest.mark.parametrize("public_address", ["", DESK])
def test_the_page_answers_under_its_public_name_only_where_there_is_one(
    desk: Served, public_address: str
) -> None:
    with postbox() as box:
        now = desk.clock()
        with desk.workspace.store.begin() as work:
            work.outbox.put(an_alert(desk.workspace.organisation.id, key="k" * 32, news=News.ALIVE), now, now)
        deliver_due(desk.workspace.store, channels(box), clock=desk.clock, desk=public_address)
    headers = {received.mail["List-Unsubscribe"] is not None for received in box.messages}
    assert headers == {bool(public_address)}
