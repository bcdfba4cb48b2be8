"""Reads the reference results and asks the same questions of the engine.

A reference case is what an R package answered for given numbers. Here its input is aggregated as the package does,
its 1-based indexes are turned into ours, and each difference is described; what is knowingly different is named in
`exempt` with the reason, so that it can be counted rather than forgotten.
"""

from dataclasses import dataclass, field

import numpy as np

from nhr_dash.statistics.spc import CannotChart, ControlChart, control_chart
from tests.statistics import goldens

KINDS = ("run", "i", "mr", "xbar", "s", "t", "p", "pp", "c", "u", "up", "g", "ip")
TOLERANCE = 1e-9
LINES = {"y": "value", "cl": "center", "lcl": "lower", "ucl": "upper", "lcl.95": "lower_2s", "ucl.95": "upper_2s"}
COUNTS = {
    "n.obs": "observations",
    "n.useful": "useful",
    "longest.run": "longest",
    "longest.run.max": "longest_max",
    "n.crossings": "crossings",
    "n.crossings.min": "crossings_min",
}


def numbers(values) -> np.ndarray:
    return np.array([goldens.number(v) for v in values])


@dataclass
class Outcome:
    """What came of one case: `exempt` names the reason where a part was not compared, `wrong` every difference."""

    exempt: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Facet:
    """The rows of one facet after aggregation, in order of x."""

    y: np.ndarray
    n: np.ndarray | None
    cl: np.ndarray | None
    part: list | None
    raw: tuple[np.ndarray, np.ndarray]


