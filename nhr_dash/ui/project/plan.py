"""The measurement plan: every measure with what it counts, its target and its time before."""

import streamlit as st

from nhr_dash.improvement import measured
from nhr_dash.improvement.kinds import DataKind, MeasureKind
from nhr_dash.improvement.models import Measure
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry import indicators
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, number, percent
from nhr_dash.ui import editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import parts, points, wall

DIRECTIONS = (1, -1, 0)


def draw(page: Frame, whole: Whole) -> None:
    """A row a measure; the team's own with their numbers."""
    lang = page.language
    if not whole.measures:
        parts.empty(page, "no_measures")
    for one in whole.measures:
        name = measured.title(one, lang)
        with parts.row(f"measure_{one.id}"):
            st.markdown(_line(one, name, lang), width="stretch")
            parts.change(page, one, name, lambda one=one: _fields(page, one))  # type: ignore[misc]
        if one.indicator is None:
            points.draw(page, whole, one)
    parts.adding(page, whole, "measure", lambda: _new(page, whole))


def _line(one: Measure, name: str, language: str) -> str:
    words = [t(language, f"project.measure_{one.kind}"), f"**{plain(name or t(language, 'project.unnamed'))}**"]
    if one.indicator is None:
        words.append(t(language, f"project.data_{one.data_kind}"))
        words += [plain(one.definition)] if one.definition else []
    else:
        words.append(plain(indicators.by_id(one.indicator).words(language).population))
    if one.target is not None:
        value = percent(one.target, language) if wall.is_share(one) else number(one.target, language)
        words.append(t(language, "project.target_at", value=plain(value)))
    if one.baseline_from and one.baseline_to:
        first, last = (plain(day(one_day, language)) for one_day in (one.baseline_from, one.baseline_to))
        words.append(t(language, "project.baseline_days", first=first, last=last))
    return " · ".join(words)


def _fields(page: Frame, one: Measure) -> None:
    lang = page.language
    words = {code: t(lang, f"project.measure_{code}") for code in MeasureKind}
    editing.choice(page, one, "kind", t(lang, "project.measure_kind"), list(MeasureKind), words.__getitem__)
    if one.indicator is None:
        editing.field(page, one, "title", t(lang, "project.measure_title"), rows=1)
        editing.field(page, one, "definition", t(lang, "project.measure_definition"), rows=2)
        kinds = {code: t(lang, f"project.data_{code}") for code in DataKind}
        editing.choice(page, one, "data_kind", t(lang, "project.measure_data"), list(DataKind), kinds.__getitem__)
        ways = {way: t(lang, f"project.direction_{place}") for place, way in enumerate(DIRECTIONS)}
        editing.choice(page, one, "direction", t(lang, "project.direction"), DIRECTIONS, ways.__getitem__)  # type: ignore[arg-type]
    share = wall.is_share(one)
    editing.number(page, one, "target", t(lang, "project.target_percent" if share else "project.target"), percent=share)
    editing.day(page, one, "baseline_from", t(lang, "project.baseline_from"), help=t(lang, "project.baseline_help"))
    editing.day(page, one, "baseline_to", t(lang, "project.baseline_to"))


def _new(page: Frame, whole: Whole) -> Measure:
    """An indicator of the registry, or the team's own."""
    lang = page.language
    titles = {one.id: one.words(lang).title for one in indicators.INDICATORS}
    used = {one.indicator for one in whole.measures}
    choices = ["", *(one for one in titles if one not in used)]
    indicator = st.selectbox(
        t(lang, "project.measure_what"),
        choices,
        format_func=lambda code: titles.get(code, t(lang, "project.measure_own")),
    )
    title = st.text_input(t(lang, "project.measure_title"), help=t(lang, "project.measure_title_help"))
    kind = st.selectbox(
        t(lang, "project.measure_kind"),
        list(MeasureKind),
        index=1 if whole.outcome else 0,
        format_func=lambda code: t(lang, f"project.measure_{code}"),
    )
    data = st.selectbox(
        t(lang, "project.measure_data"), list(DataKind), format_func=lambda code: t(lang, f"project.data_{code}")
    )
    return Measure(
        project=whole.project.id,
        indicator=indicator or None,
        title="" if indicator else title,
        kind=str(kind),
        data_kind=str(data),
        position=len(whole.measures),
    )
