"""The generator itself: chance that stays put, exact quotas, the same files every time."""

import hashlib
from datetime import date

import numpy as np
import pytest
from sqlalchemy import create_engine

from nhr_dash.access import Scope, Visibility, everything
from nhr_dash.database import connect
from nhr_dash.registry import sample
from nhr_dash.registry.sample import building, draws
from nhr_dash.registry.sample.exports import deliveries


def test_a_draw_depends_on_the_patient_and_the_quantity_alone():
    few, many = draws.keys(974724960, 2020, np.arange(10)), draws.keys(974724960, 2020, np.arange(500))
    assert (draws.uniform(few, "age") == draws.uniform(many, "age")[:10]).all()
    assert (draws.uniform(few, "age") != draws.uniform(few, "sex")).all()
    other = draws.keys(974724960, 2021, np.arange(10))
    assert (draws.uniform(few, "age") != draws.uniform(other, "age")).all()


def test_draws_are_uniform_and_independent():
    key = draws.keys(1, 2, np.arange(200_000))
    one, two = draws.uniform(key, "one"), draws.uniform(key, "two")
    assert one.mean() == pytest.approx(0.5, abs=0.005)
    assert one.std() == pytest.approx(12**-0.5, abs=0.003)
    assert np.corrcoef(one, two)[0, 1] == pytest.approx(0, abs=0.01)
    assert np.corrcoef(one[1:], one[:-1])[0, 1] == pytest.approx(0, abs=0.01)


def test_a_quota_is_exact_in_every_group():
    group = np.repeat(np.arange(3), [10, 40, 7])
    eligible = np.arange(57) % 2 == 0
    chosen = draws.quota(
        group, np.array([0.5, 0.9, 0.0]), draws.uniform(draws.keys(group, np.arange(57)), "x"), eligible
    )
    for number, share in enumerate([0.5, 0.9, 0.0]):
        size = (eligible & (group == number)).sum()
        assert chosen[group == number].sum() == int(size * share + 0.5)
    assert not (chosen & ~eligible).any()


@pytest.mark.parametrize("share", [0.0, 0.18, 0.6, 1.0])
def test_minutes_hold_the_quota_at_the_limit(share):
    key = draws.keys(1, np.arange(100))
    latent = np.exp(draws.normal(key, "minutes"))
    everyone = np.ones(100, dtype=bool)
    minutes = draws.minutes_with_quota(np.zeros(100, dtype=np.int64), np.array([share]), latent, everyone, 15)
    assert (minutes <= 15).sum() == round(100 * share)
    assert (np.diff(minutes[np.argsort(latent)]) >= 0).all()
    assert minutes.min() >= 1


def test_a_year_of_weekly_extracts_ends_at_the_newest_day():
    extracts = [extract for extract, _ in deliveries()]
    assert extracts[0] == date(2024, 12, 29)
    assert extracts[52] == date(2025, 12, 28)
    assert len(extracts) == 61


def test_the_same_files_every_time(tmp_path):
    def digests(folder):
        sample.write_exports(folder, until=date(2025, 1, 5))
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*.csv")
        }

    first = digests(tmp_path / "one")
    assert first == digests(tmp_path / "two")
    assert "2024-12-29/dekningsgrad_2024-12-29.csv" in first
    assert len(first) == 9


def test_the_next_weeks_load_one_by_one_until_there_are_no_more(sample_copy):
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    report = sample.next_week(engine, everything("test"))
    assert report is not None
    assert report.clean
    assert {file.extract_date for file in report.files} == {date(2026, 1, 4)}
    assert sum(file.rows_new for file in report.files if file.form == "akuttskjema") > 100
    engine.dispose()


def test_only_a_sample_database_has_a_next_week(tmp_path):
    engine = connect(f"sqlite:///{(tmp_path / 'empty.db').as_posix()}", create=True)
    from nhr_dash.database import upgrade

    upgrade(engine)
    with pytest.raises(ValueError, match="sample"):
        sample.next_week(engine, everything("test"))
    engine.dispose()


def test_next_week_needs_the_right_to_load(tmp_path):
    from nhr_dash.access import NotAllowed

    with pytest.raises(NotAllowed):
        sample.next_week(create_engine("sqlite://"), Scope("someone", Visibility(frozenset())))


def test_a_build_that_dies_leaves_nothing(tmp_path, monkeypatch):
    def dies(*_args, **_keywords):
        raise KeyboardInterrupt

    monkeypatch.setattr(building, "load_files", dies)
    monkeypatch.setattr(building, "write_exports", lambda folder: [(date(2024, 12, 29), [])])
    with pytest.raises(KeyboardInterrupt):
        sample.build(f"sqlite:///{(tmp_path / 'sample.db').as_posix()}")
    assert list(tmp_path.iterdir()) == []
