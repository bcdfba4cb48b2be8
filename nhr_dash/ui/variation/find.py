"""The view *Finn forbedringsområder*: the choices, the chart, and a row an area with the way to a project."""

import streamlit as st

from nhr_dash.improvement import potential
from nhr_dash.improvement.kinds import Source
from nhr_dash.improvement.potential import GOALS, SPANS, WITH_SHARE, Gap, Goal, Together
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.units import NATION
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, caches_areas, choices, share
from nhr_dash.ui.frame import Frame, common
from nhr_dash.ui.plain import plain
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation import areas
from nhr_dash.ui.variation.areas import Areas, Place

OWN = ("gjelder", "naa", "tall", "vei")
HERE, COUNTRY, EVERY = "her", "landet", "alle"
AT_ONCE = 6
RUN_CHART, GUIDE = "pages/team/seriediagram.py", "pages/team/nytt_prosjekt.py"
PROJECT, FIND = "pages/team/prosjekt.py", "pages/fagrad/forbedringsomrader.py"
_SOURCE_OF = {"target": Source.LOW_ATTAINMENT, "fifth": Source.VARIATION, "best_year": Source.PUBLISHED_RESULTS}


def draw(page: Frame) -> Taken | None:
    """Ask, look through every indicator, draw."""
    lang = page.language
    place, goal, span, way = _ask(page)
    visibility = page.scope.visibility
    with st.spinner(t(lang, "potential.looking")):
        only = place.hospital if goal == "best_year" else 0
        trend = way == Source.PUBLISHED_RESULTS
        looked = [caches_areas.looked(page.version, visibility, one, goal, span, only, trend) for one in WITH_SHARE]
    if all(one.why == "no_data" for one in looked):
        st.info(t(lang, "potential.no_years"))
        return None
    names = caches.unit_names(page.version, lang).by_code
    bank = caches.idea_bank(page.version, page.team_version, visibility, lang)
    published = frozenset(one.indicator for one in bank if one.indicator)
    found = areas.read(looked, place, goal, way, published, names, lang)
    if way:
        st.info(t(lang, f"potential.what_{way}", link="/idebank"))
    st.markdown(found.sentence)
    if found.drawing is not None:
        st.vega_lite_chart(found.drawing.spec, key="gains", alt=found.drawing.alt, theme=None)
    _one_hospital(page, place, found, goal, way)
    _many(page, found, names)
    for note in found.notes:
        st.caption(note)
    st.caption(t(lang, "potential.ways_note"))
    if found.drawing is None:
        return None
    share.numbers(found.drawing, lang)
    method = f"{t(lang, f'potential.goal_{goal}')}, {t(lang, f'potential.span_{span}')}"
    return Taken(found.drawing, f"{page.unit} potential {goal} {span}", found.patients, method)


def _ask(page: Frame) -> tuple[Place, Goal, int, str]:
    lang = page.language
    row = st.columns((2.4, 2.4, 2, 2), vertical_alignment="bottom")
    whole = page.unit == NATION
    with row[0]:
        where = COUNTRY
        if not whole:
            where = choices.ask(
                st.segmented_control,
                "gjelder",
                t(lang, "potential.where"),
                (HERE, COUNTRY),
                HERE,
                format_func=lambda one: page.unit_name if one == HERE else t(lang, "potential.where_landet"),
                required=True,
            )
    with row[1]:
        goal = choices.ask(
            st.selectbox,
            "naa",
            t(lang, "potential.goal"),
            GOALS,
            GOALS[0],
            format_func=lambda one: t(lang, f"potential.goal_{one}"),
        )
    with row[2]:
        span = choices.ask(
            st.selectbox,
            "tall",
            t(lang, "potential.span"),
            tuple(str(one) for one in SPANS),
            str(SPANS[0]),
            format_func=lambda one: t(lang, f"potential.span_{one}"),
        )
    with row[3]:
        way = choices.ask(
            st.selectbox,
            "vei",
            t(lang, "potential.way"),
            (EVERY, *Source),
            EVERY,
            format_func=lambda one: t(lang, f"potential.way_{one}"),
        )
    return _place(page, where), goal, int(span), "" if way == EVERY else way  # type: ignore[return-value]


def _place(page: Frame, where: str) -> Place:
    unit = NATION if where == COUNTRY else page.unit
    hospitals = caches.hospitals_of(page.version, unit) & caches.hospital_units(page.version)
    name = t(page.language, "potential.country") if unit == NATION else page.unit_name
    return Place(name, hospitals, unit if unit in hospitals else 0)


