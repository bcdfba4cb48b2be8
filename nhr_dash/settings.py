"""Every setting, read once: the environment first, then ``.streamlit/secrets.toml`` ([nhr])."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
FEWEST = 3
"""The lowest limit of what is hidden: a hidden number must have at least two other values that it could be."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign-in by OpenID Connect: which provider, who we are to it, and how long a sign-in lasts.

    ``issuer``       the provider's address, letter for letter as in its own configuration
    ``client_secret``, ``private_key_file``   how we prove who we are: exactly one of them is set;
                     the key file holds a private key as PEM or as a JWK
    ``scope``        what is asked of the provider, separated by spaces
    ``public_url``   the address people use, without a slash at the end
    ``idle``, ``lifetime``   a sign-in ends after so long unused, and after so long in any case
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    private_key_file: Path | None
    scope: str
    public_url: str
    idle: timedelta
    lifetime: timedelta

    @property
    def secure(self) -> bool:
        """True unless people use the app on the machine it runs on, without a certificate."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation has chosen.

    ``database_url``  SQLAlchemy address; the sample database beside the code by default
    ``loader_url``    the same database as the role that loads, migrates and computes facts
    ``replica_url``   a streaming replica of it, which registry reads may go to; missing: there is none
    ``data_dir``      where the sample registry, staging files and findings are written
    ``demo``          open without sign-in; served only on the synthetic registry
    ``other_gate``    another gate (VPN, proxy sign-in) stands in front, so that a real registry
                      may be served without our own sign-in
    ``default_language``  ``nb`` or ``en``, used where the link and the browser say nothing
    ``sign_in``       who signs people in; missing: nobody does
    ``drain``         how long a process that is told to stop still serves the people it has
    ``hidden_under``, ``fagraad_hidden_under``   fewer patients at other units are hidden, and hidden from the fagråd
    ``uncertain_under``   fewer patients at other units are marked as uncertain
    ``hidden_coverage``   a lower share of patients registered (0-1) hides another unit's year
    """

    database_url: str
    loader_url: str
    replica_url: str | None
    data_dir: Path
    demo: bool
    other_gate: bool
    default_language: str
    sign_in: SignIn | None
    drain: timedelta
    hidden_under: int
    fagraad_hidden_under: int
    uncertain_under: int
    hidden_coverage: float

    @property
    def is_sample(self) -> bool:
        """True where no database was configured: the sample database is ours to build."""
        return self.database_url == _sample_url(self.data_dir)


def _sample_url(data_dir: Path) -> str:
    return f"sqlite:///{(data_dir / 'sample.db').as_posix()}"


def _from_secrets() -> dict[str, str]:
    path = ROOT / ".streamlit" / "secrets.toml"
    if not path.is_file():
        return {}
    values = tomllib.loads(path.read_text(encoding="utf-8")).get("nhr", {})
    return {f"NHR_{key.upper()}": str(value) for key, value in values.items()}


def read(environment: dict[str, str] | None = None) -> Settings:
    """Settings from an environment. Raises ValueError with the setting's name if one can't be read."""
    values = {**_from_secrets(), **(os.environ if environment is None else environment)}

    def yes(name: str, default: str) -> bool:
        value = values.get(name, default).strip().lower()
        if value not in {"1", "0", "true", "false", "yes", "no"}:
            raise ValueError(f"{name} must be 1 or 0, not {value!r}")
        return value in {"1", "true", "yes"}

    language = values.get("NHR_LANGUAGE", "nb")
    if language not in {"nb", "en"}:
        raise ValueError(f"NHR_LANGUAGE must be nb or en, not {language!r}")
    data_dir = Path(values.get("NHR_DATA_DIR", ROOT / "data")).resolve()
    database_url = values.get("NHR_DATABASE_URL") or _sample_url(data_dir)
    return Settings(
        database_url=database_url,
        loader_url=_same_database(values, "NHR_LOADER_DATABASE_URL", database_url) or database_url,
        replica_url=_same_database(values, "NHR_REPLICA_URL", database_url),
        data_dir=data_dir,
        demo=yes("NHR_DEMO", "1"),
        other_gate=yes("NHR_OTHER_GATE", "0"),
        default_language=language,
        sign_in=_sign_in(values),
        drain=timedelta(seconds=_whole_number(values, "NHR_DRAIN_SECONDS", 0, least=0)),
        hidden_under=_whole_number(values, "NHR_HIDDEN_UNDER", 5, least=FEWEST),
        fagraad_hidden_under=_whole_number(values, "NHR_HIDDEN_UNDER_FAGRAAD", 5, least=FEWEST),
        uncertain_under=_whole_number(values, "NHR_UNCERTAIN_UNDER", 10, least=FEWEST),
        hidden_coverage=_whole_number(values, "NHR_HIDDEN_COVERAGE", 60, least=0) / 100,
    )


