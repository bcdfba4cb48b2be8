"""The few plain pages outside the app: signed out, and what went wrong on the way in."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from nhr_dash.settings import settings
from nhr_dash.text.catalog import t

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1.125rem/1.5 sans-serif; margin: 15vh auto; max-width: 34rem; padding: 0 1rem; }}
a {{ display: inline-block; padding: .6rem 0; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{sentence}</p>
<p><a href="{address}">{link}</a></p>
</main>
</body>
</html>
"""
# Nothing on these pages runs or is fetched.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def language_of(request: Request) -> str:
    """Norwegian for a browser whose first language is Scandinavian; for others as the installation has chosen."""
    first = request.headers.get("accept-language", "").lower()
    if first.startswith(("nb", "no", "nn", "da", "sv")):
        return "nb"
    return settings().default_language


def plain(request: Request, sentence: str, *, status: int = 200) -> HTMLResponse:
    """A sentence by its key in the catalog, and the way to sign in (again)."""
    language = language_of(request)
    return HTMLResponse(
        _PAGE.format(
            language=language,
            title=escape(t(language, "ui.product")),
            sentence=escape(t(language, sentence)),
            address="/logg-inn",
            link=escape(t(language, "signin.sign_in")),
        ),
        status_code=status,
        headers={"Cache-Control": "no-store", "Content-Security-Policy": _POLICY},
    )
