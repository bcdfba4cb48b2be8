"""*Spørsmål å stille*: the pyramid of investigation as a checklist, with what the data answer beside each question."""

import streamlit as st

from nhr_dash.improvement import questions
from nhr_dash.improvement.questions import PYRAMID, Answers, Beside
from nhr_dash.registry.across import Asked
from nhr_dash.registry.indicators import by_id
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, listed, number, percent, points, years
from nhr_dash.ui import caches, caches_areas, caches_variation, choices
from nhr_dash.ui.frame import Frame, common
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation.asked import DEFAULT, ask_indicator

OWN = ("enhet", "indikator")
GUIDE, RUN_CHART = "pages/team/nytt_prosjekt.py", "pages/team/seriediagram.py"
MERGED = ("footnote.counted_elsewhere", "footnote.counted_here")
_LOW_COVERAGE = 0.9
"""Under this a difference can be of who was registered (the registry's limit of high attainment)."""


def view(page: Frame) -> Taken | None:
    """Choose hospital and indicator, then the questions of the newest whole year. Nothing is drawn to take along."""
    lang = page.language
    names = caches.unit_names(page.version, lang)
    hospitals = caches.hospital_units(page.version)
    codes = [code for code in names.by_code if int(code) in hospitals]
    asked_for = choices.code("enhet")
    if asked_for and asked_for not in codes:
        st.warning(t(lang, "problem.unknown_unit"))
    left, right = st.columns([2, 4], vertical_alignment="bottom")
    with left:
        default = str(page.unit) if str(page.unit) in codes else codes[0]
        label = t(lang, "questions.unit")
        unit = choices.ask(st.selectbox, "enhet", label, codes, default, format_func=names.labels.__getitem__)
    with right:
        indicator = ask_indicator(page, DEFAULT)
    draw(page, int(unit), indicator, None)
    return None


def draw(page: Frame, unit: int, indicator: str, asked: Asked | None) -> None:
    """The questions about one unit and indicator, in the years of ``asked`` (else the newest that is final)."""
    lang = page.language
    last = asked.last if asked else caches_variation.newest_final(page.version, indicator)
    if last is None:
        st.info(t(lang, "variation.no_data"))
        return
    first = asked.first if asked else last
    known = caches_areas.answers(page.version, page.scope.visibility, unit, indicator, first, last)
    name = caches.unit_names(page.version, lang).by_code.get(str(unit), str(unit))
    st.markdown(_said(known, name, lang))
    done = st.session_state.setdefault(f"questions_{unit}_{indicator}", set())
    for level, asks in PYRAMID.items():
        with st.container(border=True, gap="xsmall", key=f"level_{level}"):
            st.markdown(f"**{t(lang, f'questions.level_{level}')}** {t(lang, f'questions.about_{level}')}")
            for one in asks:
                _question(one, known, done, lang)
    link = {**common(page), "sykehus": str(unit), "indikator": indicator}
    st.page_link(RUN_CHART, label=t(lang, "questions.see_chart", unit=name), query_params=link)
    _onwards(page, known, name, done)


def _question(one: str, known: Answers, done: set[str], language: str) -> None:
    label = t(language, f"questions.ask_{one}")
    if st.checkbox(label, value=one in done, key=f"ask_{known.unit}_{known.indicator}_{one}"):
        done.add(one)
    else:
        done.discard(one)
    told, first = answer(one, known, language)
    if told:
        st.caption(f"{t(language, 'questions.look_first')} {told}" if first else told)


def _onwards(page: Frame, known: Answers, name: str, done: set[str]) -> None:
    """The list becomes a project for those who may, and a text to send for the others."""
    lang = page.language
    with st.container(horizontal=True):
        if page.scope.may_edit(known.unit):
            help_ = t(lang, "questions.start_help")
            if st.button(t(lang, "questions.start"), type="primary", key="questions_start", help=help_):
                _begin(page, known, name, done)
        with st.popover(t(lang, "questions.copy"), icon=":material/content_copy:"):
            st.code(as_text(known, name, done, lang), language=None, wrap_lines=True)
    if not page.scope.may_edit(known.unit):
        st.caption(t(lang, "questions.own_only", unit=name))


