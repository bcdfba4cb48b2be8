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
    alt = t(language, "help.read_run_alt", longest=one.runs.longest, limit=one.runs.longest_max)
    return course.spec(one, language, judged=True, provisional=PROVISIONAL), alt


def patients(language: str) -> tuple[example.Spec, str]:
    """One point a patient around a limit, and its description."""
    inside = sum(value <= LIMIT for value in MINUTES)
    alt = t(language, "help.read_patient_alt", count=len(MINUTES), limit=LIMIT, inside=inside)
    return example.patients(MINUTES, LIMIT, language), alt
