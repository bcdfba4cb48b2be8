"""What stands beside and under every comparison of units: who is missing and why, and where one's own unit is."""

from datetime import date

import numpy as np

from nhr_dash.disclosure import POOLED_UNITS
from nhr_dash.registry.across import WHY, Across
from nhr_dash.registry.indicators import by_id
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import listed, percent

NO_STROKE_UNIT = "footnote.no_stroke_unit"


def lacking(found: Across) -> frozenset[int]:
    """Hospitals without a stroke unit, where the indicator needs one: named apart, in no chart."""
    return frozenset(unit for unit, notes in found.footnotes.items() if any(one.key == NO_STROKE_UNIT for one in notes))


def judged(found: Across) -> np.ndarray:
    """The rows that statistics are made of: all with patients; where those are too few to be pooled, what is shown."""
    counted = found.counted
    return counted if counted.sum() >= POOLED_UNITS else counted & ~found.hidden


def center(found: Across) -> float:
    """The country's share; where it isn't known or may not be shown, that of the units on show. NaN without any."""
    if found.national[1]:
        return found.value
    shown = found.rows[found.counted & ~found.hidden]
    patients = shown["denominator"].sum()
    return float(shown["numerator"].sum() / patients) if patients else float("nan")


def too_few(found: Across, language: str) -> str:
    """Why there is nothing to compare, where fewer than two have patients."""
    if found.counted.any() and not (found.counted & ~found.hidden).any():
        return t(language, "variation.all_hidden")
    names = found.rows.loc[judged(found), "name"].tolist()
    if not names:
        return t(language, "variation.no_patients")
    return t(language, "variation.one_unit", name=names[0])


def own_unit(found: Across, own: int, name: str, language: str) -> str:
    """Why one's own unit has no point, or isn't one of those compared; empty where it is."""
    mine = found.rows[found.rows["unit"] == own]
    if mine.empty:
        return t(language, "variation.own_not_here", name=name)
    row = mine.iloc[0]
    if row["why"]:
        return t(language, "variation.own_hidden", name=name, why=t(language, f"variation.hidden_{row['why']}"))
    if own in lacking(found):
        return f"{name} {t(language, 'variation.no_stroke_unit')}."
    if not row["denominator"]:
        return t(language, "variation.own_no_patients", name=name)
    return "" if row["compared"] else t(language, "variation.own_beside", name=name)


def goal(found: Across, language: str) -> tuple[float, str] | None:
    """What is wanted of the indicator in the last year compared, and its name: the target, else where *høy* begins."""
    indicator, day = by_id(found.asked.indicator), date(found.asked.last, 12, 31)
    target, levels = indicator.target_on(day), indicator.levels_on(day)
    if target is not None:
        return target.value, t(language, "variation.goal", value=percent(target.value, language))
    if levels is not None:
        return levels.high, t(language, "variation.goal_high", value=percent(levels.high, language))
    return None


def under(found: Across, language: str) -> tuple[str, ...]:
    """The lines under a chart: provisional years, who isn't shown, who isn't compared, who counts for whom."""
    rows = found.rows
    lines = [] if found.final else [t(language, "variation.not_final", year=found.asked.last)]
    for why in WHY:
        names = rows.loc[rows["why"] == why, "name"].tolist()
        if names:
            told = {"n": len(names), "names": listed(names, language)}
            lines.append(t(language, "variation.not_shown", why=t(language, f"variation.hidden_{why}"), **told))
    apart = lacking(found)
    named = rows.loc[rows["unit"].isin(apart), "name"]
    lines += [f"{name} {t(language, 'variation.no_stroke_unit')}." for name in named]
    here = (rows["denominator"] == 0) & (rows["why"] == "") & rows["compared"]
    if here.any():
        names = rows.loc[here, "name"].tolist()
        lines.append(t(language, "variation.none_here", n=len(names), names=listed(names, language)))
    by_key: dict[str, dict[str, None]] = {}
    for one in (note for notes in found.footnotes.values() for note in notes):
        if one.key != NO_STROKE_UNIT:
            by_key.setdefault(one.key, {})[one.names] = None
    lines += [t(language, key, names=", ".join(names)) for key, names in by_key.items()]
    return tuple(lines)
