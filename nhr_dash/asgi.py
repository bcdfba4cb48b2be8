"""The shell around the app in production: sign-in, the gate, health, headers. ``python -m nhr_dash serve``.

Streamlit's own ``st.login`` can't speak to a provider that requires pushed requests and a signed client,
and its cookie lives on after sign-out; so the app is one route among ours (``st.App``).
"""

import logging
import os
from urllib.parse import urlsplit

import streamlit as st
import uvicorn
from sqlalchemy import Engine
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from nhr_dash.database import DatabaseProblem, is_synthetic, problems_named
from nhr_dash.settings import ROOT, Settings, settings
from nhr_dash.signin.gate import HEADER, USER_KEY, Gate
from nhr_dash.signin.routes import Routes

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024


def engine() -> Engine:
    """The process's engine, the one the pages use. Raises ``DatabaseProblem``."""
    from nhr_dash.ui import doors  # Streamlit's caches want a runtime, which comes with the first request

    return doors.engine(settings().database_url)


def helse(_: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


def klar(_: Request) -> Response:
    """The process can serve people: the database answers and is up to date. 503 until then."""
    try:
        with problems_named(), engine().connect() as connection:
            is_synthetic(connection)
    except DatabaseProblem as problem:
        log.warning("not ready: %s", problem.kind)
        return PlainTextResponse(problem.kind, status_code=503)
    return PlainTextResponse("ok")


class Headers:
    """ASGI middleware: what a browser is told to refuse. A header a response already has is left alone."""

    def __init__(self, app: ASGIApp, chosen: Settings) -> None:
        self._app = app
        secure = bool(chosen.sign_in and chosen.sign_in.secure)
        self._headers = _headers(secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in self._headers if name not in there),
                ]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _headers(secure: bool) -> list[tuple[bytes, bytes]]:
    policy = {
        "default-src": "'self'",
        # Streamlit starts components from blob: addresses, and Vega compiles its expressions.
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    found = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cross-origin-opener-policy": "same-origin",
    }
    if secure:
        found["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in found.items()]


def make(chosen: Settings) -> st.App:
    """The app in its shell. Raises ValueError where a setting can't be used."""
    # Only here, where the gate stands in front: without it anybody could send the header.
    config.set_option("server.trustedUserHeaders", {HEADER: USER_KEY})
    if chosen.sign_in:
        host = urlsplit(chosen.sign_in.public_url).hostname
        config.set_option("server.allowedHosts", [*config.get_option("server.allowedHosts"), host])
    routes = [Route("/helse", helse), Route("/klar", klar)]
    if chosen.sign_in:
        routes += Routes(chosen.sign_in, engine).all()
    return st.App(
        ROOT / "app.py",
        routes=routes,
        middleware=[Middleware(Headers, chosen), Middleware(Gate, chosen.sign_in, engine)],
    )


def serve() -> None:
    """Serve until told to stop, at the address and port of Streamlit's own settings.

    Given a host and a port, asyncio makes the sockets itself and turns Nagle's algorithm off; a socket
    made by Streamlit has it on, and a run of many small messages then takes 40 ms longer.
    """
    _adopt_environment()
    uvicorn.run(
        make(settings()),
        host=config.get_option("server.address"),
        port=config.get_option("server.port"),
        ws="websockets-sansio",
        ws_max_size=config.get_option("server.maxMessageSize") * MEGABYTE,
        access_log=False,
        server_header=False,
    )


def _adopt_environment() -> None:
    """Streamlit's settings from the environment (``STREAMLIT_SERVER_PORT=…``), which only its own
    command line reads. Raises ValueError for a number that isn't one."""
    for name, option in list(config.get_config_options().items()):
        text = os.environ.get(option.env_var)
        if text is None or option.sensitive:
            continue
        if option.multiple:
            config.set_option(name, text.split())
        elif option.type is bool:
            config.set_option(name, text.strip().lower() in {"1", "true", "yes"})
        else:
            config.set_option(name, option.type(text))
