"""The case-mix models on the sample registry: they find what it was built from, and follow every load."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update

from nhr_dash.access import everything
from nhr_dash.database import connect, data_version, raise_data_version
from nhr_dash.registry import expected, outcomes, sample
from nhr_dash.registry.forms import acute
from nhr_dash.registry.outcome import MODELS, OUTCOMES
from nhr_dash.registry.tables import case_mix_model, outcome_fact
from nhr_dash.registry.tables import expected as expected_table
from nhr_dash.settings import settings
from nhr_dash.statistics.casemix import CannotFit
from tests.registry.conftest import Registry

ME = everything("test")
HAMAR, BODO, ALESUND, FJORDVIK = 974724960, 974795361, 974747138, 999100001


@pytest.fixture(scope="module")
def stored(sample_database: Path):
    """The models of the sample registry, by outcome and name: the coefficients by term."""
    engine = connect(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as connection:
        found = expected.in_use(connection)
    engine.dispose()
    return found


def coefficients(one):
    return {term.name: term.coefficient for term in one.model.terms}


def test_every_outcome_has_both_models_of_five_final_years(stored):
    assert set(stored) == {(outcome.id, name) for outcome in OUTCOMES for name in MODELS}
    for one in stored.values():
        assert (one.model.start.year, one.model.end.year) == (2020, 2025)
        assert not one.model.separated


def test_what_raises_the_risk_in_the_sample_raises_it_in_the_models(stored):
    national, registry = (coefficients(stored["survival", name]) for name in MODELS)
    for found in (national, registry):
        assert found["age"] > 0
        assert found["diagnosis=1"] > 0
        assert abs(found["sex=Female"]) < 0.12, "nothing in the sample gives women another risk"
    scores = [registry[f"severity=nihss_{group}"] for group in ("0", "3_5", "6_10", "11_15", "16_20")]
    assert scores == sorted(scores)
    assert scores[0] < 0 < scores[1], "1-2 points is what the others are held against"
    assert registry["severity=awake"] < registry["severity=drowsy"]
    assert all(registry[f"before={mrs}"] > 0.1 for mrs in (3, 4, 5))
    assert registry["diagnosis=1"] < national["diagnosis=1"], "severity takes its part of what bleeding seemed to do"


def test_severity_tells_patients_apart_better_than_age_and_type_alone(stored):
    for outcome in OUTCOMES:
        national, registry = (stored[outcome.id, name].model for name in MODELS)
        assert registry.c_statistic > national.c_statistic + 0.02
        assert registry.brier < national.brier


def rows(registry, **values):
    for number, given in enumerate(values.pop("rows")):
        registry.admit(datetime(2024, 5, number + 1, 10), **given)
    return expected.covariates(registry.connection)


def test_severity_is_nihss_and_where_it_was_not_done_consciousness(registry):
    given = [
        {"nihss": 0, "nihss_not_done": False},
        {"nihss": 42, "consciousness": 0},
        {"nihss": 5, "nihss_not_done": True, "consciousness": 0},
        {"nihss_not_done": True, "consciousness": 3},
        {"nihss_not_done": True, "consciousness": 9},
        {},
    ]
    found = rows(registry, rows=given)
    assert found["severity"].tolist()[:4] == ["nihss_0", "nihss_21_42", "awake", "unresponsive"]
    assert found["severity"].isna().tolist() == [False] * 4 + [True] * 2


def test_unknown_is_its_own_and_zero_is_a_value(registry):
    found = rows(
        registry, rows=[{"mrs_before": 0, "age": 70, "sex": "Female"}, {"diagnosis": None}, {"withdrawn": True}]
    )
    assert (found["before"].iloc[0], found["diagnosis"].iloc[0]) == ("0", "2")
    assert found[["before", "diagnosis"]].iloc[1].isna().all()
    assert np.isnan(found["age"].iloc[1])
    assert len(found) == 2, "a withdrawn form expects nothing"


def test_an_empty_registry_can_not_be_fitted(engine, monkeypatch, tmp_path):
    monkeypatch.setenv("NHR_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    with pytest.raises(CannotFit):
        expected.refit(engine, ME)
    with engine.begin() as connection:
        expected.apply(connection, [1])
        assert not connection.scalar(select(func.count()).select_from(expected_table))
        assert not connection.scalar(select(func.count()).select_from(outcome_fact))
    settings.cache_clear()


def test_it_is_fitted_and_read_on_either_kind_of_database(engine, monkeypatch, tmp_path):
    """Three hospitals, alike in all but that the patients of one are older; and one that only trains."""
    monkeypatch.setenv("NHR_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    draw = np.random.default_rng(7)
    with engine.begin() as connection:
        made = Registry(connection)
        for number in range(800):
            hospital = (HAMAR, BODO, ALESUND, FJORDVIK)[number % 4]
            age = int(draw.integers(60, 85)) + 8 * (hospital == ALESUND)
            died = draw.random() < 1 / (1 + np.exp(3.2 - 0.08 * (age - 70)))
            home = 1 if draw.random() < 0.7 else 4
            admission = made.admit(
                datetime(2023, 1 + number % 12, 1 + number % 28, 10),
                **{"hospital": hospital, "age": age, "sex": ("Female", "Male")[number % 2], "mrs_before": number % 3},
                **{"nihss": int(draw.integers(0, 30)), "nihss_not_done": False, "housing_before": 1},
                **({"died_on": datetime(2023, 1 + number % 12, 1 + number % 28)} if died else {}),
                discharged_to=10 if died else home,
            )
            if not died:
                made.follow_up(admission, done=1, mrs=int(draw.integers(0, 6)))
        made.admit(datetime(2024, 12, 1, 10))
        raise_data_version(connection)
    models = expected.refit(engine, ME)
    assert {one.model.patients for one in models if one.outcome == "survival"} == {600}
    with engine.begin() as connection:
        found = outcomes.adjusted(connection, ME, "survival", 2023, 2023)
        older = next(one for one in found.hospitals if one.unit == ALESUND)
        assert older.ways["national"].share > older.ways["crude"].share
        assert len(outcomes.course(connection, ME, ALESUND, "survival", 2023, 2023)) == older.patients == 200
        before = connection.scalar(select(func.count()).select_from(expected_table))
        expected.apply(connection, [1, 2, 3])
        assert connection.scalar(select(func.count()).select_from(expected_table)) == before == 801 * len(models)
    settings.cache_clear()


@pytest.fixture
def copied(sample_copy: Path):
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    yield engine
    engine.dispose()


def counted(connection):
    standing = select(func.count()).select_from(acute).where(acute.c.withdrawn.is_not(True))
    return connection.scalar(standing), connection.scalar(select(func.count()).select_from(expected_table))


def test_a_load_gives_new_and_corrected_admissions_what_the_stored_models_expect(copied):
    with copied.connect() as connection:
        admissions, before = counted(connection)
        models = expected.in_use(connection)
    assert before == admissions * len(models)
    sample.next_week(copied, ME)
    with copied.connect() as connection:
        more, after = counted(connection)
        assert more > admissions
        assert after == more * len(models), "each form once, whether it is new, corrected or as it was"
        deaths = select(func.count()).where(outcome_fact.c.outcome == 1)
        assert connection.scalar(deaths) == more
        late = acute.c.died_on.is_not(None) & (outcome_fact.c.outcome == 1)
        joined = select(outcome_fact.c.missed, OUTCOMES[0].missed).join(acute, acute.c.id == outcome_fact.c.admission)
        assert all(missed == died for missed, died in connection.execute(joined.where(late)))
        assert {one.id for one in expected.in_use(connection).values()} == {one.id for one in models.values()}
        ids = connection.scalars(select(acute.c.id).order_by(acute.c.id.desc()).limit(50)).all()
        one = models["survival", "registry"]
        p = expected.in_steps(one.model.expected(expected.covariates(connection, ids)))
        kept = select(expected_table.c.p).where(expected_table.c.model == one.id, expected_table.c.admission.in_(ids))
        assert np.allclose(connection.scalars(kept.order_by(expected_table.c.admission)).all(), p)


def test_a_model_of_another_definition_is_not_in_use(copied):
    with copied.begin() as connection:
        of_home = case_mix_model.c.outcome == "home"
        connection.execute(update(case_mix_model).where(of_home).values(definition_hash="of another home"))
        assert {outcome for outcome, _ in expected.in_use(connection)} == {"survival", "function"}


def test_stored_probabilities_give_away_no_age_and_keep_their_sums():
    p = np.random.default_rng(2).beta(0.8, 6, 5000)
    kept = expected.in_steps(p)
    assert len(np.unique(kept)) < 60
    assert kept.sum() == pytest.approx(p.sum(), rel=0.01)
    assert abs(kept - p).max() < 0.04


def test_fitting_anew_keeps_the_old_model_and_replaces_what_it_expected(copied):
    with copied.begin() as connection:
        models = expected.in_use(connection)
        version = data_version(connection)
        connection.execute(delete(expected_table).where(expected_table.c.admission > 500))
    again = expected.refit(copied, ME)
    with copied.connect() as connection:
        admissions, rows_now = counted(connection)
        assert rows_now == admissions * len(models)
        assert connection.scalar(select(func.count()).select_from(case_mix_model)) == 2 * len(models)
        assert data_version(connection) == version + 1
    assert {one.id for one in again}.isdisjoint(one.id for one in models.values())
    for one in again:
        assert coefficients(one) == pytest.approx(coefficients(models[one.outcome, one.name]))
