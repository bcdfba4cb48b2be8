"""Measure false alarms and power of every rule at Norwegian volumes, and write docs/error_rates.md.

`python -m bench.error_rates [--runs 10000]`. Seeds are fixed: the same command gives the same table. Every team looks
each month from the third to the twelfth after the change; an answer at any look counts.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nhr_dash.statistics import looks, runs
from nhr_dash.statistics.cusum import weights
from nhr_dash.statistics.effect.evidence import dispersion, drift_allowance, score
from nhr_dash.statistics.effect.minutes import judge_minutes
from nhr_dash.statistics.effect.verdict import CLEAR, LIKELY, Grade, judge_many

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DOCUMENT = Path(__file__).parents[1] / "docs" / "error_rates.md"
VOLUMES, BASELINES, LIFTS = (4, 11, 37), (12, 24), ((0.75, 0.88), (0.60, 0.80))
NULLS = ("nothing", "over-dispersion", "season", "trend", "own drift")
BARRED = NULLS[:4]
DRIFT = 0.03
NEAR = 0.05
"""How well a team can know its true share: thresholds must hold this far to either side of it."""
LOOKS = range(looks.FIRST_LOOK, looks.YEAR + 1)
UNITS = 20
CHUNK = 2000
MEDIAN_RUN = 8


@dataclass(frozen=True)
class Cell:
    """One setting: patients a month, months of baseline, share before and after."""

    patients: int
    baseline: int
    before: float
    after: float


@dataclass(frozen=True)
class Sample:
    """Simulated counts: own (runs × months), one order of patients' outcomes, other units (runs × units × months)."""

    own: Floats
    outcomes: Floats
    others: Floats


def expected_shares(cell: Cell, null: str, phase: int) -> Floats:
    """The share in each month before any change; month 0 is the first of the baseline."""
    month = np.arange(cell.baseline + looks.YEAR)
    share = np.full(month.size, cell.before)
    if null == "season":
        share = share + 0.05 * np.sin(2 * np.pi * (month - cell.baseline + phase + 0.5) / 12)
    if null == "trend":
        share = share + 0.02 * (month - cell.baseline) / 12
    return share


def draw(generator: np.random.Generator, cell: Cell, null: str, phase: int, size: int) -> Sample:
    """Patients of the own unit and of the units that took no part."""
    calm = expected_shares(cell, null, phase)
    own = calm.copy()
    own[cell.baseline :] += cell.after - cell.before
    shapes = ((size, own.size), (size, UNITS, own.size))
    shares = [np.broadcast_to(p, shape) for p, shape in zip((own, calm), shapes, strict=True)]
    if null == "own drift":
        after = np.arange(own.size) >= cell.baseline
        drifts = [generator.normal(0, DRIFT, (*shape[:-1], 1)) * after for shape in shapes]
        shares = [np.clip(p + drift, 0, 1) for p, drift in zip(shares, drifts, strict=True)]
    if null == "over-dispersion":
        spread = (1 - 0.02) / 0.02
        shares = [generator.beta(p * spread, (1 - p) * spread) for p in shares]
    outcomes = generator.random((*shapes[0], cell.patients)) < shares[0][..., None]
    others = generator.binomial(cell.patients, shares[1])
    return Sample(outcomes.sum(axis=2).astype(float), outcomes.astype(float), others.astype(float))


def ours(cell: Cell, sample: Sample, *, compared: bool) -> tuple[Flags, Flags, Floats]:
    """Did the verdict ever say clear, ever likely or clear? And the largest distance to the likely boundary."""
    base, size = cell.baseline, sample.own.shape[0]
    likely, clear = (looks.schedule(base, looks.YEAR, alpha) for alpha in (LIKELY, CLEAR))
    ever_clear, ever_likely = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    furthest = np.full(size, -np.inf)
    n = np.full(sample.own.shape, float(cell.patients))
    patients = np.full((size, UNITS), float(cell.patients))
    for look, month in enumerate(LOOKS):
        spans = [(sample.own[:, part], n[:, part]) for part in (slice(0, base), slice(base, base + month))]
        if compared:
            sums = [sample.others[:, :, part].sum(axis=2) for part in (slice(0, base), slice(base, base + month))]
            others = (sums[0], patients * base, sums[1], patients * month)
            z = np.minimum(*judge_many(spans[0], spans[1], others))
        else:
            totals = [part.sum(axis=1) for span in spans for part in span]
            spread = dispersion((spans[0], spans[1]))
            z = score(*totals, delta=drift_allowance(base, month), dispersion=spread)
        ever_likely |= z >= likely.z[look]
        furthest = np.maximum(furthest, z - likely.z[look])
        ever_clear |= (z >= clear.z[look]) & compared
    return ever_clear, ever_likely, furthest


