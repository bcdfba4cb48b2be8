"""Files in, rows of text out: CSV in its Norwegian varieties, and Excel.

A file is streamed in blocks, because a frame of a whole export would need over 1 GB.
"""

import codecs
import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from nhr_dash.registry.load.findings import Refused

BLOCK_ROWS = 4_000
DELIMITERS = (";", ",", "\t")
_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"


@dataclass(slots=True)
class Block:
    """Some rows. ``lines``: where each begins and ends in the file (1-based, inclusive)."""

    rows: list[list[str]]
    lines: list[tuple[int, int]]
    share: float
    """How much of the file has been read when this block ends, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table in a file: a CSV file, or one sheet of a workbook."""

    name: str
    headings: tuple[str, ...]
    blocks: Callable[[], Iterator[Block]]


@dataclass(frozen=True, slots=True)
class Content:
    """A file as a whole: its digest and the tables in it."""

    sha256: str
    sources: tuple[Source, ...]


def open_file(path: Path, score: Callable[[tuple[str, ...]], int]) -> Content:
    """The tables of a file. ``score`` says how many headings of a row are known to some form: it
    decides between delimiters, and nothing else.

    Raises :class:`Refused` for a file that can't be read, is empty or is no table of text.
    """
    try:
        sha256, encoding, start = _look_through(path)
    except OSError as error:
        raise Refused("load.refused.unreadable", file=path.name) from error
    if not start:
        raise Refused("load.refused.empty", file=path.name)
    if start.startswith(_ZIP):
        return Content(sha256, _workbook(path))
    if encoding is None:
        raise Refused("load.refused.not_text", file=path.name)
    return Content(sha256, (_text_table(path, encoding, score),))


def _look_through(path: Path) -> tuple[str, str | None, bytes]:
    """Digest, encoding (None: not text) and first bytes, in one pass."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = text = True
    start = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            start = start or chunk[:1024]
            digest.update(chunk)
            text = text and b"\0" not in chunk
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
    if utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = False
    encoding = ("utf-8-sig" if utf8 else "latin-1") if text else None
    return digest.hexdigest(), encoding, start


def _text_table(path: Path, encoding: str, score: Callable[[tuple[str, ...]], int]) -> Source:
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(1 << 16)
    ways = [(score(headings), delimiter, headings) for delimiter, headings in _ways(first)]
    if not ways:
        raise Refused("load.refused.not_an_export", file=path.name)
    _, delimiter, headings = max(ways, key=lambda way: way[0])

    def blocks() -> Iterator[Block]:
        size = max(path.stat().st_size, 1)
        with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
            reader = csv.reader(text, delimiter=delimiter)
            next(reader, None)
            try:
                yield from _in_blocks(_numbered(reader), lambda: raw.tell() / size)
            except csv.Error as error:
                raise Refused("load.refused.broken", file=path.name, line=reader.line_num) from error

    return Source(path.name, headings, blocks)


def _ways(line: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for delimiter in DELIMITERS:
        try:
            cells = next(csv.reader([line], delimiter=delimiter))
        except (csv.Error, StopIteration):
            continue
        yield delimiter, tuple(cell.strip() for cell in cells)


def _numbered(reader: Any) -> Iterator[tuple[list[str], tuple[int, int]]]:
    end = reader.line_num
    for row in reader:
        start, end = end + 1, reader.line_num
        yield row, (start, end)


def _in_blocks(rows: Iterator[tuple[list[str], tuple[int, int]]], share: Callable[[], float]) -> Iterator[Block]:
    block = Block([], [], 0.0)
    for row, lines in rows:
        if not row or not any(row):
            continue  # an empty line is not a row
        block.rows.append(row)
        block.lines.append(lines)
        if len(block.rows) >= BLOCK_ROWS:
            block.share = share()
            yield block
            block = Block([], [], 0.0)
    block.share = 1.0
    if block.rows:
        yield block


def _workbook(path: Path) -> tuple[Source, ...]:
    from openpyxl import load_workbook  # heavy, and most deliveries are CSV
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise Refused("load.refused.not_an_export", file=path.name) from error
    sources = []
    for sheet in book.worksheets:
        first = next(sheet.iter_rows(max_row=1, values_only=True), ())
        headings = tuple(_cell(value).strip() for value in first)
        while headings and not headings[-1]:
            headings = headings[:-1]
        if headings:
            sources.append(Source(f"{path.name} [{sheet.title}]", headings, _sheet_blocks(path, sheet.title, headings)))
    book.close()
    if not sources:
        raise Refused("load.refused.empty", file=path.name)
    return tuple(sources)


def _sheet_blocks(path: Path, title: str, headings: tuple[str, ...]) -> Callable[[], Iterator[Block]]:
    def blocks() -> Iterator[Block]:
        from openpyxl import load_workbook

        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book[title]
            total = max(sheet.max_row or 1, 1)
            at = 1

            def rows() -> Iterator[tuple[list[str], tuple[int, int]]]:
                nonlocal at
                for at, values in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
                    cells = [_cell(value) for value in values]
                    while len(cells) > len(headings) and not cells[-1]:
                        cells.pop()  # formatted but empty columns to the right
                    cells.extend([""] * (len(headings) - len(cells)))
                    yield cells, (at, at)

            yield from _in_blocks(rows(), lambda: min(at / total, 1.0))
        finally:
            book.close()

    return blocks


def _cell(value: object) -> str:
    """A cell as the same thing would stand in a CSV export."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
