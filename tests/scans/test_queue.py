"""LocalQueue with real children that behave, die, hang, flood and talk nonsense."""

import sys
import threading
from datetime import timedelta

import pytest

from scanner.model import Limits, Unchanged, Unit
from scanner.scans.page import CrawlLine, to_json
from scanner.scans.queue import CrawlStopped, LocalQueue

LINE = to_json(Unchanged(source="forum", address="https://f.example/"))
UNIT = Unit(source="forum", kind="site", options={"start": ["https://f.example/"]}, limits=Limits())


def child(program: str) -> LocalQueue:
    return LocalQueue(command=(sys.executable, "-c", program))


def run(queue: LocalQueue, within: timedelta | None = None) -> list[CrawlLine]:
    taken: list[CrawlLine] = []
    queue.run([UNIT], taken.append, within=within)
    return taken


def test_lines_are_handed_over_until_the_end() -> None:
    assert len(run(child(f"import sys; sys.stdin.read(); print({LINE!r}); print('end')"))) == 1


def test_a_child_that_dies_is_reported_with_its_last_words_and_what_it_said_is_kept() -> None:
    taken: list[CrawlLine] = []
    program = f"import sys; print({LINE!r}, flush=True); sys.exit('out of luck')"
    with pytest.raises(CrawlStopped, match="died: out of luck"):
        child(program).run([UNIT], taken.append)
    assert len(taken) == 1


def test_last_words_carry_no_meeting() -> None:
    program = "import sys; sys.exit('cannot parse https://zoom.us/j/84155501234?pwd=larks')"
    with pytest.raises(CrawlStopped) as caught:
        run(child(program))
    assert "84155501234" not in str(caught.value)
    assert "larks" not in str(caught.value)


@pytest.mark.timeout(50)
def test_a_child_that_hangs_is_ended() -> None:
    with pytest.raises(CrawlStopped, match="took more than"):
        run(child("import time; time.sleep(60)"), within=timedelta(seconds=1))


@pytest.mark.parametrize("said", ["{}", "[]", "null", '{"event": "read"}', "\\xff", '{"event": "shout"}'])
def test_nonsense_ends_the_crawl(said: str) -> None:
    with pytest.raises(CrawlStopped, match="nonsense"):
        run(child(f"print({said!r}, flush=True); print('end')"))


def test_a_line_without_end_is_cut_off() -> None:
    with pytest.raises(CrawlStopped, match="without an end"):
        run(child("import sys\nwhile True: sys.stdout.write('x' * 65536)"))


def test_many_known_addresses_do_not_choke_the_pipe() -> None:
    program = "import sys; print(len(sys.stdin.read()) > 1_000_000, file=sys.stderr); print('end')"
    queue = child(program)
    big = Unit(source="forum", kind="site", options={"start": ["https://f.example/" + "x" * 2_000_000]})
    queue.run([big], lambda line: None)


def test_the_child_sees_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYCHGATE_KEY", "not-for-children")
    monkeypatch.setenv("SMTP_PASSWORD", "not-for-children")
    program = "import os, sys; sys.exit('seen' if 'not-for-children' in str(os.environ) else print('end'))"
    run(child(program))


def test_cancel_breaks_off_a_running_crawl() -> None:
    queue = child("import time; time.sleep(60)")
    threading.Timer(0.5, queue.cancel).start()
    with pytest.raises(CrawlStopped, match="asked to stop"):
        run(queue)