def close(ours, theirs) -> bool:
    """Equal to nine digits; no value only where the reference has none."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if ours.shape != theirs.shape:
        return False
    return bool(np.allclose(ours, theirs, rtol=TOLERANCE, atol=1e-12, equal_nan=True))


def facets_of(case: dict) -> dict[tuple, np.ndarray]:
    """Rows of each facet, keyed as the output rows are; '~ a' is (a, 1), 'a ~ b' is (a, b)."""
    size = len(case["input"]["y"])
    formula = case["facets"]
    if formula is None:
        return {(1, 1): np.arange(size)}
    left, right = (side.strip() for side in formula.split("~"))
    names = [left, right] if left else [right]
    keys = [tuple(case["input"][name][i] for name in names) + (1,) * (2 - len(names)) for i in range(size)]
    return {key: np.array([i for i in range(size) if keys[i] == key]) for key in dict.fromkeys(keys)}


def aggregate(case: dict, rows: np.ndarray) -> Facet:
    """Aggregate the rows of one facet over x, as the package does before it charts them."""
    data = case["input"]
    x, period = [data["x"][i] for i in rows], case["args"].get("x.period")
    if period is not None:
        assert period in ("month", "quarter", "year")
        x = [None if v is None else to_period(v, period) for v in x]
    keep = [i for i, v in enumerate(x) if v is not None]
    x, rows = [x[i] for i in keep], rows[keep]
    order = {v: i for i, v in enumerate(case["xlevels"] or sorted(set(x)))}
    y = numbers(data["y"])[rows]
    n = numbers(data["n"])[rows] if "n" in data else None
    labels = np.array([order[v] for v in x])
    groups = [np.flatnonzero(labels == k) for k in sorted(set(labels.tolist()))]
    cl = np.array([numbers(data["cl"])[rows][g[0]] for g in groups]) if "cl" in data else None
    part = [data["part"][rows[g[0]]] for g in groups] if "part" in data else None
    if n is not None:
        lost = np.isnan(y) | np.isnan(n)
        y, n = np.where(lost, np.nan, y), np.where(lost, 0, n)
        totals = np.array([np.nansum(y[g]) if np.isfinite(y[g]).any() else np.nan for g in groups])
        return Facet(totals, np.array([n[g].sum() for g in groups]), cl, part, (y, labels))
    if case["chart"] == "ip":
        sizes = np.array([np.isfinite(y[g]).sum() for g in groups], dtype=float)
        return Facet(np.array([np.nansum(y[g]) for g in groups]), sizes, cl, part, (y, labels))
    how = "sum" if case["chart"] == "c" else case["args"].get("agg.fun", "mean")
    return Facet(np.array([summarise(y[g], how) for g in groups]), None, cl, part, (y, labels))


def to_period(day: str, period: str) -> str:
    year, month, _ = day.split("-")
    if period == "year":
        return f"{year}-01-01"
    if period == "quarter":
        return f"{year}-{(int(month) - 1) // 3 * 3 + 1:02d}-01"
    return f"{year}-{month}-01"


def summarise(y: np.ndarray, how: str) -> float:
    if len(y) == 1 and how != "sd":
        return y[0]
    y = y[np.isfinite(y)]
    if how == "sum":
        return y.sum()
    if len(y) < (2 if how == "sd" else 1):
        return float("nan")
    return {"mean": np.mean, "median": np.median, "sd": lambda a: np.std(a, ddof=1)}[how](y)


def listed(value) -> list:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def ask(case: dict, facet: Facet) -> ControlChart:
    """Chart one facet with our engine."""
    args, kind = case["args"], case["chart"]
    count = len(set(facet.raw[1].tolist())) if kind in ("xbar", "s") else len(facet.y)
    parts = listed(args.get("part"))
    if facet.part is not None or any(isinstance(p, str) for p in parts):
        labels = facet.part or parts
        phases = [labels.index(label) for label in dict.fromkeys(labels)][1:]
    else:
        phases = [p for p in parts if p < count]
    freeze = None if parts or facet.part is not None else args.get("freeze")
    given = facet.cl if facet.cl is not None else args.get("cl")
    raw = kind in ("xbar", "s")
    return control_chart(
        facet.raw[0] if raw else facet.y,
        None if raw else facet.n,
        kind=kind,
        phases=phases,
        freeze=freeze,
        exclude=[i - 1 for i in listed(args.get("exclude"))],
        center=given,
        screened=case["screenedmr"],
        subgroup=facet.raw[1] if raw else None,
    )


FLOAT_TIES = {("i", 457), ("i", 520), ("run", 100)}


def compare(case: dict) -> Outcome:
    """Ask the engine about one case of qicharts2 and list every difference."""
    outcome = Outcome()
    kind = case["chart"]
    if case["error"] is not None:
        outcome.exempt.append("the reference answers with an error")
        return refuse(case, outcome)
    if kind == "t" and ("cl" in case["args"] or ("cl" in case["input"])):
        outcome.exempt.append("t with a given line: the reference takes it on the transformed scale")
        return outcome
    if kind in ("xbar", "s") and has_empty_subgroup(case):
        outcome.exempt.append("limits with an empty subgroup: the reference counts it as minus one degree of freedom")
    rows = case["output"]["rows"]
    facet1 = rows.get("facet1", [1] * len(rows["x"]))
    facet2 = rows.get("facet2", [1] * len(rows["x"]))
    part = np.array(rows["part"])
    for key, members in facets_of(case).items():
        chart = ask(case, aggregate(case, members))
        here = np.array([(a, b) == key for a, b in zip(facet1, facet2, strict=True)])
        where = np.flatnonzero(here)[np.argsort(np.array(rows["xx"])[here], kind="stable")]
        compare_points(case, chart, rows, where, outcome)
        numbers_of_parts = sorted(set(part[where].tolist()), key=lambda p: np.flatnonzero(part[where] == p)[0])
        for position, label in enumerate(numbers_of_parts):
            group = next(
                g for g in case["output"]["groups"] if (g["facet1"], g["facet2"]) == key and g["part"] == label
            )
            compare_phase(case, chart.phases.iloc[position], group, outcome)
    return outcome


def has_empty_subgroup(case: dict) -> bool:
    filled = {x for x, y in zip(case["input"]["x"], case["input"]["y"], strict=True) if not np.isnan(goldens.number(y))}
    return filled != set(case["input"]["x"])


def refuse(case: dict, outcome: Outcome) -> Outcome:
    """Where the reference refuses times that are not positive, so must we, with a reason."""
    if "greater than zero" in case["error"]:
        try:
            ask(case, aggregate(case, np.arange(len(case["input"]["y"]))))
            outcome.wrong.append("not refused")
        except CannotChart as refusal:
            if refusal.reason != "t_needs_positive":
                outcome.wrong.append(f"refused for {refusal.reason}")
    return outcome


def compare_points(case: dict, chart: ControlChart, rows: dict, where: np.ndarray, outcome: Outcome) -> None:
    points, kind = chart.points, case["chart"]
    multiply = case["args"].get("multiply", 1)
    floor = case["args"].get("y.neg") is False and np.nanmin(points["value"]) >= 0
    too_wide = kind in ("xbar", "s") and has_empty_subgroup(case)
    compared = {"xbar": ("y", "cl"), "s": ("y",)}[kind] if too_wide else tuple(LINES)
    for theirs, ours in LINES.items():
        if theirs not in rows or theirs not in compared:
            continue
        line = points[ours].to_numpy() * multiply
        if floor and ours.startswith("lower"):
            line = np.maximum(line, 0)
        expected = numbers(rows[theirs])[where]
        if not close(line, expected):
            outcome.wrong.append(f"{ours}: {line[:6]} and not {expected[:6]}")
    if (points["included"].to_numpy() != np.array(rows["include"])[where].astype(bool)).any():
        outcome.wrong.append("included")
    if not too_wide and (points["outside"].to_numpy() != np.array(rows["sigma.signal"])[where].astype(bool)).any():
        outcome.wrong.append("outside")


def compare_phase(case: dict, row, group: dict, outcome: Outcome) -> None:
    if (case["chart"], case["index"]) in FLOAT_TIES:
        outcome.exempt.append("a point equal to the line but for rounding: here it is on the line")
        return
    if case["chart"] == "s" and has_empty_subgroup(case):
        return
    for theirs, ours in COUNTS.items():
        if row[ours] != (group[theirs] or 0):
            outcome.wrong.append(f"{ours}: {row[ours]} and not {group[theirs]}")
    if case["args"].get("method", "anhoej") != "anhoej":
        outcome.exempt.append("runs signal by the best box or cut box")
    elif case["xtype"] in ("character", "factor"):
        outcome.exempt.append("runs signal along categories: the reference has none, the engine knows no categories")
    elif bool(row["run_signal"]) != bool(group["runs.signal"]):
        outcome.wrong.append(f"run signal: {row['run_signal']} and not {group['runs.signal']}")
