"""Ways in, in a real browser: a passkey (by a virtual authenticator), an account from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.actions.workspace import opened
from tests.e2e.installation import Installation
from tests.web.desk import PASSWORD, Clock, Served, served
from tests.web.provider import configure, provider

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 60_000

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium")


@pytest.fixture
def desk(home: Installation) -> Iterator[Served]:
    clock = Clock()
    with opened({}, home.data) as workspace, provider(clock) as parish, served(workspace, clock) as desk:
        configure(workspace, parish)
        parish.person = {"email": "ann@example.org", "email_verified": True}
        desk.somebody()
        yield desk


def sees(page, text: str) -> None:
    sync_api.expect(page.locator("main")).to_contain_text(text, timeout=PATIENCE)


def test_a_passkey_is_added_used_and_lost_and_another_account_lets_in(desk: Served) -> None:
    here = f"http://localhost:{desk.port}"
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = chromium.new_context(viewport={"width": 360, "height": 800})
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.on("console", lambda said: pytest.fail(said.text) if "Security Policy" in said.text else None)

        page.goto(f"{here}/sign-in?back=/account")
        page.get_by_label("E-mail address").fill("ann@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        sees(page, "Passkeys")

        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        phone = devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]
        adding = page.locator("form[data-make]")
        assert not page.get_by_text("has to run this desk’s one script").is_visible()
        adding.get_by_label("What you call it").fill("my new phone")
        adding.get_by_label("Your password").fill("not the right one")
        adding.get_by_role("button").click()
        sees(page, "That is not your present password.")
        adding.get_by_label("Your password").fill(PASSWORD)
        adding.get_by_role("button").click()
        sees(page, "From now on you can sign in with that passkey.")
        sees(page, "my new phone: not used yet")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        (kept,) = devtools.send("WebAuthn.getCredentials", {"authenticatorId": phone})["credentials"]
        assert kept["isResidentCredential"]
        assert kept["rpId"] == "localhost"
        page.get_by_text("Add a passkey", exact=True).click()
        adding.get_by_label("What you call it").fill("the same again")
        adding.get_by_label("Your password").fill(PASSWORD)
        adding.get_by_role("button").click()
        sees(page, "No passkey was made. Nothing was changed.")

        def sign_out() -> None:
            page.get_by_text("More", exact=True).click()
            page.get_by_role("button", name="Sign out").click()
            page.get_by_role("button", name="Sign in with a passkey").wait_for()

        sign_out()
        verified = {"authenticatorId": phone, "isUserVerified": False}
        devtools.send("WebAuthn.setUserVerified", verified)
        page.get_by_role("button", name="Sign in with a passkey").click()
        sees(page, "No passkey was shown. Try again, or use your password.")
        devtools.send("WebAuthn.setUserVerified", {**verified, "isUserVerified": True})
        page.goto(f"{here}/sign-in?back=/account")
        page.get_by_role("button", name="Sign in with a passkey").click()
        sees(page, "my new phone: last used")
        page.goto(f"{here}/people/audit")
        sees(page, "signed in with a passkey")

        page.goto(f"{here}/account")
        page.get_by_role("button", name="Remove my new phone").click()
        page.get_by_role("button", name="Sign in with a passkey").wait_for()
        page.get_by_role("button", name="Sign in with a passkey").click()
        sees(page, "That passkey was not taken. Try again, or sign in with your password.")

        plain = chromium.new_context(java_script_enabled=False).new_page()
        plain.goto(f"{here}/sign-in")
        assert plain.get_by_role("button", name="Sign in", exact=True).is_visible()
        assert not plain.get_by_role("button", name="Sign in with a passkey").is_visible()
        # Away to another site and back again: the cookie comes along, and no policy stands in the way.
        plain.get_by_role("button", name="Sign in with the parish account").click()
        sees(plain, "Next meetings")
        chromium.close()
