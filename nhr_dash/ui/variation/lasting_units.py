"""*Sykehus med varig bedring*: who, when, how much, does it hold, and is it written down as a project?"""

from collections.abc import Sequence

import streamlit as st

from nhr_dash.charts import forest
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.forest import ForestRow
from nhr_dash.improvement import lasting_units
from nhr_dash.improvement.lasting_units import LOOKED_THROUGH, YEARS, Stepped
from nhr_dash.improvement.publishing import FEWEST
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.steps import RATE
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, month, number, percent, points
from nhr_dash.ui import caches, caches_areas, choices
from nhr_dash.ui.frame import Frame, common
from nhr_dash.ui.plain import plain
from nhr_dash.ui.share import Taken

OWN = ("gjelder_indikator", "region", "aar")
EVERY = "alle"
AT_ONCE = 8
RUN_CHART, GUIDE, PROJECT = (f"pages/team/{name}.py" for name in ("seriediagram", "nytt_prosjekt", "prosjekt"))


def draw(page: Frame) -> Taken | None:
    """Ask, look through the series, draw."""
    lang = page.language
    indicator, region, years = _ask(page)
    chosen = LOOKED_THROUGH if indicator == EVERY else (indicator,)
    with st.spinner(t(lang, "lasting_units.looking")):
        key = (page.version, page.scope.visibility)
        looked = [one for name in chosen for one in caches_areas.stepped(*key, name, years)]
    if region != EVERY:
        inside = caches.hospitals_of(page.version, int(region))
        looked = [one for one in looked if one.step.unit in inside]
    if not looked:
        st.info(t(lang, "lasting_units.nothing_to_look_through"))
        return None
    found = lasting_units.better(looked)
    names = caches.unit_names(page.version, lang).by_code
    # The invented hospitals of courses stand in the list where there are any, not in a real registry.
    found = tuple(one for one in found if str(one.step.unit) in names)
    said = sentence(found, names, years, lang)
    st.markdown(said)
    st.caption(looked_through(looked, len(found), lang))
    if not found:
        return None
    drawing = _drawn(found, names, years, lang)
    st.vega_lite_chart(drawing.spec, key="lasting", alt=drawing.alt, theme=None)
    _rows(page, found, names, years)
    patients = sum(one.step.patients_before + one.step.patients_after for one in found)
    return Taken(drawing, f"lasting {indicator} {region} {years}", patients, t(lang, "lasting_units.method"))


def _ask(page: Frame) -> tuple[str, str, int]:
    lang = page.language
    left, middle, right = st.columns([5, 2.4, 2], vertical_alignment="bottom")
    with left:
        asked = choices.code("gjelder_indikator", EVERY)
        if asked not in (EVERY, *LOOKED_THROUGH):
            st.warning(t(lang, "lasting_units.no_indicator"))
        indicator = choices.ask(
            st.selectbox,
            "gjelder_indikator",
            t(lang, "series.indicator"),
            (EVERY, *LOOKED_THROUGH),
            EVERY,
            format_func=lambda one: (
                t(lang, "lasting_units.every_indicator") if one == EVERY else by_id(one).words(lang).title
            ),
        )
    names = caches.unit_names(page.version, lang)
    with middle:
        region = choices.ask(
            st.selectbox,
            "region",
            t(lang, "lasting_units.region"),
            (EVERY, *caches_areas.regions(page.version)),
            EVERY,
            format_func=lambda one: t(lang, "lasting_units.every_region") if one == EVERY else names.by_code[one],
        )
    with right:
        years = choices.ask(
            st.segmented_control,
            "aar",
            t(lang, "lasting_units.years"),
            tuple(str(one) for one in YEARS),
            str(YEARS[0]),
            format_func=lambda one: t(lang, "lasting_units.last_years", years=one),
            required=True,
        )
    return indicator, region, int(years)


def sentence(found: Sequence[Stepped], names: dict[str, str], years: int, language: str) -> str:
    """How many improvements, where, and the largest with its interval."""
    if not found:
        return t(language, "lasting_units.none", years=years)
    first = found[0]
    told = t(
        language,
        "lasting_units.found",
        n=len(found),
        hospitals=t(language, "potential.hospitals", n=len({one.step.unit for one in found})),
        years=years,
    )
    return f"{told} {t(language, 'lasting_units.largest', **_values(first, names, language))}"


