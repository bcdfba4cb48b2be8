"""*Finn forbedringsområder*: indicators by how many more patients a year would get it, said and drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas

from nhr_dash.charts import gains
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.gains import GainRow
from nhr_dash.improvement.kinds import Source
from nhr_dash.improvement.potential import IN_MINUTES, Aim, Gap, Goal, Looked, Together, once, together
from nhr_dash.registry.indicators import by_id
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, between, listed, number, percent, years

NOTED = (Source.GUIDELINE, Source.CLINICIANS, Source.NEW_TREATMENT)
"""Ways of finding an area that the registry's numbers can't answer: a note says where to look."""
ALMOST, BARELY = 0.99, 0.01


@dataclass(frozen=True, slots=True)
class Place:
    """Whose areas: its name, its hospitals, and the hospital where it is one (else 0)."""

    name: str
    hospitals: frozenset[int]
    hospital: int = 0


@dataclass(frozen=True, slots=True)
class Areas:
    """What was found. ``gaps`` of one hospital, or ``sums`` of several: the clear ones first.

    ``drawing`` is None where nothing lies below the goal; ``notes`` say what is left out and why.
    """

    sentence: str
    gaps: tuple[Gap, ...]
    sums: tuple[Together, ...]
    drawing: Drawing | None
    notes: tuple[str, ...]
    patients: int


def read(
    looked: Sequence[Looked],
    place: Place,
    goal: Goal,
    way: str,
    published: frozenset[str],
    names: dict[str, str],
    language: str,
) -> Areas:
    """The areas of a place. ``way``: only those found by it (empty: all); ``published``: what projects are about."""
    gaps = [
        one for each in looked for one in each.gaps if one.unit in place.hospitals and found_by(one, way, published)
    ]
    notes = _left_out(looked, place, language)
    if place.hospital:
        return _one(once(gaps), place, goal, notes, language)
    return _many(together(gaps), place, goal, notes, names, language)


def found_by(gap: Gap, way: str, published: frozenset[str]) -> bool:
    """Does a way of finding areas lead to this one?"""
    if way in ("", *NOTED):
        return True
    return gap.indicator in published if way == Source.PUBLISHED_PROJECT else way in gap.ways


def _one(gaps: tuple[Gap, ...], place: Place, goal: Goal, notes: list[str], language: str) -> Areas:
    below = [one for one in gaps if one.grade != "reached"]
    clear = [one for one in below if one.grade == "clear"]
    reached = [_title(one.indicator, language) for one in gaps if one.grade == "reached"]
    if reached:
        notes.insert(0, t(language, "potential.reached", titles=listed(reached, language)))
    values = {"unit": place.name, "count": len(gaps), "clear": len(clear), "chance": len(below) - len(clear)}
    if not gaps:
        said = t(language, "potential.nothing_here", unit=place.name)
    elif not clear:
        said = t(language, "potential.none_clear", goal=t(language, f"potential.goal_{goal}_in_words"), **values)
    else:
        said = f"{said_gain(clear[0], place.name, language)} {t(language, 'potential.counted', **values)}"
    rows = [
        GainRow(
            _title(one.indicator, language),
            one.gain.estimate,
            one.gain.low,
            one.gain.high,
            note=t(
                language,
                "potential.chart_from_to",
                now=percent(one.share.estimate, language),
                aim=_value(one.aim, language),
            ),
            faded=one.grade == "chance",
        )
        for one in below
    ]
    return Areas(
        said,
        gaps,
        (),
        _drawn(rows, said, place, goal, _table(gaps, language), language),
        tuple(notes),
        max((one.patients for one in gaps), default=0),
    )


def _many(
    sums: tuple[Together, ...],
    place: Place,
    goal: Goal,
    notes: list[str],
    names: dict[str, str],
    language: str,
) -> Areas:
    clear = [one for one in sums if one.clear]
    if not sums:
        said = t(language, "potential.nothing_here", unit=place.name)
    elif not clear:
        said = t(language, "potential.none_clear_many", goal=t(language, f"potential.goal_{goal}_in_words"))
    else:
        first = clear[0]
        said = t(
            language,
            "potential.most_many",
            goal=t(language, f"potential.goal_{goal}_in_words"),
            short=by_id(first.indicator).words(language).short,
            gain=number(first.gain.estimate, language),
            interval=_interval(first, language),
            hospitals=t(language, "potential.hospitals", n=len(first.clear)),
            place=place.name,
        )
    rows = [
        GainRow(
            _title(one.indicator, language),
            one.gain.estimate,
            one.gain.low,
            one.gain.high,
            note=t(language, "potential.hospitals", n=len(one.clear)),
        )
        for one in clear
    ]
    drawing = _drawn(rows, said, place, goal, _table_many(sums, names, language), language)
    return Areas(
        said, (), sums, drawing, tuple(notes), round(sum(one.yearly for each in clear[:1] for one in each.clear))
    )


def _drawn(
    rows: list[GainRow], said: str, place: Place, goal: Goal, table: pandas.DataFrame, language: str
) -> Drawing | None:
    if not rows:
        return None
    return gains.build(
        rows,
        title=t(
            language, "potential.chart_title", place=place.name, goal=t(language, f"potential.goal_{goal}_in_words")
        ),
        subtitle=t(language, "potential.chart_subtitle"),
        sentence=said,
        table=table,
        language=language,
    )


def said_gain(one: Gap, unit: str, language: str) -> str:
    """'Om Bodø når 60 %, er det omtrent 26 flere i året som …'"""
    return t(
        language,
        "potential.most",
        unit=unit,
        aim=said_aim(one.aim, language),
        gain=number(one.gain.estimate, language),
        short=by_id(one.indicator).words(language).short,
        interval=_interval(one, language),
    )


def said_aim(aim: Aim, language: str) -> str:
    """The aim with where it comes from: '60 % (ønsket målnivå)'."""
    return t(language, f"potential.aim_{aim.kind}", value=_value(aim, language), year=aim.year)


def said_numbers(one: Gap, language: str) -> str:
    """What stands behind a gap, in one line."""
    return t(
        language,
        "potential.numbers" if one.first == one.last else "potential.numbers_yearly",
        now=percent(one.share.estimate, language),
        low_high=between(one.share.low, one.share.high, language),
        patients=number(one.patients, language),
        years=years(one.first, one.last),
        aim=said_aim(one.aim, language),
        yearly=number(one.yearly, language),
        sure=said_sure(one.sure, language),
    )


def said_patients(one: Gap | Together, language: str) -> str:
    """'26 flere i året (usikkerhet 14–37)'."""
    gain = number(one.gain.estimate, language)
    return t(language, "potential.gain", gain=gain, interval=_interval(one, language))


def said_who(one: Together, names: dict[str, str], language: str, most: int = 3) -> str:
    """Which hospitals hold most of it, and how many more lie below."""
    held = [f"{names[str(gap.unit)]} {number(gap.gain.estimate, language)}" for gap in one.clear[:most]]
    told = t(language, "potential.held_by", hospitals=listed(held, language), n=len(one.clear))
    return f"{told} {t(language, 'potential.not_counted', chance=one.chance, reached=one.reached)}"


def said_sure(sure: float, language: str) -> str:
    """A probability that is never said to be none or all."""
    if sure > ALMOST:
        return t(language, "potential.over", value=percent(ALMOST, language))
    return percent(max(sure, BARELY), language)


def background(one: Gap, unit: str, language: str) -> str:
    """What a project that starts from a gap is about, in words."""
    return f"{said_gain(one, unit, language)} {said_numbers(one, language)}"


def _title(indicator: str, language: str) -> str:
    return by_id(indicator).words(language).title


def _value(aim: Aim, language: str) -> str:
    value = percent(aim.share.estimate, language)
    return t(language, "potential.over", value=value) if aim.strict else value


def _interval(one: Gap | Together, language: str) -> str:
    return between(max(0.0, one.gain.low), one.gain.high, language, scale=1)


def _head(name: str, language: str) -> str:
    return t(language, f"potential.column_{name}")


def _table(gaps: Sequence[Gap], language: str) -> pandas.DataFrame:
    rows = [
        (
            _title(one.indicator, language),
            number(one.gain.estimate, language) if one.grade != "reached" else DASH,
            _interval(one, language) if one.grade != "reached" else DASH,
            t(language, f"potential.grade_{one.grade}"),
            said_sure(one.sure, language),
            percent(one.share.estimate, language),
            said_aim(one.aim, language),
            number(one.yearly, language),
            years(one.first, one.last),
        )
        for one in gaps
    ]
    names = ("indicator", "gain", "interval", "grade", "sure", "now", "aim", "yearly", "years")
    return pandas.DataFrame(rows, columns=[_head(name, language) for name in names])


def _table_many(sums: Sequence[Together], names: dict[str, str], language: str) -> pandas.DataFrame:
    rows = [
        (
            _title(one.indicator, language),
            number(one.gain.estimate, language) if one.clear else DASH,
            _interval(one, language) if one.clear else DASH,
            number(len(one.clear), language),
            number(one.chance, language),
            number(one.reached, language),
            listed(
                [f"{names[str(gap.unit)]} {number(gap.gain.estimate, language)}" for gap in one.clear[:3]], language
            ),
        )
        for one in sums
    ]
    columns = ("indicator", "gain", "interval", "clear", "chance", "reached", "most")
    return pandas.DataFrame(rows, columns=[_head(name, language) for name in columns])


def hospitals(one: Together, names: dict[str, str], language: str) -> pandas.DataFrame:
    """The hospitals with a clear gap of an indicator, those with most to gain first."""
    rows = [
        (
            names[str(gap.unit)],
            number(gap.gain.estimate, language),
            _interval(gap, language),
            percent(gap.share.estimate, language),
            said_aim(gap.aim, language),
            number(gap.yearly, language),
            said_sure(gap.sure, language),
        )
        for gap in one.clear
    ]
    columns = ("hospital", "gain", "interval", "now", "aim", "yearly", "sure")
    return pandas.DataFrame(rows, columns=[_head(name, language) for name in columns])


def _left_out(looked: Sequence[Looked], place: Place, language: str) -> list[str]:
    """A sentence for everything that isn't in the list, and why."""
    notes = []
    for why in dict.fromkeys(one.why for one in looked if one.why):
        titles = [_title(one.indicator, language) for one in looked if one.why == why]
        notes.append(t(language, f"potential.no_goal_{why}", titles=listed(titles, language)))
    for name in ("hidden", "empty", "lacking", "aimless"):
        if place.hospital:
            out = [one.indicator for one in looked if place.hospital in getattr(one, name)]
            if out:
                titles = [_title(one, language) for one in out]
                notes.append(t(language, f"potential.{name}_here", titles=listed(titles, language)))
        elif name == "hidden":
            most = max((len(one.hidden & place.hospitals) for one in looked), default=0)
            if most:
                notes.append(t(language, "potential.hidden_many", n=most))
    titles = [_title(one, language) for one in IN_MINUTES]
    notes.append(t(language, "potential.in_minutes", titles=listed(titles, language)))
    return notes
