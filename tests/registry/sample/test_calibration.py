"""The sample registry against the published figures: levels, volumes, who the patients are, how late forms come."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from sqlalchemy import Integer, cast, create_engine, func, select

from nhr_dash.database import is_synthetic
from nhr_dash.registry.forms import acute, followup
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.sample.parameters import PUBLISHED, parameters
from nhr_dash.registry.tables import delivery, fact

TRAINING = 999_000_000


@pytest.fixture(scope="module")
def registry(sample_database):
    engine = create_engine(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def counts(registry):
    """(indicator, hospital, year) -> numerator, denominator; thrombolysis where it is counted."""
    year = cast(func.substr(fact.c.admitted_at, 1, 4), Integer)
    rows = registry.execute(
        select(fact.c.indicator, fact.c.hospital, year, func.sum(fact.c.success), func.count()).group_by(
            fact.c.indicator, fact.c.hospital, year
        )
    )
    found = defaultdict(lambda: (0, 0))
    merged = {one.orgnr: one.thrombolysis_as for one in parameters().hospitals if one.thrombolysis_as}
    together = {by_id("hjerneslag_beh_tromb").number, by_id("hjerneslag_tromb_40min").number}
    for number, hospital, when, successes, all_ in rows:
        place = merged.get(hospital, hospital) if number in together else hospital
        known = found[number, place, when]
        found[number, place, when] = (known[0] + successes, known[1] + all_)
    return found


def test_national_results_within_one_point(counts):
    for (year, aspect), wanted in parameters().national.items():
        if aspect not in PUBLISHED or year > 2025:
            continue
        if year == 2025 and aspect == "hjerneslag_rapport_3mnd":
            continue  # the last three months are not followed up yet
        number = by_id(aspect).number
        cells = [v for (i, unit, y), v in counts.items() if (i, y) == (number, year) and unit < TRAINING]
        found = 100 * sum(n for n, _ in cells) / sum(d for _, d in cells)
        assert found == pytest.approx(wanted, abs=1.0), (year, aspect)


@pytest.mark.parametrize(
    ("indicator", "aspect"), [("nki_funksjonsvurdering_7d", "interdisciplinary"), ("pakke_bilde_15min", "imaging_15")]
)
def test_pathway_results_within_one_point(counts, indicator, aspect):
    number = by_id(indicator).number
    for year in range(2019, 2025):
        cells = [v for (i, unit, y), v in counts.items() if (i, y) == (number, year) and unit < TRAINING]
        found = 100 * sum(n for n, _ in cells) / sum(d for _, d in cells)
        assert found == pytest.approx(parameters().national[year, aspect], abs=1.0), year


def test_every_published_level_within_sampling_noise(counts):
    outside = []
    for (hospital, year, aspect), percent in parameters().published.items():
        if aspect not in PUBLISHED or (aspect == "hjerneslag_rapport_3mnd" and percent < 20):
            continue  # reported status can't be lower than the share that has died by then (two cells)
        numerator, denominator = counts[by_id(aspect).number, hospital, year]
        share = percent / 100
        # 95 % of what chance alone would give, and half a patient because patients are whole
        noise = 1.96 * (share * (1 - share) / max(denominator, 1)) ** 0.5 + 0.5 / max(denominator, 1) + 0.0005
        if not denominator or abs(numerator / denominator - share) > noise:
            outside.append((hospital, year, aspect, numerator, denominator, percent))
    assert outside == []


def test_volumes_are_the_published_ones(counts):
    number = by_id("hjerneslag_beh_enhet").number
    for (hospital, year, aspect), volume in parameters().published.items():
        if aspect == "admissions":
            assert counts[number, hospital, year][1] == volume


def test_the_size_of_it_and_the_newest_admission(registry):
    volume, newest = registry.execute(select(func.count(), func.max(acute.c.admitted_at))).one()
    assert 115_000 < volume < 130_000
    assert str(newest)[:10] == "2025-12-28"
    assert is_synthetic(registry)


def test_who_the_patients_are(registry):
    rows = registry.execute(
        select(acute.c.age, acute.c.sex, acute.c.diagnosis, acute.c.nihss, acute.c.wake_up, acute.c.onset_at)
    ).all()
    age = np.array([row.age for row in rows])
    female = np.array([row.sex == "Female" for row in rows])
    infarction = np.array([row.diagnosis == 2 for row in rows])
    nihss = np.array([-1 if row.nihss is None else row.nihss for row in rows])
    assert female.mean() == pytest.approx(0.46, abs=0.01)
    assert age[female].mean() == pytest.approx(77, abs=1.2)
    assert age[~female].mean() == pytest.approx(72, abs=1.2)
    assert infarction.mean() == pytest.approx(0.868, abs=0.01)
    assert (nihss < 0).mean() == pytest.approx(0.20, abs=0.015)
    assert (nihss[infarction & (nihss >= 0)] < 5).mean() == pytest.approx(0.61, abs=0.03)
    woke = np.array([row.wake_up == 1 for row in rows])
    unknown = np.array([row.onset_at is None for row in rows])
    assert woke.mean() == pytest.approx(0.19, abs=0.015)
    assert unknown.mean() == pytest.approx(0.184, abs=0.015)


def test_how_it_ends(registry):
    admitted, died = zip(
        *registry.execute(select(acute.c.admitted_at, acute.c.died_on).where(acute.c.admitted_at < "2025-01-01")),
        strict=True,
    )
    days = np.array([9999 if d is None else (d - a.date()).days for a, d in zip(admitted, died, strict=True)])
    assert (days <= 30).mean() == pytest.approx(0.113, abs=0.015)
    assert (days <= 98).mean() == pytest.approx(0.19, abs=0.015)
    mrs = np.array(registry.scalars(select(followup.c.mrs).where(followup.c.done == 1)).all())
    assert (mrs <= 2).mean() == pytest.approx(0.72, abs=0.02)


def test_late_forms_leave_the_last_weeks_incomplete(counts, registry):
    month = func.substr(acute.c.admitted_at, 1, 7)
    volume = dict(map(tuple, registry.execute(select(month, func.count()).where(month > "2025-00").group_by(month))))
    usual = np.mean([volume[f"2025-{n:02d}"] for n in range(1, 9)])
    assert volume["2025-10"] > 0.8 * usual
    assert volume["2025-12"] < 0.4 * usual


def test_nights_are_slower(registry):
    rows = registry.execute(
        select(fact.c.admitted_at, fact.c.minutes).where(fact.c.indicator == by_id("hjerneslag_tromb_40min").number)
    ).all()
    hour = np.array([row.admitted_at.hour for row in rows])
    minutes = np.array([row.minutes for row in rows])
    night = (hour >= 20) | (hour < 7)
    assert np.median(minutes[night]) > 1.1 * np.median(minutes[~night])


def test_some_clocks_are_unknown_and_some_times_missing(registry):
    total, missing, unknown = registry.execute(
        select(
            func.count(),
            func.sum(cast(acute.c.imaging_at.is_(None), Integer)),
            func.sum(cast(func.substr(acute.c.imaging_at, 12, 5) == "00:00", Integer)),
        ).where(acute.c.admitted_at > "2019-01-01")
    ).one()
    assert 0.02 < missing / total < 0.04
    assert 0.005 < unknown / total < 0.02


def test_the_last_year_came_in_weekly_deliveries_with_corrections(registry):
    rows = registry.execute(
        select(delivery).where(delivery.c.form == acute.name).order_by(delivery.c.extract_date)
    ).all()
    assert len(rows) == 53
    weeks = rows[1:]
    assert all((later.extract_date - one.extract_date).days == 7 for one, later in pairwise(weeks))
    assert sum(one.rows_changed for one in weeks) > 500
    assert 120 < np.mean([one.rows_read for one in weeks]) < 260


def test_planted_faults_are_rejected_until_they_are_corrected(registry):
    """Imaging before arrival at one training hospital; nothing else is ever rejected."""
    rows = registry.execute(select(delivery.c.form, func.sum(delivery.c.rows_rejected)).group_by(delivery.c.form))
    rejected = {form: count for form, count in rows if count}
    assert set(rejected) == {acute.name}
    assert 3 <= rejected[acute.name] <= 30
    after = acute.c.imaging_at < acute.c.admitted_at
    known = func.substr(acute.c.imaging_at, 12, 5) != "00:00"
    assert registry.scalar(select(func.count()).where(after, known)) == 0
