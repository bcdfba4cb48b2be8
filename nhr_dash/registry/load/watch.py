"""A folder where deliveries are dropped: whatever lies still is loaded, and then put away."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nhr_dash.registry.load.findings import LoadReport

SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xlsm"})
LOADED, REFUSED = "loaded", "refused"


def watch(
    folder: Path,
    load: Callable[[list[Path]], LoadReport],
    *,
    interval: float = 10.0,
    rounds: int | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[LoadReport]:
    """Load deliveries as they arrive, for ever (or for some rounds); one report a load.

    A file is taken when its size and time have stood still for one round, so that half a copy is
    never read. Afterwards it is moved to ``loaded`` or ``refused`` in the same folder. A load that
    can't be done now (the database is busy) leaves the files where they are: its error is raised,
    and the next call tries again.
    """
    seen: dict[Path, tuple[int, int]] = {}
    done = 0
    while rounds is None or done < rounds:
        now = {path: _state(path) for path in _deliveries(folder)}
        still = sorted(path for path, state in now.items() if seen.get(path) == state)
        seen = now
        if still:
            report = load(still)
            for path in still:
                refused = any(file.refused for file in report.files if _belongs(file.file, path))
                _put_away(path, folder / (REFUSED if refused else LOADED))
            yield report
        done += 1
        if rounds is None or done < rounds:
            sleep(interval)


def _deliveries(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~"))
    ]


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _belongs(name: str, path: Path) -> bool:
    return name == path.name or name.startswith(f"{path.name} [")


def _put_away(path: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem} ({number}){path.suffix}"
    path.rename(target)
