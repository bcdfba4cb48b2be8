"""A load that is killed leaves the database as before or as after, and the next one goes clean."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text, update

from nhr_dash.registry import tables
from nhr_dash.registry.forms import acute as acute_table
from nhr_dash.registry.load import Refused, bridge
from nhr_dash.settings import ROOT
from tests.registry.load.conftest import on_both
from tests.registry.load.made import acute, write

ROWS = 3_000
_CHILD = """
import os, sys, time
from pathlib import Path
from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.registry.load import load_files, loading, merging

stop, url, path = sys.argv[1:]

def here():
    print("here", flush=True)
    time.sleep(60)

if stop == "inside":
    real = merging.write
    def write(*arguments):
        real(*arguments)
        here()
    merging.write = write

def progress(done, key):
    if key == f"load.progress.{stop}":
        here()

load_files(connect(url), everything("child"), [Path(path)], progress=progress)
"""


@on_both
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")  # Windows has no such signal to send
@pytest.mark.parametrize("stop", ["reading", "checking", "computing", "writing", "inside"])
def test_kill_at_any_moment_then_a_clean_load(load, engine, tmp_path: Path, content, stop):
    load(write(tmp_path / "before.csv", [acute("B1")]))
    every = (acute_table, tables.fact, tables.day_summary, tables.delivery, tables.state)
    before = [content(table) for table in every]
    path = write(tmp_path / "big.csv", [acute(f"A{number}") for number in range(ROWS)])
    command = [sys.executable, "-c", _CHILD, stop, engine.url.render_as_string(hide_password=False), str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
        os.kill(child.pid, signal.SIGKILL)
    assert [content(table) for table in every] == before
    report = load(path)
    assert report.files[0].rows_new == ROWS
    left = {one.name for one in (tmp_path / "registry-load").iterdir() if one.is_file()}
    assert left == {"nhr-load-lock"}  # nothing of the killed load lies about


def test_two_loads_at_once_are_refused(load, tmp_path, monkeypatch):
    monkeypatch.setattr(bridge, "_LOCK_WAIT_SECONDS", 0.1)
    folder = tmp_path / "registry-load"
    folder.mkdir()
    other = sqlite3.connect(folder / "nhr-load-lock", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Refused, match="busy"):
        load(write(tmp_path / "a.csv", [acute("A1")]))
    other.close()
    assert load(tmp_path / "a.csv").files[0].rows_new == 1


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_load_on_another_machine_is_waited_for_and_then_refused(load, engine, tmp_path, monkeypatch):
    monkeypatch.setattr(bridge, "_LOCK_WAIT_SECONDS", 0.1)
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": bridge._ADVISORY_LOCK})
        with pytest.raises(Refused, match="busy"):
            load(write(tmp_path / "a.csv", [acute("A1")]))
        other.invalidate()
    assert load(tmp_path / "a.csv").files[0].rows_new == 1


@on_both
def test_readers_and_a_teams_save_are_not_held_up_by_a_load(load, engine, tmp_path):
    """Until the short transaction at the end, the database is free to read and to write."""
    waited = []

    def progress(done: float, key: str) -> None:
        start = time.perf_counter()
        with engine.begin() as other:
            other.execute(update(tables.state).values(value=tables.state.c.value))
        waited.append(time.perf_counter() - start)

    load(write(tmp_path / "a.csv", [acute("A1")]), progress=progress)
    assert len(waited) > 5
    assert max(waited) < 1
