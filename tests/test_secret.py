from __future__ import annotations

import base64
import hmac
import json
import os
import pickle
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import KeyMissing
from scanner.model import Room
from scanner.secret import KeyRing, SealBroken, Secret

RAW = bytes(range(32))
TEXT = "lychgate-key-1:" + base64.b64encode(RAW).decode()
PLACE = {"table": "meetings", "row": b"row-1", "field": "title"}


def ring() -> KeyRing:
    return KeyRing(RAW)


# --- Secret ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "show",
    [str, repr, "{}".format, "{!r:>20}".format, lambda s: f"{s}", lambda s: f"{s!r}"],
)
def test_a_secret_prints_as_stars_however_it_is_shown(show):
    shown = show(Secret("hunter2-horse"))
    assert "***" in shown
    assert "hunter2" not in shown


def test_a_secret_inside_other_values_and_errors_stays_hidden():
    secret = Secret("hunter2-horse")
    assert "hunter2" not in repr({"password": [secret]})
    assert "hunter2" not in repr(ValueError(secret))
    assert secret.reveal() == "hunter2-horse"


def test_a_secret_cannot_slip_out_through_a_serialiser():
    with pytest.raises(TypeError):
        json.dumps({"password": Secret("hunter2")})
    with pytest.raises(TypeError):
        pickle.dumps(Secret("hunter2"))


def test_secrets_compare_by_their_text():
    assert Secret("é\ud800") == Secret("é\ud800")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert not Secret("")


# --- reading and making keys -------------------------------------------------------------------------


def test_a_created_key_can_be_read_again_and_only_by_its_owner(tmp_path):
    path = tmp_path / "lychgate.key"
    made = KeyRing.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert KeyRing.from_file(path).check_value() == made.check_value()
    assert [entry.name for entry in tmp_path.iterdir()] == ["lychgate.key"]


def test_a_created_key_is_private_even_under_a_careless_umask(tmp_path):
    before = os.umask(0)
    try:
        KeyRing.create(tmp_path / "key")
    finally:
        os.umask(before)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_creating_never_overwrites_a_key(tmp_path):
    path = tmp_path / "key"
    KeyRing.create(path)
    before = path.read_bytes()
    with pytest.raises(KeyMissing, match="already"):
        KeyRing.create(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_creating_in_a_folder_that_is_not_there_says_so(tmp_path):
    with pytest.raises(KeyMissing, match="cannot be written: No such file"):
        KeyRing.create(tmp_path / "nowhere" / "key")


def test_ten_processes_creating_at_once_leave_one_key(tmp_path):
    script = (
        "import sys; from pathlib import Path; from scanner.secret import KeyRing\n"
        "from scanner.errors import KeyMissing\n"
        "sys.stdin.readline()\n"
        "try: print(KeyRing.create(Path(sys.argv[1])).check_value().hex())\n"
        "except KeyMissing: print('refused')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "key")]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(10)
    ]
    answers = Counter(child.communicate("go\n")[0].strip() for child in children)
    assert answers.pop("refused") == 9
    assert list(answers) == [KeyRing.from_file(tmp_path / "key").check_value().hex()]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param(" \n", "empty", id="white space"),
        pytest.param("AAAA", "not a Lychgate key", id="no prefix"),
        pytest.param(TEXT.replace("key-1", "key-9"), "not a Lychgate key", id="unknown version"),
        pytest.param("lychgate-key-1:", "0 bytes", id="nothing after the prefix"),
        pytest.param("lychgate-key-1:AAAA", "3 bytes instead of 32", id="short"),
        pytest.param(TEXT + "AAAA", "damaged|bytes instead", id="long"),
        pytest.param(TEXT.replace("A", "!"), "damaged", id="not base64"),
        pytest.param(TEXT[:-2], "damaged", id="cut off"),
        pytest.param("lychgate-key-1:" + "é" * 44, "damaged", id="not ASCII"),
    ],
)
def test_a_bad_key_is_refused_without_being_shown(text, says):
    with pytest.raises(KeyMissing, match=says) as raised:
        KeyRing.from_text(text, where="LYCHGATE_KEY")
    sentence = str(raised.value)
    assert sentence.startswith("LYCHGATE_KEY ")
    assert len(text) < 20 or text.strip()[-20:] not in sentence


def test_white_space_round_a_key_does_not_matter():
    assert KeyRing.from_text(f"\n {TEXT}\r\n").check_value() == ring().check_value()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o610, 0o666])