def _begin(page: Frame, known: Answers, name: str, done: set[str]) -> None:
    lang = page.language
    title = t(lang, "questions.project_title", title=by_id(known.indicator).words(lang).title)
    open_ = [t(lang, f"questions.ask_{one}") for asks in PYRAMID.values() for one in asks if one not in done]
    text = as_text(known, name, done, lang)
    with caches.saving() as session:
        project = questions.begin(session, page.scope, known.unit, known.indicator, title, text, open_, lang)
    choices.choose("utkast", project)
    st.switch_page(GUIDE, query_params={**common(page), "sykehus": str(known.unit), "utkast": project})


def as_text(known: Answers, unit: str, done: set[str], language: str) -> str:
    """The checklist as plain text: what is known, each question with its answer, and whether it is settled."""
    lines = [_said(known, unit, language).replace("**", "")]
    for level, asks in PYRAMID.items():
        lines += ["", t(language, f"questions.level_{level}")]
        for one in asks:
            told = answer(one, known, language)[0]
            mark = "x" if one in done else " "
            question = t(language, f"questions.ask_{one}")
            lines.append(f"[{mark}] {question}" + (f" {t(language, 'questions.data')} {told}" if told else ""))
    return "\n".join(lines)


def _said(known: Answers, unit: str, language: str) -> str:
    values = {
        "unit": unit,
        "title": by_id(known.indicator).words(language).title,
        "years": years(known.first, known.last),
    }
    if known.hidden:
        return t(language, "questions.hidden", **values)
    if known.share is None:
        return t(language, "questions.no_patients", **values)
    return t(
        language,
        "questions.now",
        share=percent(known.share.estimate, language),
        low_high=between(known.share.low, known.share.high, language),
        country=percent(known.country, language),
        n=known.patients,
        **values,
    )


def answer(one: str, known: Answers, language: str) -> tuple[str, bool]:
    """What the data say to a question (empty: nothing), and whether it should be looked at first."""
    if one == "coverage" and known.coverage is not None:
        year, share = known.coverage
        values = {"year": year, "share": percent(share, language)}
        return t(language, "questions.answer_coverage", **values), share < _LOW_COVERAGE
    beside = {
        "counted": known.counted,
        "clock": known.clock,
        "age": known.old,
        "early": known.early,
    }.get(one)
    if beside is not None:
        return _beside(one, beside, language), beside.differs
    if one == "coding":
        pair = [(name, getattr(known, name)) for name in ("unspecified", "haemorrhage")]
        told = [_beside(name, found, language) for name, found in pair if found is not None]
        return " ".join(told), any(found is not None and found.differs for _, found in pair)
    if one == "final":
        return t(
            language, f"questions.answer_final_{'yes' if known.final else 'no'}", years=years(known.first, known.last)
        ), not known.final
    if one == "chance" and known.share is not None:
        low, high = known.share.low, known.share.high
        inside = low <= known.country <= high
        return t(language, f"questions.answer_chance_{'yes' if inside else 'no'}", n=known.patients), inside
    return _structure(one, known, language)


def _structure(one: str, known: Answers, language: str) -> tuple[str, bool]:
    if one == "unit" and known.stroke_unit is not None:
        told = [t(language, f"questions.answer_unit_{'yes' if known.stroke_unit else 'no'}")]
        if known.centre:
            told.append(t(language, "questions.answer_centre"))
        if known.strokes is not None and known.median is not None:
            values = {"strokes": number(known.strokes, language), "median": number(known.median, language)}
            told.append(t(language, "questions.answer_volume", **values))
        return " ".join(told), not known.stroke_unit
    merged = [note for note in known.footnotes if note.key in MERGED]
    if one == "merged" and merged:
        told = [t(language, note.key, names=note.names) for note in merged]
        return " ".join(told), True
    if one == "off_hours" and known.day is not None and known.off_hours is not None and known.off_less is not None:
        less = known.off_less
        told_ = t(
            language,
            "questions.answer_off_hours",
            day=percent(known.day.estimate, language),
            off=percent(known.off_hours.estimate, language),
            points=points(less.estimate, language),
            low_high=between(less.low, less.high, language),
        )
        return told_, not less.low <= 0 <= less.high
    if one == "since" and len(known.before) > 1:
        shares = [f"{year}: {percent(share, language)}" for year, share in known.before]
        return t(language, "questions.answer_since", years=listed(shares, language)), False
    return "", False


def _beside(name: str, found: Beside, language: str) -> str:
    values = {"here": percent(found.here, language), "there": percent(found.there, language)}
    return t(language, f"questions.answer_{name}", **values)
