"""Redirects that go in circles, nowhere, inside, or into a meeting."""

from __future__ import annotations

from tests.spiders.hostile.trap import HALL, JOIN, LEAK, Trap, hostile, raw
from tests.spiders.hostile.web import Line, Page, Whole, answer, redirect

MEETING = f"https://us02web.zoom.us/j/{LEAK}"
REFUSED = "refused by the network guard"


def to(target: str, said: str, *, leak: bool = False, **more: object) -> Trap:
    return hostile(redirect(target), said, leak=leak, **more)


def refreshed(target: str) -> Whole:
    return answer(f'<meta http-equiv="refresh" content="0; url={target}"><p>{HALL}</p>')


HOPS: dict[str, Page] = {f"/hop/{n}": redirect(f"/hop/{n + 1}") for n in range(30)}
LOOP: dict[str, Page] = {"/hostile": redirect("/there"), "/there": redirect("/hostile")}
CIRCLE: dict[str, Page] = {f"/{n}": refreshed(f"/{(n + 1) % 5}") for n in range(5)}

TRAPS = {
    "loop of two": Trap(pages=LOOP, at="/there", said="failed: redirects in a circle", leak=False),
    "to itself": to("/hostile", "failed: redirects in a circle"),
    "to itself by fragment": to("/hostile#again", "failed: redirects in a circle"),
    "30 hops": Trap(
        pages={"/hostile": redirect("/hop/0"), **HOPS},
        at="/hop/4",
        said="failed: too many redirects",
        leak=False,
        most=12,
    ),
    "four hops and a page": Trap(
        pages={"/hostile": redirect("/hop/26"), **HOPS, "/hop/30": answer(JOIN)},
        at="/hop/30",
        said="read",
        most=12,
    ),
    "a new path each time": Trap(
        pages={"*": lambda asked: redirect(f"/hostile/{asked.before}")},
        said="nothing",
        leak=False,
        most=16,
    ),
    "to a meeting": to(MEETING, "read", leak=True),
    "to a meeting, permanently": hostile(redirect(MEETING, 308), "read"),
    "to a meeting, wrapped": to(
        f"https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fus02web.zoom.us%2Fj%2F{LEAK}&data=x",
        "read",
        leak=True,
    ),
    "to a meeting, without a scheme": to(MEETING.removeprefix("https:"), "read", leak=True),
    "to a meeting, by Refresh": hostile(
        answer(HALL, headers=[("Refresh", f"0; url={MEETING}")]), "read + read"
    ),
    "to a meeting, by meta refresh": hostile(refreshed(MEETING), "read + read"),
    "to a private address": to("http://10.0.0.1/", f"skipped: {REFUSED}: private address"),
    "to the metadata service": to("http://169.254.169.254/latest/", f"skipped: {REFUSED}: private address"),
    "to this machine": to("http://127.0.0.1:1/", f"skipped: {REFUSED}: private address"),
    "to a number": to("http://2130706433/", f"skipped: {REFUSED}: private address"),
    "to file:": to("file:///etc/passwd", f"skipped: {REFUSED}: not an http or https address"),
    "to data:": to("data:text/html,hello", f"skipped: {REFUSED}: not an http or https address"),
    "to javascript:": to("javascript:alert(1)", f"skipped: {REFUSED}: not an http or https address"),
    "to blob:": to("blob:https://village.org/1", f"skipped: {REFUSED}: not an http or https address"),
    "to nonsense": to("http://[::1", f"skipped: {REFUSED}: not an http or https address"),
    "to a relative nothing": to("?&?&#%zz", "nothing"),
    "to a relative place": Trap(
        pages={"/hostile": redirect("./a/../there?x=1"), "/there?x=1": answer(JOIN)},
        at="/there?x=1",
        said="read",
    ),
    "to a place with spaces round it": Trap(
        pages={"/hostile": redirect("  /there  "), "/there": answer(JOIN)}, at="/there", said="read"
    ),
    "to a place in UTF-8": Trap(
        pages={
            "/hostile": raw("HTTP/1.1 302 F\nContent-Length: 0\nLocation: /caf\xc3\xa9", ""),
            "/caf%C3%A9": answer(JOIN),
        },
        at="/caf%C3%A9",
        said="read",
    ),
    "to a user name": to("http://me:word@village.org/", f"skipped: {REFUSED}: user name in the address"),
    "to another port": to("http://village.org:8080/", f"skipped: {REFUSED}: port not allowed"),
    "to another site": to("https://village.org/", "skipped: redirects outside the source"),
    "down from https": Trap(
        pages={"/hostile": lambda asked: redirect(f"http://127.0.0.1:{asked.port}/")},
        said="nothing",
        leak=False,
        line=Line.TLS,
    ),
    "to a log-in page": to("/login?next=/hostile", "blocked: redirects to a log-in page"),
    "without a Location": hostile(answer(status=302), "failed: HTTP 302", leak=False),
    "with an empty Location": to("", "failed: HTTP 302"),
    "without a Location, but with the page": hostile(answer(JOIN, status=302), "cut: HTTP 302"),
    "with two Locations": hostile(
        answer(status=302, headers=[("Location", "https://village.org/"), ("Location", MEETING)]), "read"
    ),
    "with two Locations, the meeting first": hostile(
        answer(status=302, headers=[("Location", MEETING), ("Location", "https://village.org/")]), "read"
    ),
    "with a Location of 50 kB": to("/" + "x" * 50_000, "nothing"),
    "with a Location of 1 MB": to("/" + "x" * 1_000_000, "failed: not an HTTP answer"),
    "by Refresh to itself": hostile(answer(JOIN, headers=[("Refresh", "0; url=/hostile")]), "read"),
    "by meta refresh in a circle": Trap(
        pages={"/hostile": refreshed("/0"), **CIRCLE}, at="/0", said="read", leak=False, most=12
    ),
    "by meta refresh to a private address": hostile(refreshed("http://192.168.1.1/"), "read", leak=False),
}