def _same_database(values: Mapping[str, str], name: str, database_url: str) -> str | None:
    """Another address of the database, where one is given: another role, or a server that follows the first."""
    address = values.get(name)
    if not address:
        return None
    one, other = urlsplit(address), urlsplit(database_url)
    if not (one.scheme.startswith("postgresql") and other.scheme.startswith("postgresql")):
        raise ValueError(f"{name} needs a PostgreSQL address, beside NHR_DATABASE_URL with one")
    if one.path != other.path:
        raise ValueError(f"{name} must lead to the database of NHR_DATABASE_URL, {other.path.lstrip('/')}")
    return address


def _sign_in(values: Mapping[str, str]) -> SignIn | None:
    issuer = values.get("NHR_OIDC_ISSUER", "")
    if not issuer:
        return None
    for name in ("NHR_OIDC_CLIENT_ID", "NHR_PUBLIC_URL"):
        if not values.get(name):
            raise ValueError(f"NHR_OIDC_ISSUER is set, so {name} must be set too")
    secret, key_file = values.get("NHR_OIDC_CLIENT_SECRET", ""), values.get("NHR_OIDC_PRIVATE_KEY_FILE", "")
    if bool(secret) == bool(key_file):
        raise ValueError("one of NHR_OIDC_CLIENT_SECRET and NHR_OIDC_PRIVATE_KEY_FILE must be set, and not both")
    scope = values.get("NHR_OIDC_SCOPE") or "openid profile email"
    if "openid" not in scope.split():
        raise ValueError("NHR_OIDC_SCOPE must contain openid")
    return SignIn(
        issuer=_safe_address("NHR_OIDC_ISSUER", issuer),
        client_id=values["NHR_OIDC_CLIENT_ID"],
        client_secret=secret,
        private_key_file=Path(key_file).resolve() if key_file else None,
        scope=scope,
        public_url=_public_url(values["NHR_PUBLIC_URL"]),
        idle=timedelta(minutes=_whole_number(values, "NHR_SIGN_IN_IDLE_MINUTES", 60)),
        lifetime=timedelta(hours=_whole_number(values, "NHR_SIGN_IN_HOURS", 10)),
    )


def _public_url(address: str) -> str:
    """The address people use. The sign-in routes and the cookies stand at the root of a host."""
    address = _safe_address("NHR_PUBLIC_URL", address).rstrip("/")
    if urlsplit(address).path:
        raise ValueError("NHR_PUBLIC_URL must be the root of a host, without a path")
    return address


def _safe_address(name: str, address: str) -> str:
    """An address that a sign-in may pass through: encrypted, or never leaving this machine."""
    parts = urlsplit(address)
    on_this_machine = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or on_this_machine):
        raise ValueError(f"{name} must be an address that begins with https:// (http:// only on this machine)")
    return address


def _whole_number(values: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    value = values.get(name) or str(default)
    if not value.isdecimal() or int(value) < least:
        raise ValueError(f"{name} must be a whole number from {least}, not {value!r}")
    return int(value)


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read()
