"""``lychgate alerts``: dead letters, silences and what they hid; ``lychgate check``."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from scanner.actions.scans import send_due
from scanner.actions.workspace import opened
from scanner.errors import ExitCode
from tests.cli.clerk import Clerk, words
from tests.hook import hook
from tests.internet import serve
from tests.postbox import postbox

ROOM, PASSCODE = "82205550117", "wren42"
LEAK = f'<p>Join <a href="https://us02web.zoom.us/j/{ROOM}">here</a></p>'


@pytest.fixture
def choir(clerk: Clerk) -> Clerk:
    """Somebody with a choir that meets in some years."""
    rooms = [{"platform": "zoom", "key": ROOM, "passcode": PASSCODE}]
    clerk.register([{"title": "Choir", "starts": "2031-01-07T19:30:00Z", "rooms": rooms}])
    return clerk


def test_a_dead_letter_is_listed_and_tried_again(choir: Clerk) -> None:
    assert "No dead letters." in choir.run("alerts", "dead").out
    with serve({"/": LEAK}) as site:
        with postbox(refuse={"clerk@example.org": "550 no such user"}) as closed:
            choir.configure({"parish": site}, closed)
            choir.run("scan")
        (dead,) = choir.run("alerts", "dead", "--json").lines()
        assert "no such user" in dead["last_error"]
        shown = choir.run("alerts", "dead").out
        assert "no such user" in words(shown)
        assert "Channel clerk failed last" in choir.run("alerts", "list").out
        assert "There is no dead letter 99" in choir.run("alerts", "retry", "99", code=ExitCode.USAGE).err
        with postbox() as box:
            choir.configure({"parish": site}, box)
            choir.run("alerts", "retry", str(dead["id"]))
            choir.run("scan")
            box.wait_for(1)
    assert choir.run("alerts", "dead", "--json").lines() == []


def test_a_silence_is_made_listed_with_what_it_hid_and_ended(choir: Clerk) -> None:
    with serve({"/": LEAK}) as site, postbox() as box:
        choir.configure({"parish": site}, box)
        for arguments, says in (
            (("--for", "2h"), "Say why"),
            (("--reason", "moving"), "Say until when"),
            (("--reason", "moving", "--for", "90d"), "within 31 days"),
            (("--reason", "moving", "--for", "1h", "--channel", "chat"), "no channel 'chat'"),
            (("--reason", "moving", "--for", "1h", "--meeting", "9"), "no meeting 9"),
        ):
            assert says in choir.run("alerts", "silence", *arguments, code=ExitCode.USAGE).err
        said = choir.run("alerts", "silence", "--for", "2h", "--reason", "moving house", "--meeting", "1").out
        assert "alerts about meeting 1, but no critical ones" in said
        choir.run("scan")
        assert box.messages == []
        (silence,) = choir.run("alerts", "silences", "--json").lines()
        assert [hidden["news"] for hidden in silence["hid"]] == ["opened"]
        assert "opened about exposure 1 to clerk: due" in choir.run("alerts", "silences").out
        assert "moving house" in words(choir.run("alerts", "list").out)
        choir.run("alerts", "unsilence", "1")
        choir.run("scan")
        box.wait_for(1)
        assert "over since" in choir.run("alerts", "silences").out
        assert "There is no silence 7" in choir.run("alerts", "unsilence", "7", code=ExitCode.USAGE).err


def test_who_is_told_and_who_is_not_and_why(choir: Clerk) -> None:
    with serve({"/": LEAK}) as site, postbox() as box:
        to_lead = f"  lead: {{kind: email, to: [lead@example.org], host: {box.host}, port: {box.port}}}"
        choir.configure({"parish": site}, box)
        settings = choir.data / "schedules.yaml"
        text = settings.read_text().replace("routes: [{to: [clerk]}]", to_lead)
        settings.write_text(text + "\nroutes: [{when: {severity: high}, to: [lead]}, {to: [clerk]}]")
        choir.run("scan")
    for command in ("show", "history"):
        said = words(choir.run("exposures", command, "1").out)
        assert "route 2 takes every exposure" in said
        assert "Not told: lead: route 1 starts at high, and this is low" in said


def test_every_kind_of_channel_can_be_tried(choir: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    with hook(status=200) as held:
        monkeypatch.setenv("HOOK_URL", f"http://{held.pair}/desk")
        monkeypatch.setenv("HOOK_SECRET", "a secret of thirty-odd letters")
        monkeypatch.setenv("CHAT_URL", f"json://{held.pair}/chat")
        (choir.data / "schedules.yaml").write_text(
            "version: 1\nchannels:\n"
            "  desk: {kind: webhook, url: {env: HOOK_URL}, secret: {env: HOOK_SECRET}}\n"
            "  chat: {kind: apprise, url: {env: CHAT_URL}}\n"
            f"network: {{allow: ['{held.pair}']}}\n"
        )
        answers = choir.run("alerts", "test", "--json").lines()
        assert [(each["channel"], each["sent"]) for each in answers] == [("desk", True), ("chat", True)]
        held.status = 500
        answers = choir.run("alerts", "test", "--json", code=ExitCode.INCOMPLETE).lines()
        assert [each["sent"] for each in answers] == [False, False]
    assert [post.path.strip("/") for post in held.posts] == ["desk", "chat"] * 2
    assert json.loads(held.posts[0].body)["news"] == "test"


def test_an_outside_monitor_hears_of_each_scan(choir: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve({"/": LEAK}) as site, hook(status=200) as monitor:
        choir.configure({"parish": site}, None)
        monkeypatch.setenv("PING_URL", f"http://{monitor.pair}/ping/3b1c/")
        settings = choir.data / "schedules.yaml"
        text = settings.read_text().replace("allow: [", f'allow: ["{monitor.pair}", ')
        settings.write_text(f"{text}\nmonitor: {{url: {{env: PING_URL}}}}")
        choir.run("scan")
        monitor.status = 500
        choir.run("scan")
    assert [post.path for post in monitor.posts] == ["/ping/3b1c/start", "/ping/3b1c"] * 2
    assert monitor.posts[1].body == b"1 sources, 0 of them not read, 0 paused; 1 pages read"


def test_check_says_whether_all_is_well(choir: Clerk) -> None:
    with serve({"/": LEAK}) as site, postbox() as box:
        choir.configure({"parish": site}, box)
        wrong = choir.run("check", "--json", code=ExitCode.INCOMPLETE).json()
        assert wrong == {"well": False, "wrong": ["no scan has come to its end yet"]}
        choir.run("scan")
        assert choir.run("check").out == "All is well.\n"
        assert "is serve running?" in choir.run("check", "--within", "0s", code=ExitCode.INCOMPLETE).out
        assert "--within" in choir.run("check", "--within", "soon", code=ExitCode.USAGE).err
    (choir.data / "lychgate.key").chmod(0o644)
    choir.run("check", code=ExitCode.STORAGE)


def test_who_stopped_their_mail_is_listed_everywhere_and_gets_it_again(choir: Clerk) -> None:
    assert "Nobody has stopped any mail." in choir.run("alerts", "stopped").out
    with serve({"/": LEAK}) as site, postbox() as box:
        choir.configure({"parish": site}, box)
        assert choir.run("check", "--within", "1h", code=ExitCode.INCOMPLETE)
        with opened({}, choir.data) as workspace, workspace.store.begin() as work:
            (token,) = work.recipients.tokens(
                workspace.organisation.id, "clerk", ["clerk@example.org"], datetime.now(UTC)
            ).values()
            recipient = work.recipients.find(token)
            assert recipient is not None
            work.recipients.stop(recipient, datetime.now(UTC))
        choir.run("scan")
        assert "has stopped its mail" in choir.run("alerts", "test", code=ExitCode.INCOMPLETE).out
        assert box.messages == []
        (line,) = choir.run("alerts", "stopped", "--json").lines()
        assert (line["address"], line["channel"], line["nobody_left"]) == ("clerk@example.org", "clerk", True)
        assert "clerk@example.org stopped the mail of channel clerk on" in words(
            choir.run("alerts", "list").out
        )
        said = words(choir.run("doctor", "--no-look", code=ExitCode.INCOMPLETE).out)
        assert "channel clerk: Nobody gets its mail any more: all have stopped it." in said
        assert "could not be delivered and will not be tried again" in said
        assert "Nobody gets the mail of channel clerk any more" in words(
            choir.run("check", code=ExitCode.INCOMPLETE).out
        )
        assert "Nobody with number 9" in choir.run("alerts", "resume", "9", code=ExitCode.USAGE).err
        assert "clerk@example.org gets" in choir.run("alerts", "resume", str(line["id"])).out
        assert "sent." in choir.run("alerts", "test").out


def test_a_title_in_a_route_that_names_no_meeting_is_said(choir: Clerk) -> None:
    with serve({"/": LEAK}) as site, postbox() as box:
        choir.configure({"parish": site}, box)
        settings = choir.data / "schedules.yaml"
        plain = settings.read_text()
        for title, says in (("choir", ""), ("Chior", "Route 1 names a meeting “Chior”, and none has")):
            route = f"routes: [{{when: {{meetings: [{title}]}}, to: [clerk]}}]"
            settings.write_text(plain.replace("routes: [{to: [clerk]}]", route))
            code = ExitCode.USAGE if says else ExitCode.FINE
            assert says in words(choir.run("doctor", "--no-look", code=code).out)
        choir.run("scan")
        told = words(choir.run("alerts", "list").out)
        assert "no route takes" in told
        assert "trouble" in told


def test_a_bad_edit_is_told_by_the_channels_from_before_it(choir: Clerk) -> None:
    with serve({"/": "nothing"}) as site, postbox() as box:
        choir.configure({"parish": site}, box)
        with opened({}, choir.data) as workspace:
            assert workspace.settings.channels
            settings = choir.data / "schedules.yaml"
            settings.write_text(settings.read_text() + "\nshcedules: {}")
            assert send_due(workspace, clock=lambda: datetime.now(UTC)).sent == 1
        (mail,) = box.messages
        said = words(mail.body())
        assert "the settings cannot be used, so those from before the last change stay in force" in said
        assert "no setting 'shcedules'" in said
        assert "no setting 'shcedules'" in choir.run("check", code=ExitCode.USAGE).err
