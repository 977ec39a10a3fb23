"""schedules.yaml and the environment: what is understood, and how every fault is named with its place."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from scanner.alerts.channels import kinds as channel_kinds
from scanner.alerts.routing import Digest, Escalation, QuietHours
from scanner.errors import ConfigError, ExitCode, InputError
from scanner.model import SeverityLevel
from scanner.settings import Countdown, Pace, Settings, environment, load, starting_text
from scanner.settings.cron import read_cron
from scanner.settings.fields import in_words, read_duration
from spiders import kinds as source_kinds


class Site(BaseModel):
    """Options in the shape of a source kind's."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: tuple[str, ...] = Field(min_length=1)
    scope: str = Field(default="domain", pattern="^[a-z]{1,20}$")


KINDS = {"site": Site}
SOURCE_KINDS = {name: kind.options for name, kind in source_kinds().items()}
CHANNELS = {name: kind.options for name, kind in channel_kinds().items()}


def read(folder: Path, text: str | bytes, *, environ: dict[str, str] | None = None) -> Settings:
    path = folder / "schedules.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, environ=environ or {}, kinds=KINDS, channels=CHANNELS)


def faults(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    assert caught.value.exit_code is ExitCode.USAGE
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"{caught.value.where}: ")
    return lines


FULL = """\
version: 1
organisation: {name: St Mary's, timezone: Europe/London, tenants: {zoom: [stmarys.zoom.us]}}
contact: https://stmarys.example/contact
sources:
  forum: {kind: site, start: ["https://forum.example/"], delay: 2s, pages: 50, depth: 1,
          time: 90s, canary: true}
  intranet: {kind: site, start: ["http://127.0.0.1:8101/", "http://[::1]:8102/x"]}
  mixed: {kind: site, start: ["http://127.0.0.1:8101/", "http://127.0.0.1:8103/"]}
schedules:
  nightly: {cron: "10 3 * * mon-sun", sources: all, timeout: 3h}
  noon: {cron: "0 12 * * sat,sun", sources: [forum], timezone: Pacific/Auckland}
  countdown: {every: {30m: 2m, 24h: 1h}, until: start, sources: [forum], timeout: 5m}
channels:
  clerk: {kind: email, to: [clerk@example.org]}
routes:
  - {when: {severity: high}, to: [clerk]}
  - {to: [clerk]}
retention: {sightings: 30d}
network: {allow: ["127.0.0.1:8101", "[0:0::1]:8102", "Intranet.Example:08080"]}
"""


def test_reads_every_section(tmp_path: Path) -> None:
    settings = read(tmp_path, FULL)
    assert (settings.organisation, settings.timezone) == ("St Mary's", "Europe/London")
    assert settings.tenants == {"zoom": ("stmarys.zoom.us",)}
    forum = settings.sources["forum"]
    assert forum.limits.pages == 50
    assert forum.limits.depth == 1
    assert forum.limits.time == timedelta(seconds=90)
    assert forum.limits.delay == timedelta(seconds=2)
    assert forum.options == {"start": ["https://forum.example/"], "scope": "domain"}
    assert (forum.canary, forum.hosts) == (True, {"forum.example:443"})
    assert not settings.sources["mixed"].canary
    assert settings.countdowns == {
        "countdown": Countdown(
            name="countdown",
            paces=(
                Pace(timedelta(hours=24), timedelta(hours=1)),
                Pace(timedelta(minutes=30), timedelta(minutes=2)),
            ),
            sources=("forum",),
            to_the_end=False,
            timeout=timedelta(minutes=5),
        )
    }
    assert list(settings.schedules) == ["nightly", "noon"]
    assert settings.schedules["nightly"].sources is None
    assert settings.schedules["nightly"].timeout == timedelta(hours=3)
    assert settings.schedules["noon"].sources == ("forum",)
    assert settings.schedules["noon"].timezone == "Pacific/Auckland"
    assert [route.severity for route in settings.routes] == [SeverityLevel.HIGH, None]
    assert settings.routes[0].to == ("clerk",)
    assert settings.sightings_kept == timedelta(days=30)
    assert settings.allow == ("127.0.0.1:8101", "[::1]:8102", "intranet.example:8080")


