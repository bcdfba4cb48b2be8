"""Two have written in the same field: both texts side by side, what each changed, and one text to save."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from difflib import SequenceMatcher
from html import escape
from itertools import pairwise
from zoneinfo import ZoneInfo

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.text.formats import moment
from nhr_dash.ui import typed

_HERE = ZoneInfo("Europe/Oslo")
Edit = tuple[int, int, tuple[str, ...]]
"""Words from a first to before a last become others; an insertion where first and last are equal."""


def merge(
    key: str,
    label: str,
    mine: str,
    theirs: str,
    base: str,
    who: str,
    when: datetime,
    language: str,
    *,
    longest: int = 2000,
) -> str | None:
    """Draw the choice about the field ``key``; return the text to save in the run in which it is chosen, else None.

    ``mine`` stands unsaved in the field, ``theirs`` was saved by ``who`` at ``when`` (UTC, naive), ``base`` is what
    both began from. The returned text is to be saved over ``theirs``, and the field then told to ``typed.discard``.
    """
    words = {name: t(language, f"typed.conflict.{name}") for name in ("mine", "theirs", "keep_mine", "keep_theirs")}
    chosen = None
    with st.container(border=True, key=f"{key}#conflict"):
        title = t(language, "typed.conflict.title", label=label)
        at = moment(when.replace(tzinfo=UTC).astimezone(_HERE), language)
        what = t(language, "typed.conflict.what", who=who, when=at)
        st.html(f"<p><strong>{escape(title)}</strong></p><p>{escape(what)}</p>")
        versions = {"mine": (mine, theirs), "theirs": (theirs, mine)}
        for column, (side, (version, other)) in zip(st.columns(2), versions.items(), strict=True):
            with column:
                changes = marked(base or other, version, language, removed=bool(base))
                st.html(f'<p><strong>{words[side]}</strong></p><div class="nhr-version">{changes}</div>')
                if st.button(words[f"keep_{side}"], key=f"{key}#{side}"):
                    chosen = version
        st.caption(t(language, "typed.conflict.marks"))
        together = merged(base, mine, theirs)
        start = f"{mine}\n\n{theirs}" if together is None else together
        help_text = t(language, f"typed.conflict.{'both' if together is None else 'merged'}_help")
        text, too_long = typed.editor(key, t(language, "typed.conflict.merged"), start, longest, language, help_text)
        if st.button(t(language, "typed.conflict.save_merged"), key=f"{key}#save", type="primary", disabled=too_long):
            chosen = text
    return chosen


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Both texts' changes of ``base`` in one, word by word; None where they meet in the same or neighbouring words."""
    old = _words(base)
    changes = sorted({*_edits(old, _words(mine)), *_edits(old, _words(theirs))})
    # One text's own changes always have kept words between them.
    if any(later[0] <= earlier[1] for earlier, later in pairwise(changes)):
        return None
    for first, last, new in reversed(changes):
        old[first:last] = new
    return "".join(old)


def marked(old: str, new: str, language: str, *, removed: bool = True) -> str:
    """HTML of ``new`` with what it adds to ``old`` underlined and, if asked, what it removes struck through."""
    before = _words(old)
    parts, at = [], 0
    for first, last, words in _edits(before, _words(new)):
        parts.append(escape("".join(before[at:first])))
        if removed:
            parts += _mark("del", before[first:last], t(language, "typed.conflict.removed"))
        parts += _mark("ins", words, t(language, "typed.conflict.added"))
        at = last
    parts.append(escape("".join(before[at:])))
    return "".join(parts) or f"<em>{escape(t(language, 'typed.conflict.empty'))}</em>"


def _mark(tag: str, words: Sequence[str], spoken: str) -> Iterator[str]:
    """Lines and colour are seen; what they say is also there to be heard."""
    if words:
        yield f'<{tag}><span class="nhr-heard">{escape(spoken)} </span>{escape("".join(words))}</{tag}>'


def _words(text: str) -> list[str]:
    """Words, signs and the space between them; joined, they are the text again."""
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _edits(old: list[str], new: list[str]) -> list[Edit]:
    return [
        (first, last, tuple(new[start:end]))
        for tag, first, last, start, end in SequenceMatcher(None, old, new).get_opcodes()
        if tag != "equal"
    ]
