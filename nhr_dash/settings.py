"""Every setting, read once: the environment first, then ``.streamlit/secrets.toml`` ([nhr])."""

import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation has chosen.

    ``database_url``  SQLAlchemy address; the sample database beside the code by default
    ``data_dir``      where the sample registry, staging files and findings are written
    ``demo``          open without sign-in; served only on the synthetic registry
    ``other_gate``    another gate (VPN, proxy sign-in) stands in front, so that a real registry
                      may be served without our own sign-in
    ``default_language``  ``nb`` or ``en``, used where the link and the browser say nothing
    """

    database_url: str
    data_dir: Path
    demo: bool
    other_gate: bool
    default_language: str

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
    return Settings(
        database_url=values.get("NHR_DATABASE_URL") or _sample_url(data_dir),
        data_dir=data_dir,
        demo=yes("NHR_DEMO", "1"),
        other_gate=yes("NHR_OTHER_GATE", "0"),
        default_language=language,
    )


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read()
