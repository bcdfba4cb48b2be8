"""Help: how to begin, how to read, a short course, every indicator, who sees what, research or improvement."""

from datetime import date
from html import escape
from urllib.parse import urlencode

import streamlit as st

from nhr_dash.charts import sparkline, symbols
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import INDICATORS
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, percent
from nhr_dash.ui import choices, course, frame, help_examples
from nhr_dash.ui.image import image

TABS = ("start", "lese", "signal", "indikator", "hvem", "forskning")
IDS = tuple(one.id for one in INDICATORS)


def reading(lang: str) -> None:
    """How each figure is read, with an example of it."""
    st.markdown(t(lang, "help.read_intro"))
    st.subheader(t(lang, "help.read_run_title"), anchor=False)
    st.markdown(t(lang, "help.read_run"))
    spec, alt = help_examples.run_chart(lang)
    st.vega_lite_chart(spec, key="help_run", alt=alt, theme=None)
    st.subheader(t(lang, "help.read_patient_title"), anchor=False)
    st.markdown(t(lang, "help.read_patient"))
    spec, alt = help_examples.patients(lang)
    st.vega_lite_chart(spec, key="help_patients", alt=alt, theme=None)
    st.subheader(t(lang, "help.read_level_title"), anchor=False)
    for name in ("high", "moderate", "low"):
        st.html(f"<p>{image(symbols.level(name))} {t(lang, f'help.read_level_{name}')}</p>")
    st.html(f"<p>{image(symbols.level('moderate', hollow=True))} {t(lang, 'help.read_level_hollow')}</p>")
    st.subheader(t(lang, "help.read_ten_title"), anchor=False)
    st.html(image(sparkline.last_patients(help_examples.TEN), t(lang, "help.read_ten_alt")))
    st.markdown(t(lang, "help.read_ten"))
    for part in ("provisional", "interval", "levels_differ"):
        st.subheader(t(lang, f"help.read_{part}_title"), anchor=False)
        st.markdown(t(lang, f"help.read_{part}"))


def span(start: date | None, end: date | None, lang: str) -> str:
    """From when to when something holds; ``end`` is the first day on which it doesn't."""
    if start is None and end is None:
        return t(lang, "help.always")
    if end is None:
        return t(lang, "help.since", start=day(start, lang))
    if start is None:
        return t(lang, "help.before", end=day(end, lang))
    return t(lang, "help.from_to", start=day(start, lang), end=day(end, lang))


def limits(one: Indicator, lang: str) -> list[str]:
    """Limits of attainment and targets, one line each, with their dates."""
    lines = []
    for level in one.levels:
        key = "help.levels_assumed" if level.assumed else "help.levels"
        high, moderate = percent(level.high, lang), percent(level.moderate, lang)
        held = span(level.valid_from, level.valid_to, lang)
        lines.append(t(lang, key, high=high, moderate=moderate, span=held, source=level.source))
    for target in one.targets:
        key = "help.target_over" if target.strict else "help.target_least"
        held = span(target.valid_from, target.valid_to, lang)
        lines.append(t(lang, key, value=percent(target.value, lang), span=held, source=target.source))
    return lines or [t(lang, "help.no_target")]


def facts(one: Indicator, lang: str) -> list[str]:
    """What else one should know of an indicator."""
    lines = [t(lang, "help.direction_up" if one.direction > 0 else "help.direction_down")]
    lines.append(t(lang, "help.counted_nowhere" if one.is_coverage else f"help.counted_{one.unit}"))
    if one.limit_minutes is not None:
        lines.append(t(lang, "help.limit_minutes", minutes=one.limit_minutes))
    if one.is_duration:
        lines.append(t(lang, "help.is_duration"))
    if one.maturity_days:
        lines.append(t(lang, "help.maturity", days=one.maturity_days))
    for member in one.sets:
        confirmed = "" if member.confirmed else f" ({t(lang, 'help.unconfirmed')})"
        held = span(member.valid_from, member.valid_to, lang)
        lines.append(f"{t(lang, f'help.set_{member.name}')}: {held}{confirmed}")
    if one.replaces:
        before = next(other for other in INDICATORS if other.id == one.replaces)
        lines.append(t(lang, "help.replaces", title=before.words(lang).title))
    return lines


def about_indicators(page: frame.Frame) -> None:
    """One indicator at a time, straight from its declaration."""
    lang = page.language
    st.markdown(t(lang, "help.indicators_intro"))
    titles = {one.id: one.words(lang).title for one in INDICATORS}
    asked = choices.code("indikator", IDS[0])
    if asked not in IDS:
        st.warning(t(lang, "problem.unknown_indicator"))
    label = t(lang, "series.indicator")
    chosen = choices.ask(st.selectbox, "indikator", label, IDS, IDS[0], format_func=titles.__getitem__)
    one = next(one for one in INDICATORS if one.id == chosen)
    words = one.words(lang)
    st.subheader(words.title, anchor=False)
    st.markdown(words.rationale)
    st.markdown(f"**{t(lang, 'help.who_counts')}** {words.population}")
    if words.assumed_note:
        st.info(f"**{t(lang, 'help.assumed')}** {words.assumed_note}")
    st.markdown(f"**{t(lang, 'help.limits')}**\n" + "".join(f"\n- {line}" for line in limits(one, lang)))
    st.markdown(f"**{t(lang, 'help.more_facts')}**\n" + "".join(f"\n- {line}" for line in facts(one, lang)))
    st.caption(t(lang, "help.source", source=one.source, reviewed=day(one.reviewed, lang), id=one.id))
    address = escape(f"indikatorene?{urlencode(frame.common(page))}")
    st.html(f'<p><a href="{address}">{escape(t(lang, "upkeep.link"))}</a></p>')


with frame.page("help.title", "fane", "indikator") as page:
    tab = choices.ask(
        st.segmented_control,
        "fane",
        t(page.language, "help.tabs"),
        TABS,
        TABS[0],
        format_func=lambda code: t(page.language, f"help.tab_{code}"),
        label_visibility="collapsed",
        required=True,
    )
    if tab == "lese":
        reading(page.language)
    elif tab == "signal":
        course.show(page.language)
    elif tab == "indikator":
        about_indicators(page)
    else:
        st.markdown(t(page.language, f"help.text_{tab}"))
