"""What a thief of the database finds: search every byte of its files for what was put in."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from itertools import pairwise

from scanner.match.checklist import Safeguard
from scanner.model import ExposureState, Passcode, PasscodeKind
from scanner.secret import KeyRing
from storage.backup import back_up
from storage.drills import DrillStage, DrillStep
from storage.meetings import Door
from storage.record import Role
from storage.store import create_store
from tests.builders import (
    NOON,
    a_coverage,
    a_meeting,
    a_page,
    a_room,
    a_severity,
    a_sighting,
    an_alert,
)

CLUBS, MEETINGS = 2, 20


def spellings(secret):
    """Every form in which a secret could lie in a file by carelessness."""
    raw = secret.encode()
    digits = "".join(character for character in secret if character.isdigit())
    return {
        raw,
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        raw.hex().encode(),
        base64.b64encode(raw).rstrip(b"=")[:-1],
        json.dumps(secret)[1:-1].encode(),
        hashlib.sha256(raw).digest(),
        hashlib.md5(raw).digest(),
        *([int(digits).to_bytes(8, "big")] if len(digits) > 8 else []),
    }


def test_the_database_files_hold_nothing_that_was_put_in(tmp_path, keys):
    secrets = set()

    def secret(text):
        secrets.add(text)
        return text

    def fill(work, c):
        club = work.organisations.add(
            name=secret(f"Recovery circle {c} ünder"),
            timezone="Europe/London",
            email=secret(f"secretary{c}@parish.example"),
        )
        for m in range(MEETINGS):
            room = a_room(secret(str(84_000_000_000 + c * 1_000_003 + m * 7_919)))
            token = Passcode(secret(f"tOkEn{c}x{m}aZ09.1"), PasscodeKind.TOKEN)
            plain = Passcode(secret(f"wren-{c}-{m}-hazel"), PasscodeKind.PLAIN)
            meeting = work.meetings.add(
                club.id,
                a_meeting(room, title=secret(f"Sobriety evening {c}.{m}"), passcodes=(token, plain)),
                NOON,
            )
            declared = {Safeguard.WAITING_ROOM: True}
            by = secret(f"declared-by-{c}-{m}")
            work.record.declare(club.id, meeting.id, declared, actor=by, now=NOON)
            told = secret(f"warden{c}x{m}@parish.example")
            work.record.set_people(club.id, meeting.id, Role.TOLD, [told])
            why = secret(f"carol service {c}.{m} for all")
            work.allowances.add(club.id, meeting.id, until=None, reason=why, actor=by, now=NOON)
            note = secret(f"too many of {c}/{m} at once")
            work.audit.write(club.id, what="refused", actor=by, note=note, now=NOON)
            if m % 5 == 3:
                new = a_room(secret(str(85_000_000_000 + c * 1_000_003 + m * 7_919)))
                work.retirements.replace_rooms(
                    club.id,
                    meeting.id,
                    (Door(new, (Passcode(secret(f"lark-{c}-{m}-birch"), PasscodeKind.PLAIN),)),),
                    watched_until=lambda room: NOON + timedelta(days=30),
                    deleted=False,
                    now=NOON,
                )
            page = secret(f"https://forum.example/topic/{c}/{m}/?id=77")
            sighting = a_sighting(
                page,
                room,
                where=secret(f"attr:data-x{c}-{m}"),
                excerpt=secret(f"come along dear friends {c}/{m} […]"),
            )
            severity = a_severity(reason=secret(f"Anyone can walk in ({c}.{m}) at once."))
            seen = work.exposures.see(club.id, meeting.id, sighting, severity, NOON)
            actor, note = secret(f"ann{c}{m}@parish.example"), secret(f"asked moderator {c}-{m}")
            acknowledged = ExposureState.ACKNOWLEDGED
            work.exposures.set_state(club.id, seen.exposure_id, acknowledged, actor, note, NOON)
            validator = secret(f'"etag-{c}-{m}-abcdef"')
            work.addresses.remember("forum", [a_page(page, rooms=1, etag=validator)])
            alert = an_alert(
                club.id,
                key=f"{seen.exposure_id}/opened/clerk",
                exposure=seen.exposure_id,
                reason=secret(f"Route 1 because of {c}/{m} here"),
                detail=secret(f"details of {c}/{m} follow"),
            )
            work.outbox.put(alert, NOON, NOON)
            if m == 0:
                first_seen = seen
            if m % 5 == 4:
                work.meetings.remove(club.id, meeting.id, NOON)
        (delivery,) = work.outbox.claim(NOON, timedelta(minutes=1), 1)
        work.outbox.dead(delivery.id, secret(f"550 <clerk{c}@parish.example> unknown"), NOON)
        later = NOON + timedelta(days=1)
        reason, actor = secret(f"we are moving house in {c}"), secret(f"silenced-by-{c}")
        address = secret(f"treasurer{c}@parish.example")
        token = work.recipients.tokens(club.id, "clerk", [address], NOON)[address]
        secrets.add(token[:-1])
        work.recipients.stop(work.recipients.find(token), NOON)
        silence = work.silences.add(
            club.id, channel=None, meeting=None, even_critical=False,
            until=later, reason=reason, actor=actor, now=NOON,
        )  # fmt: skip
        (held,) = work.outbox.claim(NOON, timedelta(minutes=1), 1)
        why = secret(f"a silence holds it for {c}")
        work.outbox.hold(held.id, until=later, why=why, silence=silence.id, now=NOON)
        reason, actor = secret(f"an old poster of {c}"), secret(f"ignored-by-{c}")
        work.ignores.add(club.id, first_seen.sighting_id, until=later, reason=reason, actor=actor, now=NOON)
        work.canaries.put(f"forum-{c}", secret(f"https://teams.example/l/meetup-join/canary-{c}-of-ours"))
        reason, actor = secret(f"the moderator of {c} is away"), secret(f"paused-by-{c}")
        work.paused_sources.add(f"board-{c}", reason=reason, actor=actor, now=NOON)
        drill = work.drills.add(club.id, actor=secret(f"drilled-by-{c}"), now=NOON)
        told = secret(f"mail{c} (warden{c}@hall.example): delivered")
        step = DrillStep(stage=DrillStage.DELIVERED, at=NOON, good=True, says=told)
        work.drills.tell(drill.id, [step])
        scan = work.scans.start("nightly", ["forum"], NOON)
        notes = (secret(f"could not see through a link on page {c}"),)
        work.scans.cover(scan, a_coverage(notes=notes))

    with create_store(f"sqlite:///{tmp_path}/lychgate.db", keys) as store:
        for c in range(CLUBS):
            with store.begin() as work:
                fill(work, c)
        back_up(f"sqlite:///{tmp_path}/lychgate.db", tmp_path / "backup.db", keys)
        files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    assert set(files) == {"lychgate.db", "lychgate.db-wal", "lychgate.db-shm", "backup.db"}
    assert b"Europe/London" in files["backup.db"]
    assert len(files["lychgate.db-wal"]) > 100_000
    assert b"Europe/London" in files["lychgate.db-wal"]  # the search finds what is in plain
    assert len(secrets) > 500
    needles = {spelling for text in secrets for spelling in spellings(text)}
    found = [(name, needle) for name, content in files.items() for needle in needles if needle in content]
    assert found == []


def test_the_files_hold_no_key(tmp_path):
    path = tmp_path / "lychgate.db"
    key_file = tmp_path / "lychgate.key"
    with create_store(f"sqlite:///{path}", KeyRing.create(key_file)) as store, store.begin() as work:
        work.organisations.add(name="x", timezone="UTC", email="e")
    written = key_file.read_bytes().strip().split(b":")[1]
    content = path.read_bytes()
    assert KeyRing.from_file(key_file).check_value() in content
    assert base64.b64decode(written) not in content
    assert written not in content


def test_a_removed_meeting_leaves_no_ciphertext_behind(tmp_path, keys):
    """What was sealed is overwritten, so that a later leak of the key does not bring it back."""
    path = tmp_path / "lychgate.db"
    with create_store(f"sqlite:///{path}", keys) as store:
        with store.begin() as work:
            club = work.organisations.add(name="x", timezone="UTC", email="e")
            meeting = work.meetings.add(club.id, a_meeting(title="Tuesday group"), NOON)
        with store._engine.connect() as connection:
            sealed = connection.exec_driver_sql("SELECT title FROM meetings").scalar_one()
            key = connection.exec_driver_sql("SELECT key FROM rooms").scalar_one()
    assert sealed in path.read_bytes()
    with create_store(f"sqlite:///{path}", keys) as store, store.begin() as work:
        work.meetings.remove(club.id, meeting.id, NOON)
    content = path.read_bytes()
    assert sealed not in content
    assert key not in content


def test_two_rows_with_one_text_look_different(tmp_path, keys):
    with create_store(f"sqlite:///{tmp_path}/lychgate.db", keys) as store:
        with store.begin() as work:
            for _ in range(3):
                club = work.organisations.add(name="same", timezone="UTC", email="same")
                work.meetings.add(club.id, a_meeting(title="same"), NOON)
        with store._engine.connect() as connection:
            sealed = connection.exec_driver_sql("SELECT name, email, data_key FROM organisations").all()
    texts = sorted(value for row in sealed for value in row)
    assert all(one != two for one, two in pairwise(texts))
