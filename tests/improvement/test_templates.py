"""Templates of a new project: both languages say the same, and what a team has written stays."""

from datetime import date

import pytest
from sqlalchemy import select

from nhr_dash.access import NotAllowed
from nhr_dash.improvement import kinds, projects, store, templates
from nhr_dash.improvement.models import Change, Measure, Project
from nhr_dash.registry import indicators
from nhr_dash.text.catalog import LANGUAGES
from tests.improvement.conftest import FJORDVIK, KARI, STRANGER

CODES = ("direct_admission", "imaging", "thrombolysis_team", "swallow_test", "coverage")
TODAY = date(2026, 1, 1)


def shape(template):
    """What is the same in every language."""
    return (
        template.code,
        template.indicator,
        template.dimensions,
        [(one.kind, one.indicator, one.data_kind, one.direction) for one in template.measures],
        len(template.ideas),
        (template.cycle.idea, template.cycle.scale, template.cycle.prediction_kind, template.cycle.prediction_of),
    )


def texts(template):
    parts = (template, *template.measures, *template.ideas, template.cycle)
    return [
        (type(one).__name__, name, value)
        for one in parts
        for name in one.__slots__
        if isinstance(value := getattr(one, name), str)
    ]


@pytest.fixture
def bare(session):
    """A project that has only a title."""
    return projects.create(session, KARI, Project(title="Nytt", unit=FJORDVIK), indicator=None, units=[])


def test_both_languages_offer_the_same_templates():
    assert tuple(one.code for one in templates.all("nb")) == CODES
    for nb, en in zip(*map(templates.all, LANGUAGES), strict=True):
        assert shape(nb) == shape(en)
        assert len(texts(nb)) == len(texts(en))
        assert nb.title != en.title


@pytest.mark.parametrize("code", CODES)
def test_a_template_names_what_exists(code):
    one = templates.by_code(code, "nb")
    assert indicators.by_id(one.indicator)
    assert all(indicators.by_id(measure.indicator) for measure in one.measures if measure.indicator)
    assert {measure.kind for measure in one.measures} >= {"process", "balancing"}
    assert 0 <= one.cycle.idea < len(one.ideas)
    assert all(measure.indicator or (measure.title and measure.definition) for measure in one.measures)


def test_the_aim_is_the_target_that_holds_and_else_the_limit_of_high():
    assert templates.by_code("imaging", "nb").aim(TODAY) == (0.6, True)
    assert templates.by_code("thrombolysis_team", "nb").aim(TODAY) == (0.5, False)
    assert templates.by_code("swallow_test", "nb").aim(TODAY) == (0.95, False)


def test_an_unknown_code_is_told():
    with pytest.raises(templates.UnknownTemplate):
        templates.by_code("nothing", "nb")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_template_makes_a_whole_project_through_the_store(session, bare, code, language):
    template = templates.by_code(code, language)
    templates.apply(session, KARI, bare, template)
    whole = projects.whole(session, KARI, bare.id)
    assert whole.project.title == "Nytt"
    assert whole.project.purpose == template.purpose
    assert whole.outcome.indicator == template.indicator
    assert len(whole.measures) == len(template.measures) + 1
    assert [one.position for one in whole.measures] == list(range(len(whole.measures)))
    assert {one.title for one in whole.ideas} == {one.title for one in template.ideas}
    (cycle,) = whole.cycles
    assert cycle.number == 1
    assert cycle.starts_on is None
    assert cycle.idea in {one.id for one in whole.ideas}
    logged = set(session.scalars(select(Change.record).where(Change.project == bare.id)))
    assert {one.id for one in (*whole.measures, *whole.ideas, cycle)} <= logged


def test_what_the_team_has_written_stays(session, bare):
    store.save(session, KARI, Project, bare.id, bare.version, {"purpose": "Vårt eget", "dimensions": ["fair"]})
    store.make(session, KARI, Measure(project=bare.id, indicator="nki_trombolyse_40min", kind="outcome"))
    store.make(session, KARI, Measure(project=bare.id, indicator="pakke_bilde_15min", kind="process", position=1))
    templates.apply(session, KARI, bare, templates.by_code("thrombolysis_team", "nb"))
    whole = projects.whole(session, KARI, bare.id)
    assert whole.project.purpose == "Vårt eget"
    assert whole.project.dimensions == ["fair"]
    assert whole.outcome.indicator == "nki_trombolyse_40min"
    measured = [one.indicator for one in whole.measures if one.indicator]
    assert sorted(measured) == sorted(set(measured))


def test_nobody_else_may_apply_one(session, bare):
    with pytest.raises(NotAllowed):
        templates.apply(session, STRANGER, bare, templates.by_code("imaging", "nb"))


def test_no_code_of_a_template_is_unknown():
    for one in templates.all("nb"):
        assert set(one.dimensions) <= set(kinds.Dimension)
        assert one.cycle.scale in set(kinds.Scale)
        assert one.cycle.prediction_kind in set(kinds.PredictionKind)
        assert {measure.kind for measure in one.measures} <= set(kinds.MeasureKind)
        assert {measure.data_kind for measure in one.measures} <= set(kinds.DataKind)