def looked_through(looked: Sequence[Stepped], found: int, language: str) -> str:
    """How many series were looked through, and how many of them chance alone would give."""
    told = t(
        language,
        "lasting_units.looked_through",
        n=len(looked),
        hospitals=number(len({one.step.unit for one in looked}), language),
        indicators=number(len({one.indicator for one in looked}), language),
        chance=number(RATE * len(looked), language),
    )
    if not found:
        return told
    return f"{told} {t(language, 'lasting_units.false', n=found, false=number(RATE * found, language, 1))}"


def _values(one: Stepped, names: dict[str, str], language: str) -> dict[str, object]:
    step = one.step
    return {
        "hospital": names[str(step.unit)],
        "title": by_id(one.indicator).words(language).title,
        "before": percent(step.before, language),
        "after": percent(step.after, language),
        "since": month(step.since, language),
        "points": points(step.difference, language),
        "low_high": between(step.low, step.high, language),
    }


def _drawn(found: Sequence[Stepped], names: dict[str, str], years: int, language: str) -> Drawing:
    rows = [
        ForestRow(
            f"{names[str(one.step.unit)]}: {by_id(one.indicator).words(language).title}",
            one.step.difference,
            one.step.low,
            one.step.high,
            n=month(one.step.since, language),
            side="better",
            faded=one.holding != "holds",
        )
        for one in found
    ]
    title = t(language, "lasting_units.chart_title", years=years)
    return forest.build(
        rows, unit="points", title=title, language=language, subtitle=t(language, "lasting_units.chart_subtitle")
    )


def _rows(page: Frame, found: Sequence[Stepped], names: dict[str, str], years: int) -> None:
    lang = page.language
    key = (page.version, page.team_version, page.scope.visibility, lang)
    written = {
        (unit, one.indicator): (one.id, one.title) for one in reversed(caches.portfolio(*key)) for unit in one.units
    }
    for one in found[:AT_ONCE]:
        _row(page, one, names, written, years)
    if found[AT_ONCE:]:
        with st.expander(t(lang, "lasting_units.more", n=len(found) - AT_ONCE)):
            for one in found[AT_ONCE:]:
                _row(page, one, names, written, years)
    st.caption(t(lang, "lasting_units.how_to_ask"))


def _row(
    page: Frame,
    one: Stepped,
    names: dict[str, str],
    written: dict[tuple[int, str | None], tuple[str, str]],
    years: int,
) -> None:
    lang, step = page.language, one.step
    at = {**common(page), "sykehus": str(step.unit), "indikator": one.indicator, "periode": str(12 * years)}
    values = _values(one, names, lang)
    with st.container(border=True, gap="xsmall", key=f"stepped_{step.unit}_{one.indicator}"):
        with st.container(key=f"card_{step.unit}_{one.indicator}"):
            st.page_link(RUN_CHART, label=plain(t(lang, "lasting_units.row", **values)), query_params=at)
        own = page.scope.visibility.in_detail(step.unit)
        sides = {"before": step.patients_before, "after": step.patients_after} if own else {"fewest": FEWEST}
        pieces = (
            t(lang, "lasting_units.size", **values),
            _when(one, lang),
            t(lang, f"lasting_units.patients_{'own' if own else 'others'}", **sides),
            _holds(one, lang),
        )
        st.caption(" ".join(pieces))
        project = written.get((step.unit, one.indicator))
        if project is not None:
            told = t(lang, "lasting_units.written", title=plain(project[1]))
            st.page_link(PROJECT, label=told, query_params={**common(page), "prosjekt": project[0]})
        elif page.scope.may_edit(step.unit):
            st.page_link(GUIDE, label=t(lang, "lasting_units.write"), query_params=at)
        else:
            st.caption(t(lang, "lasting_units.not_written", hospital=names[str(step.unit)]))


def _when(one: Stepped, language: str) -> str:
    """The month of the step, and what it can also have been."""
    step = one.step
    since, first, last = (month(day, language) for day in (step.since, step.earliest, step.latest))
    if first == last:
        return t(language, "lasting_units.since", since=since)
    return t(language, "lasting_units.since_about", since=since, first=first, last=last)


def _holds(one: Stepped, language: str) -> str:
    done, count = one.now
    if not count:
        return t(language, "lasting_units.no_patients_now")
    return t(language, f"lasting_units.{one.holding}", now=percent(done / count, language))
