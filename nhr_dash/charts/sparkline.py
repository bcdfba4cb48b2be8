"""Drawings small enough for a table row, as inline SVG: the trend of some months, the last patients."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from nhr_dash.charts import palette, svg

_WIDTH, _HEIGHT, _PAD = 120, 26, 3


def trend(numerator: ArrayLike, denominator: ArrayLike, alt: str = "") -> str:
    """The line of a series, oldest first, with its median and its last point.

    Values are numerator/denominator; a period without patients is a gap, never 0. Shares are drawn
    on 0-100 %, so that rows can be compared; anything above 1 (minutes) on its own scale. ``alt`` is
    read aloud; without it the drawing is silent, because the row's numbers say the same. Empty
    string where nothing is known.
    """
    done, all_ = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(all_ > 0, done / all_, np.nan)
    known = values[~np.isnan(values)]
    if not known.size:
        return ""
    top = 1.0 if known.max() <= 1 else float(known.max()) * 1.05
    step = (_WIDTH - 2 * _PAD - 4) / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return _PAD + (_HEIGHT - 2 * _PAD) * (1 - value / top)

    places = [(_PAD + index * step, y(value)) for index, value in enumerate(values)]
    # A point between two gaps has no line to show it.
    lone = [
        f'<circle cx="{_PAD + i * step:.1f}" cy="{y(v):.1f}" r="1.4" fill="{palette.DOT}"/>'
        for i, v in enumerate(values)
        if not math.isnan(v)
        and (i == 0 or math.isnan(values[i - 1]))
        and (i == len(values) - 1 or math.isnan(values[i + 1]))
    ]
    middle = y(float(np.median(known)))
    last_x, last_y = next(place for place in reversed(places) if not math.isnan(place[1]))
    return (
        f"{svg.opening(_WIDTH, _HEIGHT, alt)}"
        f'<path d="M{_PAD} {middle:.1f}H{_WIDTH - _PAD - 4}" stroke="{palette.AXIS}"/>'
        f'<path d="{svg.path(places)}" fill="none" stroke="{palette.DOT}" stroke-width="1.5" stroke-linejoin="round"/>'
        f"{''.join(lone)}"
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="2.6" fill="{palette.INK}"/></svg>'
    )


def last_patients(successes: Sequence[bool], alt: str = "") -> str:
    """The latest patients, oldest first, as symbols: filled where it was achieved, a ring where not."""
    if not successes:
        return ""
    width = 13 * len(successes) + 2
    marks = "".join(
        f'<circle cx="{7.5 + 13 * index}" cy="8" r="4.6" '
        + (f'fill="{palette.DOT}"/>' if yes else f'fill="{palette.PAPER}" stroke="{palette.DOT}" stroke-width="1.6"/>')
        for index, yes in enumerate(successes)
    )
    return f"{svg.opening(width, 16, alt)}{marks}</svg>"
