"""*Nytt prosjekt*: what, for whom, how much, by when; beside it what the numbers are now and when a team will know.

The project is stored as an idea as soon as the indicator is chosen, so that everything typed after that is saved as
it is typed, and an interrupted start can be gone on with.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

import streamlit as st
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.improvement import aims, measured, models, projects, store, templates
from nhr_dash.improvement.kinds import Status
from nhr_dash.improvement.measured import Level
from nhr_dash.improvement.templates import Template
from nhr_dash.registry import indicators, series
from nhr_dash.registry.indicator import Indicator
from nhr_dash.statistics import advice, power
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, listed, percent
from nhr_dash.ui import caches, choices, editing
from nhr_dash.ui.frame import Frame, common
from nhr_dash.ui.image import image
from nhr_dash.ui.plain import plain
from nhr_dash.ui.portfolio import trends
from nhr_dash.ui.waiting import FEWEST, STEP, WELL_AHEAD, Plan

EMPTY = "tom"
"""No template."""
DRAFT = "utkast"
"""The choice that holds the project that is being begun."""
MONTHS_AHEAD = (6, 12, 18)
PROJECT = "pages/team/prosjekt.py"


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of an indicator at a hospital before a project begins, as a project's own page will know it.

    ``level`` of the last year, of ``patients``; None where there is none. ``plan``: what the power meter is asked when
    nobody has set an aim; None without a share, or with too few patients to plan from.
    """

    indicator: Indicator
    level: Level | None
    patients: int
    plan: Plan | None
    suggestions: "tuple[Suggestion, ...]" = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that an aim could have, and why: target, level or smallest."""

    value: float
    why: str
    strict: bool = False


def read(connection: Connection, scope: Scope, unit: int, indicator_id: str) -> Basis:
    """The numbers now. Raises UnknownIndicator and UnknownUnit."""
    indicator = indicators.by_id(indicator_id)
    one = measured.registry_measure(connection, scope, models.Measure(indicator=indicator_id), unit)
    newest = series.newest_admission(connection)
    end = one.provisional_from or (newest.date() if newest else None)
    if end is None:
        return Basis(indicator, None, 0, None)
    year = one.within(measured.months_back(end, measured.NOW_MONTHS), None)
    before = one.within(measured.months_back(end, measured.BEFORE_MONTHS), None)
    level, patients = measured.level_of(year, one.scale), int(year["denominator"].sum())
    if level is None or one.scale != "share" or indicator.is_coverage or patients < FEWEST:
        return Basis(indicator, level, patients, None)
    monthly = round(float(before["denominator"].sum()) / len(before), 1)
    further = min(1.0, max(0.0, level.value + STEP * indicator.direction))
    plan = Plan(monthly, len(before), level.value, further, indicator.minutes is not None)
    offered = suggestions(indicator, plan, end)
    # What others have set comes before what can be seen.
    wanted = sorted(offered, key=lambda one: one.why == "smallest")
    after = wanted[0].value if wanted else plan.after
    return Basis(indicator, level, patients, replace(plan, after=after), tuple(offered))


def suggestions(indicator: Indicator, plan: Plan, today: date) -> list[Suggestion]:
    """Aims that can be realistic: the target or the limit of high attainment, and the smallest lift that can be seen.

    Only what is well ahead of the level now, nearest first.
    """
    offered = []
    target, levels = indicator.target_on(today), indicator.levels_on(today)
    if target is not None:
        offered.append(Suggestion(target.value, "target", target.strict))
    elif levels is not None:
        offered.append(Suggestion(levels.high, "level"))
    smallest = power.smallest_seen(plan.monthly, plan.months, plan.before, indicator.direction)
    if smallest is not None:
        # Whole percent, away from the level now: rounded towards it, it would be too small to be seen.
        whole = math.ceil(smallest * 100) if indicator.direction > 0 else math.floor(smallest * 100)
        offered.append(Suggestion(whole / 100, "smallest"))
    ahead = [one for one in offered if (one.value - plan.before) * indicator.direction >= WELL_AHEAD]
    return sorted(ahead, key=lambda one: abs(one.value - plan.before))


def month_ends(today: date) -> list[date]:
    """Days that an aim could have: the ends of the months that lie half a year, a year and a year and a half ahead."""
    found = []
    for ahead in MONTHS_AHEAD:
        after = today.year * 12 + today.month + ahead
        found.append(date(after // 12, after % 12 + 1, 1) - timedelta(days=1))
    return found


def begin(page: Frame, indicator_id: str | None, title: str, chosen: Template | None = None) -> str:
    """Store the new project as an idea and return its id. Raises ``checks.Refused`` and ``NotAllowed``."""
    project = models.Project(title=title, unit=page.unit, status=Status.IDEA, language=page.language)
    if chosen is not None and indicator_id is not None:
        found = caches.guide_basis(page.version, page.scope.visibility, page.unit, indicator_id)
        ahead = [one for one in found.suggestions if one.why != "smallest"]
        if ahead:  # a target that is reached already, or nearly, is no aim
            project.aim_value, project.aim_strict = ahead[0].value, ahead[0].strict
    with caches.saving() as session:
        projects.create(session, page.scope, project, indicator=indicator_id, units=())
        if chosen is not None:
            templates.apply(session, page.scope, project, chosen)
        return project.id


def template(page: Frame, chosen: Template) -> None:
    """What comes with a template."""
    measures = [
        one.title or indicators.by_id(one.indicator or "").words(page.language).title for one in chosen.measures
    ]
    with st.expander(t(page.language, "guide.in_template")):
        st.markdown(chosen.purpose)
        st.markdown("\n".join(f"- {one.title}" for one in chosen.ideas))
        if measures:
            st.caption(t(page.language, "guide.template_measures", measures=listed(measures, page.language)))


def first_step(page: Frame, indicator_id: str, chosen: Template | None) -> None:
    """The numbers now, and the button that begins."""
    lang = page.language
    numbers(page, page.unit, indicator_id, None)
    if not page.scope.visibility.in_detail(page.unit):
        st.info(t(lang, "guide.own_only"))
        return
    with st.container(horizontal=True):
        if st.button(t(lang, "guide.begin"), type="primary", key="guide_begin"):
            title = chosen.title if chosen is not None else indicators.by_id(indicator_id).words(lang).title
            _opened(begin(page, indicator_id, title, chosen))
        own = t(lang, "guide.begin_own")
        if chosen is None and st.button(own, type="tertiary", key="guide_begin_own"):
            _opened(begin(page, None, t(lang, "guide.untitled")))


def _opened(project: str) -> None:
    choices.choose(DRAFT, project)
    choices.forget("mal")
    st.rerun()


def numbers(page: Frame, unit: int, indicator_id: str, aim: float | None) -> None:
    """Where the hospital is now, which figure fits, and how long it must wait; ``aim`` is the share that is wanted."""
    lang = page.language
    key = (page.version, page.scope.visibility)
    found = caches.guide_basis(*key, unit, indicator_id)
    name = caches.unit_names(page.version, lang).by_code.get(str(unit), "")
    title = found.indicator.words(lang).title
    with st.container(border=True, gap="xsmall", key="guide_numbers"):
        st.markdown(t(lang, "guide.now", unit=name, title=title))
        small = trends.Trend("", "none", "")
        if trends.has_months(indicator_id):
            small = caches.trend(*key, lang, (unit,), unit, indicator_id, None, (), aim)
        st.html(f'<div class="nhr-guide">{image(small.drawing)}<span>{level(found, lang)}</span></div>')
        plan = found.plan
        if plan is None:
            return
        if aim is not None and round(aim, 4) != round(plan.before, 4):
            plan = replace(plan, after=min(1.0, max(0.0, aim)))
        lines = caches.waiting_lines(*key, lang, unit, indicator_id, None, plan)
        advised = advice.recommend(
            plan.monthly, plan.before, plan.has_minutes, plan.months, direction=found.indicator.direction
        )
        st.markdown(f"**{t(lang, 'power.title')}** {lines[0]}")
        with st.expander(t(lang, "guide.more_about_waiting")):
            figure = t(lang, advised.reason, **advised.values)
            st.markdown("\n".join(f"- {line}" for line in (*lines[1:], figure)))


def level(found: Basis, language: str) -> str:
    """'38 % · 36 pasienter det siste året', or that nothing is known."""
    if found.level is None:
        return t(language, "guide.level_unknown")
    told = t(language, "guide.level", level=found.level.written(language), n=found.patients)
    return told if found.plan or found.indicator.is_coverage else f"{told}. {t(language, 'guide.no_plan')}"


def aim(page: Frame, whole: projects.Whole, today: date) -> None:
    """The four questions, each saved as it is answered, with the aim as one sentence under them."""
    lang, project, outcome = page.language, whole.project, whole.outcome
    editing.field(page, project, "title", t(lang, "guide.what"), rows=1, help=t(lang, "guide.what_help"))
    editing.field(page, project, "aim_whom", t(lang, "guide.whom"), rows=1, help=t(lang, "guide.whom_help"))
    scale = aims.scale_of(outcome)
    left, right = st.columns(2)
    with left:
        if scale is None:
            editing.field(page, project, "aim_what", t(lang, "guide.how_much_words"), rows=1)
        else:
            label = t(lang, f"guide.how_much_{scale}")
            editing.number(page, project, "aim_value", label, percent=scale == "share")
            if scale == "share" and project.aim_value is not None and project.aim_value > 1:
                st.warning(t(lang, "refused.over_100"))
            _offer_values(page, whole)
    with right:
        editing.day(page, project, "aim_by", t(lang, "guide.by_when"))
        with st.container(horizontal=True, gap="small", key="guide_days"):
            for ahead, last in zip(MONTHS_AHEAD, month_ends(today), strict=True):
                label = t(lang, "guide.in_months", months=ahead)
                help_ = day(last, lang, long=True)
                if st.button(label, key=f"aim_by_{ahead}", help=help_):
                    _set(page, project, {"aim_by": last})
    with caches.reading() as connection:
        facts = measured.gather(connection, page.scope, whole)
    said = aims.of_whole(whole, facts, lang)
    st.markdown(f"**{t(lang, 'guide.aim_so_far')}** {plain(said) if said else t(lang, 'aim.none')}")
    for part in aims.smarte(whole, facts):
        if part.met is False and part.part in ("ambitious", "realistic"):
            st.warning(part.reason.said(lang))


def _offer_values(page: Frame, whole: projects.Whole) -> None:
    outcome = whole.outcome
    if outcome is None or outcome.indicator is None:
        return
    offered = caches.guide_basis(page.version, page.scope.visibility, whole.project.unit, outcome.indicator).suggestions
    with st.container(horizontal=True, gap="small", key="guide_values"):
        for one in offered:
            label = t(page.language, f"guide.suggest_{one.why}", value=percent(one.value, page.language))
            if st.button(label, key=f"aim_{one.why}", help=t(page.language, f"guide.why_{one.why}")):
                _set(page, whole.project, {"aim_value": one.value, "aim_strict": one.strict})


def _set(page: Frame, project: models.Project, values: dict[str, object]) -> None:
    with caches.saving() as session:
        store.save(session, page.scope, models.Project, project.id, project.version, values)
    editing.again()


def cycle(page: Frame, whole: projects.Whole) -> None:
    """The first small test: what, and what the team believes will happen. May wait."""
    lang = page.language
    if not whole.cycles:
        st.caption(t(lang, "guide.cycle_may_wait"))
        if st.button(t(lang, "guide.add_cycle"), key="guide_cycle", icon=":material/add:"):
            made = models.Cycle(project=whole.project.id, number=1, title=t(lang, "guide.cycle_title"))
            if editing.add(page, made):
                editing.again()
        return
    first = whole.cycles[0]
    editing.field(page, first, "title", t(lang, "guide.cycle_what"), rows=1, help=t(lang, "guide.cycle_what_help"))
    editing.field(page, first, "prediction", t(lang, "guide.cycle_prediction"), rows=2)


def finish(page: Frame, whole: projects.Whole) -> None:
    """Open the project's page; it is planned from now on, where its aim has a value and a day."""
    lang, project = page.language, whole.project
    with st.container(horizontal=True, key="guide_finish"):
        if st.button(t(lang, "guide.finish"), type="primary", key="guide_open"):
            if project.status == Status.IDEA and project.aim_by is not None:
                _set_status(page, project)
            choices.forget(DRAFT)
            st.switch_page(PROJECT, query_params={**common(page), "prosjekt": project.id})
        if st.button(t(lang, "guide.again"), type="tertiary", key="guide_again", help=t(lang, "guide.again_help")):
            choices.forget(DRAFT)
            st.rerun()


def _set_status(page: Frame, project: models.Project) -> None:
    with caches.saving() as session:
        store.save(session, page.scope, models.Project, project.id, project.version, {"status": Status.PLANNED})
