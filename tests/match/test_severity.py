"""The decision table of ``grade``, row by row, and the laws that hold for every combination."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanner.match.severity import calls_to_disrupt, grade, needs_passcode
from scanner.model import (
    Form,
    Passcode,
    PasscodeKind,
    PasscodeMatch,
    Protection,
    Risk,
    Room,
    SeverityLevel,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NONE: frozenset[Protection] = frozenset()
WAITING = frozenset({Protection.WAITING_ROOM})


def sighting(**changes):
    """Return a scheduled link with its current passcode, three hours before the start."""
    facts = {
        "risk": Risk.SCHEDULED,
        "form": Form.URL,
        "passcode": PasscodeMatch.CURRENT,
        "passcode_needed": True,
        "protections": NONE,
        "next_start": NOW + timedelta(hours=3),
        "running": False,
        "now": NOW,
    }
    return facts | changes


SOON, WEEK, LATER = timedelta(hours=3), timedelta(days=3), timedelta(days=30)
LEVELS = {"low": SeverityLevel.LOW, "medium": SeverityLevel.MEDIUM}
LEVELS |= {"high": SeverityLevel.HIGH, "critical": SeverityLevel.CRITICAL}

ROWS = [
    ("host link", {"risk": Risk.HOST, "passcode": PasscodeMatch.NONE}, "critical critical high"),
    (
        "host link passes the waiting room",
        {"risk": Risk.HOST, "protections": WAITING},
        "critical critical high",
    ),
    ("link and passcode", {}, "critical high medium"),
    ("link and passcode of a standing room", {"risk": Risk.REUSABLE}, "critical high high"),
    ("passcode nobody can compare", {"passcode": PasscodeMatch.UNKNOWN}, "critical high medium"),
    (
        "link that needs no passcode",
        {"passcode": PasscodeMatch.NONE, "passcode_needed": False},
        "critical high medium",
    ),
    ("registrant's own link", {"risk": Risk.UNIQUE, "passcode": PasscodeMatch.NONE}, "critical high medium"),
    (
        "registrant's own link has passed registration",
        {"risk": Risk.UNIQUE, "protections": frozenset({Protection.REGISTRATION})},
        "critical high medium",
    ),
    ("old passcode", {"passcode": PasscodeMatch.DIFFERENT}, "high medium medium"),
    ("waiting room", {"protections": WAITING}, "high medium medium"),
    ("bare number", {"form": Form.BARE, "passcode_needed": False}, "high medium medium"),
    (
        "old passcode and waiting room",
        {"passcode": PasscodeMatch.DIFFERENT, "protections": WAITING},
        "medium medium low",
    ),
    (
        "people join before the host",
        {"protections": frozenset({Protection.JOIN_BEFORE_HOST})},
        "critical high high",
    ),
    ("personal room", {"protections": frozenset({Protection.PERSONAL_ID})}, "critical high high"),
    (
        "personal room behind its waiting room",
        {"protections": WAITING | {Protection.PERSONAL_ID}},
        "high medium medium",
    ),
    ("passcode missing", {"passcode": PasscodeMatch.NONE}, "medium medium low"),
    (
        "passcode missing and waiting room",
        {"passcode": PasscodeMatch.NONE, "protections": WAITING},
        "medium medium low",
    ),
    ("registration page", {"risk": Risk.PUBLIC}, "low low low"),
    ("members only", {"risk": Risk.MEMBERS}, "low low low"),
    ("ended service", {"risk": Risk.DEFUNCT}, "low low low"),
]


@pytest.mark.parametrize(("facts", "levels"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_table_holds(facts, levels):
    graded = [grade(**sighting(next_start=NOW + away, **facts)).level for away in (SOON, WEEK, LATER)]
    assert graded == [LEVELS[name] for name in levels.split()]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {},
            "Anyone can walk in: the link and its current passcode stand there, "
            "and the meeting starts in 3 hours.",
        ),
        (
            {"running": True, "next_start": NOW - timedelta(minutes=5), "form": Form.WRITTEN},
            "Anyone can walk in: the meeting ID and its current passcode stand there, "
            "and the meeting is running now.",
        ),
        (
            {"passcode": PasscodeMatch.NONE, "next_start": NOW + timedelta(days=4, hours=5)},
            "Strangers can try the door: the link stands there without its passcode, "
            "and the meeting starts in 4 days.",
        ),
        (
            {"protections": WAITING, "next_start": NOW + timedelta(minutes=42)},
            "Strangers can come as far as your waiting room: the link and its current passcode stand there, "
            "and the meeting starts in 42 minutes.",
        ),
        (
            {"protections": frozenset({Protection.PERSONAL_ID}), "next_start": NOW + timedelta(days=30)},
            "Anyone can walk in: the link and its current passcode stand there, "
            "and the room is a personal one that all its owner's meetings use; "
            "the meeting starts in 30 days.",
        ),
        (
            {"next_start": None},
            "The meeting is over, so nobody can walk in now; change the link before you use it again.",
        ),
    ],
)
def test_the_sentence_says_what_and_when(facts, sentence):
    assert grade(**sighting(**facts)).reason == sentence


@pytest.mark.parametrize("risk", list(Risk))
def test_a_series_that_is_over_is_low(risk):
    assert grade(**sighting(risk=risk, next_start=None)).level is SeverityLevel.LOW


def test_a_start_that_has_just_passed_counts_as_now():
    assert grade(**sighting(next_start=NOW - timedelta(minutes=1))).level is SeverityLevel.CRITICAL


@pytest.mark.parametrize(
    ("room", "needed"),
    [
        (Room("zoom", "81700000001"), True),
        (Room("teams", "237000000001"), True),
        (Room("teams", "19:meeting_Zm9v@thread.v2"), False),
        (Room("webex", "club.webex.com/pat"), True),
        (Room("webex", "mtid:m0123456789abcdef0123456789abcdef"), False),
        (Room("google-meet", "abc-defg-hij"), False),
        (Room("jitsi", "meet.jit.si/knitting"), False),
    ],
)
def test_doors_that_ask_for_the_registered_passcode(room, needed):
    registered = (Passcode("kettle7", PasscodeKind.PLAIN),)
    assert needs_passcode(room, registered) is needed
    assert needs_passcode(room, ()) is False
    assert needs_passcode(room, (), frozenset({Protection.PASSCODE})) is needed


ANY = st.fixed_dictionaries(
    {
        "risk": st.sampled_from(Risk),
        "form": st.sampled_from(Form),
        "passcode": st.sampled_from(PasscodeMatch),
        "passcode_needed": st.booleans(),
        "protections": st.frozensets(st.sampled_from(Protection)),
        "running": st.booleans(),
        "now": st.just(NOW),
        "next_start": st.none()
        | st.integers(-120, 60 * 24 * 40).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    }
)


def rank(facts):
    return grade(**facts).level.rank


@given(facts=ANY, sooner=st.integers(0, 60 * 24 * 40))
def test_sooner_never_lowers(facts, sooner):
    assume(facts["next_start"] is not None)
    earlier = facts | {"next_start": facts["next_start"] - timedelta(minutes=sooner)}
    assert rank(earlier) >= rank(facts)
    assert rank(facts | {"running": True}) >= rank(facts)


@given(facts=ANY)
def test_a_passcode_beside_the_link_never_lowers(facts):
    alone = rank(facts | {"passcode": PasscodeMatch.NONE})
    other = rank(facts | {"passcode": PasscodeMatch.DIFFERENT})
    current = rank(facts | {"passcode": PasscodeMatch.CURRENT})
    unknown = rank(facts | {"passcode": PasscodeMatch.UNKNOWN})
    assert alone <= other <= current
    assert other <= unknown


WEAKNESSES = (Protection.JOIN_BEFORE_HOST, Protection.PERSONAL_ID)
STRENGTHS = tuple(set(Protection) - set(WEAKNESSES))


@given(facts=ANY, more=st.frozensets(st.sampled_from(STRENGTHS)))
def test_protections_never_raise(facts, more):
    assert rank(facts | {"protections": facts["protections"] | more}) <= rank(facts)


@given(facts=ANY, more=st.frozensets(st.sampled_from(WEAKNESSES)))
def test_weaknesses_never_lower(facts, more):
    assert rank(facts | {"protections": facts["protections"] | more}) >= rank(facts)


@given(facts=ANY)
def test_a_door_without_passcode_is_never_safer(facts):
    assert rank(facts | {"passcode_needed": False}) >= rank(facts | {"passcode_needed": True})


@given(facts=ANY)
def test_every_reason_is_one_plain_sentence(facts):
    reason = grade(**facts).reason
    assert reason[0].isupper()
    assert reason.endswith(".")
    assert reason.count(".") == 1
    assert "  " not in reason


@given(facts=ANY)
def test_a_call_to_disrupt_never_lowers_and_raises_by_a_level_at_most(facts):
    calm, called = rank(facts), rank(facts | {"hostile": True})
    assert calm <= called <= calm + 1


@pytest.mark.parametrize(
    ("excerpt", "address"),
    [
        ("anyone up to zoombomb this lot? [link]", "https://forum.example/t/1"),
        ("[link] lets raid, 7pm, no mercy", "https://social.example/@a/1"),
        ("[link] come troll them tonight", "https://social.example/@a/2"),
        ("[link] bitte sprengt das heute abend", "https://forum.example/t/2"),
        ("[link] hay que reventarlo", "https://foro.example/t/2"),
        ("church meeting [link]", "https://boards.4chan.org/b/thread/1"),
        ("church meeting [link]", "https://8kun.top/x/1"),
    ],
)
def test_calls_to_disrupt_and_raid_boards_raise_the_grade_and_say_so(excerpt, address):
    assert calls_to_disrupt(excerpt, address)
    base = {"passcode": PasscodeMatch.DIFFERENT, "next_start": NOW + timedelta(days=3)}
    assert grade(**sighting(**base)).level is SeverityLevel.MEDIUM
    called = grade(**sighting(**base, hostile=True))
    assert called.level is SeverityLevel.HIGH
    assert "where people are called to disrupt meetings" in called.reason


@pytest.mark.parametrize(
    ("excerpt", "address"),
    [
        ("Raid night in the dungeon, bring potions: [link]", "https://guild.example/t/1"),
        ("Air raid precautions, a talk: [link]", "https://history.example/talk"),
        ("Join us on [link] tonight", "https://forum.example/4chan.org/b/1"),
        ("The debate on disruption of services: [link]", "https://council.example/m"),
        ("", ""),
    ],
)
def test_words_that_only_sound_like_it_do_not(excerpt, address):
    assert not calls_to_disrupt(excerpt, address)
