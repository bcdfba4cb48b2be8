"""Files in, rows of text out: CSV in its Norwegian varieties, and Excel.

A file is streamed in blocks, because a frame of a whole export would need over 1 GB.
"""

import codecs
import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from nhr_dash.registry.load import bounds
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

    Raises :class:`Refused` for a file that can't be read, is empty, is no table of text, or is too large.
    """
    try:
        bounds.check_file(path)
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
            reader = csv.reader(bounds.lines(text, path.name), delimiter=delimiter)
            try:
                next(reader, None)
                rows = bounds.rows(_numbered(reader), path.name)
                yield from _in_blocks(rows, lambda: raw.tell() / size)
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
    sources = []
    with _opened(path, "load.refused.not_an_export") as book:
        for sheet in book.worksheets:
            first = next(sheet.iter_rows(max_row=1, values_only=True), ())
            headings = tuple(_cell(value).strip() for value in first)
            while headings and not headings[-1]:
                headings = headings[:-1]
            if headings:
                blocks = _sheet_blocks(path, sheet.title, headings)
                sources.append(Source(f"{path.name} [{sheet.title}]", headings, blocks))
    if not sources:
        raise Refused("load.refused.empty", file=path.name)
    return tuple(sources)


@contextmanager
def _opened(path: Path, otherwise: str) -> Iterator[Any]:
    """A workbook, sheet by sheet as it is asked for. Raises :class:`Refused` where it isn't whole, or is too large."""
    from openpyxl import load_workbook  # heavy, and most deliveries are CSV
    from openpyxl.utils.exceptions import InvalidFileException

    with path.open("rb") as file:
        try:
            bounds.check_workbook(path)
            book = load_workbook(file, read_only=True, data_only=True)
            yield book
            book.close()
        except (InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError) as error:
            raise Refused(otherwise, file=path.name) from error


def _sheet_blocks(path: Path, title: str, headings: tuple[str, ...]) -> Callable[[], Iterator[Block]]:
    def blocks() -> Iterator[Block]:
        with _opened(path, "load.refused.not_whole") as book:
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

            yield from _in_blocks(bounds.rows(rows(), path.name), lambda: min(at / total, 1.0))

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
