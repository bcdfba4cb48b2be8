"""The evidence in cards that open: each is worked out when it is looked at."""

from collections.abc import Callable

import pandas
import streamlit as st

from nhr_dash import disclosure
from nhr_dash.charts import before_after as pictures
from nhr_dash.charts import cumulative, forest, verdict_words
from nhr_dash.charts.before_after import Subject
from nhr_dash.charts.drawing import Drawing
from nhr_dash.improvement import before_after
from nhr_dash.registry.indicators import by_id
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, minutes, number, percent, points
from nhr_dash.ui import caches, choices, looks
from nhr_dash.ui.before_after import years
from nhr_dash.ui.before_after.answer import Answer
from nhr_dash.ui.before_after.asked import Asked
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain

FEW = 20
"""Patients on a side under which an effect is drawn pale."""


def draw(page: Frame, asked: Asked, found: Answer) -> None:
    """Every card, closed; one that is open is worked out in this run."""
    own = page.scope.visibility.in_detail(page.unit)
    parts: dict[str, Callable[[Frame, Asked, Answer], None]] = {
        "size": _size,
        "indicators": _indicators,
        "trend": _trend,
        "others": _others,
        **({"minutes": _minutes, "patients": _patients} if own else {}),
        "years": lambda page, asked, _: years.draw(page, asked),
        "levels": lambda page, asked, _: years.levels(page, asked),
        "reservations": _reservations,
    }
    if by_id(asked.indicator).minutes is None:
        parts.pop("minutes", None)
    for name, part in parts.items():
        box = st.expander(t(page.language, f"before_after.card_{name}"), key=f"card_{name}", on_change="rerun")
        if box.open:
            with box:
                part(page, asked, found)


def show(drawing: Drawing, key: str, language: str) -> None:
    """A picture with its sentence, and its numbers for those who can't see it."""
    st.markdown(drawing.sentence)
    st.vega_lite_chart(drawing.spec, key=key, alt=drawing.alt, theme=None)
    with st.popover(t(language, "series.numbers"), key=f"{key}_numbers"):
        st.table(drawing.table.map(plain), hide_index=True, alt=drawing.title)


def _size(page: Frame, asked: Asked, found: Answer) -> None:
    """How large, how sure, and by which rule."""
    lang = page.language
    rows: list[tuple[str, str]] = []
    verdict = found.found.verdict
    if verdict is not None:
        change = verdict.change

        def say(key: str, **values: object) -> str:
            return t(lang, f"before_after.size_{key}", **values)

        rows = [
            (say("before"), _counted(change.before_count, change.before_patients, change.before.estimate, lang)),
            (say("after"), _counted(change.after_count, change.after_patients, change.after.estimate, lang)),
            (say("difference"), _ranged(points(change.difference.estimate, lang), change.difference, lang)),
        ]
        if verdict.compared is not None:
            rows.append((say("compared"), _ranged(points(verdict.compared.estimate, lang), verdict.compared, lang)))
        if change.ratio is not None:
            rows.append((say("ratio"), _ranged(number(change.ratio.estimate, lang, 2), change.ratio, lang, 1, 2)))
        if change.odds_ratio is not None:
            rows.append(
                (say("odds"), _ranged(number(change.odds_ratio.estimate, lang, 2), change.odds_ratio, lang, 1, 2))
            )
        rows.append((say("p"), number(change.p, lang, 3) if change.p >= 0.001 else say("p_small")))
    of_minutes = found.found.minutes
    if of_minutes is not None:
        shift = of_minutes.shift
        rows += [
            (t(lang, "before_after.size_median_before"), minutes(shift.median_before, lang)),
            (t(lang, "before_after.size_median_after"), minutes(shift.median_after, lang)),
            (
                t(lang, "before_after.size_shift"),
                _ranged(minutes(shift.shift.estimate, lang), shift.shift, lang, 1),
            ),
        ]
    heads = t(lang, "before_after.size_what"), t(lang, "before_after.size_value")
    st.table(
        {heads[0]: [row[0] for row in rows], heads[1]: [plain(row[1]) for row in rows]}, hide_index=True, alt=heads[0]
    )
    st.caption(t(lang, "verdict.rule"))


def _counted(count: float, patients: float, share: float, language: str) -> str:
    counts = t(language, "units.of_patients", k=number(count, language), n=int(patients))
    return f"{percent(share, language)} ({counts})"


def _ranged(value: str, interval: object, language: str, scale: float = 100, decimals: int = 0) -> str:
    low_high = between(interval.low, interval.high, language, decimals, scale)  # type: ignore[attr-defined]
    return t(language, "before_after.with_interval", value=value, low_high=low_high)


