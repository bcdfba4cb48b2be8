"""A text field in which words are never lost: not by a closed tab, a lost connection or a server that starts anew.

Streamlit's own fields send at focus lost; until then a text exists in one tab only. This one writes every key to the
computer's own storage (``localStorage``) at once, sends at a pause, and forgets when the text came back as saved.

Privacy: an unsaved text lies readable in the browser of that computer, until it is saved, and for at most 14 days
(swept when any such field is opened there). Where several people sign in in the same browser, let ``key`` carry the
person, or the next one is shown, and saves, what the first left behind.

What the two halves tell each other, with numbers that count texts within one session:

* browser → server: ``text`` and its ``number``; the ``base`` it was typed over and the ``version`` that had; the
  ``session`` it is meant for (after a restart the browser repeats old values, which must not count).
* server → browser: ``saved`` and ``version`` as they stand; ``seen``, the newest number that arrived; ``settled``, the
  newest that stood saved, and ``version_settled`` then; ``forgotten``, the newest that is to be given up.
"""

import dataclasses
import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.text.formats import THIN, number

_SESSION = "typed"
_NO_LIMIT = 1_000_000
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no database takes; the browser leaves it out."""
_HTML = """
<div class="field">
  <label class="label" for="box"></label>
  <div class="help" id="help"></div>
  <div class="place"></div>
  <div class="error" id="error" role="alert"></div>
  <div class="below">
    <span><span class="saving" aria-hidden="true"></span><span class="status" role="status"></span></span>
    <span class="count" id="count"></span>
  </div>
</div>
"""


@dataclass(frozen=True)
class Typed:
    """A text that stands unsaved in a field.

    ``version`` is the record's version that the typing began from, and ``base`` what stood saved in the field then.
    A record that has changed since in other fields alone counts as the version that it has now.
    """

    text: str
    version: int
    base: str = ""


@dataclass
class _Field:
    """What this session knows of one field; the numbers are those of the module's protocol."""

    session: str
    seen: int = 0
    settled: int = 0
    settled_text: str = ""
    settled_version: int = 0
    forgotten: int = 0
    offered: dict[int, str] = dataclasses.field(default_factory=dict)
    """Texts that were returned to be saved, by number, until one of them stands saved."""


def text(
    key: str,
    label: str,
    saved: str,
    version: int,
    *,
    language: str,
    rows: int = 3,
    longest: int = 2000,
    help: str = "",
    error: str = "",
    placeholder: str = "",
) -> Typed | None:
    """Draw the field; return what stands unsaved in it, or None.

    ``key`` names record and field, the same in every session; no ``#`` or ``|`` in it. ``saved`` and ``version`` are
    what the database holds now. What is returned should be saved as it is (space at its ends may go) and the part be
    run again, which shows it as saved; a text that can't be saved (``error`` says why) is returned in every run until
    it can, or is discarded.
    One row is a single line. A text over ``longest`` characters stays in the field and is not returned.
    Inside a form nothing is sent before the form is. Raises ValueError for a key with a reserved character.
    """
    if {"#", "|"} & set(key):
        raise ValueError(f"# and | have a meaning of their own in keys: {key!r}")
    # As a browser's field holds it.
    shown = re.sub(r"\r\n?", "\n", saved) if rows > 1 else re.sub(r"[\r\n]+", " ", saved)
    typed = _unsaved(key, shown, version, longest)
    _draw(key, label, shown, version, language, rows, longest, help, error, placeholder)
    return typed


def editor(key: str, label: str, start: str, longest: int, language: str, help: str) -> tuple[str, bool]:
    """A field whose text a button saves, about another field ``key``: kept as carefully, and over when that is settled.

    Returns what stands in it, and whether that is too long to be saved, which the field then says.
    """
    within = f"{key}#editor"
    typed = _unsaved(within, start, 0, _NO_LIMIT)
    standing = start if typed is None else typed.text
    too_long = len(standing) > longest
    error = t(language, "typed.conflict.too_long", longest=number(longest, language)) if too_long else ""
    _draw(within, label, start, 0, language, 5, _NO_LIMIT, help, error, "")
    return standing, too_long


def discard(key: str) -> None:
    """Give up what stands unsaved in a field: its next drawing shows what is saved."""
    field = _fields().get(key)
    if field is not None:
        field.forgotten = field.seen


def _unsaved(key: str, shown: str, version: int, longest: int) -> Typed | None:
    field = _fields().setdefault(key, _Field(secrets.token_hex(8)))
    return _standing(field, st.session_state.get(_name(key), {}).get("typed"), shown, version, longest)


def _draw(
    key: str,
    label: str,
    shown: str,
    version: int,
    language: str,
    rows: int,
    longest: int,
    help: str,
    error: str,
    placeholder: str,
) -> None:
    field = _fields()[key]
    words = {word: t(language, f"typed.{word}") for word in ("saving", "saved", "unsaved", "unkept")}
    words |= {word: t(language, f"typed.{word}", n="{n}") for word in ("left", "over")}
    words["too_long"] = t(language, "typed.too_long", longest=number(longest, language))
    data = {
        "key": key,
        "label": label,
        "help": help,
        "error": error,
        "placeholder": placeholder,
        "rows": rows,
        "longest": longest,
        "thousands": THIN,
        "words": words,
        "saved": shown,
        "version": version,
        "session": field.session,
        "seen": field.seen,
        "settled": field.settled,
        "version_settled": field.settled_version,
        "forgotten": field.forgotten,
    }
    _component()(key=_name(key), data=data, on_typed_change=lambda: None)


def _name(key: str) -> str:
    """The key of the element; Streamlit gives two underscores a meaning of their own."""
    return "typed_" + hashlib.blake2s(key.encode(), digest_size=12).hexdigest()


def _standing(field: _Field, sent: Any, saved: str, version: int, longest: int) -> Typed | None:
    """What counts as unsaved of what a browser sent last; ``field`` learns from it.

    What was sent is a stranger's word: anything but a well-formed text of this session counts as nothing.
    """
    match sent:
        case {
            "text": str(words),
            "base": str(base),
            "version": int(since),
            "number": int(count),
            "session": field.session,
        } if len(words) <= longest and not _UNFIT.search(words):
            pass
        case _:
            return None
    field.seen = max(field.seen, count)
    ours = [earlier for earlier, offered in field.offered.items() if earlier < count and _same(offered, saved)]
    if ours:  # saved, and written on from before that could be told: nobody else's text
        field.settled, field.settled_text, field.settled_version = max(field.settled, *ours), saved, version
        field.offered = {later: offered for later, offered in field.offered.items() if later > max(ours)}
    if count <= max(field.settled, field.forgotten):
        return None
    if _same(words, saved):
        field.settled, field.settled_text, field.settled_version = count, saved, version
        field.offered.clear()
        return None
    if field.settled_version > since:
        # The browser had not yet heard that an earlier text of its own was saved.
        base, since = field.settled_text, field.settled_version
    field.offered[count] = words
    return Typed(words, version if _same(base, saved) else since, base)


def _same(one: str, other: str) -> bool:
    """Whoever saves may trim: space at the ends is no difference."""
    return one.strip() == other.strip()


def _fields() -> dict[str, _Field]:
    return st.session_state.setdefault(_SESSION, {})


@cache
def _component() -> Any:
    here = Path(__file__).parent
    css, js = ((here / f"typed.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return st.components.v2.component("nhr_typed", html=_HTML, css=css, js=js)