def run_after(value: Floats, center: Floats) -> Floats:
    """Longest run above the centre among the months after, ignoring months on it."""
    longest = now = np.zeros(value.shape[0])
    for column in value.T:
        now = np.where(column > center, now + 1, np.where(column < center, 0.0, now))
        longest = np.maximum(longest, now)
    return longest


def peers(cell: Cell, sample: Sample) -> dict[str, Floats]:
    """For each peer rule the statistic that grows with the evidence for improvement, its largest value in the year."""
    base, n = cell.baseline, float(cell.patients)
    before, after = sample.own[:, :base] / n, sample.own[:, base:] / n
    mean = before.mean(axis=1)
    guarded = (mean * base * n + 0.5) / (base * n + 1)
    sigma = np.sqrt(guarded * (1 - guarded) / n)
    found = {"P chart, one point": ((after - mean[:, None]) / sigma[:, None]).max(axis=1)}
    found["run above the baseline's median"] = run_after(after, np.median(before, axis=1))
    steps_up, steps_down = (weights(value, guarded, 2.0)[:, None] for value in (1.0, 0.0))
    total = top = np.zeros(mean.size)
    for outcome in sample.outcomes[:, base:].reshape(mean.size, -1).T:
        total = np.maximum(0.0, total + np.where(outcome > 0, steps_up[:, 0], steps_down[:, 0]))
        top = np.maximum(top, total)
    found["CUSUM, odds doubled"] = top
    average, variance, highest = mean.copy(), np.zeros(mean.size), np.full(mean.size, -np.inf)
    for column in after.T:
        average, variance = 0.2 * column + 0.8 * average, 0.04 * sigma**2 + 0.64 * variance
        highest = np.maximum(highest, (average - mean) / np.sqrt(variance))
    found["EWMA, λ 0.2"] = highest
    found["Anhøj, longest run"] = anhoej_excess(sample.own / n, base)
    return found


def anhoej_excess(value: Floats, base: int) -> Floats:
    """Longest run minus its Anhøj limit over all points and looks; a run ending high counts as improvement."""
    excess = np.full(value.shape[0], -99.0)
    for month in LOOKS:
        seen = value[:, : base + month]
        got = runs.analyse_many(seen, np.median(seen, axis=1, keepdims=True))
        rose = value[:, base : base + month].mean(axis=1) > value[:, :base].mean(axis=1)
        excess = np.maximum(excess, np.where(rose, got.longest - got.longest_max, -99.0))
    return excess


def published(cell: Cell, sample: Sample, statistics: dict[str, Floats]) -> dict[str, Flags]:
    """The rules as their owners print them, with improvement only, except Anhøj (any signal)."""
    n, base = float(cell.patients), cell.baseline
    any_signal, pooled = np.zeros(sample.own.shape[0], dtype=bool), np.zeros(sample.own.shape[0], dtype=bool)
    for month in LOOKS:
        seen = sample.own[:, : base + month] / n
        any_signal |= runs.analyse_many(seen, np.median(seen, axis=1, keepdims=True)).signal
        after = sample.own[:, base : base + month].sum(axis=1)
        pooled |= score(sample.own[:, :base].sum(axis=1), base * n, after, month * n) >= 1.959964
    return {
        "P chart, 3 sigma": statistics["P chart, one point"] > 3,
        "run of 8 above the baseline's median": statistics["run above the baseline's median"] >= MEDIAN_RUN,
        "Anhøj, any signal at any look": any_signal,
        "CUSUM, odds doubled, h 3.5": statistics["CUSUM, odds doubled"] >= 3.5,
        "EWMA, λ 0.2, 3 sigma": statistics["EWMA, λ 0.2"] > 3,
        "uncorrected test at 2.5 % each month": pooled,
    }


def power_at(rate: float, null: Floats, changed: Floats) -> float:
    """Power of a statistic when its threshold gives exactly this false-alarm rate (a tie is decided by lot)."""
    threshold = np.sort(null)[::-1][min(int(rate * null.size), null.size - 1)]
    above, tied = float((null > threshold).mean()), float((null == threshold).mean())
    share = (rate - above) / tied if tied else 0.0
    return float((changed > threshold).mean() + share * (changed == threshold).mean())


@dataclass
class Measured:
    """Everything measured in one setting: flags or statistics by name, one element a run."""

    flags: dict[str, list[Flags]]
    numbers: dict[str, list[Floats]]

    def rate(self, name: str) -> float:
        """Share of runs with the flag."""
        return float(np.concatenate(self.flags[name]).mean())

    def all(self, name: str) -> Floats:
        """The statistic of every run."""
        return np.concatenate(self.numbers[name])


