"""The sample registry for tests: built once, kept as long as nothing it is made from has changed."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / "data" / "tests"

# Everything that decides what stands in the finished database.
_MADE_FROM = ("nhr_dash/registry", "nhr_dash/improvement", "nhr_dash/migrations", "nhr_dash/database.py", "sample_data")
_LONGEST_BUILD_SECONDS = 600


def fingerprint() -> str:
    """Twelve characters that change when any source of the sample registry does."""
    digest = hashlib.sha256()
    for name in _MADE_FROM:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(ROOT).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def database() -> Path:
    """The finished sample registry, built now (about a minute) if this version of it doesn't stand yet.

    Several test processes may ask at once: one builds, the others wait. The lock is a
    transaction on a small SQLite file, so that the death of a builder releases it.
    """
    folder = CACHE / fingerprint()
    finished = folder / "sample.db"
    if finished.is_file():
        return finished
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "lock.db", timeout=_LONGEST_BUILD_SECONDS, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        if not finished.is_file():
            from nhr_dash.improvement.sample import plant
            from nhr_dash.registry.sample import build

            # (A killed build leaves nothing at this address.)
            build(f"sqlite:///{finished.as_posix()}", finish=plant)
        lock.execute("COMMIT")
    return finished
