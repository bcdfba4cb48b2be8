"""Which points of a chart are marked, which way, and why: by the reading's row, by a rule set, or as left out."""

from collections.abc import Sequence

from nhr_dash.statistics.reading import Reading


def beyond(value: float, reading: Reading) -> bool:
    """Is the value on the side of the line on which the reading's row lies?"""
    line = (reading.before or reading.now).median
    return reading.row is not None and (value - line) * reading.row.side > 1e-10


def look(
    index: int, value: float, known: bool, reading: Reading, sides: Sequence[str] | None, excluded: Sequence[bool]
) -> tuple[str, str]:
    """Side of a point (better, worse, changed, none) and why: ``in_row``, ``by_rules``, ``excluded`` or nothing.

    ``sides`` are a rule set's marks; the row that the sentence speaks of comes before them.
    """
    if index < len(excluded) and excluded[index]:
        return "none", "excluded"
    row = reading.row if reading.row is not None and reading.row.signal else None
    # Points on the line, or on its other side, stand inside the row but are no part of it.
    if row is not None and known and row.first <= index <= row.last and beyond(value, reading):
        return reading.side, "in_row" if reading.side != "none" else ""
    by_rules = sides[index] if sides and known else "none"
    return by_rules, "by_rules" if by_rules != "none" else ""
