"""Rows of text checked against their form, a block at a time: good rows out, findings beside."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column

from nhr_dash.registry.load.cells import Memo, is_moment, memo
from nhr_dash.registry.load.findings import Finding, Level
from nhr_dash.registry.load.layouts import Recognised
from nhr_dash.registry.load.reading import Block
from nhr_dash.registry.load.rules import Fields

Known = Mapping[str, Collection[Any]]


@dataclass(slots=True)
class Checked:
    """A block's good rows as (line, values in the order of ``Checker.columns``), and its findings.

    ``rejected_keys``: keys of rejected rows, as far as they can be read: in a full delivery such a
    form is not absent.
    """

    rows: Iterator[tuple[Any, ...]]
    good: int
    rejected: int
    findings: list[Finding]
    rejected_keys: list[tuple[Any, ...]]


class Checker:
    """Checks the rows of one file. Keeps the keys it has seen, to find rows that stand there twice."""

    def __init__(self, file: str, recognised: Recognised, known: Known) -> None:
        self.file = file
        self.layout = recognised.layout
        table = self.layout.table
        self.columns: tuple[Column, ...] = tuple(table.c[key] for key in recognised.places)
        self._places = tuple(recognised.places.values())
        self._memos: dict[str, Memo] = {column.key: memo(column, known) for column in self.columns}
        self._seen: dict[tuple[Any, ...], int] = {}
        keys = [column.key for column in self.columns]
        self._key_places = tuple(keys.index(key) for key in self.layout.key)

    def check(self, block: Block, width: int) -> Checked:
        """Check a block of rows of a file with ``width`` headings."""
        findings: list[Finding] = []
        bad: set[int] = set()

        def found(row: int, column: str, value: str, reason: str, level: Level = "error", **params: Any) -> None:
            findings.append(Finding(self.file, block.lines[row][0], column, value, reason, params, level))
            if level == "error":
                bad.add(row)

        rows = self._even(block, width, found)
        ragged = frozenset(bad)
        cells = tuple(zip(*rows, strict=True))
        values, seconds = self._parse(cells, ragged, found)
        self._rules(Fields(len(rows), values, seconds), cells, ragged, found)
        keys = list(zip(*(values[key] for key in self.layout.key), strict=True))
        if not self.layout.repeats:
            self._twice(keys, block, bad, found)
        good = [row not in bad for row in range(len(rows))]
        lines = (start for start, _ in block.lines)
        ordered = zip(lines, *(values[column.key] for column in self.columns), strict=True)
        kept = ordered if not bad else (row for row, keep in zip(ordered, good, strict=True) if keep)
        return Checked(kept, len(rows) - len(bad), len(bad), findings, [keys[row] for row in sorted(bad)])

    def _parse(
        self, cells: Sequence[Sequence[str]], ragged: Collection[int], found: Any
    ) -> tuple[dict[str, list], dict[str, list[int]]]:
        """Values of every column, and the seconds of moments and days."""
        values: dict[str, list] = {}
        seconds: dict[str, list[int]] = {}
        for column, place in zip(self.columns, self._places, strict=True):
            read, wrong = self._memos[column.key].read(cells[place])
            for row, reason in wrong:
                if row not in ragged:
                    found(row, column.name, cells[place][row].strip(), reason.reason_key, **reason.params)
            if is_moment(column):
                seconds[column.key] = [pair[1] for pair in read]
                read = [pair[0] for pair in read]
            values[column.key] = read
            if column.key in self.layout.filled and None in read:
                flagged = {row for row, _ in wrong}.union(ragged)
                for row, value in enumerate(read):
                    if value is None and row not in flagged:
                        found(row, column.name, cells[place][row].strip(), "load.value.missing")
        return values, seconds

    def _even(self, block: Block, width: int, found: Any) -> list[list[str]]:
        """Rows of exactly ``width`` cells; one of another length is rejected whole."""
        if all(len(row) == width for row in block.rows):
            return block.rows
        even = []
        for index, row in enumerate(block.rows):
            if len(row) == width or (len(row) > width and not any(row[width:])):
                even.append(row[:width])
                continue
            start, end = block.lines[index]
            reason = "load.row.cells" if start == end else "load.row.cells_over_lines"
            found(index, "", "", reason, found=len(row), expected=width, last=end)
            even.append((row + [""] * width)[:width])
        return even

    def _rules(self, fields: Fields, cells: Sequence[Sequence[str]], ragged: Collection[int], found: Any) -> None:
        place = {column.key: index for column, index in zip(self.columns, self._places, strict=True)}
        name = {column.key: column.name for column in self.columns}
        for rule in self.layout.rules:
            if rule.column not in place:
                continue
            flags = rule.broken(fields)
            if not flags.any():
                continue
            for row in map(int, flags.nonzero()[0]):
                if row in ragged:
                    continue
                params = {}
                if rule.other:
                    other = cells[place[rule.other]][row].strip() if rule.other in place else ""
                    params = {"other": name.get(rule.other, rule.other), "other_value": other}
                value = cells[place[rule.column]][row].strip()
                found(row, name[rule.column], value, rule.reason_key, rule.level, **params)

    def _twice(self, keys: list[tuple[Any, ...]], block: Block, bad: set[int], found: Any) -> None:
        column = self.columns[self._key_places[0]].name
        for row, key in enumerate(keys):
            if row in bad or None in key:
                continue
            first = self._seen.setdefault(key, block.lines[row][0])
            if first != block.lines[row][0]:
                found(row, column, " ".join(map(str, key)), "load.row.twice", first=first)


def packed(finding: Finding) -> tuple[Any, ...]:
    """A finding as the staging file keeps it."""
    return (
        finding.file,
        finding.line,
        finding.column,
        finding.value,
        finding.reason_key,
        json.dumps(dict(finding.params), ensure_ascii=False),
        finding.level,
    )


def unpacked(row: Sequence[Any]) -> Finding:
    """The finding of a row that :func:`packed` made."""
    file, line, column, value, reason, params, level = row
    return Finding(file, line, column, value, reason, json.loads(params), level)
