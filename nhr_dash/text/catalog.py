"""The words on the screen: one TOML file an area and language, read once a process.

``t("nb", "chart.median_before", value="19 %")`` finds ``median_before`` in ``text/nb/chart.toml``;
tables nest with further dots. The language is an argument everywhere, never process state.
"""

import logging
import os
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Formatter

from nhr_dash.text.formats import number

LANGUAGES = ("nb", "en")
_HERE = Path(__file__).resolve().parent
_log = logging.getLogger(__name__)


class MissingText(KeyError):
    """A key that no catalog holds, or a value that its text needs and nobody gave."""


def _flatten(table: dict[str, object], prefix: str) -> Iterable[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, dict):
            yield from _flatten(value, key)
        elif isinstance(value, str):
            yield key, value
        else:
            raise TypeError(f"{key} must be a text, not {type(value).__name__}")


def areas() -> tuple[str, ...]:
    """Names of the catalog files, sorted; the same in every language (a test holds it)."""
    return tuple(sorted(path.stem for path in (_HERE / LANGUAGES[0]).glob("*.toml")))


@cache
def area(language: str, name: str) -> dict[str, str]:
    """Every text of one area as ``area.key`` -> text; read-only. An unknown area is empty."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}, not {language!r}")
    path = _HERE / language / f"{name}.toml"
    # A key can come out of stored data; its first part must never walk out of the folder.
    if not re.fullmatch(r"\w+", name) or not path.is_file():
        return {}
    return dict(_flatten(tomllib.loads(path.read_text(encoding="utf-8")), name))


def has(language: str, key: str) -> bool:
    """True where the catalog holds this key, plain or as a pair of singular and plural."""
    texts = area(language, key.partition(".")[0])
    return key in texts or f"{key}.other" in texts


def placeholders(text: str) -> frozenset[str]:
    """Names of the values that a text needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def t(language: str, key: str, **values: object) -> str:
    """The text of ``key`` in ``language`` ('nb' or 'en') with its values filled in.

    Where a key is a table of ``one`` and ``other``, the count ``n`` chooses, and ``n`` is written
    with separators. Values are otherwise inserted as they are: numbers go through ``formats`` first.
    A missing key or value is an error under pytest; on a screen the key is shown and logged,
    because a page with one odd word is better than none.
    """
    texts = area(language, key.partition(".")[0])
    text = texts.get(key)
    n = values.get("n")
    if text is None and isinstance(n, int):
        text = texts.get(f"{key}.one" if n == 1 else f"{key}.other")
        values["n"] = number(n, language)
    if text is None:
        return _missing(f"no text {key!r} in {language}", key)
    try:
        return text.format(**values)
    except (KeyError, IndexError) as error:
        return _missing(f"{key!r} in {language} needs the value {error}", text)


def _missing(message: str, shown: str) -> str:
    if "PYTEST_VERSION" in os.environ:
        raise MissingText(message)
    _log.error("%s", message)
    return shown