def measure(cell: Cell, null: str, phase: int, size: int, *, with_peers: bool) -> Measured:
    """Simulate one setting in chunks."""
    # Seeds from the setting itself: a cell's numbers do not depend on which cells were run before.
    seed = (cell.patients, cell.baseline, round(100 * cell.before), round(100 * cell.after), NULLS.index(null), phase)
    generator = np.random.default_rng(seed)
    got = Measured({}, {})
    for start in range(0, size, CHUNK):
        sample = draw(generator, cell, null, phase, min(CHUNK, size - start))
        clear, likely, furthest = ours(cell, sample, compared=True)
        alone = ours(cell, sample, compared=False)[1]
        flags = {"clear": clear, "likely": likely, "alone": alone}
        numbers = {"ours": furthest}
        if with_peers:
            statistics = peers(cell, sample)
            flags |= published(cell, sample, statistics)
            numbers |= statistics
        for name, values in flags.items():
            got.flags.setdefault(name, []).append(values)
        for name, statistic in numbers.items():
            got.numbers.setdefault(name, []).append(statistic)
    return got


def minutes_rates(patients: int, baseline: int, shift: float, size: int) -> tuple[float, float]:
    """Share of runs in which the verdict on log-normal minutes ever says clear, and likely or clear; no season."""
    generator = np.random.default_rng((patients, baseline, round(100 * shift)))
    sayings = np.zeros((size, 2), dtype=bool)
    for run in range(size):
        own = generator.normal(4, 0.6, (baseline + looks.YEAR, patients))
        own[baseline:] -= 0.6 * shift
        others = generator.normal(4, 0.6, (6, baseline + looks.YEAR, patients))
        for month in LOOKS:
            cut = baseline + month
            verdict = judge_minutes(
                own[:baseline].ravel(),
                own[baseline:cut].ravel(),
                before_months=baseline,
                after_months=month,
                comparison=[(unit[:baseline].ravel(), unit[baseline:cut].ravel()) for unit in others],
                season=False,
            )
            sayings[run, 0] |= verdict.grade is Grade.CLEAR_IMPROVEMENT
            sayings[run, 1] |= verdict.grade in {Grade.CLEAR_IMPROVEMENT, Grade.LIKELY_IMPROVEMENT}
    return float(sayings[:, 0].mean()), float(sayings[:, 1].mean())


def percent(value: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * value:.1f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["--"] * len(head), *rows])


def main() -> None:
    """Measure everything and write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--minutes-runs", type=int, default=400)
    options = parser.parse_args()
    started = time.perf_counter()
    errors: list[list[str]] = []
    matched: list[list[str]] = []
    robust: list[list[str]] = []
    owners: list[list[str]] = []
    failing: list[str] = []
    for patients in VOLUMES:
        for baseline in BASELINES:
            for before, after in LIFTS:
                calm = Cell(patients, baseline, before, before)
                changed = measure(Cell(patients, baseline, before, after), "nothing", 0, options.runs, with_peers=True)
                plain = measure(calm, "nothing", 0, options.runs, with_peers=True)
                label = [str(patients), str(baseline), f"{before:.0%}"]
                row = list(label)
                for null in NULLS:
                    phases = (0, 3, 6, 9) if null == "season" else (0,)
                    found = [
                        plain if null == "nothing" else measure(calm, null, phase, options.runs, with_peers=False)
                        for phase in phases
                    ]
                    worst = [max(part.rate(name) for part in found) for name in ("clear", "likely", "alone")]
                    row.append(" / ".join(percent(value) for value in worst))
                    if null in BARRED and (worst[0] > CLEAR or max(worst[1:]) > LIKELY):
                        failing.append(" ".join([*label, null]))
                errors.append(row)
                rate = plain.rate("likely")
                names = [name for name in plain.numbers if name != "ours"]
                powers = {name: power_at(rate, plain.all(name), changed.all(name)) for name in names}
                near = [plain]
                for share in (before - NEAR, before + NEAR):
                    beside = Cell(patients, baseline, share, share)
                    near.append(measure(beside, "nothing", 0, options.runs, with_peers=True))
                widest = max(part.rate("likely") for part in near)
                safe = {
                    name: min(power_at(widest, part.all(name), changed.all(name)) for part in near) for name in names
                }
                label[2] = f"{before:.0%} → {after:.0%}"
                mine = changed.rate("likely")
                own = f"**{percent(mine)}**"
                matched.append([*label, percent(rate), own, *(percent(powers[name]) for name in names)])
                robust.append([*label, percent(widest), own, *(percent(safe[name]) for name in names)])
                if mine < max(powers.values()):
                    failing.append(" ".join([*label, "power, threshold for the exact share"]))
                if mine < max(safe.values()):
                    failing.append(" ".join([*label, "power"]))
                known = [name for name in plain.flags if name not in {"clear", "likely", "alone"}]
                said = [f"{percent(plain.rate(name))} / {percent(changed.rate(name))}" for name in ["clear", *known]]
                owners.append([*label, *said])
                print(*label, f"{time.perf_counter() - started:.0f} s", flush=True)
    # 75 → 88 % within a limit is a shift of 0.50 standard deviations of log minutes.
    minutes = [
        [str(b), *(" / ".join(map(percent, minutes_rates(4, b, d, options.minutes_runs))) for d in (0, 0.5))]
        for b in BASELINES
    ]
    parts = [
        INTRODUCTION.format(runs=options.runs, units=UNITS),
        table(["a month", "baseline", "share", *NULLS], errors),
        POWER,
        table(["a month", "baseline", "lift", "false alarm", "ours", *names], robust),
        EXACT,
        table(["a month", "baseline", "lift", "false alarm", "ours", *names], matched),
        PUBLISHED,
        table(["a month", "baseline", "lift", "ours, clear", *known], owners),
        MINUTES.format(runs=options.minutes_runs),
        table(["baseline", "nothing changed", "75 → 88 % within the limit"], minutes),
        LIMITS,
        "## Bars\n\n" + ("All bars are met." if not failing else "Not met: " + "; ".join(failing) + "."),
    ]
    DOCUMENT.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


INTRODUCTION = """# False alarms and power, measured

