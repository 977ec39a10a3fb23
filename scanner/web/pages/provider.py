"""Sign in with an account from elsewhere: away to the provider, and back."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from scanner.actions.admitting import admit_presented
from scanner.actions.openid import About, arrive, depart, discover
from scanner.actions.passwords import new_token
from scanner.errors import ConfigError, InputError, LychgateError
from scanner.settings import Provider
from scanner.web.arriving import (
    address_of,
    give_form_cookie,
    provider_of,
    sign_in_form,
    too_often,
    visitor_secret,
    welcome,
)
from scanner.web.desk import Desk
from scanner.web.door import language_of, own_path
from scanner.web.language import N_
from scanner.web.sentences import say

log = logging.getLogger("lychgate")

router = APIRouter(include_in_schema=False)

_LONGEST: Final = 4000
"""Letters of each part of a provider's answer."""
_FRESH: Final = timedelta(minutes=10)


@router.get("/sign-in/provider")
def leave_for_provider(request: Request, back: str = "/") -> Response:
    """Lead to the provider, which leads back. A link and no form, since a form may lead nowhere else."""
    desk, provider = _asked(request)
    back, now = own_path(back), desk.clock()
    if wait := too_often(request, _tried(request)):
        return sign_in_form(request, status=429, back=back, says=wait[0])
    try:
        page, departure = depart(_about(desk, provider, now), redirect=_return_address(request), back=back)
    except (InputError, ConfigError) as error:
        return _refused(request, provider, error, back=back)
    known = visitor_secret(request)
    secret = known or new_token()
    desk.departures.keep(secret, departure, now)
    answer = RedirectResponse(page, status_code=303)
    if not known:
        give_form_cookie(answer, desk, secret)
    return answer


@router.get("/sign-in/provider/back")
def come_back(request: Request) -> Response:
    """Take the provider's word for who it is, and let them in if they may."""
    desk, provider = _asked(request)
    now = desk.clock()
    if wait := too_often(request, _tried(request)):
        return sign_in_form(request, status=429, says=wait[0])
    departure = desk.departures.take(visitor_secret(request), now)
    back = departure.back if departure else "/"
    said = {name: value for name, value in request.query_params.items() if len(value) <= _LONGEST}
    try:
        presented = arrive(provider, departure, said, allow=desk.settings().allow, now=now)
        done = admit_presented(desk.store, presented, provider, organisation=desk.operator, now=now)
    except (InputError, ConfigError) as error:
        return _refused(request, provider, error, back=back)
    desk.throttle.succeeded(_tried(request), address_of(request))
    return welcome(desk, done, back)


def _about(desk: Desk, provider: Provider, now: datetime) -> About:
    """Return what the provider says of itself, asked anew every few minutes: strangers make us ask."""
    about = desk.about
    if about is None or about.provider != provider or not timedelta(0) <= now - about.at <= _FRESH:
        about = desk.about = discover(provider, allow=desk.settings().allow, now=now)
    return about


def _asked(request: Request) -> tuple[Desk, Provider]:
    desk: Desk = request.app.state.desk
    provider = provider_of(desk)
    if provider is None:
        raise HTTPException(404)
    return desk, provider


def _refused(request: Request, provider: Provider, error: LychgateError, *, back: str) -> Response:
    desk: Desk = request.app.state.desk
    desk.throttle.failed(_tried(request), address_of(request), desk.clock())
    log.warning("signing in with %s failed: %s", provider.name, error)
    # Where a secret is missing is for whoever runs Lychgate, in the log.
    says = N_("It is not set up in full.") if isinstance(error, ConfigError) else str(error)
    says = say(says, language_of(request))
    return sign_in_form(request, status=403, back=back, says=f"{provider.name}: {says}")


def _return_address(request: Request) -> str:
    desk: Desk = request.app.state.desk
    return (desk.public_address or str(request.base_url).rstrip("/")) + "/sign-in/provider/back"


def _tried(request: Request) -> str:
    return f"provider from {address_of(request)}"
