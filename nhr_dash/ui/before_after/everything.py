"""All projects at once, and what teams believed beforehand: two views for leaders and the fagråd."""

import streamlit as st

from nhr_dash.charts import forest, verdict_words
from nhr_dash.charts.forest import ForestRow
from nhr_dash.improvement.effects import ProjectEffect
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics.effect import Grade
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, percent, points
from nhr_dash.ui import caches, frame
from nhr_dash.ui.before_after.cards import show
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain

HERE = "pages/leader/for_og_etter.py"
FEW = 20


def projects(page: Frame) -> None:
    """Every project's effect as a forest and a list; each title opens its own comparison."""
    lang = page.language
    with st.spinner(t(lang, "before_after.working")):
        found = caches.project_effects(page.version, page.team_version, page.scope.visibility)
    if not found:
        st.info(t(lang, "before_after.no_effects"))
        return
    names = caches.unit_names(page.version, lang).by_code
    rows = [
        ForestRow(
            f"{one.project.titled(lang)}, {names.get(str(one.unit), one.unit)}",
            one.difference,
            one.low,
            one.high,
            n=t(
                lang,
                "before_after.patients_about" if one.stored else "before_after.patients_sides",
                before=one.before_patients,
                after=one.after_patients,
            ),
            side=_side(one),
            faded=min(one.before_patients, one.after_patients) < FEW,
        )
        for one in found
    ]
    show(forest.build(rows, unit="points", title=t(lang, "before_after.all_title"), language=lang), "all", lang)
    st.caption(t(lang, "before_after.all_note", n=len(rows)))
    for one in found:
        with st.container(gap=None):
            own = {"sykehus": str(one.unit), "indikator": one.indicator, "start": f"prosjekt:{one.project.id}"}
            link = {**frame.common(page), **own}
            label = plain(f"{one.project.titled(lang)}, {names.get(str(one.unit), str(one.unit))}")
            st.page_link(HERE, label=label, query_params=link)
            st.caption(_said(one, lang))


def _side(one: ProjectEffect) -> str:
    if not one.stands_out:
        return "none"
    if one.grade in verdict_words.BETTER:
        return "better"
    return "worse" if one.grade in verdict_words.WORSE else "none"


def _said(one: ProjectEffect, language: str) -> str:
    title = by_id(one.indicator).words(language).title
    if one.grade is Grade.TOO_LITTLE_DATA:
        return f"{title}: {t(language, 'verdict.too_little_data')}."
    told = t(
        language,
        "verdict.change",
        title=title,
        before=percent(one.before, language),
        after=percent(one.after, language),
        points=points(one.difference, language),
        low_high=between(one.low, one.high, language),
    )
    grade = t(language, f"verdict.{one.grade.value}")
    return f"{told} {grade[0].upper()}{grade[1:]}."


def predictions(page: Frame) -> None:
    """What teams believed, and what happened: for learning, not for blame."""
    lang = page.language
    with st.spinner(t(lang, "before_after.working")):
        told = caches.prediction_book(page.version, page.team_version, page.scope.visibility, lang, page.unit)
    if not told.rows:
        st.info(t(lang, "before_after.no_predictions"))
        return
    st.markdown(f"#### {told.sentence}")
    heads = [t(lang, f"before_after.book_{name}") for name in ("cycle", "thought", "seen", "became")]
    columns = zip(*told.rows, strict=True)
    cells = {head: [plain(cell) for cell in column] for head, column in zip(heads, columns, strict=True)}
    st.table(cells, hide_index=True, alt=told.sentence)
    st.caption(t(lang, "before_after.book_note"))