def test_an_allowed_start_needs_no_pause_but_others_do(tmp_path: Path) -> None:
    sources = read(tmp_path, FULL).sources
    assert sources["intranet"].limits.delay == timedelta(0)
    assert sources["mixed"].limits.delay == timedelta(seconds=1)


def test_defaults_are_the_promised_ones(tmp_path: Path) -> None:
    settings = read(tmp_path, "version: 1\nsources: {a: {kind: site, start: ['https://a.example']}}")
    limits = settings.sources["a"].limits
    assert (limits.pages, limits.depth) == (200, 3)
    assert (limits.time, limits.delay) == (timedelta(minutes=15), timedelta(seconds=1))
    assert settings.sightings_kept == timedelta(days=400)
    assert settings.routes == ()


@pytest.mark.parametrize("text", ["version: 1", "version: 1\nsources:\n#  a: b\nroutes:\nchannels: {}\n"])
def test_empty_sections_are_fine(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).units(None) == ()


def test_units_carry_what_the_crawl_needs_and_no_secret(tmp_path: Path) -> None:
    settings = read(tmp_path, FULL)
    assert [unit.source for unit in settings.units(None)] == ["forum", "intranet", "mixed"]
    (unit,) = settings.units(["forum", "forum"])
    assert unit.kind == "site"
    assert unit.contact == "https://stmarys.example/contact"
    assert unit.allow == settings.allow
    assert unit.known == ()
    with pytest.raises(InputError, match=r"no source 'fourm'; did you mean 'forum'\?"):
        settings.units(["fourm"])


