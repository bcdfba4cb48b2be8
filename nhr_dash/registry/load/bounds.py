"""How large a delivery may be: far over any real one, and far under what would fill a machine.

The largest export that a registry of this size can make (120 000 forms, 115 columns) is some 70 MB of text. A file is
measured before it is read where that can be known, and while it is read where it can't.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from nhr_dash.registry.load.findings import Refused

FILE_BYTES = 1_000_000_000
ROWS = 2_000_000
COLUMNS = 1_000
CELL_CHARACTERS = 32_767
"""What a cell of Excel holds at most."""
LINE_CHARACTERS = 1_000_000

# A workbook is packed: what counts is what it unpacks to. Real sheets shrink to a tenth, a bomb to a thousandth.
UNPACKED_BYTES = 2_000_000_000
MOST_PACKED = 200
_TOO_SMALL_TO_HARM = 20_000_000
PARTS = 1_000
SHARED_BYTES = 200_000_000
"""Everything but the sheets is held in memory at once, the texts that cells share above all."""


def check_file(path: Path) -> None:
    """Raise :class:`Refused` for a file that is larger than any delivery. Raises OSError where there is none."""
    if path.stat().st_size > FILE_BYTES:
        raise Refused("load.refused.too_large", file=path.name, most=FILE_BYTES // 1_000_000)


def check_workbook(path: Path) -> None:
    """Raise :class:`Refused` for a workbook that would unpack to more than any real one.

    A part that unpacks to more than the archive says of it is cut there by Python's own reader.
    Raises ``zipfile.BadZipFile`` for what is no archive.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    shared = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    bomb = unpacked > _TOO_SMALL_TO_HARM and unpacked > MOST_PACKED * packed
    if bomb or len(parts) > PARTS or unpacked > UNPACKED_BYTES or shared > SHARED_BYTES:
        raise Refused("load.refused.unpacks_too_large", file=path.name)


def lines(text: IO[str], file: str) -> Iterator[str]:
    """The lines of a text, none of them endless. Raises :class:`Refused` at the first that is too long."""
    number = 0
    while line := text.readline(LINE_CHARACTERS):
        number += 1
        if len(line) == LINE_CHARACTERS and not line.endswith(("\n", "\r")):
            raise Refused("load.refused.too_wide", file=file, line=number)
        yield line


def rows(found: Iterator[tuple[list[str], tuple[int, int]]], file: str) -> Iterator[tuple[list[str], tuple[int, int]]]:
    """Rows with the lines they stand on, as many and as wide as any delivery's. Raises :class:`Refused` for more."""
    for count, (cells, at) in enumerate(found, start=1):
        if count > ROWS:
            raise Refused("load.refused.too_many_rows", file=file, most=ROWS)
        if len(cells) > COLUMNS or max(map(len, cells), default=0) > CELL_CHARACTERS:
            raise Refused("load.refused.too_wide", file=file, line=at[0])
        yield cells, at
