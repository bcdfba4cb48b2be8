"""The gate in front of the whole app: without a living session nothing behind it is reached.

Neither a page nor its websocket, nor a downloaded file by its address. Who is behind a session goes
to the app in a header that nobody outside can set: whatever a client sends by that name is removed.
"""

from collections.abc import Callable
from urllib.parse import quote

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from nhr_dash.database import DatabaseProblem, problems_named
from nhr_dash.settings import SignIn
from nhr_dash.signin import pages, routes, sessions

# Only ever set here. It carries the session's name in the database, which signs nobody in.
HEADER = "X-NHR-Session"
# Where Streamlit puts it: in ``st.user``. Without the shell it isn't there, whatever a client sends.
USER_KEY = "nhr_session"
_RAW = HEADER.lower().encode()
_OPEN = frozenset(
    {
        routes.SIGN_IN,
        routes.BACK,
        routes.SIGN_OUT,
        routes.SIGNED_OUT,
        "/helse",
        "/klar",
        "/_stcore/health",
    }
)
# Streamlit's own scripts and fonts, the same for everybody.
_OPEN_FOLDER = "/static/"


class Gate:
    """ASGI middleware. Without sign-in (``chosen`` None) it only removes the header."""

    def __init__(self, app: ASGIApp, chosen: SignIn | None, engine: Callable[[], Engine]) -> None:
        self._app = app
        self._chosen = chosen
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the session in a header, or refuse."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != _RAW]
        scope = {**scope, "headers": headers}
        if self._chosen and not _is_open(scope["path"]):
            try:
                key = await run_in_threadpool(self._living, HTTPConnection(scope), self._chosen)
            except DatabaseProblem as problem:
                await _refuse(scope, receive, send, problem)
                return
            if key is None:
                await _refuse(scope, receive, send, None)
                return
            scope = {**scope, "headers": [*headers, (_RAW, key.encode())]}
        await self._app(scope, receive, send)

    def _living(self, asked: HTTPConnection, chosen: SignIn) -> str | None:
        """The session's name when it lives. Raises ``DatabaseProblem``."""
        cookie = asked.cookies.get(routes.Cookies(chosen).session)
        if not cookie:
            return None
        key = sessions.key_of(cookie)
        with problems_named(), self._engine().connect() as connection:
            found = sessions.current(connection, key, routes.limits_of(chosen), routes.now())
        return key if found else None


def _is_open(path: str) -> bool:
    return path in _OPEN or (path.startswith(_OPEN_FOLDER) and ".." not in path)


async def _refuse(scope: Scope, receive: Receive, send: Send, problem: DatabaseProblem | None) -> None:
    if scope["type"] == "websocket":
        # Before it is accepted: the server answers 403.
        await send({"type": "websocket.close", "code": 1008})
        return
    response: Response
    request = Request(scope)
    if problem:
        response = pages.plain(request, f"problem.database_{problem.kind}", status=503)
    elif request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        response = RedirectResponse(f"{routes.SIGN_IN}?til={quote(asked)}", status_code=303)
    else:
        response = PlainTextResponse("401", status_code=401)
    response.headers["Cache-Control"] = "no-store"
    await response(scope, receive, send)
