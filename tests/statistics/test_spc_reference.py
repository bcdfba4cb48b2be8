"""The charts against reference results: the small set in `fixtures/`, and the whole set where it is on the machine.

Numbers and answers in `fixtures/` are those of generated series only (every edge case, and random ones of every
combination of options).
"""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.statistics import goldens, reference

FIXTURE = Path(__file__).parent / "fixtures" / "charts.json.gz"


def run(cases: list[dict]) -> tuple[list[str], str]:
    """Every difference, and a line that says how many cases were compared and what was left out, and why."""
    wrong: list[str] = []
    exempt: Counter[str] = Counter()
    for case in cases:
        outcome = reference.compare(case)
        wrong += [f"{case['chart']} {case['index']} {case['tags']}: {text}" for text in outcome.wrong]
        exempt.update(set(outcome.exempt))
    left_out = "".join(f"; {count} not compared in part: {reason}" for reason, count in sorted(exempt.items()))
    return wrong, f"{len(cases)} reference cases compared{left_out}"


@pytest.mark.parametrize("kind", reference.KINDS)
def test_every_reference_case(kind, record_property):
    wrong, said = run(goldens.cases(f"qicharts2/{kind}"))
    record_property("counted", f"{kind:>4}: {said}")
    assert wrong == []


def test_small_set(record_property):
    with gzip.open(FIXTURE, "rt", encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    assert {case["origin"].split(":")[0] for case in cases} == {"random", "edge"}
    wrong, said = run(cases)
    record_property("counted", f"fixtures: {said}")
    assert wrong == []
    assert len(cases) > 300


def test_no_reason_covers_more_than_it_says():
    """What is exempt is exempt by a property of the case, and each such property is a known fault or a choice."""
    exempt: Counter[str] = Counter()
    total = 0
    for kind in reference.KINDS:
        cases = goldens.cases(f"qicharts2/{kind}")
        total += len(cases)
        for case in cases:
            exempt.update(set(reference.compare(case).exempt))
    whole = {reason: count for reason, count in exempt.items() if "signal" not in reason and "rounding" not in reason}
    assert sum(whole.values()) < 0.03 * total


def test_runs_limits_table():
    found = goldens.folder()
    if found is None:
        # A folder beside the checkout, an optional extra; tests/statistics/test_runs.py has the published table.
        pytest.skip("the reference results are not on this machine")
    with gzip.open(found / "qicharts2" / "runs_limits.json.gz", "rt", encoding="utf-8") as file:
        table = json.load(file)["anhoej"]
    from nhr_dash.statistics import runs

    for row in table:
        assert runs.limits(row["n"]) == (row["longest.run.max"], row["n.crossings.min"])
