"""Control charts: one, and fifty hospitals by twelve indicators by thirty-six months in one call."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.reading import Reading
from nhr_dash.statistics.spc import control_chart, control_charts

SERIES, MONTHS = 50 * 12, 36
R_SECONDS = 48.0
"""What qicharts2 0.8.1 took for 600 such charts, a call a series, on a machine with two cores (R 4.5.0)."""
R_SCRIPT = """
suppressMessages(library(qicharts2)); set.seed(600)
seconds <- system.time(for (i in seq_len(%d)) {
  n <- sample(2:59, %d, TRUE); y <- rbinom(length(n), n, 0.75)
  qic(seq_along(y), y, n = n, chart = "p", return.data = TRUE)
})[["elapsed"]]
cat(seconds)
"""
Floats = NDArray[np.float64]


def bare_limits(y: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Only the limits of P charts, as short as numpy lets them be written: what the whole engine is held against."""
    share = y.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
    three = 3 * np.sqrt(share * (1 - share) / n)
    return np.clip(share - three, 0, 1), np.clip(share + three, 0, 1)


def seconds_in_r() -> float | None:
    """What the same 600 charts take in R on this machine; None where there is no R with qicharts2."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    done = subprocess.run([rscript, "-e", R_SCRIPT % (SERIES, MONTHS)], capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def best(*works: Callable[[], object], rounds: int = 300) -> list[float]:
    """Seconds of the fastest round of each, taken by turns: what the machine can do when nobody else disturbs it."""
    times = [float("inf")] * len(works)
    for _ in range(rounds):
        for index, work in enumerate(works):
            begun = time.perf_counter()
            work()
            times[index] = min(times[index], time.perf_counter() - begun)
    return times


def measure(_database: Path, _folder: Path) -> Iterator[Reading]:
    """One chart, six hundred, and how many times a bare pass of limits that is."""
    rng = np.random.default_rng(600)
    n = rng.integers(2, 60, (SERIES, MONTHS)).astype(np.float64)
    y = rng.binomial(n.astype(np.int64), 0.75).astype(np.float64)
    one, phased = best(
        lambda: control_chart(y[0], n[0], kind="p"),
        lambda: control_chart(y[0], n[0], kind="pp", phases=[12, 24], freeze=10, exclude=[3, 30]),
    )
    many, bare = best(lambda: control_charts(y, n, kind="p"), lambda: bare_limits(y, n))
    here = seconds_in_r()
    r = R_SECONDS if here is None else here
    yield Reading("one P chart with its runs", one * 1e3, "ms", 2)
    yield Reading("one P' chart of three phases", phased * 1e3, "ms")
    yield Reading("600 P charts of 36 months with Anhøj rules in one call", many * 1e3, "ms", r)
    yield Reading("a bare numpy pass of their limits alone", bare * 1e3, "ms")
    yield Reading("the charts as a multiple of the bare pass", many / bare, "x", 5)
    yield Reading("the same in R" + (" (recorded, no R here)" if here is None else ", on this machine"), r, "s")
    yield Reading("times faster than R", r / many, "x")


if __name__ == "__main__":
    for reading in measure(Path(), Path()):
        print(reading.line())
