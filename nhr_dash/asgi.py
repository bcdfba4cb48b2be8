"""The shell around the app in production: sign-in, the gate, health, headers. ``python -m nhr_dash serve``.

Streamlit's own ``st.login`` can't speak to a provider that requires pushed requests and a signed client,
and its cookie lives on after sign-out; so the app is one route among ours (``st.App``).
"""

import logging
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from types import FrameType
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
from streamlit.runtime import get_instance

from nhr_dash.database import DatabaseProblem, is_synthetic, problems_named
from nhr_dash.settings import ROOT, Settings, settings
from nhr_dash.signin.gate import HEADER, USER_KEY, Gate
from nhr_dash.signin.routes import Routes

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
LAST_ANSWERS_SECONDS = 10
"""How long answers that are on their way when the process stops may take."""

_stopping = threading.Event()


def engine() -> Engine:
    """The process's engine, the one the pages use. Raises ``DatabaseProblem``."""
    from nhr_dash.ui import doors  # Streamlit's caches want a runtime, which comes with the first request

    return doors.engine(settings().database_url)


def helse(_: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


def klar(_: Request) -> Response:
    """The process can serve people: the database answers and is up to date. 503 until then, and when it stops."""
    if _stopping.is_set():
        return PlainTextResponse("stopping", status_code=503)
    try:
        with problems_named(), engine().connect() as connection:
            is_synthetic(connection)
    except DatabaseProblem as problem:
        log.warning("not ready: %s", problem.kind)
        return PlainTextResponse(problem.kind, status_code=503)
    return PlainTextResponse("ok")


class Leaving:
    """ASGI middleware: a process that is about to stop sends new people to the other one, and serves those it has.

    The proxy asks the next process where one answers 503.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, but for pages and websockets that begin while the process stops."""
        if not (_stopping.is_set() and _begins(scope)):
            await self._app(scope, receive, send)
            return
        kind = "websocket.http" if scope["type"] == "websocket" else "http"
        headers = [(b"retry-after", b"5"), (b"cache-control", b"no-store")]
        await send({"type": f"{kind}.response.start", "status": 503, "headers": headers})
        await send({"type": f"{kind}.response.body", "body": b"stopping"})


def _begins(scope: Scope) -> bool:
    if scope["type"] == "websocket":
        return True
    return scope["type"] == "http" and "text/html" in Request(scope).headers.get("accept", "")


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
        middleware=[Middleware(Leaving), Middleware(Headers, chosen), Middleware(Gate, chosen.sign_in, engine)],
        lifespan=None if chosen.is_sample else _warm,
    )


@asynccontextmanager
async def _warm(_: st.App) -> AsyncIterator[None]:
    """Run the start page once before the port opens: nobody waits for the imports, and Streamlit knows its pages.

    Not on the sample registry, which may have to be built first, with somebody looking on.
    """
    fine, why = await get_instance().does_script_run_without_error()
    if not fine:
        log.warning("the start page could not be drawn before the first reader came: %s", why)
    yield


class Server(uvicorn.Server):
    """A server that is told to stop (SIGTERM), says so at ``/klar`` for a while and serves on, and then stops.

    A second signal, and Ctrl-C, stop it at once.
    """

    def __init__(self, chosen: uvicorn.Config, drain: timedelta) -> None:
        super().__init__(chosen)
        self._drain = drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to stop."""
        if sig != signal.SIGTERM or not self._drain or _stopping.is_set():
            _stopping.set()
            super().handle_exit(sig, frame)
            return
        _stopping.set()
        timer = threading.Timer(self._drain.total_seconds(), super().handle_exit, (sig, frame))
        timer.daemon = True
        timer.start()


def serve() -> None:
    """Serve until told to stop, at the address and port of Streamlit's own settings.

    Given a host and a port, asyncio makes the sockets itself and turns Nagle's algorithm off; a socket
    made by Streamlit has it on, and a run of many small messages then takes 40 ms longer.
    """
    _adopt_environment()
    chosen = settings()
    how = uvicorn.Config(
        make(chosen),
        host=config.get_option("server.address"),
        port=config.get_option("server.port"),
        ws="websockets-sansio",
        ws_max_size=config.get_option("server.maxMessageSize") * MEGABYTE,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )
    with suppress(KeyboardInterrupt):
        Server(how, chosen.drain).run()


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
