"""The commands as a person types them: every sentence, no traceback."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from nhr_dash.__main__ import FAILED, FINDINGS, OK, main
from nhr_dash.database import connect
from nhr_dash.registry import tables
from nhr_dash.settings import settings
from tests.registry.load.made import BODO, acute, write


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    address = f"sqlite:///{(tmp_path / 'registry.db').as_posix()}"
    monkeypatch.setenv("NHR_DATABASE_URL", address)
    monkeypatch.setenv("NHR_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    yield address
    settings.cache_clear()


def test_init_makes_an_empty_registry_and_may_be_repeated(url, capsys):
    assert main(["init"]) == OK
    assert main(["init", "--language", "en"]) == OK
    with connect(url).connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.hospital)) > 40
    assert "An empty database is made" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["nb", "en"])
def test_load_tells_what_it_did(url, tmp_path, capsys, language):
    main(["init"])
    path = write(tmp_path / "a_2024-12-31.csv", [acute("A1"), acute("A2", PatientAge="3")])
    assert main(["load", str(path), "--language", language]) == FINDINGS
    told = capsys.readouterr().out
    assert "PatientAge" in told
    assert "findings-" in told
    assert ("1 nye" if language == "nb" else "1 new") in told


def test_dry_run_strict_full_and_dates(url, tmp_path, capsys):
    main(["init"])
    path = str(write(tmp_path / "a.csv", [acute("A1")]))
    assert main(["load", path, "--dry-run", "--language", "en"]) == OK
    assert "nothing is changed" in capsys.readouterr().out
    assert main(["load", path, "--strict", "--extract-date", "2024-12-31", "--confirmed-until", "2024-11-30"]) == OK
    other = str(write(tmp_path / "b.csv", [acute("A9")]))
    span = ["--full", str(BODO), "2024-01-01", "2024-12-31"]
    assert main(["load", other, *span, "--extract-date", "2025-01-31", "--language", "en"]) == OK
    assert "1 forms withdrawn: A1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [
        ["load"],
        ["load", "a.csv", "--watch", "."],
        ["load", "a.csv", "--extract-date", "yesterday"],
        ["load", "a.csv", "--full", "Bodø", "2024-01-01", "2024-12-31"],
        ["load", "--watch", "no such folder"],
    ],
)
def test_wrong_arguments_get_a_sentence(url, capsys, wrong):
    main(["init"])
    assert main(wrong) == FAILED
    error = capsys.readouterr().err
    assert error.strip().endswith(".") and "Traceback" not in error


def test_a_missing_database_names_the_way_on(url, capsys, tmp_path):
    assert main(["load", str(write(tmp_path / "a.csv", [acute("A1")]))]) == FAILED
    error = capsys.readouterr().err
    assert "python -m nhr_dash init" in error and "Traceback" not in error


def test_a_half_written_database_gets_a_sentence(url, capsys, tmp_path):
    (tmp_path / "registry.db").write_bytes(b"SQLite format 3\0" + b"x" * 2000)
    assert main(["load", str(write(tmp_path / "a.csv", [acute("A1")]))]) == FAILED
    assert "Traceback" not in capsys.readouterr().err
    assert "Traceback" in (tmp_path / "data" / "nhr_dash.log").read_text()


def test_a_fault_of_our_own_is_logged_and_not_shown(url, capsys, tmp_path, monkeypatch):
    main(["init"])
    monkeypatch.setattr("nhr_dash.registry.load.load_files", lambda *_, **__: 1 / 0)
    assert main(["load", "a.csv"]) == FAILED
    error = capsys.readouterr().err
    assert "Traceback" not in error and "nhr_dash.log" in error
    assert "ZeroDivisionError" in (tmp_path / "data" / "nhr_dash.log").read_text()


def test_the_first_administrator_is_made_here(url, capsys):
    main(["init"])
    assert main(["grants"]) == OK
    assert main(["grant", "abc-123", "registry"]) == OK
    assert main(["grant", "def-456", "team", str(BODO), "--from", "2025-01-01", "--to", "2025-12-31"]) == OK
    assert main(["grants"]) == OK
    told = capsys.readouterr().out
    assert "Ingen tilganger er gitt." in told
    assert "Tilgang 1 er gitt: registry til abc-123." in told
    assert f"2  def-456  team  {BODO}  2025-01-01 – 2025-12-31" in told
    assert main(["revoke", "1"]) == OK
    assert main(["revoke", "1"]) == FAILED
    assert capsys.readouterr().err == "Det finnes ingen tilgang 1 som gjelder.\n"


@pytest.mark.parametrize("wrong", [["abc", "team"], ["abc", "team", "5"], ["abc", "registry", "--from", "i dag"]])
def test_an_access_that_can_not_be_given_gets_a_sentence(url, capsys, wrong):
    main(["init"])
    assert main(["grant", *wrong]) == FAILED
    error = capsys.readouterr().err
    assert error.strip().endswith(".") and "Traceback" not in error


def test_backup_and_restore(url, tmp_path, capsys):
    copy = str(tmp_path / "copy.db")
    assert main(["backup", copy]) == FAILED  # there is no database yet
    main(["init"])
    main(["load", str(write(tmp_path / "a.csv", [acute("A1")]))])
    assert main(["backup", copy, "--language", "en"]) == OK
    assert "holds patients' data" in capsys.readouterr().out
    assert main(["backup", copy, "--language", "en"]) == FAILED
    assert main(["restore", copy, "--language", "en"]) == FAILED
    told = capsys.readouterr().err
    assert "exists already" in told
    assert "Use --replace" in told
    assert main(["restore", copy, "--replace", "--language", "en"]) == OK
    assert main(["restore", str(tmp_path / "a.csv"), "--replace", "--language", "en"]) == FAILED
    assert "not a whole backup" in capsys.readouterr().err
