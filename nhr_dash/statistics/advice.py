"""Which figure fits: the grain and chart that can show a change at all, given how many patients there are.

Most Norwegian hospitals have fewer than twelve strokes a month. A monthly share then swings so much that a real
improvement drowns, and a P chart's upper limit may lie above 100 %. The advice is data: a grain, a chart, the key of
a sentence in the catalog `advice` and whole numbers for its placeholders.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

MONTHLY_ENOUGH = 10
"""Patients a month from which a month is one point."""
PATIENTS_A_POINT = 10
"""Patients a point should hold when a month holds too few."""
FEWEST_A_POINT = 5
"""Under this a share is drawn as a hollow dot; a chart made of such dots is not advised."""
FEWEST_POINTS = 10
"""The run rules need ten useful points."""
WANTED_POINTS = 12
"""Points wanted, so that one or two on the line or missing do no harm."""
COARSER = (("quarter", 3), ("tertial", 4), ("half_year", 6))
"""Coarser calendar grains, finest first, with their months."""
RARE = 0.05
"""A miss this rare is better counted as patients between misses (G chart) than as a share."""


@dataclass(frozen=True)
class Option:
    """One way to draw the series: how many points of how many patients, and whether it can show a change."""

    grain: str
    k: int | None
    chart: str
    points: int
    patients_a_point: float
    fits: bool
    reason: str
    values: dict[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Advice:
    """The recommended grain and chart, why, and the other ways that were weighed.

    grain: patient, every_k, month, quarter, tertial, half_year or year; k is set for every_k only.
    chart: run, p or g (patients since the last miss); among the options also before_after (grain span: all patients
    before against all after) and cusum. reason: key in the text catalog (`advice.…`).
    values: whole numbers for the placeholders of that sentence. options: all ways weighed, the chosen one first.
    """

    grain: str
    k: int | None
    chart: str
    reason: str
    values: dict[str, int] = field(default_factory=dict, hash=False)
    options: tuple[Option, ...] = ()


def patients_needed(level: float, direction: int = 1) -> int | None:
    """Patients a point needs before one single point can lie outside the P chart's three-sigma limit.

    level: share 0..1; direction +1 when a higher share is better (upper limit reachable from n ≥ 9p/(1−p)), −1 when a
    lower one is (n ≥ 9(1−p)/p). None when the level leaves no room in that direction (0 or 1), or is unknown (NaN).
    """
    room = 1 - level if direction > 0 else level
    if not 1e-6 < room < 1:
        return None
    # Rounded before the ceiling: 9·0.9/(1−0.9) is 81.00000000000001 in floating point.
    return max(1, math.ceil(round(9 * (1 - room) / room, 9)))


def _month_option(
    monthly: float, level: float | None, months: int, direction: int, *, charts: tuple[str, ...]
) -> Option:
    """A point a month: the run chart, or the P chart where one point can be told apart."""
    points = months
    values = {"a_month": round(monthly), "months": months, "points": points}
    needed = None if level is None else patients_needed(level, direction)
    if monthly < MONTHLY_ENOUGH:
        return Option("month", None, "run", points, monthly, False, "advice.month_few", values)
    if points < FEWEST_POINTS:
        return Option("month", None, "run", points, monthly, False, "advice.month_short", values)
    if needed is None or (monthly >= needed and "p" not in charts):
        return Option("month", None, "run", points, monthly, True, "advice.month", values)
    if monthly >= needed:
        return Option("month", None, "p", points, monthly, True, "advice.month_p", values)
    values["needed"] = needed
    return Option("month", None, "run", points, monthly, True, "advice.month_run", values)


def _coarser_options(monthly: float, months: int) -> list[Option]:
    """A point a quarter, tertial and half-year."""
    found = []
    for grain, size in COARSER:
        points, held = months // size, monthly * size
        fits = points >= WANTED_POINTS and held >= PATIENTS_A_POINT
        values = {"a_month": round(monthly), "months": months, "points": points, "patients": round(held)}
        few = "advice.coarser_short" if points < WANTED_POINTS else "advice.coarser_few"
        found.append(Option(grain, None, "run", points, held, fits, f"advice.{grain}" if fits else few, values))
    return found


def _every_k_option(monthly: float, months: int) -> Option:
    """A point for every k patients in a row: about ten, fewer when the window would else give too few points."""
    patients = int(monthly * months + 1e-9)
    k = max(FEWEST_A_POINT, min(PATIENTS_A_POINT, patients // WANTED_POINTS))
    if monthly >= MONTHLY_ENOUGH:
        # A short window at a busy hospital: as many patients a point as still give enough points.
        k = max(PATIENTS_A_POINT, patients // WANTED_POINTS)
    points = patients // k
    fits = points >= FEWEST_POINTS
    values = {"a_month": round(monthly), "months": months, "points": points, "k": k, "patients": patients}
    reason = "advice.few"
    if fits:
        reason = "advice.every_k_short" if monthly >= MONTHLY_ENOUGH else "advice.every_k"
    return Option("every_k", k, "run", points, k, fits, reason, values)


def _patient_option(monthly: float, months: int, has_minutes: bool) -> Option:
    """A point a patient on the minutes; without minutes it can be followed, but shows no shift."""
    patients = int(monthly * months + 1e-9)
    values = {"a_month": round(monthly), "a_year": round(12 * monthly), "patients": patients}
    if not has_minutes:
        return Option("patient", None, "run", patients, 1, False, "advice.patient_share", values)
    if patients < FEWEST_POINTS:
        return Option("patient", None, "run", patients, 1, False, "advice.patient_too_few", values)
    reason = "advice.patient_minutes" if monthly >= 1 else "advice.patient_minutes_rare"
    return Option("patient", None, "run", patients, 1, True, reason, values)


def _between_misses_option(monthly: float, level: float | None, months: int, direction: int) -> Option | None:
    """Patients since the last miss, where misses are rare yet frequent enough to make points."""
    if level is None or math.isnan(level):
        return None
    miss = 1 - level if direction > 0 else level
    if not 1e-6 < miss <= RARE:
        return None
    patients = int(monthly * months + 1e-9)
    points = int(patients * miss)
    values = {"patients": patients, "points": points, "level": round(100 * level)}
    fits = points >= FEWEST_POINTS
    reason = "advice.between_misses" if fits else "advice.between_misses_few"
    return Option("patient", None, "g", points, 1 / miss, fits, reason, values)


def recommend(
    monthly_volume: float,
    level: float | None,
    has_minutes: bool,
    months: int,
    *,
    direction: int = 1,
    charts: tuple[str, ...] = ("run", "p"),
) -> Advice:
    """The grain and chart that can show a change, and why.

    monthly_volume: patients a month (≥ 0); level: the share now, 0..1, None or NaN when unknown; has_minutes: the
    indicator is an interval with minutes for each patient; months: length of the window; direction: +1 when higher is
    better; charts: the charts that the caller can draw (run, p, g): another is never the recommended one, but is listed
    among the options. Never raises for small numbers: with no patients the reason is `advice.none`. ValueError when
    negative.
    """
    if monthly_volume < 0 or months < 0:
        raise ValueError("volume and months cannot be negative")
    known = None if level is None or math.isnan(level) else level
    month = _month_option(monthly_volume, known, months, direction, charts=charts)
    every_k = _every_k_option(monthly_volume, months)
    patient = _patient_option(monthly_volume, months, has_minutes)
    coarser = _coarser_options(monthly_volume, months)
    between = _between_misses_option(monthly_volume, known, months, direction)
    few = monthly_volume < MONTHLY_ENOUGH
    options: list[Option] = []
    wanted = [patient, *coarser, every_k] if few else [month, every_k, patient, *coarser]
    if between is not None and "g" not in charts:
        options = [between]
    elif between is not None:
        # Before the share: a series that is 97 % month after month has no room to show a better month.
        wanted.insert(1 if has_minutes and few else 0, between)
    options += [*wanted, *([month] if few else []), *_beside_charts(monthly_volume, months)]
    if not monthly_volume * months > 0:
        return Advice("month", None, "run", "advice.none", {"months": months}, tuple(options))
    chosen = next((option for option in wanted if option.fits), None)
    if chosen is None:
        chosen = patient if has_minutes and few else _too_few(every_k, month)
    rest = tuple(option for option in options if option is not chosen)
    return Advice(chosen.grain, chosen.k, chosen.chart, chosen.reason, chosen.values, (chosen, *rest))


def _beside_charts(monthly: float, months: int) -> list[Option]:
    """Ways that are no chart of points: all patients before against all after, and the CUSUM of each patient."""
    patients = int(monthly * months + 1e-9)
    values = {"patients": patients}
    return [
        Option("span", None, "before_after", 2, patients / 2, patients >= 2 * FEWEST_POINTS, "advice.pooled", values),
        Option("patient", None, "cusum", patients, 1, patients >= FEWEST_POINTS * 2, "advice.cusum", values),
    ]


def _too_few(every_k: Option, month: Option) -> Option:
    """What to draw when nothing can show a change: the months of a busy unit, else one pooled number a year."""
    if month.patients_a_point >= MONTHLY_ENOUGH:
        return month
    return Option("year", None, "run", 0, 0, False, every_k.reason, every_k.values)
