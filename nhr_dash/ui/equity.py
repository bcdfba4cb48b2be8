"""*Likeverdig?*: the differences of one dimension told and drawn, and the choices that they come from."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from nhr_dash.charts import forest
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.forest import ForestRow
from nhr_dash.registry.equity import SIDES, SURE, Difference
from nhr_dash.registry.groups import VOLUME
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics.intervals import wilson
from nhr_dash.text import formats
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number, percent, points
from nhr_dash.ui import caches_variation, choices, share
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.variation.asked import say_wrong_year

OWN = ("etter", "aar1", "aar2")
FEW = 20
"""Patients on a side under which a difference is drawn pale."""
YEARS = 3
"""Years seen together unless chosen: one year of a hospital has few patients in each group."""


@dataclass(frozen=True, eq=False)
class View:
    """What is shown: the finding, more sentences, the drawing (None: nothing may be shown), and rows of every
    category: indicator, group, share, interval, patients."""

    finding: str
    beside: tuple[str, ...]
    drawing: Drawing | None
    categories: tuple[tuple[str, ...], ...]
    patients: int


def build(found: Sequence[Difference], dimension: str, unit: str, years: str, language: str) -> View:
    """One dimension's differences, told and drawn."""
    known = [one for one in found if one.p == one.p]
    if not known:
        key = "equity.every_hidden" if any(one.hidden for one in found) else "equity.no_data"
        return View(t(language, key, unit=unit), (), None, (), 0)
    sides = _sides(dimension, language)
    sure = sum(one.sure for one in known)
    finding = t(
        language,
        "equity.finding" if sure else "equity.finding_none",
        n=sure,
        of=len(known),
        between=sides["between"],
        unit=unit,
        years=years,
    )
    told = [
        _most(known[0], sides, language),
        t(language, "equity.corrected", tests=len(known), chance=number(len(known) * SURE, language)),
    ]
    hidden = [_title(one, language) for one in found if one.hidden]
    if hidden:
        told.append(t(language, "equity.hidden", titles=", ".join(hidden)))
    names = {"one": sides["one"], "other": sides["other"]}
    drawing = forest.build(
        [_row(one, language) for one in known],
        unit="points",
        title=t(language, "equity.chart_title", between=sides["between"]),
        subtitle=" · ".join((unit, years, t(language, "equity.chart_note", **names))),
        language=language,
        better=0,
        ways=(t(language, f"equity.more_{dimension}_one"), t(language, f"equity.more_{dimension}_other")),
        said=finding,
    )
    rows = tuple(row for one in known for row in _categories(one, language))
    return View(finding, tuple(told), drawing, rows, max(one.one[1] + one.other[1] for one in known))


def _sides(dimension: str, language: str) -> dict[str, str]:
    return {name: t(language, f"equity.{name}_{dimension}") for name in ("between", "one", "other")}


def _title(one: Difference, language: str) -> str:
    return by_id(one.indicator).words(language).title


def _most(one: Difference, sides: dict[str, str], language: str) -> str:
    """The most certain difference, with its size: with many patients a small one is certain too."""
    (done, patients), (other_done, other_patients) = one.one, one.other
    return t(
        language,
        "equity.most" if one.sure else "equity.most_unsure",
        title=_title(one, language),
        one=number(100 * done / patients, language, 1),
        other=number(100 * other_done / other_patients, language, 1),
        one_name=sides["one"],
        other_name=sides["other"],
        points=points(one.difference.estimate, language, 1),
        low_high=between(one.difference.low, one.difference.high, language, 1),
    )


def _row(one: Difference, language: str) -> ForestRow:
    counts = {"one": number(one.one[1], language), "other": number(one.other[1], language)}
    return ForestRow(
        _title(one, language),
        *one.difference,
        n=t(language, "equity.patients", **counts),
        side="changed" if one.sure else "none",
        faded=min(one.one[1], one.other[1]) < FEW,
    )


def _categories(one: Difference, language: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for category, (done, patients) in one.parts:
        interval = wilson(done, patients)
        rows.append(
            (
                _title(one, language),
                t(language, f"parts.{one.dimension}_{category}"),
                percent(done / patients, language),
                between(interval.low, interval.high, language),
                number(patients, language),
            )
        )
    return rows


def draw(page: Frame) -> share.Taken | None:
    """The choices, the finding, the forest, and every group as a table."""
    lang = page.language
    asked = _ask(page)
    if asked is None:
        return None
    dimension, first, last = asked
    found = caches_variation.differences(page.version, page.scope.visibility, page.unit, dimension, first, last)
    view = build(found, dimension, page.unit_name, formats.years(first, last), lang)
    if view.drawing is None:
        st.info(view.finding)
    else:
        st.markdown(f"#### {plain(view.finding)}")
        for line in view.beside:
            st.markdown(plain(line))
        st.vega_lite_chart(view.drawing.spec, key="equity", alt=view.drawing.alt, theme=None)
    st.caption(t(lang, "equity.not_adjusted"))
    st.caption(t(lang, "equity.residence"))
    if view.drawing is None:
        return None
    share.numbers(view.drawing, lang)
    with st.expander(t(lang, "equity.categories")):
        heads = [t(lang, f"equity.column_{name}") for name in ("indicator", "group", "share", "interval", "patients")]
        columns = (list(column) for column in zip(*view.categories, strict=True))
        st.dataframe(dict(zip(heads, columns, strict=True)), hide_index=True, alt=t(lang, "equity.categories"))
    return share.Taken(view.drawing, f"equity {page.unit}", view.patients, t(lang, "equity.method"))


def _ask(page: Frame) -> tuple[str, int, int] | None:
    """The dimension and the years; None, with a sentence, where there are no patients at all."""
    lang = page.language
    known = caches_variation.years_of(page.version, VOLUME)
    newest = caches_variation.newest_final(page.version, VOLUME)
    if newest is None:
        st.info(t(lang, "equity.no_data"))
        return None
    say_wrong_year(page, known, OWN[1:])
    codes = [str(year) for year in reversed(known)]
    row = st.columns((3, 1, 1), vertical_alignment="bottom")
    with row[0]:
        dimension = choices.ask(
            st.segmented_control,
            OWN[0],
            t(lang, "equity.dimension"),
            tuple(SIDES),
            next(iter(SIDES)),
            format_func=lambda one: t(lang, f"equity.dimension_{one}"),
            required=True,
        )
    begin = str(max(newest - YEARS + 1, known[0]))
    with row[1]:
        first = int(choices.ask(st.selectbox, OWN[1], t(lang, "equity.first"), codes, begin))
    with row[2]:
        last = int(choices.ask(st.selectbox, OWN[2], t(lang, "equity.last"), codes, str(max(newest, first))))
    if first > last:
        st.warning(t(lang, "variation.years_reversed", first=first, last=last))
        first, last = last, first
    return dimension, first, last
