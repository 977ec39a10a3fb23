from __future__ import annotations

from scanner.secret import KeyRing
from scanner.secret.keyfile import next_to
from storage.rotation import TABLES
from storage.store import create_store, open_store
from storage.tables_lanes import canaries
from tests.builders import NOON

LINK = "https://teams.example/l/meetup-join/one"


def test_a_source_keeps_its_first_canary(work):
    assert work.canaries.link("forum") is None
    assert work.canaries.put("forum", LINK) == LINK
    assert work.canaries.put("forum", "https://teams.example/l/meetup-join/two") == LINK
    assert work.canaries.link("forum") == LINK
    assert work.canaries.link("our-site") is None


def test_a_canary_outlives_the_key(tmp_path):
    url = f"sqlite:///{tmp_path / 'lychgate.db'}"
    old = KeyRing.create(tmp_path / "lychgate.key")
    with create_store(url, old) as store, store.begin() as work:
        work.canaries.put("forum", LINK)
    new = KeyRing.create(next_to(tmp_path / "lychgate.key"))
    both = KeyRing.from_file(tmp_path / "lychgate.key")
    with open_store(url, both) as store:
        with store.begin() as work:
            work.rotation.begin(new.check_value(), NOON)
        with store.begin() as work:
            for table in TABLES:
                work.rotation.renew(table, None, 100)
            work.rotation.finish()
    with open_store(url, new) as store, store.reading() as work:
        assert work.canaries.link("forum") == LINK
    assert canaries in TABLES
