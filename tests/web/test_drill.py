"""A drill goes the whole way: planted page, crawl, register, outbox, mail. Afterwards nothing is left."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest

from scanner.actions import drills
from scanner.actions.drills import ask_for_drill, hold_asked_drills, last_drills
from scanner.actions.people import AccountRole
from scanner.actions.workspace import Workspace
from scanner.cli import run as lychgate
from scanner.scans.drill import TITLE, new_bait, planted
from scanner.scans.queue import LocalQueue
from storage.drills import Drill, DrillStage, DrillState
from tests.builders import a_meeting, a_room
from tests.postbox import Postbox, postbox
from tests.web.desk import Served
from tests.web.test_pages import a_leak

SOON = timedelta(seconds=3)
CLERK = "channels:\n  clerk: {{kind: email, to: [clerk@example.org], host: {box.host}, port: {box.port}}}\n"


def settings(desk: Served, box: Postbox | None, more: str = "routes: [{to: [clerk]}]\n") -> None:
    text = "version: 1\n" + (CLERK.format(box=box) + more if box else "")
    desk.workspace.environment.schedules.write_text(text)


def hold(desk: Served, *, patience: timedelta = SOON) -> Drill:
    """Do what ``serve`` does with the drills that were asked for."""
    (held,) = hold_asked_drills(
        desk.workspace, clock=desk.clock, queue=LocalQueue(), wait=lambda length: None, patience=patience
    )
    return held


def nothing_is_left(workspace: Workspace) -> bool:
    organisation = workspace.organisation.id
    with workspace.store.reading() as work:
        return not (
            work.meetings.all(organisation)
            or work.exposures.all(organisation)
            or work.outbox.all(organisation)
            or work.scans.recent(9)
            or work.addresses.known("(drill)")
        )


def test_a_drill_goes_from_the_page_to_the_mailbox_and_is_put_away(desk: Served) -> None:
    ann = desk.somebody()
    with postbox() as box:
        settings(desk, box)
        assert "There was no drill yet" in ann.get("/drill").words
        assert ann.post("/drill", on="/drill").where == "/drill"
        assert ann.post("/drill", on="/drill").where == "/drill", "a second press begins no second one"
        assert "data-busy" in ann.get("/drill/progress").text
        held = hold(desk)
        (mail,) = box.messages
    assert held.state is DrillState.PASSED, held.steps
    assert [step.stage for step in held.steps] == list(DrillStage)
    assert all(step.good for step in held.steps)
    subject = str(mail.mail["subject"])
    assert subject.startswith("[St Mary's] DRILL, nothing is wrong: Meeting link found")
    assert mail.body().startswith("THIS IS A DRILL: nothing is wrong, and there is nothing to do.")
    assert "THIS IS A DRILL" in mail.body("html").partition("<h1")[0]
    assert "Severity  CRITICAL." in mail.body()
    assert "meet.jit.si" not in mail.body() + mail.body("html")
    assert "lychgate exposures" not in mail.body(), "there is nothing to acknowledge"
    page = ann.get("/drill")
    assert "Drill passed, " in page.words
    assert "clerk (clerk@example.org): delivered." in page.words
    assert "data-busy" not in page.text
    assert "Drill passed, " in ann.get("/start").words
    assert nothing_is_left(desk.workspace)
    said = ann.get("/people/audit").words
    assert "drill asked for" in said


def test_no_drill_is_counted_as_a_leak_while_it_goes_on(desk: Served) -> None:
    """The same rows without the drill behind them would be a leak on every page."""
    ann = desk.somebody()
    number = a_leak(desk, title=TITLE)
    assert TITLE in ann.get("/").words
    store, organisation = desk.workspace.store, desk.workspace.organisation.id
    with store.begin() as work:
        exposure = work.exposures.get(organisation, number)
        assert exposure is not None
        drill = work.drills.add(organisation, actor="ann", now=desk.clock())
        work.drills.begin(drill.id, desk.clock())
        work.drills.plant(drill.id, exposure.meeting)
    for path in ("/", "/meetings", "/exposures", "/report", "/report.csv"):
        assert TITLE not in ann.get(path).text, path
    with store.begin() as work:
        work.drills.plant(drill.id, work.meetings.add(organisation, a_meeting(a_room("1")), desk.clock()).id)
    assert TITLE in ann.get("/").words


@pytest.mark.parametrize(
    ("channel", "stage", "says"),
    [
        ("", DrillStage.ROUTED, "no channel is set up"),
        ("closed", DrillStage.DELIVERED, "clerk (clerk@example.org): not delivered."),
        ("silenced", DrillStage.DELIVERED, "silence 1 holds it until it ends: we move"),
    ],
)
def test_a_failed_stage_is_named_with_what_to_do(
    desk: Served, channel: str, stage: DrillStage, says: str
) -> None:
    ann = desk.somebody()
    with postbox() as box:
        settings(desk, box if channel else None)
    if channel == "silenced":
        now = desk.clock()
        with desk.workspace.store.begin() as work:
            work.silences.add(
                1, channel=None, meeting=None, even_critical=True,
                until=now + timedelta(hours=9), reason="we move", actor="ann", now=now,
            )  # fmt: skip
    ask_for_drill(desk.workspace.store, organisation=1, actor="ann", now=desk.clock())
    held = hold(desk)
    assert held.state is DrillState.FAILED
    *_, failed, cleared = held.steps
    assert (failed.stage, failed.good, cleared.stage) == (stage, False, DrillStage.CLEARED)
    assert says in failed.says
    page = ann.get("/drill").words
    assert "Drill failed, " in page
    assert says in page
    assert "See which step failed" in ann.get("/start").words
    assert nothing_is_left(desk.workspace)


def test_a_crawl_that_cannot_run_fails_the_drill_and_leaves_nothing(desk: Served) -> None:
    with postbox() as box:
        settings(desk, box)
        ask_for_drill(desk.workspace.store, organisation=1, actor="ann", now=desk.clock())
        (held,) = hold_asked_drills(
            desk.workspace,
            clock=desk.clock,
            queue=LocalQueue(command=("false",)),
            wait=lambda length: None,
        )
        assert box.messages == []
    assert [step.stage for step in held.steps] == [DrillStage.PLANTED, DrillStage.READ, DrillStage.CLEARED]
    assert "the crawl process died" in held.steps[1].says
    assert nothing_is_left(desk.workspace)


def test_what_a_killed_drill_had_planted_is_put_away_by_the_next_look(desk: Served) -> None:
    store = desk.workspace.store
    asked = ask_for_drill(store, organisation=1, actor="ann", now=desk.clock())
    with store.begin() as work:
        work.drills.begin(asked.id, desk.clock())
        meeting = work.meetings.add(1, a_meeting(a_room("1")), desk.clock())
        work.drills.plant(asked.id, meeting.id)
    desk.clock.advance(timedelta(minutes=14))
    drills.put_forgotten_away(desk.workspace, clock=desk.clock)
    assert not nothing_is_left(desk.workspace), "it may still go on"
    desk.clock.advance(timedelta(minutes=2))
    drills.put_forgotten_away(desk.workspace, clock=desk.clock)
    (drill,) = last_drills(store, organisation=1)
    assert drill.state is DrillState.FAILED
    assert "Lychgate ended while the drill went on" in drill.steps[-1].says
    assert nothing_is_left(desk.workspace)


def test_a_drill_that_nobody_begins_is_said_to_wait_for_serve(desk: Served) -> None:
    ask_for_drill(desk.workspace.store, organisation=1, actor="ann", now=desk.clock())
    desk.clock.advance(timedelta(minutes=16))
    drills.put_forgotten_away(desk.workspace, clock=desk.clock)
    (drill,) = last_drills(desk.workspace.store, organisation=1)
    assert "is `lychgate serve` running?" in drill.steps[-1].says


def test_only_those_who_run_the_installation_hold_drills(desk: Served) -> None:
    reader = desk.somebody("rea@example.org", AccountRole.READER)
    assert "Drills are held by those who run" in reader.get("/drill").words
    assert reader.send("/drill", {"token": reader.get("/help").token}).status == 403


def test_the_planted_page_answers_for_itself_only_and_ends(desk: Served) -> None:
    bait = new_bait(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    assert bait.link != new_bait(bait.starts).link
    with planted(bait.page) as pair:
        answers = {}
        for path in ("/", "/robots.txt"):
            connection = HTTPConnection(pair, timeout=30)
            connection.request("GET", path)
            answer = connection.getresponse()
            answers[path] = (answer.status, bait.link in answer.read().decode())
            connection.close()
    assert answers == {"/": (200, True), "/robots.txt": (404, False)}
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection(pair, timeout=30).request("GET", "/")


def test_the_command_line_holds_drills_and_says_by_its_code_how_they_went(
    desk: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(desk.workspace.environment.folder)

    def run(*arguments: str) -> tuple[int, str]:
        code = lychgate(["--data", folder, "drill", *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    with postbox() as box:
        settings(desk, box)
        code, said = run()
        assert (code, len(box.messages)) == (0, 1), said
        assert "The drill passed: look into the mailbox." in said
    code, said = run("--json", "--wait", "1")
    failed = json.loads(said)
    assert (code, failed["state"]) == (3, "failed")
    assert [step["stage"] for step in failed["steps"] if not step["good"]] == ["delivered"]
    code, said = run("--last")
    assert (code, "The drill failed: nobody would have been told." in said) == (3, True)
    assert nothing_is_left(desk.workspace)
    ask_for_drill(desk.workspace.store, organisation=1, actor="ann", now=datetime.now(UTC))
    code, said = run()
    assert (code, "A drill is going on already" in said) == (2, True)
