"""The conversation with an OpenID provider: discovery, PAR, PKCE, client authentication, the ID token.

What HelseID asks of a client (FAPI 2.0: pushed requests, S256, ``private_key_jwt``) and what Entra ID
does (client secret) are the same code: the provider's own configuration says what it offers.
Sources: OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0; RFC 7636, 7523, 9126, 9207.
"""

import base64
import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey, import_key

from nhr_dash.settings import SignIn
from nhr_dash.signin import Person, SignInProblem
from nhr_dash.signin.sessions import Attempt

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
KEPT_SECONDS = 3600
# Two machines' clocks: the usual patience.
LEEWAY_SECONDS = 60
ASSERTION_SECONDS = 60
# Signatures that need the provider's private key. Not "none", and not a secret we hold ourselves.
SIGNATURES = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
_EC_SIGNATURES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is, and the token that said so."""

    person: Person
    id_token: str


class Provider:
    """The provider an installation has chosen. Safe to share between threads.

    Raises ValueError when the private key file can't be used; every method raises
    :class:`SignInProblem` ``unreachable`` when the provider doesn't answer as it should.
    """

    def __init__(self, chosen: SignIn) -> None:
        self._chosen = chosen
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._key = _private_key(chosen)

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends people back to."""
        return f"{self._chosen.public_url}/tilbakekall"

    def begin(self, attempt: Attempt) -> str:
        """The address to send the browser to. Raises :class:`SignInProblem`."""
        known = self._metadata()
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._chosen.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self._chosen.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        pushed = known.get("pushed_authorization_request_endpoint")
        if pushed:
            answer = self._post(pushed, asked)
            asked = {"client_id": self._chosen.client_id, "request_uri": str(answer.get("request_uri", ""))}
        return _with_query(known["authorization_endpoint"], asked)

    def finish(self, code: str, issuer: str | None, attempt: Attempt) -> Identity:
        """Trade the code for an ID token and believe it only when everything in it is right.

        ``issuer`` is who the answer claims to come from (RFC 9207), None where it doesn't say.
        Raises :class:`SignInProblem`.
        """
        known = self._metadata()
        told = issuer is not None or bool(known.get("authorization_response_iss_parameter_supported"))
        if told and issuer != self._chosen.issuer:
            raise _rejected("the answer comes from another issuer")
        answer = self._post(
            known["token_endpoint"],
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.redirect_uri,
                "code_verifier": attempt.verifier,
            },
        )
        # The access token in the same answer is not kept: nothing is asked on the person's behalf.
        token = str(answer.get("id_token", ""))
        return Identity(_person(self._claims(token, attempt.nonce)), token)

    def end(self, id_token: str, back: str) -> str | None:
        """The address that ends the sign-in at the provider too; None where it has none."""
        address = self._metadata().get("end_session_endpoint")
        asked = {"id_token_hint": id_token, "client_id": self._chosen.client_id, "post_logout_redirect_uri": back}
        return _with_query(address, asked) if address else None

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        offered = set(self._metadata().get("id_token_signing_alg_values_supported", ["RS256"]))
        try:
            decoded = jwt.decode(token, self._keys(token), algorithms=sorted(SIGNATURES & offered))
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self._chosen.issuer},
                aud={"essential": True, "value": self._chosen.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise _rejected(f"ID token: {error}") from error
        claims = decoded.claims
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self._chosen.client_id:
            raise _rejected("ID token: issued to another client")
        return claims

    def _keys(self, token: str) -> KeySet:
        """The provider's keys, read anew when they don't have the one a token is signed with."""
        address = self._metadata()["jwks_uri"]
        header = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
        keys = self._read(address)
        if not any(key.get("kid") == header.get("kid") for key in keys.get("keys", ())):
            keys = self._read(address, anew=True)
        return KeySet.import_key_set({"keys": keys.get("keys", [])})

    def _metadata(self) -> dict[str, Any]:
        known = self._read(self._chosen.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if known.get("issuer") != self._chosen.issuer:
            raise _rejected(f"the provider calls itself {known.get('issuer')!r}")
        return known

    def _read(self, address: str, *, anew: bool = False) -> dict[str, Any]:
        at, kept = self._kept.get(address, (0.0, {}))
        # "Anew" too waits a little, or made-up tokens could have us ask the provider without end.
        if kept and time.monotonic() - at < (10 if anew else KEPT_SECONDS):
            return kept
        found = self._answer(lambda: httpx.get(address, timeout=TIMEOUT_SECONDS))
        self._kept[address] = (time.monotonic(), found)
        return found

    def _post(self, address: str, asked: dict[str, str]) -> dict[str, Any]:
        if self._key:
            asked = asked | {
                "client_id": self._chosen.client_id,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self._assertion(self._key),
            }
        else:
            asked = asked | {"client_id": self._chosen.client_id, "client_secret": self._chosen.client_secret}
        return self._answer(lambda: httpx.post(address, data=asked, timeout=TIMEOUT_SECONDS))

    def _assertion(self, key: RSAKey | ECKey | OKPKey) -> str:
        now = int(time.time())
        claims = {
            "iss": self._chosen.client_id,
            "sub": self._chosen.client_id,
            "aud": self._chosen.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "nbf": now,
            "exp": now + ASSERTION_SECONDS,
        }
        header = {"alg": _signature(key), "typ": "client-authentication+jwt", "kid": key.kid or key.thumbprint()}
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def _answer(self, ask: Callable[[], httpx.Response]) -> dict[str, Any]:
        """A provider's JSON answer. What it refuses is logged by its error code, never with what was sent."""
        try:
            answer = ask()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            log.exception("the provider does not answer")
            raise SignInProblem("unreachable") from error
        if not isinstance(found, dict):
            raise _rejected("the provider's answer is no object")
        if answer.is_error:
            log.error("the provider refuses: %s %s", found.get("error"), found.get("error_description"))
            raise SignInProblem("unreachable" if answer.is_server_error else "rejected")
        return found


def _person(claims: dict[str, Any]) -> Person:
    name = claims.get("name") or claims.get("preferred_username") or ""
    return Person(subject=claims["sub"][:255], name=str(name)[:200], email=str(claims.get("email") or "")[:254])


def _rejected(reason: str) -> SignInProblem:
    log.error("sign-in rejected: %s", reason)
    return SignInProblem("rejected")


def _private_key(chosen: SignIn) -> RSAKey | ECKey | OKPKey | None:
    path = chosen.private_key_file
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
        key = import_key(json.loads(text) if text.lstrip().startswith("{") else text)
        if isinstance(key, RSAKey | ECKey | OKPKey) and key.is_private:
            _signature(key)
            return key
    except (OSError, ValueError, KeyError, JoseError) as error:
        raise ValueError(f"NHR_OIDC_PRIVATE_KEY_FILE can't be read as a private key: {path}") from error
    raise ValueError(f"NHR_OIDC_PRIVATE_KEY_FILE holds no private key: {path}")


def _signature(key: RSAKey | ECKey | OKPKey) -> str:
    if isinstance(key, RSAKey):
        return "PS256"
    return _EC_SIGNATURES[key.curve_name] if isinstance(key, ECKey) else "EdDSA"


def _with_query(address: str, asked: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
