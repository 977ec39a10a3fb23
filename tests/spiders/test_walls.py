"""Doors that answer 200 are told from pages, and pages with a log-in box beside them are pages."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from scanner.model import Document
from spiders.walls import wall
from tests.internet import Answer, redirect, serve
from tests.spiders.crawls import crawl, unit

LOG_IN, COOKIES = "asks for a log-in", "asks to accept cookies first"
RENDERING = "empty without its scripts: needs rendering (render: true)"

MENU = '<nav><a href="/">Board index</a> <a href="/faq">FAQ</a> <a href="/register">Register</a></nav>'
FORM = (
    '<form method="post" action="/ucp.php?mode=login"><label>Username <input name="username"></label>'
    '<label>Password <input type="password" name="password"></label><input type="submit"></form>'
)
TALK = "We met on Thursday in the hall and spoke of the bells, the trees and the fair in June. " * 12


def page(title: str, body: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{MENU}{body}</body></html>"


# what stands there → why it is no page, or "" if it is one
PAGES: dict[str, tuple[str, str]] = {
    "phpBB": (
        page(
            "Village board - User Control Panel - Login",
            "<h2>Login</h2><p>The board requires you to be registered and logged in to view this forum.</p>"
            + FORM,
        ),
        LOG_IN,
    ),
    "phpBB in German": (
        page(
            "Dorfforum - Anmelden",
            f"<p>Du musst registriert und angemeldet sein, um dieses Forum anschauen zu können.</p>{FORM}",
        ),
        LOG_IN,
    ),
    "phpBB in French": (
        page("Forum", f"<p>Vous devez être inscrit et connecté pour consulter ce forum.</p>{FORM}"),
        LOG_IN,
    ),
    "phpBB in Spanish": (
        page(
            "Foro",
            f"<p>La Administración requiere que estés registrado y hayas iniciado sesión.</p>{FORM}",
        ),
        LOG_IN,
    ),
    "XenForo": (
        page("Log in | Village", f'<div class="blockMessage">You must be logged-in to do that.</div>{FORM}'),
        LOG_IN,
    ),
    "vBulletin": (
        page(
            "Village Forums",
            "<div>You are not logged in or you do not have permission to access this page. This could be due "
            f"to one of several reasons: you may not have the rights.</div>{FORM}",
        ),
        LOG_IN,
    ),
    "MyBB": (
        page(
            "Village",
            "<p>You are either not logged in or do not have permission to view this page.</p>" + FORM,
        ),
        LOG_IN,
    ),
    "SMF": (
        page(
            "Login",
            "<p>The topic or board you are looking for appears to be either missing or off limits to you. "
            f"Please login below or register an account.</p>{FORM}",
        ),
        LOG_IN,
    ),
    "MediaWiki": (page("Login required - Wiki", "<p>Please log in to view other pages.</p>"), LOG_IN),
    "WordPress post with a password": (
        page(
            "Protected: Minutes &#8211; Village",
            "<p>This content is password protected. To view it please enter your password below:</p>"
            '<form><label>Password: <input name="post_password" type="password"></label></form>',
        ),
        LOG_IN,
    ),
    "Facebook": (
        "<title>Log into Facebook</title><div>You must log in to continue.</div>"
        '<form id="login_form"><input name="email"><input type="password" name="pass"></form>',
        LOG_IN,
    ),
    "LinkedIn": (
        "<title>Sign Up | LinkedIn</title><h1>Join LinkedIn</h1><p>Already on it? Sign in to see who you know"
        '</p><form><input type="password" autocomplete="new-password"></form>',
        LOG_IN,
    ),
    "Google": (
        "<title>Sign in - Google Accounts</title><h1>Sign in</h1><p>Use your Google Account</p>"
        '<form><input type="email" name="identifier"></form>',
        LOG_IN,
    ),
    "a bare form in capitals": ("<HTML><FORM><INPUT NAME=U><INPUT TYPE=PASSWORD></FORM>", LOG_IN),
    "a refresh to the door": ('<meta http-equiv="refresh" content="0; url=/login?next=%2F">', LOG_IN),
    "members' door in German": (
        page("Vereinsseite", f"<p>Bitte melden Sie sich an, um diese Seite zu sehen.</p>{FORM}"),
        LOG_IN,
    ),
    "members' door in French": (page("Le club", f"<p>Connectez-vous pour continuer.</p>{FORM}"), LOG_IN),
    "members' door in Spanish": (page("El club", f"<p>Inicia sesión para continuar.</p>{FORM}"), LOG_IN),
    "cookies first": (
        "<title>Before you continue to Video</title><p>We use cookies and data to deliver our services.</p>"
        "<form><button>Reject all</button><button>Accept all</button></form>",
        COOKIES,
    ),
    "cookies first, in German": (
        "<title>Zeitung</title><p>Bitte stimmen Sie zu.</p><button>Alle Cookies akzeptieren</button>",
        COOKIES,
    ),
    "a shell": (
        "<title>Village</title><noscript>You need to enable JavaScript to run this app.</noscript>"
        '<div id="root"></div><script src="/static/main.js"></script>',
        RENDERING,
    ),
    "a shell that says nothing": (
        '<title>V</title><div id="__nuxt"></div><script src="/n.js"></script>',
        RENDERING,
    ),
    "a shell in German": (
        "<title>Dorf</title><noscript>Bitte JavaScript aktivieren.</noscript><script src=a.js></script>",
        RENDERING,
    ),
    # --- and these are pages
    "a thread with a log-in box": (page("The fair - Village board", f"<p>{TALK}</p>{FORM}"), ""),
    "a post with comments for members": (
        page("The fair", f"<p>{TALK}</p><p>You must be logged in to post a comment.</p>"),
        "",
    ),
    "a short post with comments for members": (
        page(
            "The fair",
            "<p>At ten.</p><p>You must be <a href='/wp-login.php'>logged in</a> to post a comment.</p>",
        ),
        "",
    ),
    "a small front page with a box for members": (
        page(
            "Village choir",
            "<p>We sing on Thursdays at eight in the hall behind the church. Everybody is welcome, nobody "
            f"has to read music. Ask Ann for the notes.</p>{FORM}",
        ),
        "",
    ),
    "a page about logging in": (page("How to log in to our calls", f"<p>{TALK}</p>"), ""),
    "a short page with a banner": (
        page(
            "Bells",
            "<p>The bells ring again. Thank you all for the hours up there in the dust, and for the cake "
            "that came up in a bucket; the vicar was moved, and so was the bucket. The next practice "
            "is when the swallows have left.</p><div>We use cookies. <a href='#'>Accept cookies</a></div>",
        ),
        "",
    ),
    "a program that came with its content": (
        '<title>Village</title><div id="__next"></div><script id="__NEXT_DATA__" type="application/json">'
        f'{{"text": "{TALK * 3}"}}</script>',
        "",
    ),
    "a rendered page with a note for the others": (
        f'<noscript>Please enable JavaScript.</noscript><div id="root"><p>{TALK}</p></div><script></script>',
        "",
    ),
    "an empty page": ("", ""),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_door_is_told_from_a_page(name: str) -> None:
    body, why = PAGES[name]
    found = wall(Document("https://village.org/minutes", body.encode(), "text/html", "utf-8"), rendered=False)
    assert (found.why if found else "") == why
    assert found is None or found.blocked == (why != RENDERING)


def test_a_log_in_page_that_was_asked_for_is_a_page() -> None:
    body = PAGES["phpBB"][0].encode()
    for path in (
        "/ucp.php?mode=login",
        "/login",
        "/wiki/Special:UserLogin",
        "/w/index.php?title=Special:UserLogin",
    ):
        assert (
            wall(Document(f"https://village.org{path}", body, "text/html", "utf-8"), rendered=False) is None
        )


def test_nobody_is_told_to_render_what_was_rendered() -> None:
    body = PAGES["a shell"][0].encode()
    assert wall(Document("https://village.org/", body, "text/html", "utf-8"), rendered=True) is None


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "body",
    [
        b"<form><input type=password>" * 9000,
        b"<title>login</title>" + b"must be " * 500_000,
        b"<noscript>" + b"<div id=root>" * 100_000,
        b"<title>" * 1_000_000,
        b"<meta http-equiv=refresh content='0;url=/login'>" * 600,
        b"enable " * 1_000_000 + b"=root",
    ],
    ids=["fields", "words", "roots", "titles", "refreshes", "scripts"],
)
def test_a_hostile_page_takes_no_time(body: bytes) -> None:
    wall(Document("https://village.org/", body, "text/html", ""), rendered=False)


def test_what_stands_on_a_door_is_searched_and_its_ways_are_followed() -> None:
    door = PAGES["phpBB"][0]
    room = door.replace("<h2>Login</h2>", "<p>https://zoom.us/j/86420013579?pwd=Abc123</p>")
    pages = {
        "/": door,
        "/faq": f"<p>{TALK}</p><a href='/room'>more</a>",
        "/register": redirect("https://consent.village.org/collect?next=1"),
        "/room": room,
    }
    with serve(pages) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    (start,) = [event for event in crawled.of("failed") if event["start"]]
    assert (start["why"], start["blocked"], start["gone"]) == (LOG_IN, True, False)
    assert crawled.why("failed")[site.url("/register")] == COOKIES
    fetched = crawled.fetched()
    assert set(fetched) == {site.url("/faq"), site.url("/room")}
    assert (fetched[site.url("/room")]["cut"], fetched[site.url("/room")]["why_cut"]) == (True, LOG_IN)
    assert fetched[site.url("/room")]["digest"] == ""


def test_a_room_on_a_server_of_ones_own_is_seen_on_a_refused_page_and_behind_a_wrapper() -> None:
    room = "https://meet.village.org/ParishCouncil"
    pages = {
        "/": "<a href='/refused'></a><a href='/wrapped'></a>",
        "/refused": Answer(status=403, body=f"<p>Join us at {room}</p>"),
        "/wrapped": redirect(f"https://l.facebook.com/l.php?u={quote(room, safe='')}"),
    }
    with serve(pages) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,), platforms={"jitsi": ("meet.village.org",)}))
    assert crawled.fetched()[site.url("/refused")]["why_cut"] == "HTTP 403"
    assert [event["address"] for event in crawled.of("meetingredirect")] == [site.url("/wrapped")]


def test_a_program_shell_is_no_page_of_a_feed_either() -> None:
    with serve({"/": Answer(body=PAGES["a shell"][0])}) as site:
        crawled = crawl(unit(site.url(), kind="feed", allow=(site.pair,)))
    assert crawled.why("failed") == {site.url(): RENDERING}