IN_LINE_TWO = [
    ("unknown section", "souces: {}\n", 1, "no setting 'souces' here; did you mean 'sources'?"),
    ("misspelt", "routes: [{to: [a], reapeat: 1h}]", 20, "no setting 'reapeat' here; did you mean 'repeat'"),
    ("quiet hours in words", "routes: [{to: [a], quiet: at night}]", 27, "like 22:00-07:00"),
    ("quiet for ever", "routes: [{to: [a], quiet: 7:00-7:00}]", 27, "would never end"),
    ("escalation without when", "routes: [{to: [a], escalate: {to: [b]}}]", 30, "say when"),
    ("unknown deputy", "routes: [{to: [a], escalate: {to: [b], after: 5m}}]", 36, "no channel 'b'"),
    ("a secret address in plain", "monitor: {url: https://hc.example/x}", 16, "may not stand in this file"),
    ("unknown channel of a report", "reports: {monthly: [b]}", 21, "no channel 'b'"),
    ("an empty title", "routes: [{to: [a], when: {meetings: [' ']}}]", 38, "by its number in"),
    ("a meeting without a number", "routes: [{to: [a], when: {meetings: [0]}}]", 38, "or by its title"),
    ("neither number nor title", "routes: [{to: [a], when: {meetings: [true]}}]", 38, "or by its title"),
    ("two documents", "---\nversion: 1", 1, "second document"),
    ("wrong section type", "sources: [a]", 10, "group of settings"),
    ("unknown kind", "sources: {a: {kind: sit}}", 21, "no such kind; did you mean 'site'?"),
    ("no kind", "sources: {a: {start: [x]}}", 11, "'kind' is missing here; known are site"),
    ("unknown option", "sources: {a: {kind: site, start: [x], dealy: 2s}}", 39, "mean 'delay'"),
    ("missing option", "sources: {a: {kind: site}}", 11, "'start' is missing"),
    ("option of wrong type", "sources: {a: {kind: site, start: x}}", 34, "must be a list"),
    ("option with a rule", "sources: {a: {kind: site, start: [x], scope: A}}", 46, "pattern '^[a-z]{1,20}$'"),
    ("item of wrong type", "sources: {a: {kind: site, start: [x, 7]}}", 38, "must be text"),
    ("pages as text", "sources: {a: {kind: site, start: [x], pages: many}}", 46, "whole"),
    ("pages true", "sources: {a: {kind: site, start: [x], pages: true}}", 46, "whole number"),
    ("no pages", "sources: {a: {kind: site, start: [x], pages: 0}}", 46, "at least 1"),
    ("bare number", "sources: {a: {kind: site, start: [x], delay: 2}}", 46, "a unit"),
    ("too slow", "sources: {a: {kind: site, start: [x], delay: 2h}}", 46, "between 0 and 1h"),
    ("source named all", "sources: {all: {kind: site, start: [x]}}", 11, "is not 'all'"),
    ("odd source name", 'sources: {"a b": {kind: site, start: [x]}}', 11, "a name is"),
    ("no such zone", "organisation: {timezone: europe/london}", 26, "mean 'Europe/London'?"),
    ("zone out of the folder", "organisation: {timezone: ../../etc/passwd}", 26, "time zone"),
    ("zone folder", "organisation: {timezone: Europe}", 26, "no such time zone"),
    ("dead source", "schedules: {n: {cron: '1 3 * * *', sources: [b]}}", 46, "no source 'b'"),
    ("sources as a word", "schedules: {n: {cron: '1 3 * * *', sources: b}}", 45, "write all"),
    ("neither cron nor every", "schedules: {n: {sources: all}}", 16, "'cron' is missing here (or 'every'"),
    ("cron and every", "schedules: {n: {cron: '1 3 * * *', every: {3h: 1h}, sources: all}}", 16, "not both"),
    (
        "a zone of a countdown",
        "schedules: {n: {every: {3h: 1h}, timezone: UTC, sources: all}}",
        16,
        "'timezone'",
    ),
    ("an end of a cron line", "schedules: {n: {cron: '1 3 * * *', until: end, sources: all}}", 16, "'until'"),
    (
        "an end that is none",
        "schedules: {n: {every: {3h: 1h}, until: tea, sources: all}}",
        41,
        "must be 'end'",
    ),
    ("a countdown without paces", "schedules: {n: {every: {}, sources: all}}", 24, "at least 1"),
    ("a pace without a unit", "schedules: {n: {every: {3h: 10}, sources: all}}", 29, "a number and a unit"),
    ("a pace from no time", "schedules: {n: {every: {soon: 1h}, sources: all}}", 25, "a number and a unit"),
    (
        "a pace faster than is polite",
        "schedules: {n: {every: {3h: 10s}, sources: all}}",
        29,
        "between 1m and 1d",
    ),
    ("a pace from years before", "schedules: {n: {every: {52w: 1h}, sources: all}}", 25, "between 1m and 2w"),
    ("a countdown of a dead source", "schedules: {n: {every: {3h: 1h}, sources: [b]}}", 44, "no source 'b'"),
    (
        "a canary of sorts",
        "sources: {a: {kind: site, start: ['https://a.example/'], canary: tweet}}",
        66,
        "true or false",
    ),
    ("dead channel", "routes: [{to: [clerk]}]", 16, "no channel 'clerk'"),
    ("route to nobody", "routes: [{to: []}]", 15, "at least 1"),
    ("unknown severity", "routes: [{when: {severity: urgent}, to: [c]}]", 28, "'critical'"),
    ("nested unknown", "routes: [{when: {sevrity: low}, to: []}]", 18, "mean 'severity'?"),
    ("retention too short", "retention: {sightings: 1h}", 24, "between 1d and"),
    ("no port", "network: {allow: [127.0.0.1]}", 19, "one port"),
    ("scheme", "network: {allow: ['http://a.example:80']}", 19, "one host"),
    ("any host", "network: {allow: ['*:80']}", 19, "one host"),
    ("short address", "network: {allow: ['127.1:80']}", 19, "one host"),
    ("dotless", "network: {allow: ['intranet:80']}", 19, "one host"),
    ("not a number", "network: {allow: ['a.example:x']}", 19, "one port"),
    ("port 0", "network: {allow: ['a.example:0']}", 19, "one port"),
    ("network", "network: {allow: ['10.0.0.0/8:80']}", 19, "one host"),
    ("zone id", "network: {allow: ['[fe80::1%eth0]:80']}", 19, "one host"),
    ("contact", "contact: call me", 10, "e-mail address"),
    ("contact that adds a header", 'contact: "a@b.example\\nX: y"', 10, "e-mail address"),
    ("alias", "contact: *hunter2", 10, "cannot begin with *"),
    ("anchor", "contact: &hunter2 a@b.example", 10, "cannot begin with &"),
    ("tag", "contact: !hunter2 a@b.example", 10, "cannot begin with !"),
    ("syntax", "sources: {a: [}\n", 15, "this is not YAML"),
    ("breaks off", "contact: 'a", 12, "this is not YAML"),
    ("control character", "contact: a\x07b", 11, "a character"),
    ("a list as a name", "? [a]\n: b", 3, "plain word"),
    ("bare password", "channels: {c: {kind: email, to: [a@b.example], password: hunter2}}", 58, "{env"),
    ("number as password", "channels: {c: {kind: email, to: [a@b.example], password: 1234}}", 58, "{env"),
    ("both ways", "channels: {c: {kind: email, to: [a@b.example], password: {env: A, file: b}}}", 58, "one"),
    ("other way", "channels: {c: {kind: email, to: [a@b.example], password: {vault: hunter2}}}", 58, "{env"),
    ("no recipient", "channels: {c: {kind: email, to: []}}", 33, "at least 1"),
    ("sender", "channels: {c: {kind: email, to: [a@b.example], frm: a@b.example}}", 48, "mean 'from'?"),
    ("password alone", "channels: {c: {kind: email, to: [a@b.example], username: u}}", 12, "belong together"),
    ("no address", "channels: {c: {kind: email, to: [clerk]}}", 34, "e-mail address"),
]

