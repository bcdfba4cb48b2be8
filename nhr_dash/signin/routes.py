"""The four addresses of sign-in: ``/logg-inn``, ``/tilbakekall``, ``/logg-ut``, ``/logget-ut``.

The functions are plain ones: Starlette runs them beside its loop, so that a slow provider or a slow
database holds up nobody else.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from nhr_dash.database import DatabaseProblem, problems_named
from nhr_dash.registry import audit, grants
from nhr_dash.registry.audit import What
from nhr_dash.settings import SignIn
from nhr_dash.signin import Person, SignInProblem, pages, sessions

log = logging.getLogger(__name__)

SIGN_IN, BACK, SIGN_OUT, SIGNED_OUT = "/logg-inn", "/tilbakekall", "/logg-ut", "/logget-ut"
LONGEST_LINK = 1500
_STATUS = {"expired": 400, "cancelled": 403, "rejected": 403, "unreachable": 502}


def now() -> datetime:
    """UTC without a zone, as it is stored."""
    return datetime.now(UTC).replace(tzinfo=None)


def limits_of(chosen: SignIn) -> sessions.Limits:
    """How long a sign-in lasts in this installation."""
    return sessions.Limits(chosen.idle, chosen.lifetime)


class Cookies:
    """The names and marks of our two cookies. ``__Host-`` makes a browser refuse one that is not
    encrypted, or that a neighbouring host has set; it can't be used without a certificate."""

    def __init__(self, chosen: SignIn) -> None:
        self._secure = chosen.secure
        prefix = "__Host-" if chosen.secure else ""
        self.session, self.attempt = f"{prefix}nhr_session", f"{prefix}nhr_attempt"

    def put(self, response: Response, name: str, value: str) -> None:
        """Set one. It ends with the browser; how long it counts is decided by the database."""
        response.set_cookie(name, value, path="/", secure=self._secure, httponly=True, samesite="lax")

    def remove(self, response: Response, name: str) -> None:
        """Take one away."""
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")


class Routes:
    """The routes of an installation with sign-in. ``engine`` may raise ``DatabaseProblem``."""

    def __init__(self, chosen: SignIn, engine: Callable[[], Engine]) -> None:
        self._chosen = chosen
        self._engine = engine
        self._limits = limits_of(chosen)
        self._cookies = Cookies(chosen)
        # Late: these addresses are asked for everywhere, and what speaks with a provider takes time to load.
        from nhr_dash.signin.provider import Provider

        self._provider = Provider(chosen)

    def all(self) -> list[Route]:
        """What the shell serves beside the app."""
        handlers = {SIGN_IN: self._begin, BACK: self._finish, SIGN_OUT: self._end, SIGNED_OUT: _signed_out}
        return [Route(path, _told(handler), methods=["GET"]) for path, handler in handlers.items()]

    def _begin(self, request: Request) -> Response:
        go_on = _own_page(request.query_params.get("til", "/"))
        with problems_named(), self._engine().begin() as connection:
            cookie, attempt = sessions.begin_attempt(connection, go_on, now())
        response = _redirect(self._provider.begin(attempt))
        self._cookies.put(response, self._cookies.attempt, cookie)
        return response

    def _finish(self, request: Request) -> Response:
        told = request.query_params
        cookie = request.cookies.get(self._cookies.attempt, "")
        with problems_named(), self._engine().begin() as connection:
            attempt = sessions.take_attempt(connection, cookie, told.get("state", ""), now())
        if attempt is None:
            raise SignInProblem("expired")
        if "code" not in told:
            log.warning("the provider sends no code: %s", told.get("error", "")[:80])
            raise SignInProblem("cancelled")
        identity = self._provider.finish(told["code"], told.get("iss"), attempt)
        before = request.cookies.get(self._cookies.session)
        with problems_named(), self._engine().begin() as connection:
            if before:
                sessions.close(connection, sessions.key_of(before), everywhere=False)
            session = sessions.open_session(connection, identity.person, identity.id_token, self._limits, now())
            _note_entry(connection, identity.person)
        response = _redirect(attempt.go_on)
        self._cookies.put(response, self._cookies.session, session)
        self._cookies.remove(response, self._cookies.attempt)
        return response

    def _end(self, request: Request) -> Response:
        # A link on somebody else's page must not sign people out. (Browsers that don't tell are few and old.)
        if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return pages.plain(request, "signin.sign_out_from_elsewhere", status=403)
        cookie = request.cookies.get(self._cookies.session)
        ended = None
        if cookie:
            everywhere = request.query_params.get("overalt") == "1"
            with problems_named(), self._engine().begin() as connection:
                ended = sessions.close(connection, sessions.key_of(cookie), everywhere=everywhere)
                if ended:
                    audit.note(connection, ended.subject, What.SIGNED_OUT)
        response = _redirect(self._after_sign_out(ended))
        self._cookies.remove(response, self._cookies.session)
        return response

    def _after_sign_out(self, ended: sessions.Ended | None) -> str:
        """At the provider too, where it can; our own session has ended in any case."""
        try:
            there = ended and self._provider.end(ended.id_token, self._chosen.public_url + SIGNED_OUT)
        except SignInProblem:
            log.exception("the provider was not told of a sign-out")
            there = None
        return there or SIGNED_OUT


def _note_entry(connection: Connection, person: Person) -> None:
    """Keep who it was, for those who give access, and that they came: with a grant or without."""
    grants.remember(connection, person.subject, person.name or person.email, person.email or None)
    granted = grants.grants_of(connection, person.subject)
    audit.note(connection, person.subject, What.SIGNED_IN if granted else What.REFUSED)


def _signed_out(request: Request) -> Response:
    return pages.plain(request, "signin.signed_out")


def _told(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A handler whose problems become a page with a sentence."""

    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except SignInProblem as problem:
            return pages.plain(request, f"signin.{problem.kind}", status=_STATUS[problem.kind])
        except DatabaseProblem as problem:
            log.exception("database: %s", problem.kind)
            return pages.plain(request, f"problem.database_{problem.kind}", status=503)

    return answer


def _redirect(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


def _own_page(asked: str) -> str:
    """The page to go on to: a path of ours, or the start page for anything that isn't surely one."""
    parts = urlsplit(asked)
    ours = asked.startswith("/") and not asked.startswith("//") and not parts.scheme and not parts.netloc
    plain = asked.isascii() and asked.isprintable() and "\\" not in asked and len(asked) <= LONGEST_LINK
    return asked if ours and plain else "/"