def _one_hospital(page: Frame, place: Place, found: Areas, goal: str, way: str) -> None:
    """A row an area with the button that begins a project; what can be chance stands under its own heading."""
    lang = page.language
    clear = [one for one in found.gaps if one.grade == "clear"]
    chance = [one for one in found.gaps if one.grade == "chance"]
    if not place.hospital or not (clear or chance):
        return
    if not page.scope.may_edit(place.hospital):
        st.caption(t(lang, "potential.own_only"))
    key = (page.version, page.team_version, page.scope.visibility, lang)
    mine = {
        one.indicator: (one.id, one.title)
        for one in reversed(caches.portfolio(*key))
        if place.hospital in one.units and one.is_open and one.indicator
    }
    source = way if way else _SOURCE_OF[goal]
    for one in clear[:AT_ONCE]:
        _row(page, one, mine.get(one.indicator), source)
    if clear[AT_ONCE:]:
        with st.expander(t(lang, "potential.more")):
            for one in clear[AT_ONCE:]:
                _row(page, one, mine.get(one.indicator), source)
    if chance:
        with st.expander(t(lang, "potential.chance_heading"), expanded=not clear):
            st.caption(t(lang, "potential.chance_note"))
            for one in chance:
                _row(page, one, mine.get(one.indicator), source)


def _row(page: Frame, one: Gap, project: tuple[str, str] | None, source: str) -> None:
    lang = page.language
    link = {**common(page), "sykehus": str(one.unit), "indikator": one.indicator}
    with st.container(border=True, gap="xsmall", key=f"area_{one.indicator}"):
        left, right = st.columns([5, 1.6], vertical_alignment="center")
        with left:
            with st.container(key=f"card_area_{one.indicator}"):
                st.page_link(RUN_CHART, label=_headline(one, lang), query_params=link)
            st.caption(areas.said_numbers(one, lang))
            if project is not None:
                label = t(lang, "potential.has_project", title=plain(project[1]))
                st.page_link(PROJECT, label=label, query_params={**common(page), "prosjekt": project[0]})
        with right:
            if page.scope.may_edit(one.unit) and st.button(
                t(lang, "potential.start"),
                key=f"begin_{one.indicator}",
                help=t(lang, "potential.start_help"),
                width="stretch",
            ):
                _begin(page, one, source)
            asked = {**common(page), "visning": "sporsmal", "enhet": str(one.unit), "indikator": one.indicator}
            st.page_link(FIND, label=t(lang, "potential.ask"), query_params=asked)


def _headline(one: Gap, language: str) -> str:
    return t(
        language,
        "potential.headline",
        title=by_id(one.indicator).words(language).title,
        gain=areas.said_patients(one, language),
    )


def _begin(page: Frame, one: Gap, source: str) -> None:
    title = by_id(one.indicator).words(page.language).title
    told = areas.background(one, page.unit_name, page.language).replace("**", "")
    with caches.saving() as session:
        project = potential.begin(session, page.scope, one, title, told, page.language, source)
    choices.choose("utkast", project)
    st.switch_page(GUIDE, query_params={**common(page), "utkast": project})


def _many(page: Frame, found: Areas, names: dict[str, str]) -> None:
    """Of several hospitals: which of them hold most of each."""
    clear = [one for one in found.sums if one.clear]
    for one in clear[:AT_ONCE]:
        _shared(page, one, names)
    if clear[AT_ONCE:]:
        with st.expander(t(page.language, "potential.more")):
            for one in clear[AT_ONCE:]:
                _shared(page, one, names)


def _shared(page: Frame, one: Together, names: dict[str, str]) -> None:
    lang = page.language
    title = by_id(one.indicator).words(lang).title
    with st.container(border=True, gap="xsmall", key=f"area_{one.indicator}"):
        left, right = st.columns([5, 1.6], vertical_alignment="center")
        with left:
            st.markdown(f"**{title}**: {areas.said_patients(one, lang)}")
            st.caption(areas.said_who(one, names, lang))
        with right:
            box = st.popover(
                t(lang, "potential.hospitals_box"),
                key=f"hospitals_{one.indicator}",
                on_change="rerun",
                width="stretch",
            )
        if box.open:
            box.table(areas.hospitals(one, names, lang).map(plain), hide_index=True, alt=title)