WHOLE_FILES = [
    ("no version", "sources: {}", "1:1", "'version' is missing"),
    ("other version", "version: 2", "1:10", "must be 1"),
    ("empty file", "# nothing\n", "1:1", "'version' is missing"),
    ("a list", "- version: 1", "1:1", "group of settings"),
    ("source is no mapping", "version: 1\nsources:\n  a:\n", "3:3", "group of settings"),
    (
        "given twice",
        "version: 1\nsources: {}\nsources: {}",
        "3:1",
        "'sources' is given twice; first in line 2",
    ),
    ("tab", "version: 1\nsources:\n\ta: b\n", "3:1", "this is not YAML"),
    ("Latin-1", b"version: 1\ncontact: M\xfcller", "2:11", "not UTF-8"),
]


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [pytest.param(text, where, says, id=name) for name, text, where, says in WHOLE_FILES]
    + [
        pytest.param(f"version: 1\n{text}", f"2:{column}", says, id=name)
        for name, text, column, says in IN_LINE_TWO
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, text: str | bytes, where: str, says: str) -> None:
    lines = faults(tmp_path, text)
    named = [line for line in lines if line.startswith(f"schedules.yaml:{where}: ")]
    assert len(named) == 1, lines
    assert says in named[0]
    assert not any("hunter2" in line or "1234" in line for line in lines)


def test_all_faults_are_named_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = faults(
        tmp_path,
        "version: 1\n"
        "organisation: {timezone: Mars/Olympus}\n"
        "sources:\n"
        "  a: {kind: site, start: [x], delay: 2, dpth: 1}\n"
        "  a: {kind: site}\n"
        "schedules: {n: {cron: '61 3 * * *', sources: [b]}}\n"
        "channels: {c: {kind: emial}}\n"
        "routes: [{to: [d]}]\n",
    )
    places = [line.split(": ")[0].removeprefix("schedules.yaml:") for line in lines]
    assert places == ["2:26", "4:38", "4:41", "5:3", "6:23", "6:47", "7:22", "8:16"]