def test_a_key_file_that_others_can_get_at_is_refused(tmp_path, mode):
    path = tmp_path / "key"
    KeyRing.create(path)
    path.chmod(mode)
    with pytest.raises(KeyMissing, match="chmod 600"):
        KeyRing.from_file(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_file_only_its_owner_can_read_is_taken(tmp_path, mode):
    path = tmp_path / "key"
    KeyRing.create(path)
    path.chmod(mode)
    KeyRing.from_file(path)


def test_a_missing_key_file_says_what_to_do(tmp_path):
    with pytest.raises(KeyMissing, match=r"no key file at .*lychgate init.*restore"):
        KeyRing.from_file(tmp_path / "key")


def test_what_is_no_key_file_is_refused(tmp_path):
    with pytest.raises(KeyMissing, match="Is a directory"):
        KeyRing.from_file(tmp_path)
    with pytest.raises(KeyMissing, match="not a file"):
        KeyRing.from_file(Path("/dev/null"))
    long = tmp_path / "long"
    long.write_bytes(b"lychgate-key-1:" + b"A" * 10_000_000)
    long.chmod(0o600)
    with pytest.raises(KeyMissing, match="too long"):
        KeyRing.from_file(long)
    binary = tmp_path / "binary"
    binary.write_bytes(bytes(range(128, 256)))
    binary.chmod(0o600)
    with pytest.raises(KeyMissing, match="not a Lychgate key"):
        KeyRing.from_file(binary)


def test_a_key_ring_does_not_print_its_keys():
    shown = repr(ring()) + repr(ring().commons())
    assert shown == "KeyRing(***)Vault(***)"


# --- fingerprints ------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_a_fingerprint_is_hmac_sha256_of_platform_and_key(platform, key):
    message = platform.encode("utf-8", "surrogatepass") + b"\0" + key.encode("utf-8", "surrogatepass")
    # RFC 5869 for one block of output, without salt
    extracted = hmac.digest(bytes(32), RAW, "sha256")
    index_key = hmac.digest(extracted, b"lychgate 1 room index\x01", "sha256")
    expected = hmac.digest(index_key, message, "sha256")
    assert ring().fingerprint(Room(platform, key)) == expected


def test_a_fingerprint_is_the_same_tomorrow():
    assert ring().fingerprint(Room("zoom", "81234567890")).hex() == (
        "0487514a4b4c489203cacbc8430dc017057bf24dc90e31561c69bc68b39d190c"
    )


def test_fingerprints_of_different_things_differ():
    keys, room = ring(), Room("zoom", "81234567890")
    prints = [
        keys.fingerprint(room),
        keys.fingerprint(Room("zoomgov", "81234567890")),
        keys.fingerprint(Room("zoom", "81234567891")),
        keys.fingerprint_passcode(room, "81234567890"),
        keys.fingerprint_passcode(room, "x"),
        keys.fingerprint_passcode(Room("zoom", "81234567891"), "x"),
        keys.fingerprint_passcode(Room("zoom", "81234567890x"), ""),
        keys.fingerprint_passcode(Room("zoom8", "1234567890"), "x"),
        keys.fingerprint_address("zoom\x0081234567890"),
        KeyRing(bytes(32)).fingerprint(room),
        keys.check_value(),
    ]
    assert len(set(prints)) == len(prints)
    assert {len(fingerprint) for fingerprint in prints} == {32}


# --- sealing -----------------------------------------------------------------------------------------


@given(st.text())
def test_what_was_sealed_opens_again(text):
    keys = ring()
    vault = keys.vault(keys.new_data_key(organisation=b"org"), organisation=b"org")
    assert vault.open(vault.seal(text, **PLACE), **PLACE) == text


def test_lone_surrogates_from_pages_survive():
    vault = ring().commons()
    assert vault.open(vault.seal("a\ud800b", **PLACE), **PLACE) == "a\ud800b"


def test_sealing_twice_gives_different_bytes():
    vault = ring().commons()
    assert vault.seal("same", **PLACE) != vault.seal("same", **PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {**PLACE, "row": b"row-2"},
        {**PLACE, "field": "notes"},
        {**PLACE, "table": "rooms"},
        {"table": "meetingsr", "row": b"ow-1", "field": "title"},
        {"table": "meetings", "row": b"row-1t", "field": "itle"},
    ],
)
def test_a_ciphertext_moved_elsewhere_does_not_open(elsewhere):
    vault = ring().commons()
    sealed = vault.seal("Tuesday group", **PLACE)
    with pytest.raises(SealBroken, match="altered or moved"):
        vault.open(sealed, **elsewhere)


def test_no_altered_byte_and_no_cut_goes_unnoticed():
    vault = ring().commons()
    sealed = vault.seal("Tuesday group", **PLACE)
    broken = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    broken += [sealed[:length] for length in range(len(sealed))] + [sealed + b"\0"]
    for altered in broken:
        with pytest.raises(SealBroken):
            vault.open(altered, **PLACE)


def test_organisations_cannot_open_each_others_texts():
    keys = ring()
    wrapped = keys.new_data_key(organisation=b"one")
    one = keys.vault(wrapped, organisation=b"one")
    two = keys.vault(keys.new_data_key(organisation=b"two"), organisation=b"two")
    with pytest.raises(SealBroken):
        two.open(one.seal("x", **PLACE), **PLACE)
    with pytest.raises(SealBroken):
        keys.commons().open(one.seal("x", **PLACE), **PLACE)
    with pytest.raises(SealBroken, match="data_key"):
        keys.vault(wrapped, organisation=b"two")


def test_another_instance_key_opens_nothing():
    wrapped = ring().new_data_key(organisation=b"one")
    with pytest.raises(SealBroken):
        KeyRing(bytes(32)).vault(wrapped, organisation=b"one")
    with pytest.raises(SealBroken):
        KeyRing(bytes(32)).commons().open(ring().commons().seal("x", **PLACE), **PLACE)
