"""Making Data Count against NHSRplotthedots: lines, the label of each point, and both icons."""

import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from nhr_dash.statistics import nhs
from nhr_dash.statistics.rules import NHS
from tests.statistics import goldens, reference

FIXTURE = Path(__file__).parent / "fixtures" / "making_data_count.json.gz"
DIRECTION = {"increase": 1, "decrease": -1, "neutral": 0}
LABELS = {
    ("", 0): "Common Cause",
    ("beyond", 1): "Above UCL",
    ("beyond", -1): "Below LCL",
    ("trend", 1): "7 Point Trend (Increasing)",
    ("trend", -1): "7 Point Trend (Decreasing)",
    ("zone", 1): "2 in 3 Above CL",
    ("zone", -1): "2 in 3 Below CL",
    ("shift", 1): "7 Points Above CL",
    ("shift", -1): "7 Points Below CL",
}
COLUMNS = {"y": "value", "mean_col": "center", "lpl": "lower", "upl": "upper"}


def unit_cases(case: dict):
    """Each unit of a case: its key in the icons, the rows of input in order of date, and those of the output."""
    dates, units = case["input"]["date"], case["input"].get("unit")
    keys = sorted(set(units)) if units else ["no facet"]
    rows = case["output"]["rows"]
    for key in keys:
        mine = [i for i in range(len(dates)) if units is None or units[i] == key]
        theirs = [i for i in range(len(rows["x"])) if units is None or rows["f"][i] == key]
        yield key, sorted(mine, key=lambda i: dates[i]), sorted(theirs, key=lambda i: rows["x"][i])


def of_unit(value, key):
    value = value.get(key) if isinstance(value, dict) else value
    return value[0] if isinstance(value, list) and len(value) == 1 else value


GAP = "not in part: with a missing value, which there breaks a row and counts as a point"
UNKNOWN = "not in part: no target of its own or no limits, where the reference shows the icon for neither"


def differences(case: dict, key: str, mine: list[int], theirs: list[int], exempt: Counter) -> list[str]:
    args, rows = case["args"], case["output"]["rows"]
    y = reference.numbers(case["input"]["value"])[mine]
    dates = [case["input"]["date"][i] for i in mine]
    rebase = reference.listed(of_unit(args.get("rebase"), key))
    chart = nhs.xmr_chart(
        y,
        phases=[dates.index(day) for day in rebase if day in dates],
        freeze=args.get("fix_after_n_points"),
        screened=args.get("screen_outliers", True),
    )
    found = NHS.find(chart)
    wrong = [
        ours
        for column, ours in COLUMNS.items()
        if not reference.close(chart.points[ours], reference.numbers(rows[column])[theirs])
    ]
    labels = [LABELS[pair] for pair in zip(found.rule, found.side, strict=True)]
    gap = bool(np.isnan(y).any())
    exempt[GAP] += gap
    if not gap and labels != [rows["special_cause_type"][i] for i in theirs]:
        wrong.append("labels")
    if chart.points["outside"].tolist() != [bool(rows["outside_limits"][i]) for i in theirs]:
        wrong.append("outside")
    target = of_unit(args.get("target"), key)
    shown = nhs.icons(chart, DIRECTION[args.get("improvement_direction", "increase")], target, found)
    icon, assurance = (case["output"][name] or {} for name in ("variation_icon", "assurance_icon"))
    if key in icon and f"{shown.variation}.svg" != icon[key]:
        wrong.append(f"variation {shown.variation} and not {icon[key]}")
    expected = assurance.get(key)
    unknown = expected is not None and (target is None or np.isnan(chart.points["upper"].iloc[-1]))
    exempt[UNKNOWN] += unknown
    if not unknown and (None if shown.assurance is None else f"{shown.assurance}.svg") != expected:
        wrong.append(f"assurance {shown.assurance} and not {expected}")
    if not gap and bool(rows["short_group_warning"][theirs[-1]]) != (not shown.enough):
        wrong.append("enough")
    return wrong


def run(cases: list[dict]) -> tuple[list[str], str]:
    """Every difference, and a line that says what was compared and what was not, and why."""
    wrong: list[str] = []
    counts: Counter[str] = Counter()
    for case in cases:
        if case["error"] is not None:
            counts["not: refused by the reference (a missing value, a date twice, too few points to fix)"] += 1
            continue
        for key, mine, theirs in unit_cases(case):
            counts["series compared"] += 1
            found = differences(case, key, mine, theirs, counts)
            wrong += [f"{case['index']} {case['tags']} {key}: {text}" for text in found]
    return wrong, f" nhs: {'; '.join(f'{number} {what}' for what, number in counts.items())}"


def test_every_reference_case(record_property):
    wrong, said = run(goldens.cases("NHSRplotthedots/ptd_spc"))
    record_property("counted", said)
    assert wrong == []


def test_small_set():
    """Generated series and the answers for them, so that the rules are held to the reference on every machine."""
    with gzip.open(FIXTURE, "rt", encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    wrong, _ = run(cases)
    assert wrong == []
    assert len(cases) > 80


@pytest.mark.parametrize(
    ("target", "improvement", "expected"),
    [(101, 1, "fail"), (101, -1, "pass"), (-1, 1, "pass"), (-1, -1, "fail"), (100, 1, "inconsistent"), (50, 0, None)],
)
def test_assurance_is_strict(target, improvement, expected):
    assert nhs.assurance(0, 100, target, improvement) == expected


def test_no_target_no_assurance_and_no_points_no_variation():
    assert nhs.assurance(0, 100, None, 1) is None
    chart = nhs.xmr_chart([np.nan, np.nan])
    assert nhs.icons(chart, 1, 5) == nhs.Icons("common_cause", None, enough=False)


@pytest.mark.parametrize(
    ("side", "improvement", "expected"),
    [
        (1, 1, "improvement_high"),
        (-1, -1, "improvement_low"),
        (1, -1, "concern_high"),
        (-1, 1, "concern_low"),
        (-1, 0, "neutral_low"),
        (0, 1, "common_cause"),
    ],
)
def test_variation(side, improvement, expected):
    assert nhs.variation(side, improvement) == expected