def test_a_hundred_faults_do_not_flood_the_screen(tmp_path: Path) -> None:
    lines = faults(tmp_path, "version: 1\n" + "".join(f"x{number}: 1\n" for number in range(100)))
    assert len(lines) == 21
    assert lines[-1] == "schedules.yaml: and 80 more faults after these"


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x]\n" + "".join(f"b{n}: &b{n} [*b{n - 1}, *b{n - 1}]\n" for n in range(1, 60)),
        "version: 1\nsources: " + "[" * 500_000,
        "version: 1\nsources: " + "{a: " * 200_000,
        "- " * 400_000,
        "".join(f"{' ' * depth}a:\n" for depth in range(1000)),
        "? " * 400_000,
        "version: 1\n" + "".join(f"a{number}: 1\n" for number in range(90_000)),
        "version: 1\nsources: [" + "1," * 400_000 + "]",
        "version: 1\ncontact: '" + "a" * 1_000_000 + "'",
        "version: 1\ncontact: " + "a " * 500_000,
        "a" * 1_000_000,
        "version: 1\ncontact: \"" + "\\u0041" * 150_000 + '"',
        "version: 1\ncontact: |\n" + "  a\n" * 200_000,
        "%YAML 1.1\n" * 90_000,
        "version: 1\n" + "#" * 1_000_000,
        "\n" * 1_000_000,
    ],
    ids=lambda text: f"{text[:12]!r}",
)  # fmt: skip
@pytest.mark.timeout(60)
def test_hostile_files_end_soon_with_a_sentence(tmp_path: Path, text: str) -> None:
    sentence = ""
    try:
        read(tmp_path, text)
    except ConfigError as error:
        sentence = str(error)
    assert len(sentence) < 10_000


def test_a_file_that_cannot_be_read_is_said_in_words(tmp_path: Path) -> None:
    def problem(path: Path) -> str:
        with pytest.raises(ConfigError) as caught:
            load(path, environ={}, kinds=KINDS, channels=CHANNELS)
        return str(caught.value)

    assert "there is no file" in problem(tmp_path / "schedules.yaml")
    assert "lychgate init" in problem(tmp_path / "schedules.yaml")
    assert "cannot be read: Is a directory" in problem(tmp_path)
    big = tmp_path / "big.yaml"
    big.write_bytes(b"#" * (1024 * 1024 + 1))
    assert "larger than 1 MiB" in problem(big)


@given(st.text(max_size=200))
def test_any_text_is_settings_or_a_config_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with contextlib.suppress(ConfigError):
        read(tmp_path_factory.mktemp("any"), text.encode("utf-8", "surrogatepass"))


def test_yaml_words_stay_words(tmp_path: Path) -> None:
    settings = read(tmp_path, "version: 1\nsources: {on: {kind: site, start: [no, 1:30, 2026-11-22]}}")
    assert settings.sources["on"].options["start"] == ["no", "1:30", "2026-11-22"]


# --- secrets ------------------------------------------------------------------------------------

SECRET = "version: 1\nchannels: {c: {kind: email, to: [a@b.example], username: u, password: {%s}}}"


def test_secrets_are_read_when_needed_and_never_print(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("hunter2\n")
    for way in ("env: SMTP", "file: smtp", f"file: {tmp_path}/smtp"):
        settings = read(tmp_path, SECRET % way, environ={"SMTP": "hunter2"})
        reference = settings.channels["c"].options.password  # type: ignore[attr-defined]
        assert reference.resolve().reveal() == "hunter2"
        assert settings.missing_secrets() == ()
        assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("env: SMTP", "channel c: SMTP: this environment variable is not set"),
        ("file: gone", "No such file"),
        ("file: empty", "the file is empty"),
        ("file: big", "too long"),
        ("file: latin", "not UTF-8"),
        ("file: .", "Is a directory"),
    ],
)
def test_a_secret_that_is_not_there_is_named_later(tmp_path: Path, way: str, says: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "big").write_text("x" * 70_000)
    (tmp_path / "latin").write_bytes(b"\xfc")
    settings = read(tmp_path, SECRET % way)
    (sentence,) = settings.missing_secrets()
    assert says in sentence