Written by `python -m bench.error_rates --runs {runs}`: {runs} simulated hospitals a cell, fixed seeds. A team looks
every month from the third to the twelfth after the change, and any yes during the year counts. Independent patients,
equal months, one step at the change. The comparison is {units} units of the same size that took no part. With
10 000 runs a rate of 2.5 % is known to ±0.3 points, one of 80 % to ±0.8.

## The verdict when nothing was changed

Percent of hospitals told *clear improvement* / *likely or clear, with a comparison* / *likely, without one*. The bars:
at most 2.5, 5 and 5 in the first four columns. Over-dispersion is a correlation of 0.02 between the patients of a
month, season is ±5 points in the worst of four phases, trend is two points a year in every hospital. Own drift is no
bar: after the change every hospital, ours and the others, has moved by itself by a random amount with a standard
deviation of three points. No statistics can tell such a move from the effect of a project, only expect it where the
others show it."""

POWER = """## Power at the same false-alarm rate

Percent of hospitals told *likely or clear* within the year when the lift is real. Each other rule looks for improvement
only, estimates its baseline from the same months, and has its threshold moved until its false-alarm rate is the one in
the fourth column (ties decided by lot). A team knows its true share to within some points at best, so the rate is the
worst at the share and five points to either side, for ours and for theirs. The bar: ours is at least the best of them
in every row."""

EXACT = """The same with thresholds made for exactly this share, as if it were known. This favours rules whose
false-alarm rate depends on it. With four patients, a month is at 50, 75 or 100 %, so the median of a baseline at 75 %
is nearly always 75 % on the nose: the run rule then *knows* its baseline, and at 24 months it sees more than ours. The
same run length that alarms in 2 % at 75 % alarms in 5 % at 80 %, so no team could choose it."""

PUBLISHED = """## The rules as published

Percent false alarms / percent power, as their owners print them, over the same year of looks, without moving anything.
Anhøj's rules are a signal on a chart, not a verdict: any signal in either direction at any look is counted."""

MINUTES = """## Minutes instead of a share, at four patients a month

Percent told *clear* / *likely or clear*, {runs} runs, log-normal minutes, six units to compare with. The lift is the
same as 75 → 88 % within a limit. Compare with the rows for four a month above."""

LIMITS = """## What the table does not cover

The verdict here is told that there is no season, so that it may say *clear* before the year is whole; on the screen it
says at most *likely* then, and from a whole year on
*clear* only where the whole years alone say so too. Over-dispersion of 0.02 and a trend of two points are what the
rule allows for: a hospital
whose months differ more is helped only where its own months show it, and one that drifts its own way
is told *clear* more often, as the last column shows. Only shares of 60 and 75 % (and five points to either
side) are simulated. Worsening is the mirror image of improvement and has rates of its own of the same size."""


if __name__ == "__main__":
    main()
