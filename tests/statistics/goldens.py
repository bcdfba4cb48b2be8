"""Finds and reads the reference results, where they are there."""

import gzip
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest


def folder() -> Path | None:
    """The goldens folder: NHR_GOLDENS, else shared/goldens beside the repository or its work trees."""
    named = os.environ.get("NHR_GOLDENS")
    root = Path(__file__).resolve().parents[2]
    candidates = [Path(named)] if named else [parent / "shared" / "goldens" for parent in root.parents]
    return next((candidate for candidate in candidates if candidate.is_dir()), None)


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file, such as 'stats/one_proportion'; the test is skipped where the folder is absent."""
    found = folder()
    if found is None:
        # A folder beside the checkout, an optional extra; fixtures of the same cases always run.
        pytest.skip("the reference results are not on this machine")
    with gzip.open(found / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)["cases"]


def number(value: Any) -> float:
    """A reference number: null and 'NaN' are both 'no value'."""
    return math.nan if value is None else float(value)


def close(ours: float, theirs: Any, relative: float = 1e-9, absolute: float = 1e-12) -> bool:
    """Equal within the relative tolerance, or both missing."""
    wanted = number(theirs)
    if math.isnan(wanted) or math.isnan(ours):
        return math.isnan(wanted) and math.isnan(ours)
    return math.isclose(ours, wanted, rel_tol=relative, abs_tol=absolute)