# --- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10 3 * * 1-5", "by name"),
        ("10 3 * * 0", "by name"),
        ("60 3 * * *", "between 0 and 59"),
        ("10 24 * * *", "between 0 and 23"),
        ("10 3 0 * *", "between 1 and 31"),
        ("10 3 * 13 *", "between 1 and 12"),
        ("10 3 30 feb *", "never comes"),
        ("10 3 31 4,6 *", "never comes"),
        ("10 3 1 * mon", "not both"),
        ("10 3 * * fri-mon", "ends before it begins"),
        ("10 3 * * mon-fri/2", "only numbers take a step"),
        ("10 3 * 1-mar *", "two numbers or two names"),
        ("*/0 3 * * *", "step"),
        ("*/60 3 * * *", "step"),
        ("5-5/1 3 * * *", "step"),
        ("10 3 * *", "five fields"),
        ("@daily", "five fields"),
        ("10 3 * * monday", "cannot be read"),
        ("10 3 last * *", "cannot be read"),
        ("", "five fields"),
    ],
)
def test_cron_lines_that_would_surprise_are_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_cron(text)
    assert says in str(caught.value)


_PARTS = st.sampled_from(
    [
        "*",
        "*/2",
        "*/30",
        "0",
        "5",
        "7",
        "12",
        "59",
        "1-5",
        "0-10/3",
        "29",
        "31",
        "jan",
        "feb-mar",
        "mon",
        "sat-sun",
    ]
)
_CRON_FIELDS = st.lists(_PARTS, min_size=1, max_size=2).map(",".join)


@given(st.lists(_CRON_FIELDS, min_size=5, max_size=5).map(" ".join))
def test_the_scheduler_takes_every_accepted_line_and_it_comes(text: str) -> None:
    try:
        cron = read_cron(text)
    except ValueError:
        return
    trigger = CronTrigger(
        minute=cron.minute,
        hour=cron.hour,
        day=cron.day,
        month=cron.month,
        day_of_week=cron.weekday,
        timezone=UTC,
    )
    assert trigger.get_next_fire_time(None, datetime(2026, 11, 22, tzinfo=UTC)) is not None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("1.5s", timedelta(seconds=1.5)),
        ("10m", timedelta(minutes=10)),
        ("3 h", timedelta(hours=3)),
        ("400D", timedelta(days=400)),
        ("2w", timedelta(weeks=2)),
        (0, timedelta(0)),
    ],
)
def test_durations_carry_units(text: object, length: timedelta) -> None:
    assert read_duration(text) == length
    assert read_duration(in_words(length) if length else 0) == length


@pytest.mark.parametrize(
    "text", ["2", 2, 1.5, True, False, None, "", "-1s", "1e9s", "s", "1y", "9999999s", "١s", []]
)
def test_other_durations_are_refused(text: object) -> None:
    with pytest.raises(ValueError, match="a number and a unit"):
        read_duration(text)


# --- the environment ----------------------------------------------------------------------------


