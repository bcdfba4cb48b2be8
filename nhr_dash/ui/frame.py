"""The frame of every page: guard, side bar with the common choices, data basis, banner."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import streamlit as st

from nhr_dash.access import Scope
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, demo, guard, problems, sample, signed_in
from nhr_dash.ui.guard import Entry
from nhr_dash.ui.language import language
from nhr_dash.ui.plain import plain

COMMON = ("sykehus", "periode", "lang", demo.CHOICE)
PERIODS = ("24", "36", "60", "120", "alt")
DEFAULT_PERIOD = "60"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page knows when it starts. ``version``: of the numbers; ``team_version``: of what teams write."""

    scope: Scope
    language: str
    version: int
    team_version: int
    unit: int
    unit_name: str
    period: str
    synthetic: bool


@contextmanager
def page(title: str, *own_choices: str) -> Iterator[Frame]:
    """Open a page: everything a page must do first, and what keeps a failure off the screen.

    ``title`` is the key of the page's question; ``own_choices`` the codes its link carries
    besides the common ones. The link is written when the page has been drawn.
    """
    names = (*COMMON, *own_choices)
    with problems.told():
        choices.adopt_link(names)
        sample.build_if_missing()
        frame = _side_bar(guard.require_entry())
        st.title(t(frame.language, title), anchor=False)
        yield frame
        choices.write_link(names)


def renewed(page: Frame) -> Frame:
    """The page as it stands at this moment: a fragment is handed the versions and the scope of the last whole run.

    Who asks is asked again, so that a fragment ends with a revoked grant as a page does.
    """
    entry = guard.require_entry()
    return replace(page, scope=entry.scope, version=entry.version, team_version=entry.team_version)


def common(page: Frame) -> dict[str, str]:
    """The codes that every link to another page carries."""
    role = choices.said(demo.CHOICE)
    codes = {"sykehus": str(page.unit), "periode": page.period, "lang": page.language}
    return {**codes, demo.CHOICE: role} if role else codes


def _who(entry: Entry, lang: str) -> str:
    if entry.person:
        return t(lang, "signin.signed_in_as", name=plain(entry.person.name or entry.person.email))
    return t(lang, "ui.demo_person" if entry.synthetic else "ui.gate_person")


def _side_bar(entry: Entry) -> Frame:
    lang = language()
    names = caches.unit_names(entry.version, lang)
    asked = choices.code("sykehus")
    if asked and asked not in names.by_code:
        st.warning(t(lang, "problem.unknown_unit"))
    with st.sidebar:
        code = choices.ask(
            st.selectbox,
            "sykehus",
            t(lang, "ui.hospital"),
            list(names.by_code),
            names.first(entry.scope.visibility),
            format_func=names.labels.__getitem__,
        )
        period = choices.ask(
            st.selectbox,
            "periode",
            t(lang, "ui.period"),
            PERIODS,
            DEFAULT_PERIOD,
            format_func=lambda code: t(lang, f"ui.period_{code}"),
        )
        choices.ask(
            st.segmented_control,
            "lang",
            t(lang, "ui.language"),
            ("nb", "en"),
            lang,
            format_func={"nb": "Norsk", "en": "English"}.__getitem__,
            required=True,
        )
        if entry.person is None and entry.scope.person == demo.PERSON:
            demo.switch(lang)
        unit = int(code)
        basis = caches.data_basis(entry.version, unit)
        st.caption(f"{basis.sentence(lang)}\n\n{_who(entry, lang)}")
        if entry.person:
            signed_in.ways_out(lang)
    banner = f'<div class="nhr-banner" role="note">{t(lang, "ui.synthetic")}</div>' if entry.synthetic else ""
    script = f"<script>document.documentElement.lang='{lang}'</script>"
    st.html(banner + script, unsafe_allow_javascript=True)
    return Frame(
        scope=entry.scope,
        language=lang,
        version=entry.version,
        team_version=entry.team_version,
        unit=unit,
        unit_name=names.by_code[code],
        period=period,
        synthetic=entry.synthetic,
    )