def _indicators(page: Frame, asked: Asked, found: Answer) -> None:
    """The other indicators over the same months: side effects and secondary gains in one picture."""
    lang = page.language
    with st.spinner(t(lang, "before_after.working")):
        others = caches.beside(page.version, page.scope.visibility, page.unit, asked)
    rows = [
        forest.ForestRow(
            one.indicator.words(lang).title,
            *one.found.verdict.change.difference,
            n=t(lang, "before_after.patients_sides", before=int(before), after=int(after)),
            side=_side(one) if one.stands_out else "none",
            faded=min(before, after) < FEW,
        )
        for one in others
        if one.found.verdict is not None
        for before, after in [(one.found.verdict.change.before_patients, one.found.verdict.change.after_patients)]
    ]
    show(
        forest.build(rows, unit="points", title=t(lang, "before_after.indicators_title"), language=lang),
        "forest",
        lang,
    )
    st.caption(t(lang, "before_after.indicators_note", n=len(rows)))


def _side(one: before_after.Beside) -> str:
    if one.found.grade in verdict_words.BETTER:
        return "better"
    return "worse" if one.found.grade in verdict_words.WORSE else "none"


def _subject(page: Frame, asked: Asked) -> Subject:
    return Subject(
        by_id(asked.indicator).words(page.language).title, page.unit_name, page.language, synthetic=page.synthetic
    )


def _trend(page: Frame, asked: Asked, found: Answer) -> None:
    """The line that was to be expected, and what came instead."""
    with caches.reading(page.version) as connection:
        month = before_after.months(connection, page.scope, found.found)
    start = month.start.astype("datetime64[ns]")
    frame = pandas.DataFrame({"start": start, "value": month.shares, "denominator": month.patients})
    show(
        pictures.interrupted(frame, before_after.interrupted(month), month.change, _subject(page, asked)),
        "its",
        page.language,
    )


def _others(page: Frame, asked: Asked, found: Answer) -> None:
    """Own change beside that of units that took no part."""
    lang = page.language
    group = choices.ask(
        st.segmented_control,
        "mot",
        t(lang, "before_after.group"),
        before_after.GROUPS if len(asked.participants) > 1 else before_after.GROUPS[:-1],
        before_after.GROUPS[0],
        format_func=lambda one: t(lang, f"before_after.group_{one}"),
        required=True,
    )
    with caches.reading(page.version) as connection:
        try:
            compared = before_after.difference(
                connection,
                page.scope,
                found.found,
                group,  # type: ignore[arg-type]
                asked.participants,
                drawn=True,
            )
        except disclosure.TooFewUnits:
            st.info(t(lang, "before_after.too_few_units", n=disclosure.POOLED_UNITS))
            return
        month = before_after.months(connection, page.scope, found.found)
    starts = [one.astype("datetime64[D]").item() for one in month.start]
    show(pictures.compared(starts, compared, _subject(page, asked)), "did", lang)


def _minutes(page: Frame, asked: Asked, found: Answer) -> None:
    """The whole distribution of minutes before and after."""
    looks.patients(page, page.unit, asked.indicator)
    with caches.reading(page.version) as connection:
        spread = before_after.minutes(connection, page.scope, found.found)
    assert spread is not None  # the card is there only for indicators with minutes
    show(
        cumulative.build(
            spread.before,
            spread.after,
            limit=spread.limit,
            indicator=by_id(asked.indicator).words(page.language).title,
            unit_name=page.unit_name,
            language=page.language,
            synthetic=page.synthetic,
        ),
        "curves",
        page.language,
    )


def _patients(page: Frame, asked: Asked, found: Answer) -> None:
    """Who they were before and after, with what differs marked in words."""
    lang = page.language
    looks.patients(page, page.unit, asked.indicator)
    with caches.reading(page.version) as connection:
        mix = before_after.mix(connection, page.scope, found.found)
    heads = [t(lang, f"before_after.column_{name}") for name in ("what", "before", "after", "differs")]
    rows = []
    for row in mix.rows():
        label, write = t(lang, f"case_mix.{row.column}"), number if row.code is None else percent
        if row.code is not None:
            label = f"{label}: {t(lang, f'case_mix.{row.column}_{row.code}')}"
        decimals = 1 if row.code is None else 0
        rows.append((label, write(row.before, lang, decimals), write(row.after, lang, decimals), row.differs))
    marked = t(lang, "before_after.differs")
    columns = zip(*[(*row[:3], marked if row[3] else "") for row in rows], strict=True)
    st.table(
        dict(zip(heads, map(list, columns), strict=True)), hide_index=True, alt=t(lang, "before_after.card_patients")
    )
    st.caption(t(lang, "before_after.patients_note", before=len(mix.before), after=len(mix.after)))


def _reservations(page: Frame, asked: Asked, found: Answer) -> None:
    """Why the answer isn't clearer, and what else there is to know of the numbers."""
    told = (*found.reasons, *found.beside, *found.reservations)
    for one in told:
        st.markdown(f"- {one}")
    if not told:
        st.write(t(page.language, "checks.all_passed"))
