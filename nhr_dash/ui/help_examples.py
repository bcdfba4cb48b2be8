"""The example figures of the help page: made-up numbers that show how a figure is read."""

from nhr_dash.charts import example
from nhr_dash.text.catalog import t
from nhr_dash.ui import course

MINUTES = (42, 31, 55, 24, 38, 61, 29, 47, 19, 33, 26, 14, 22, 12, 17, 11, 28, 13, 9, 15, 12, 18, 10, 14)
LIMIT = 15
TEN = (True, False, True, True, False, True, True, True, False, True)
PROVISIONAL = 2


def run_chart(language: str) -> tuple[example.Spec, str]:
    """A run chart with a run that chance doesn't explain and two provisional months, and its description."""
    one = next(one for one in course.rounds(1) if one.kind == "up")
    runs = one.runs
    row = (runs.first, runs.last) if runs.first is not None and runs.last is not None else None
    spec = example.run_chart(
        one.shares,
        one.centre,
        language,
        row=row,
        limit=runs.longest_max,
        side=runs.side,
        provisional=PROVISIONAL,
    )
    return spec, t(language, "help.read_run_alt", longest=runs.longest, limit=runs.longest_max)


def patients(language: str) -> tuple[example.Spec, str]:
    """One point a patient around a limit, and its description."""
    inside = sum(value <= LIMIT for value in MINUTES)
    alt = t(language, "help.read_patient_alt", count=len(MINUTES), limit=LIMIT, inside=inside)
    return example.patients(MINUTES, LIMIT, language), alt