def test_the_environment_has_defaults(tmp_path: Path) -> None:
    found = environment({}, tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/lychgate.db"
    assert found.key is None
    assert found.key_file == tmp_path / "lychgate.key"
    assert found.schedules == tmp_path / "schedules.yaml"
    assert environment({"LYCHGATE_DATA": str(tmp_path)}).folder == tmp_path
    assert environment({"LYCHGATE_DATA": "/elsewhere"}, tmp_path).folder == tmp_path
    assert environment({}).folder.is_absolute()


def test_values_come_from_variables_or_their_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql+psycopg://u:hunter2@db.example/l\n")
    found = environment(
        {"LYCHGATE_DATABASE_URL_FILE": str(tmp_path / "url"), "LYCHGATE_KEY": "hunter3"}, tmp_path
    )
    assert found.database_url == "postgresql+psycopg://u:hunter2@db.example/l"
    assert found.key is not None
    assert found.key.reveal() == "hunter3"
    assert "hunter" not in repr(found)
    assert environment({"LYCHGATE_KEY_FILE": "/run/key"}, tmp_path).key_file == Path("/run/key")


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        ({"LYCHGATE_KEY": "a", "LYCHGATE_KEY_FILE": "b"}, "LYCHGATE_KEY"),
        ({"LYCHGATE_DATABASE_URL": "a", "LYCHGATE_DATABASE_URL_FILE": "b"}, "LYCHGATE_DATABASE_URL"),
        ({"LYCHGATE_KEY": ""}, "LYCHGATE_KEY"),
        ({"LYCHGATE_KEY_FILE": " "}, "LYCHGATE_KEY_FILE"),
        ({"LYCHGATE_DATA": ""}, "LYCHGATE_DATA"),
        ({"LYCHGATE_DATA": "/srv/what?"}, "LYCHGATE_DATA"),
        ({"LYCHGATE_DATABASE_URL_FILE": "/nowhere/url"}, "/nowhere/url"),
    ],
)
def test_a_fault_in_the_environment_names_the_variable(environ: dict[str, str], where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        environment(environ)
    assert caught.value.where == where


# --- the files that ship ------------------------------------------------------------------------


@given(
    st.text(min_size=1, max_size=60).filter(lambda text: text.strip() and text.isprintable()),
    st.sampled_from(["Europe/London", "UTC", "America/Argentina/Buenos_Aires"]),
)
def test_the_first_file_reads_back_what_was_asked(
    tmp_path_factory: pytest.TempPathFactory, organisation: str, timezone: str
) -> None:
    text = starting_text(organisation=organisation, timezone=timezone, email="clerk@example.org")
    settings = read(tmp_path_factory.mktemp("first"), text)
    assert settings.organisation == organisation.strip()
    assert settings.timezone == timezone
    assert settings.channels["clerk"].options.to == ("clerk@example.org",)  # type: ignore[attr-defined]
    assert settings.schedules["nightly"].sources is None
    assert settings.countdowns["countdown"].sources is None
    assert settings.sources == {}


def test_the_examples_in_the_first_file_work_when_uncommented(tmp_path: Path) -> None:
    text = starting_text(organisation='"A": {b}', timezone="UTC", email="clerk@example.org")
    sources = text.partition("sources:\n")[2].partition("\n\n")[0]
    assert sources.count("#  ") == 9
    uncommented = re.sub(r"(?m)^( *)#(?! )", r"\1", text.replace("\n#  ", "\n  "))
    path = tmp_path / "schedules.yaml"
    path.write_text(uncommented)
    settings = load(path, environ={}, kinds=SOURCE_KINDS, channels=CHANNELS)
    assert list(settings.sources) == ["our-site", "village-news", "told"]
    assert settings.missing_secrets() == (
        "channel clerk: SMTP_PASSWORD: this environment variable is not set, or empty",
    )


def test_no_canary_can_stand_in_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "schedules.yaml"
    path.write_text("version: 1\nsources: {sky: {kind: jetstream, canary: true}}")
    with pytest.raises(ConfigError, match=r"yaml:2:42: a stream goes by"):
        load(path, environ={}, kinds=SOURCE_KINDS, channels=CHANNELS)


def test_the_example_that_ships_is_valid(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "schedules.yaml").read_text()
    path = tmp_path / "schedules.yaml"
    path.write_text(text)
    settings = load(path, environ={}, kinds=SOURCE_KINDS, channels=CHANNELS)
    others = ["village-app", "told", "warnings", "zoom"]
    assert [unit.source for unit in settings.units(None)] == ["our-site", "village-news", *others]
    urgent, one_meeting, rest = settings.routes
    assert urgent.to == ("clerk", "chat")
    assert urgent.escalate == Escalation(
        to=("safeguarding",), after=timedelta(minutes=20), before=timedelta(hours=2)
    )
    assert urgent.quiet == QuietHours(time(22, 0), time(7, 0))
    assert one_meeting.meetings == {3}
    assert rest.digest is Digest.DAILY
    assert (settings.monthly, settings.alive) == (("clerk",), ("clerk",))
    assert [sentence.rpartition(": ")[0] for sentence in settings.missing_secrets()] == [
        "channel safeguarding: SMTP_PASSWORD",
        "channel chat: CHAT_URL",
        "channel desk: HOOK_URL",
        "channel desk: HOOK_SECRET",
        "monitor: PING_URL",
    ]
